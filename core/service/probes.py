"""Names of the places where the process may die; a test dies at each of them.

The desk itself passes ``quiet``; crash tests pass a hook that kills the process.
"""

from __future__ import annotations

from collections.abc import Callable

Probe = Callable[[str], None]

INTENT_WRITTEN = "intent.written"
CALL_RETURNED = "call.returned"
OUTCOME_WRITTEN = "outcome.written"
POSTED = "his.posted"
CLOSED = "closed"
FENCE_WRITTEN = "fence.written"
CLOSING_WRITTEN = "closing.written"
ALL = (INTENT_WRITTEN, CALL_RETURNED, OUTCOME_WRITTEN, POSTED, CLOSED)


def quiet(name: str) -> None:
    """Nothing happens."""
