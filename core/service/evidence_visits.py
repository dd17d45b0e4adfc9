"""What a centre shows that answers by visit and has no lists of its own.

Such a centre knows neither our message ids nor a fence: its data of a visit, of a batch's lines and
of a stay say whether something happened (protocol-gd.md §4.1, §4.2). What they show is adopted;
what they do not show stays open until a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from core.clock import CHINA
from core.domain import Transaction
from core.errors import InvalidInput
from core.outcome import Accepted, Outcome, Rejected
from core.service.endings import Absent, Evidence, Gone, Happened, NoEvidence, Rows
from core.service.facts import person_no
from core.service.line_ids import sent_as

if TYPE_CHECKING:
    from core.service.transact import Road

Row = dict[str, Any]
SETTLED, OPEN, FINISHED = "1", "0", "1"
EVERY_BATCH = 0


def asked(
    road: Road, row: Transaction, step: str, stay: bool, **values: Any
) -> tuple[Rows, bool] | None:
    """As ``said``; ``None`` also where nothing is known to ask by."""
    try:
        done = road.travel(step, values, corrects=row.msgid, blocks=False, stay=stay)
    except InvalidInput:
        return None
    return said(road, done.outcome)


def said(road: Road, outcome: Outcome) -> tuple[Rows, bool] | None:
    """The rows of a look, and whether the centre said instead that all of it is undone; ``None``
    where it said neither."""
    if isinstance(outcome, Accepted):
        return list(outcome.rows), False
    if isinstance(outcome, Rejected) and road.centre.is_already_done(outcome):
        return [], True
    return None


# -- registrations


def _registered(road: Road, row: Transaction) -> Evidence:
    found = _visits_of_person(road, row)
    if found is None:
        return NoEvidence()
    mine = [item for item in found if _is_ours(road, row, item)]
    return Happened({"centre_visit_no": mine[-1]["centre_visit_no"]}) if mine else Absent()


def _visits_of_person(road: Road, row: Transaction) -> Rows | None:
    number = person_no(road.journal.ledger, row)
    by = {"identify_by": "computer_no", "identify_value": number}
    if row.facts.get("stay"):
        found = asked(road, row, "stay_data", True, settled=OPEN, **by)
    else:
        found = asked(road, row, "visit_data", False, **by)
    return found[0] if found else None


def _is_ours(road: Road, row: Transaction, item: Row) -> bool:
    """By the hospital's own number; where the centre does not give it back, a visit of that day
    that nobody here knows by its number."""
    known = road.journal.ledger.visit(row.visit).registration
    number = (known.inpatient_no if known else "") or row.visit
    theirs = item.get("inpatient_no") or item.get("visit_no")
    if theirs:
        return str(theirs) in (number, row.visit)
    begun = item.get("admitted_at")
    same_day = begun is not None and begun.date() == row.made.astimezone(CHINA).date()
    strange = not road.journal.ledger.centrefacts.visit_of(str(item.get("centre_visit_no", "")))
    return bool(same_day and strange)


def _unregistered(road: Road, row: Transaction) -> Evidence | Gone:
    if row.facts.get("stay"):
        found = asked(road, row, "stay_data", True, visit_no=row.visit, settled=OPEN)
    else:
        found = asked(road, row, "visit_data", False, visit_no=row.visit)
    if found is None:
        return NoEvidence()
    return Absent() if found[0] else Gone()


# -- an outpatient's batches


def _settled(road: Road, row: Transaction) -> Evidence:
    found = asked(road, row, "refund_data", False, visit_no=row.visit, fee_batch=EVERY_BATCH)
    if found is None:
        return NoEvidence()
    known = _known_batches(road, row)
    for batch, lines in _by_batch(found[0]).items():
        if batch not in known and _same_lines(row, lines):
            return Happened(_amounts(road, row, abs(sum(lines.values())), batch))
    return Absent()


def _known_batches(road: Road, row: Transaction) -> set[str]:
    """Batches are counted anew for every registration."""
    ledger, number = road.journal.ledger, row.facts.get("centre_visit_no")
    made = [
        one.msgid for one in road.journal.of_visit(row.visit)
        if one.step == "settle" and one.msgid != row.msgid
        and one.facts.get("centre_visit_no") == number
    ]  # fmt: skip
    return {str(ledger.settlement_reply(msgid).get("fee_batch", "")) for msgid in made} - {""}


def _by_batch(found: Rows) -> dict[str, dict[str, int]]:
    batches: dict[str, dict[str, int]] = {}
    for item in found:
        lines = batches.setdefault(str(item.get("fee_batch", "")), {})
        lines[str(item.get("line_id", ""))] = int(item.get("amount") or 0)
    return batches


def _same_lines(row: Transaction, lines: Mapping[str, int]) -> bool:
    """The batch's lines as they would be refunded are those of the message, turned round."""
    sent = {sent_as(line): line["amount"] for line in row.facts.get("lines", ())}
    turned = {line: -amount for line, amount in sent.items()}
    return bool(sent) and dict(lines) in (sent, turned)


def _amounts(road: Road, row: Transaction, total: int, batch: str = "") -> dict[str, Any]:
    """What the patient was shown, where it is of the same total: no list names the fund's part."""
    shown = road.journal.ledger.visit(row.visit).presettlement
    values: dict[str, Any] = {"fee_batch": int(batch)} if batch.isdigit() else {}
    if shown is not None and shown.total == total:
        values |= shown.model_dump(exclude_none=True)
    return values


def _refunded(road: Road, row: Transaction) -> Evidence:
    batch = road.journal.ledger.settlement_reply(row.corrects).get("fee_batch", "")
    found = asked(road, row, "refund_data", False, visit_no=row.visit, fee_batch=batch)
    if found is None:
        return NoEvidence()
    lines, undone = found
    if undone:
        return Happened()
    return Absent() if lines else NoEvidence()


# -- stays


def _stay(road: Road, row: Transaction, settled: str) -> Row | NoEvidence | None:
    """The stay among the settled or the unsettled ones, or nothing."""
    found = asked(road, row, "stay_data", True, visit_no=row.visit, settled=settled)
    if found is None:
        return NoEvidence()
    return found[0][-1] if found[0] else None


def _stay_settled(road: Road, row: Transaction) -> Evidence:
    there = _stay(road, row, SETTLED)
    if isinstance(there, NoEvidence):
        return there
    if there is None:
        return Absent()
    if there.get("total") is not None:
        return Happened({name: there.get(name) for name in ("total", "fund", "personal")})
    return Happened(_amounts(road, row, row.amount or 0))


def _stay_unsettled(road: Road, row: Transaction) -> Evidence:
    there = _stay(road, row, SETTLED)
    if isinstance(there, NoEvidence):
        return there
    if there is not None:
        return Absent()
    rest = _stay(road, row, OPEN)
    return Happened() if isinstance(rest, dict) else NoEvidence()


def _discharge(done: bool) -> Callable[[Road, Transaction], Evidence]:
    def look(road: Road, row: Transaction) -> Evidence:
        there = _stay(road, row, OPEN)
        if not isinstance(there, dict):
            return NoEvidence()
        is_out = str(there.get("finished") or "") == FINISHED
        return Happened() if is_out is done else Absent()

    return look


LOOKS: dict[tuple[str, str], Callable[[Road, Transaction], Evidence | Gone]] = {
    ("visit_data", "register"): _registered,
    ("visit_data", "cancel_registration"): _unregistered,
    ("refund_data", "settle"): _settled,
    ("refund_data", "cancel_settlement"): _refunded,
    ("stay_data", "register"): _registered,
    ("stay_data", "cancel_registration"): _unregistered,
    ("stay_data", "discharge"): _discharge(done=True),
    ("stay_data", "undo_discharge"): _discharge(done=False),
    ("stay_data", "settle"): _stay_settled,
    ("stay_data", "cancel_settlement"): _stay_unsettled,
}
