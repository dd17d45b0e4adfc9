"""What the centre's own lists say of a transaction whose outcome is unknown.

Evidence is ``Happened`` (with the values that the reply would have had), ``Absent`` (the whole list
was read and it is not there) or ``NoEvidence`` (a page failed): the last changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.clock import CHINA
from core.domain import Transaction
from core.domain.deduction import MAY_APPEAL
from core.journal import Ledger
from core.outcome import Accepted, Rejected
from core.service.appeal_effects import asked_for, is_taken
from core.service.endings import Absent, Evidence, Gone, Happened, NoEvidence, Rows
from core.service.evidence_visits import LOOKS
from core.service.facts import person_no
from core.service.line_ids import sent_as
from core.service.pages import all_rows

if TYPE_CHECKING:
    from core.service.transact import Road

LONGEST = timedelta(days=31)


def look(road: Road, row: Transaction, refused: bool = False) -> Evidence:
    """Ask the centre for what would show ``row``; a step without a query gives no evidence.

    ``refused``: the centre itself has just said that there is nothing left to take away.
    """
    if row.step in OTHERWISE:
        return OTHERWISE[row.step](road, row)
    key = road.rule_of(row).query_step
    query = road.centre.rule(key).step if key else ""
    by_visit = LOOKS.get((query, row.step))
    seen = by_visit(road, row) if by_visit else _listed(road, row, query)
    if isinstance(seen, Gone):
        return Happened() if refused or _was_listed(road, row) else NoEvidence()
    return seen


def _listed(road: Road, row: Transaction, query: str) -> Evidence | Gone:
    asked = ASKED.get(query)
    found = all_rows(road, query, asked(road, row), corrects=row.msgid) if asked else None
    if found is None:
        return NoEvidence()
    if row.step == "upload_fees":
        return _uploaded(road.journal.ledger, row, found)
    return READ[row.step](row, found)


def _was_listed(road: Road, row: Transaction) -> bool:
    """Was the visit's last booking so long ago that every list has shown it?

    A booking takes no longer than the quiet time, and a list no longer to show it.
    """
    others = road.journal.of_visit(row.visit)
    made = [one.made for one in others if one.blocks and one.msgid != row.msgid]
    quiet = timedelta(seconds=road.centre.patience.quiet)
    return road.clock.now() - max(made, default=row.made - quiet * 2) >= quiet * 2


def day_of(road: Road, row: Transaction) -> dict[str, Any]:
    """From the start of the day the message (or what it cancels) was made to the end of today.

    At most one day past the message (a settlement may be booked after midnight), and at most
    ``LONGEST`` back.
    """
    now, made = road.clock.now().astimezone(CHINA), row.made.astimezone(CHINA)
    first = max(_first_moment(road, row), made - LONGEST)
    last = _midnight(made) + timedelta(days=2 if now.date() > made.date() else 1)
    return {"begin": _midnight(first), "end": last - timedelta(seconds=1)}


def _first_moment(road: Road, row: Transaction) -> datetime:
    try:
        return min(row.made, road.journal.transaction(row.corrects).made).astimezone(CHINA)
    except KeyError:
        return row.made.astimezone(CHINA)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _by_person(road: Road, row: Transaction) -> dict[str, Any]:
    return {"person_no": person_no(road.journal.ledger, row)}


def _deductions(road: Road, row: Transaction) -> dict[str, Any]:
    return asked_for(road.journal.ledger, row, road.clock.now())


ASKED: dict[str, Callable[[Road, Transaction], dict[str, Any]]] = {
    "settlement_list": day_of,
    "visit_list": _by_person,
    "fee_list": lambda road, row: {"visit_no": row.visit},
    "deduction_list": _deductions,
}


def _settled(row: Transaction, found: Rows) -> Evidence:
    mine = [item for item in found if item.get("msgid") == row.msgid]
    return Happened(mine[0]) if mine else Absent(_live(row.visit, found))


def _live(visit: str, found: Rows) -> tuple[str, ...]:
    """Message ids of the visit's settlements that the list shows as not cancelled."""
    ours = [item for item in found if item.get("visit_no") == visit]
    gone = {item.get("bill_no") for item in ours if (item.get("total") or 0) < 0}
    return tuple(str(item.get("msgid", "")) for item in ours if item.get("bill_no") not in gone)


def _unsettled(row: Transaction, found: Rows) -> Evidence | Gone:
    bill = row.facts.get("bill_no", "")
    ours = [
        item for item in found
        if item.get("visit_no") == row.visit and item.get("bill_no", "") == bill
    ]  # fmt: skip
    cancelled = [
        item for item in found
        if item.get("msgid") == row.msgid or (item in ours and (item.get("total") or 0) < 0)
    ]  # fmt: skip
    if cancelled:
        return Happened(cancelled[0])
    return Absent() if ours else Gone()  # a centre may also take a cancelled row off its list


def _registered(row: Transaction, found: Rows) -> Evidence:
    mine = [item for item in found if item.get("visit_no") == row.visit]
    return Happened(mine[0]) if mine else Absent()


def _unregistered(row: Transaction, found: Rows) -> Evidence | Gone:
    return Absent() if any(item.get("visit_no") == row.visit for item in found) else Gone()


def _uploaded(ledger: Ledger, row: Transaction, found: Rows) -> Evidence:
    wanted = {sent_as(line): line["amount"] for line in row.facts.get("lines", ())}
    if found and not any(item.get("line_id") for item in found):
        return _by_sum(ledger.uploaded_total(row.visit), sum(wanted.values()), found)
    mine = tuple(item for item in found if _is_ours(item, wanted))
    whole = {item["line_id"] for item in mine} == wanted.keys()
    return Happened(rows=mine, whole=whole) if mine else Absent()


def _by_sum(before: int, sent: int, found: Rows) -> Evidence:
    """Where a list has no ids of lines: by what it comes to, to the fen."""
    total = sum(item.get("amount") or 0 for item in found)
    if total == before + sent:
        return Happened()
    return Absent() if total == before else NoEvidence()


def _is_ours(item: dict[str, Any], wanted: dict[str, Any]) -> bool:
    line, amount = item.get("line_id"), item.get("amount")
    return line in wanted and amount in (None, wanted[line])


def _unloaded(row: Transaction, found: Rows) -> Evidence | Gone:
    rx, line = row.facts.get("rx_no", ""), row.facts.get("line_id", "")
    left = [
        item for item in found
        if rx in ("", item.get("rx_no")) and line in ("", item.get("line_id"))
    ]  # fmt: skip
    return Absent() if left else Gone()


def _appealed(row: Transaction, found: Rows) -> Evidence:
    mine = [item for item in found if is_taken(row, item)]
    return Happened(mine[0]) if mine else Absent()


READ: dict[str, Callable[[Transaction, Rows], Evidence | Gone]] = {
    "settle": _settled,
    "cancel_settlement": _unsettled,
    "register": _registered,
    "cancel_registration": _unregistered,
    "cancel_fees": _unloaded,
    "appeal": _appealed,
}


def _changed(road: Road, row: Transaction) -> Evidence:
    """No list shows ward or bed. A change may be repeated without harm (protocol-zjs.md §4.4), so
    the same change sent again is the look: accepted, the centre has it, whichever message did it.
    """
    given = dict(row.facts.get("given") or {})
    if not given:
        return NoEvidence()
    if given.get("admitted_at"):
        given["admitted_at"] = datetime.fromisoformat(given["admitted_at"])
    outcome = road.travel(row.step, given, corrects=row.msgid, blocks=False).outcome
    if isinstance(outcome, Accepted):
        return Happened()
    return Absent() if isinstance(outcome, Rejected) else NoEvidence()


def _filed(road: Road, row: Transaction) -> Evidence:
    """No list shows filings, but a card read after it does: the person has a qualification more.

    One that is not there proves nothing: the filing may wait for approval.
    """
    given = row.facts.get("given") or {}
    person, read_at = road.journal.ledger.card_read()
    before = given.get("qualifications_before")
    if person is None or read_at is None or before is None or read_at <= row.made:
        return NoEvidence()
    if person.id_no != given.get("id_no"):
        return NoEvidence()
    new = [item.id for item in person.qualifications if item.id not in before.split()]
    return Happened({"qualification_id": new[-1]}) if new else NoEvidence()


OTHERWISE: dict[str, Callable[[Road, Transaction], Evidence]] = {
    "change_registration": _changed,
    "special_filing": _filed,
}


def done_before(ledger: Ledger, row: Transaction) -> bool:
    """Had an earlier message of ours done the same? Then the lists say nothing of this one.

    Nor can lines be there for a visit that is not registered, whatever words the centre finds for
    it. (A settlement is told by its own message id and needs no such care.)
    """
    asked = DONE_BEFORE.get(row.step)
    return asked is not None and asked(ledger, row)


def _lines_prove_nothing(ledger: Ledger, row: Transaction) -> bool:
    sent = {line["line_id"] for line in row.facts.get("lines", ())}
    unregistered = not ledger.visit(row.visit).registered_by
    return unregistered or bool(sent & ledger.uploaded_ids(row.visit))


def _appealed_before(ledger: Ledger, row: Transaction) -> bool:
    known = ledger.audits.deduction(str(row.facts.get("deduction_id", "")))
    return known is None or known.state not in MAY_APPEAL


DONE_BEFORE: dict[str, Callable[[Ledger, Transaction], bool]] = {
    "register": lambda ledger, row: bool(ledger.visit(row.visit).registered_by),
    "cancel_registration": lambda ledger, row: not ledger.visit(row.visit).registered_by,
    "upload_fees": _lines_prove_nothing,
    "cancel_fees": lambda ledger, row: not ledger.uploaded_ids(row.visit),
    "cancel_settlement": lambda ledger, row: not row.corrects,
    "change_registration": lambda ledger, row: True,  # whatever the centre has: this was refused
    "appeal": _appealed_before,
}
