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
from core.outcome import Accepted
from core.service.evidence_visits import EVERY_BATCH, SETTLED, said
from core.service.transact import Road

WHOLE = ""
Key = tuple[str, str]  # our number of the visit, and the centre's
Standing = Mapping[str, int | None]  # batch (one without a name for a stay) to total, where told


class VisitBooks:
    """Asks; changes nothing."""

    def __init__(self, journal: Journal, road: Road) -> None:
        self._journal = journal
        self._road = road

    def sides(self, period: Period, operator: str = "", sign_no: str = "") -> list[Side] | None:
        """What stands at the centre of the period's visits; ``None`` where one was not answered."""
        daybook = self._journal.ledger.daybook
        ours: defaultdict[Key, list[Side]] = defaultdict(list)
        for side in daybook.movements(period, operator, sign_no):
            number = str(self._journal.transaction(side.msgid).facts.get("centre_visit_no", ""))
            ours[side.visit_no, number].append(side)
        tried = () if sign_no else daybook.visits_tried(period, operator)
        now = [(visit_no, self._number(visit_no)) for visit_no in tried]
        found: list[Side] = []
        for key in dict.fromkeys([*ours, *now]):
            standing = self._standing(*key)
            if standing is None:
                return None
            found += self._records(key, ours[key], standing)
        return found

    def _number(self, visit_no: str) -> str:
        return self._journal.ledger.centrefacts.centre_visit_no(visit_no)

    # -- asking

    def _standing(self, visit_no: str, number: str) -> Standing | None:
        if not number:
            return {}
        known = self._journal.ledger.visit(visit_no).registration
        is_stay = known is not None and known.is_inpatient
        asked = {"visit_no": visit_no, "centre_visit_no": number}
        return self._stay(asked) if is_stay else self._batches(asked)

    def _stay(self, asked: dict[str, Any]) -> Standing | None:
        asked = {**asked, "settled": SETTLED}
        outcome = self._road.travel("stay_data", asked, blocks=False).outcome
        if not isinstance(outcome, Accepted):
            return None
        return {WHOLE: outcome.rows[-1].get("total")} if outcome.rows else {}

    def _batches(self, asked: dict[str, Any]) -> Standing | None:
        asked = {**asked, "fee_batch": EVERY_BATCH}
        found = said(self._road, self._road.travel("refund_data", asked, blocks=False).outcome)
        if found is None:
            return None
        sums: defaultdict[str, int] = defaultdict(int)
        for row in found[0]:
            sums[str(row.get("fee_batch", ""))] += row.get("amount") or 0
        return {batch: abs(total) for batch, total in sums.items()}

    # -- bringing together

    def _records(self, key: Key, ours: Iterable[Side], standing: Standing) -> list[Side]:
        found, known = [], self._batches_of(*key)
        for side in ours:
            paid, batch = self._settlement(side)
            there = batch in standing
            if side.refund:
                found += [] if there else [side._replace(state="")]
            elif there or self._is_undone(paid):
                found.append(_theirs(side, standing.get(batch)))
        return found + [
            self._strange(key[0], batch, total)
            for batch, total in standing.items() if batch not in known
        ]  # fmt: skip

    def _settlement(self, side: Side) -> tuple[str, str]:
        """The message id of the settlement a record is about, and the batch it made."""
        row = self._journal.transaction(side.msgid)
        paid = row.corrects if side.refund else row.msgid
        return paid, self._batch(paid)

    def _batch(self, settlement: str) -> str:
        reply: dict[str, Any] = self._journal.ledger.settlement_reply(settlement)
        return str(reply.get("fee_batch") or WHOLE)

    def _is_undone(self, settlement: str) -> bool:
        """We have cancelled it: that it no longer stands is as it should be."""
        paid = self._journal.ledger.settlement(settlement)
        return paid is not None and bool(paid.cancelled_by)

    def _batches_of(self, visit_no: str, number: str) -> set[str]:
        """The batches that our settlements made under that number of the centre."""
        ledger = self._journal.ledger
        return {
            self._batch(row.msgid) for row in self._journal.of_visit(visit_no)
            if row.step == "settle" and ledger.settlement(row.msgid) is not None
            and row.facts.get("centre_visit_no", "") == number
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
