"""How far a refund in part is, told from the journal alone: so a crash in the middle is found."""

from __future__ import annotations

from collections.abc import Iterable

from core.domain import Transaction
from core.domain.centrefacts import PartialRefund, PartialStage
from core.journal import Journal, Ledger
from core.journal.centrefacts import ANEW, CHARGE, REFUND
from core.words import say

UNFINISHED = frozenset({PartialStage.REFUNDING, PartialStage.REFUNDED, PartialStage.CHARGING})


def waiting(ledger: Ledger, visit_no: str) -> int:
    """The number of the refund in part whose kept lines have still to be charged, or 0."""
    facts = ledger.centrefacts
    for one in facts.partials(visit_no):
        done = facts.partial_done(one.number)
        if REFUND in done and not {CHARGE, ANEW} & done.keys():
            return 0 if facts.left_partial(one.number) else one.number
    return 0


def told(journal: Journal, one: PartialRefund) -> PartialRefund:
    """The refund in part with its stage, its message ids, and what is to be done next."""
    facts = journal.ledger.centrefacts
    done, left = facts.partial_done(one.number), facts.left_partial(one.number)
    rows = [row for row in journal.of_visit(one.visit_no) if row.facts.get("partial") == one.number]
    stage = _stage(done, left, rows)
    return one.model_copy(update={
        "stage": stage, "refund": done.get(REFUND, ""), "charge": done.get(CHARGE, ""),
        "says": say(f"partial.{stage}", reason=left),
    })  # fmt: skip


def _stage(done: dict[str, str], left: str, rows: Iterable[Transaction]) -> PartialStage:
    if CHARGE in done:
        return PartialStage.DONE
    if left or ANEW in done:
        return PartialStage.LEFT
    under_way = any(row.is_open for row in rows)
    if REFUND in done:
        return PartialStage.CHARGING if under_way else PartialStage.REFUNDED
    return PartialStage.REFUNDING if under_way else PartialStage.FAILED
