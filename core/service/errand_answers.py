"""The answer to an errand: from a step's result, from a refusal, or from the journal's row."""

from __future__ import annotations

from core.domain import Amounts, State, Transaction
from core.domain.errand import Ending, ErrandAnswer, Reason
from core.errors import DeskError, Fault, fault
from core.journal import Journal
from core.outcome import Accepted, Rejected
from core.service.result import StepResult
from core.words import say

DONE = frozenset({State.SETTLED, State.ACCEPTED})
ENDINGS: dict[State, Ending] = {
    State.REJECTED: "rejected", State.NOT_SENT: "not_sent", State.VOID: "void",
}  # fmt: skip


def reason_of(item: Fault) -> Reason:
    """A fault as the hospital's programs read it."""
    return Reason(code=item.key, text=item.text, field=item.field)


def refusal(error: DeskError, ending: Ending = "refused") -> ErrandAnswer:
    """Nothing left the desk, and why."""
    reasons = tuple(reason_of(item) for item in error.faults)
    return ErrandAnswer(ending=ending, text=str(error), reasons=reasons)


def open_answer(key: str) -> ErrandAnswer:
    """Not begun, or not to its end: ask again with the same key."""
    found = fault(key)
    return ErrandAnswer(ending="not_sent", text=found.text, reasons=(reason_of(found),))


def answer_of(step: str, done: StepResult) -> ErrandAnswer:
    """What a service gave back."""
    outcome, visit = done.outcome, done.visit
    warnings = tuple(reason_of(item) for item in done.warnings)
    if isinstance(outcome, Accepted):
        return ErrandAnswer(
            ending="accepted", msgid=done.msgid, text=say("errands.accepted"), reasons=warnings,
            amounts=_shown(step, done), bill_no=visit.bill_no if step == "settle" else "",
        )  # fmt: skip
    if isinstance(outcome, Rejected):
        return ErrandAnswer(
            ending="rejected", msgid=done.msgid, text=outcome.text, centre_code=outcome.code
        )
    return ErrandAnswer(ending=outcome.name, msgid=done.msgid, text=outcome.text)


def _shown(step: str, done: StepResult) -> Amounts | None:
    visit = done.visit
    if step == "presettle":
        return visit.presettlement
    return visit.settlement.amounts if step == "settle" and visit.settlement else None


def from_row(journal: Journal, row: Transaction) -> ErrandAnswer:
    """What the journal knows by now of a transaction."""
    if row.state not in DONE:
        ending = ENDINGS.get(row.state, "unknown")
        text = row.known or say(f"errands.{ending}")
        return ErrandAnswer(ending=ending, msgid=row.msgid, text=text)
    amounts, bill = _of_journal(journal, row)
    return ErrandAnswer(
        ending="accepted", msgid=row.msgid, text=say("errands.accepted"), amounts=amounts,
        bill_no=bill,
    )  # fmt: skip


def _of_journal(journal: Journal, row: Transaction) -> tuple[Amounts | None, str]:
    if row.step == "settle":
        paid = journal.ledger.settlement(row.msgid)
        return (paid.amounts, paid.bill_no) if paid else (None, "")
    known = journal.ledger.visit(row.visit)
    shown = row.step == "presettle" and known.presettled_by == row.msgid
    return (known.presettlement if shown else None), ""
