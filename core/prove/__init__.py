"""The proof: the whole core driven by a chooser against a centre that misbehaves.

Nothing of the product imports this room; ``gsdesk prove`` and ``tests/sim`` do.
"""
