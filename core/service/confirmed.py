"""What a confirmed reconciliation (1322) forbids: undoing a movement that it holds."""

from __future__ import annotations

from datetime import datetime

from core.errors import Fault, fault
from core.journal import Journal


def why_confirmed(journal: Journal, at: datetime, operator: str = "") -> Fault | None:
    """Why a movement of that moment may not be undone, with the way out, or ``None``."""
    found = journal.ledger.daybook.standing(at, operator)
    if found is None:
        return None
    return fault(
        "dayend.is_confirmed", number=found.number or found.msgid,
        begin=f"{found.period.begin:%m-%d %H:%M}", end=f"{found.period.end:%m-%d %H:%M}",
    )  # fmt: skip


def why_bill_confirmed(journal: Journal, settlement: str) -> Fault | None:
    """The same for a settlement by its message id; one that does not count is free."""
    side = journal.ledger.daybook.movement(settlement) if settlement else None
    return None if side is None else why_confirmed(journal, side.at, side.operator)
