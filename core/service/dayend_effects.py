"""What moves money, and what the centre confirms, in the daybook; in the commit of the outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.clock import Clock
from core.domain import Settlement, Transaction
from core.domain.dayend import Confirmation, Period, Side, Sum
from core.journal import Ledger

Values = Mapping[str, Any]
Rows = Sequence[Values]
EQUAL = "0"  # the centre's word for a statement that fits
OFFSET = "centre_offset"


def booked_at(ledger: Ledger, row: Transaction, values: Values) -> datetime:
    """The centre's moment of booking: as its list says, else ours by its clock."""
    said = values.get("settled_at")
    if isinstance(said, datetime):
        return said
    return row.made + timedelta(seconds=float(ledger.recall(OFFSET) or 0))


def settled(ledger: Ledger, row: Transaction, paid: Settlement, values: Values) -> None:
    """The settlement counts in the sums of its day."""
    amounts = paid.amounts
    side = _side(ledger, row, paid, values)._replace(
        total=amounts.total, fund=amounts.fund, personal=amounts.personal
    )
    ledger.daybook.moved(side, row.msgid, paid.operator_name, str(row.facts.get("sign_no", "")))


def refunded(ledger: Ledger, row: Transaction, values: Values) -> None:
    """The cancellation counts in the sums of its own day, never in those of the settlement's."""
    paid = ledger.settlement(row.corrects)
    if paid is None:
        return
    amounts = paid.amounts
    side = _side(ledger, row, paid, values)._replace(
        refund=True, total=-amounts.total, fund=-amounts.fund, personal=-amounts.personal
    )
    name = str(row.facts.get("operator_name", ""))
    ledger.daybook.moved(side, paid.msgid, name, str(row.facts.get("sign_no", "")))


def _side(ledger: Ledger, row: Transaction, paid: Settlement, values: Values) -> Side:
    visit = ledger.visit(paid.visit_no)
    person, known = visit.person, visit.registration
    return Side(
        visit_no=paid.visit_no, bill_no=paid.bill_no, msgid=row.msgid, total=0, fund=0, personal=0,
        refund=False, at=booked_at(ledger, row, values), operator=row.operator,
        person_no=person.number if person else str(row.facts.get("person_no", "")),
        person_name=person.name if person else known.person_name if known else "",
        kind=known.med_type if known else "",
    )  # fmt: skip


def _confirmed(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    if str(values.get("result") or EQUAL) != EQUAL:
        return
    facts = row.facts
    period = Period(
        begin=datetime.fromisoformat(facts["begin"]), end=datetime.fromisoformat(facts["end"])
    )
    ledger.daybook.confirmed(Confirmation(
        msgid=row.msgid, number=str(values.get("confirmation_no") or ""), period=period,
        operator=str(facts.get("operator", "")), sign_no=str(facts.get("sign_no", "")),
        sums=Sum(**{name: facts.get(name, 0) for name in ("count", "total", "fund", "personal")}),
        at=clock.now(), by=row.operator,
    ))  # fmt: skip


def _undone(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    ledger.daybook.undone(row.corrects, row.msgid)


DAYEND_EFFECTS = {"confirm_totals": _confirmed, "undo_confirmation": _undone}
