"""What an accepted appeal changes, and how the centre's list shows that it was taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.clock import CHINA, Clock
from core.domain import Transaction
from core.domain.deduction import MAY_APPEAL, AppealState
from core.journal import Ledger
from core.service.appeal_rules import state_of

Values = Mapping[str, Any]
BEFORE = timedelta(days=400)  # how far back a deduction that we never listed is looked for


def _appealed(
    ledger: Ledger, row: Transaction, values: Values, rows: Sequence[Values], clock: Clock
) -> None:
    """The deduction waits for the centre's decision; one that we never listed has no draft."""
    ded_id, audits = str(row.facts.get("deduction_id", "")), ledger.audits
    if audits.deduction(ded_id) is None:
        return
    number = str(values.get("appeal_no") or "")
    state = state_of(str(values.get("appeal_state") or ""), sent=True)
    audits.appealed(ded_id, row.msgid, number, row.made)
    audits.mark(ded_id, AppealState.WAITING if state in MAY_APPEAL else state)
    audits.tell([(ded_id, "sent", number)])


APPEAL_EFFECTS = {"appeal": _appealed}


def asked_for(ledger: Ledger, row: Transaction, now: datetime) -> dict[str, Any]:
    """The period and visit of the list that would show the appeal ``row``."""
    known = ledger.audits.deduction(str(row.facts.get("deduction_id", "")))
    first = known.audited_at if known and known.audited_at else row.made - BEFORE
    first = first.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "begin": first, "end": now.astimezone(CHINA) + timedelta(days=1), "visit_no": row.visit,
        "bill_no": str(row.facts.get("bill_no", "")),
    }  # fmt: skip


def is_taken(row: Transaction, found: Values) -> bool:
    """Does the listed deduction show that an appeal against it was taken?"""
    same = found.get("deduction_id") == row.facts.get("deduction_id")
    return same and state_of(str(found.get("appeal_state") or ""), False) not in MAY_APPEAL
