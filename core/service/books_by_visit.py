"""The centre's book of a period where it has no list and no sums: asked visit by visit.

What stands there of every visit that moved money here (or may have) becomes a record beside ours;
the division between fund and patient is ours where the totals agree, for no such answer names it.
A visit that nobody here knows cannot be found so (protocol-gd.md §11: no reconciliation functions).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from core.domain import Transaction
from core.domain.dayend import Period, Side
from core.journal import Journal
from core.outcome import Accepted, Rejected
from core.service.transact import Road

SETTLED, EVERY_BATCH, WHOLE = "1", 0, ""
Standing = Mapping[str, int | None]  # batch (one without a name for a stay) to total, where told


class VisitBooks:
    """Asks; changes nothing."""

    def __init__(self, journal: Journal, road: Road) -> None:
        self._journal = journal
        self._road = road

    def sides(self, period: Period, operator: str = "", sign_no: str = "") -> list[Side] | None:
        """What stands at the centre of the period's visits; ``None`` where one was not answered."""
        daybook = self._journal.ledger.daybook
        moved = daybook.movements(period, operator, sign_no)
        ours: defaultdict[str, list[Side]] = defaultdict(list)
        for side in moved:
            ours[side.visit_no].append(side)
        tried = () if sign_no else daybook.visits_tried(period, operator)
        found: list[Side] = []
        for visit_no in dict.fromkeys([*ours, *tried]):
            standing = self._standing(visit_no)
            if standing is None:
                return None
            found += self._records(visit_no, ours[visit_no], standing)
        return found

    # -- asking

    def _standing(self, visit_no: str) -> Standing | None:
        if not self._journal.ledger.centrefacts.centre_visit_no(visit_no):
            return {}
        known = self._journal.ledger.visit(visit_no).registration
        is_stay = known is not None and known.is_inpatient
        return self._stay(visit_no) if is_stay else self._batches(visit_no)

    def _stay(self, visit_no: str) -> Standing | None:
        asked = {"visit_no": visit_no, "settled": SETTLED}
        outcome = self._road.travel("stay_data", asked, blocks=False).outcome
        if not isinstance(outcome, Accepted):
            return None
        return {WHOLE: outcome.rows[-1].get("total")} if outcome.rows else {}

    def _batches(self, visit_no: str) -> Standing | None:
        asked = {"visit_no": visit_no, "fee_batch": EVERY_BATCH}
        outcome = self._road.travel("refund_data", asked, blocks=False).outcome
        if isinstance(outcome, Rejected) and self._road.centre.is_already_done(outcome):
            return {}
        if not isinstance(outcome, Accepted):
            return None
        sums: defaultdict[str, int] = defaultdict(int)
        for row in outcome.rows:
            sums[str(row.get("fee_batch", ""))] += row.get("amount") or 0
        return {batch: abs(total) for batch, total in sums.items()}

    # -- bringing together

    def _records(self, visit_no: str, ours: Iterable[Side], standing: Standing) -> list[Side]:
        found, known = [], set[str]()
        for side in ours:
            paid, batch = self._settlement(side)
            known.add(batch)
            there = batch in standing
            if side.refund:
                found += [] if there else [side._replace(state="")]
            elif there or self._is_undone(paid):
                found.append(_theirs(side, standing.get(batch)))
        known |= self._batches_of(visit_no)
        return found + [
            self._strange(visit_no, batch, total)
            for batch, total in standing.items() if batch not in known
        ]  # fmt: skip

    def _settlement(self, side: Side) -> tuple[str, str]:
        """The message id of the settlement a record is about, and the batch it made."""
        row = self._journal.transaction(side.msgid)
        paid = row.corrects if side.refund else row.msgid
        return paid, self._batch(paid)

    def _batch(self, settlement: str) -> str:
        said: dict[str, Any] = self._journal.ledger.settlement_reply(settlement)
        return str(said.get("fee_batch") or WHOLE)

    def _is_undone(self, settlement: str) -> bool:
        """We have cancelled it: that it no longer stands is as it should be."""
        paid = self._journal.ledger.settlement(settlement)
        return paid is not None and bool(paid.cancelled_by)

    def _batches_of(self, visit_no: str) -> set[str]:
        rows = self._journal.of_visit(visit_no)
        ledger = self._journal.ledger
        return {
            self._batch(row.msgid) for row in rows
            if row.step == "settle" and ledger.settlement(row.msgid) is not None
        }  # fmt: skip

    def _strange(self, visit_no: str, batch: str, total: int | None) -> Side:
        """Something stands there that our books do not have; perhaps what is open just now."""
        waiting = self._journal.open_for(visit_no)
        mine = waiting if waiting is not None and waiting.step == "settle" else None
        shown = self._journal.ledger.visit(visit_no).presettlement
        amount = total if total is not None else shown.total if shown else 0
        fund = shown.fund if shown is not None and shown.total == amount else 0
        bill = str(mine.facts.get("bill_no", "")) if mine else batch
        return Side(
            visit_no, bill, mine.msgid if mine else "", amount, fund, amount - fund, False,
            _moment(mine, self._journal, visit_no), operator=mine.operator if mine else "",
        )  # fmt: skip


def _theirs(side: Side, total: int | None) -> Side:
    if total in (None, side.total):
        return side._replace(state="")
    assert total is not None
    return side._replace(total=total, personal=total - side.fund, state="")


def _moment(row: Transaction | None, journal: Journal, visit_no: str) -> Any:
    rows = [row] if row else [one for one in journal.of_visit(visit_no) if one.step == "settle"]
    return rows[-1].made if rows else journal.clock.now()
