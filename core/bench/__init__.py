"""The desk measured against what cannot be undercut: ``gsdesk bench``.

Every line is a pair, taken in turns in one run on one disk: our value and the floor under it.
"""
