"""Code lists of the hospital and the centre: versions, search, and which item is which code.

Everything lies in one file of its own, ``codes.db``, beside the journal: losing it loses no
settlement. Lists are versioned and never overwritten; the history of a mapping is append-only.
"""
