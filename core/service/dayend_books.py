"""The three books of a period, read whole and brought together: journal, hospital, centre."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.domain import State, Transaction
from core.domain.dayend import MatchSheet, Pair, Period, Proposal, Side
from core.domain.matching import (
    CENTRE,
    HOSPITAL,
    JOURNAL,
    Cluster,
    join,
    match,
    without_corrections,
)
from core.domain.pairing import BOOKED, View, Whose, judge
from core.errors import Refused, fault
from core.his.port import Hospital
from core.journal import Journal
from core.money import Fen
from core.outcome import OutcomeName
from core.service.books_by_visit import VisitBooks
from core.service.pages import all_rows
from core.service.transact import Road

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MONEY_STEPS = frozenset({"settle", "cancel_settlement"})
DIGITS = "0" * 14


class NoAnswer(Refused):
    """The centre did not say what was asked; ``ending`` is how the call ended."""

    def __init__(self, key: str, ending: OutcomeName, **holes: object) -> None:
        self.ending = ending
        super().__init__(fault(key, "", **holes))


class Books:
    """Reads and matches; sends nothing but the centre's list (9103)."""

    def __init__(self, journal: Journal, road: Road, hospital: Hospital, desk: int) -> None:
        self._journal = journal
        self._road = road
        self._hospital = hospital.postings
        self._whose = whose(road.centre.new_msgid, desk)

    def sheet(self, period: Period, operator: str, today: Period, limit: Fen) -> MatchSheet:
        """Everything of the period matched and judged; raises ``Refused`` for half a list."""
        centre = self.centre(period, operator)
        journal = self._journal.ledger.daybook.movements(period, operator)
        counted = frozenset((side.visit_no, side.bill_no, side.refund) for side in journal)
        journal += self.waiting(period, operator)
        hospital = self._hospitals(period, operator, journal, centre)
        same, clusters = match(journal, centre, hospital)
        self._fill(clusters, period, operator)
        view = self._view(clusters, period, today, limit, counted)
        matched, pairs = judge(clusters, view)
        if not self._road.centre.capabilities.reversal:
            pairs = tuple(_without_fence(pair) for pair in pairs)
        return MatchSheet(
            listed=len(centre), matched=same + matched, pairs=pairs,
            hospital=hospital is not None,
        )  # fmt: skip

    # -- the books

    def centre(self, period: Period, operator: str = "") -> list[Side]:
        """The centre's whole list of a period; raises ``Refused`` where a page failed.

        A centre without lists is asked visit by visit.
        """
        if not self._road.centre.has("settlement_list"):
            return self.by_visit(period, operator)
        rows = all_rows(self._road, "settlement_list", {"begin": period.begin, "end": period.end})
        if rows is None:
            raise NoAnswer("dayend.list_failed", "unknown")
        backs = self._cancellations_of_nothing(rows)
        found = [_side(row, period.begin, backs) for row in rows]
        return [side for side in found if operator in ("", side.operator) or not side.operator]

    def by_visit(self, period: Period, operator: str = "", sign_no: str = "") -> list[Side]:
        """What stands at the centre of the period's visits, each asked on its own; raises
        ``Refused`` where one was not answered."""
        found = VisitBooks(self._journal, self._road).sides(period, operator, sign_no)
        if found is None:
            raise NoAnswer("dayend.visit_failed", "unknown")
        return found

    def _cancellations_of_nothing(self, rows: list[dict[str, Any]]) -> set[str]:
        """Message ids of cancellations that no minus tells, as their amounts are zero."""
        zero = {str(row.get("msgid") or "") for row in rows if not row.get("total")}
        known = self._journal.ledger.daybook.transactions(zero)
        return {row.msgid for row in known.values() if row.step == "cancel_settlement"}

    def waiting(self, period: Period, operator: str = "") -> list[Side]:
        """Settlements and cancellations of the period whose end nobody knows yet."""
        return [
            self._open_side(row) for row in self._journal.open_rows()
            if row.step in MONEY_STEPS and row.state not in BOOKED
            and operator in ("", row.operator) and period.holds(row.made)
        ]  # fmt: skip

    def _open_side(self, row: Transaction) -> Side:
        paid = self._journal.ledger.settlement(row.corrects) if row.corrects else None
        fund, personal = (-paid.amounts.fund, -paid.amounts.personal) if paid else (0, 0)
        return Side(
            row.visit, str(row.facts.get("bill_no", "")), row.msgid, row.amount or 0, fund,
            personal, row.step != "settle", row.made, str(row.facts.get("person_no", "")), "",
            row.operator, "", str(row.state),
        )  # fmt: skip

    def _hospitals(
        self, period: Period, operator: str, journal: list[Side], centre: list[Side]
    ) -> list[Side] | None:
        """The hospital's own list; it knows no operators: of one, what the other books name.

        ``None`` where there is no hospital, or it knows nothing of any of this.
        """
        if self._hospital is None:
            return None
        found = list(self._hospital.settled(period.begin, period.end))
        if not found and not self._hospital.knows({s.visit_no for s in (*journal, *centre)}):
            return None
        if not operator:
            return found
        bills = {(side.visit_no, side.bill_no) for side in (*journal, *centre)}
        return [side for side in found if (side.visit_no, side.bill_no) in bills]

    # -- what is near the period, where something is missing

    def _fill(self, clusters: list[Cluster], period: Period, operator: str) -> None:
        if not clusters:
            return
        self._fill_journal(clusters, period, operator)
        around = (
            Period(begin=period.begin - DAY, end=period.begin - SECOND),
            Period(begin=period.end + SECOND, end=period.end + DAY),
        )
        if self._hospital is not None:
            self._fill_hospital(clusters, around)
        if any(_is_booked(c[JOURNAL]) and c[CENTRE] is None for c in clusters):
            join(clusters, CENTRE, [s for near in around for s in self.centre(near, operator)])

    def _fill_journal(self, clusters: list[Cluster], period: Period, operator: str) -> None:
        """Movements of another day (or operator), and transactions that came to nothing."""
        rest = [side for c in clusters if c[JOURNAL] is None for side in c if side is not None]
        daybook = self._journal.ledger.daybook
        elsewhere = [
            side for side in daybook.movements_of(side.visit_no for side in rest)
            if not (period.holds(side.at) and operator in ("", side.operator))
        ]  # fmt: skip
        join(clusters, JOURNAL, elsewhere)
        ids = {side.msgid for c in clusters if c[JOURNAL] is None for side in _sides(c, CENTRE)}
        rows = daybook.transactions(ids - {side.msgid for side in elsewhere})
        join(clusters, JOURNAL, [
            self._open_side(row) for row in rows.values()
            if row.step in MONEY_STEPS and row.state not in BOOKED
        ])  # fmt: skip

    def _fill_hospital(self, clusters: list[Cluster], around: Iterable[Period]) -> None:
        """What it booked a day off, and without what it corrected itself; records of a bill that
        the centre lacks here come along."""
        assert self._hospital is not None
        alone = [side for c in clusters if _only_hospital(c) for side in _sides(c, HOSPITAL)]
        clusters[:] = [c for c in clusters if not _only_hospital(c)]
        near = [s for period in around for s in self._hospital.settled(period.begin, period.end)]
        rest = without_corrections(clusters, HOSPITAL, [*alone, *near])
        rest = join(clusters, HOSPITAL, rest)
        lacking = (side for c in clusters if c[CENTRE] is None for side in c if side is not None)
        bills = {(side.visit_no, side.bill_no) for side in (*alone, *lacking)}
        clusters += [[None, side, None] for side in rest if (side.visit_no, side.bill_no) in bills]

    def _view(
        self, clusters: list[Cluster], period: Period, today: Period, limit: Fen,
        counted: frozenset[tuple[str, str, bool]],
    ) -> View:  # fmt: skip
        daybook = self._journal.ledger.daybook
        visits = {side.visit_no for c in clusters for side in c if side is not None}
        ids = {side.msgid for c in clusters for side in _sides(c, CENTRE)}
        live = frozenset(daybook.live_bills(visits))
        ready = daybook.registered_visits(visits) - {visit for visit, _ in live}
        return View(
            period=period, today=today, whose=self._whose,
            hospital=self._hospital.knows(visits) if self._hospital else frozenset(),
            limit=limit, counted=counted, live=live, ready=frozenset(ready),
            fenced=frozenset(daybook.refused_fences(ids)),
        )  # fmt: skip


def whose(new_msgid: Callable[[str, int, int], str], desk: int) -> Callable[[str], Whose]:
    """Tells this desk's message ids from other windows' and from strange ones."""
    mine, other = new_msgid(DIGITS, desk, 0), new_msgid(DIGITS, (desk + 1) % 10, 0)
    place = next(n for n, pair in enumerate(zip(mine, other, strict=True)) if pair[0] != pair[1])
    start = mine.index(DIGITS)

    def tell(msgid: str) -> Whose:
        if len(msgid) != len(mine) or msgid[:start] != mine[:start]:
            return "strange"
        return "own" if msgid[place] == mine[place] else "other"

    return tell


def _side(row: dict[str, Any], begin: datetime, backs: set[str]) -> Side:
    total, fund, personal = (int(row.get(name) or 0) for name in ("total", "fund", "personal"))
    msgid = str(row.get("msgid") or "")
    return Side(
        str(row.get("visit_no") or ""), str(row.get("bill_no") or ""), msgid, total, fund,
        personal, total < 0 or fund < 0 or personal < 0 or msgid in backs,
        row.get("settled_at") or begin, str(row.get("person_no") or ""),
        str(row.get("person_name") or ""), str(row.get("operator") or ""),
        str(row.get("med_type") or ""),
    )  # fmt: skip


def _is_booked(side: Side | None) -> bool:
    return side is not None and side.state in BOOKED


def _only_hospital(cluster: Cluster) -> bool:
    return cluster[JOURNAL] is None and cluster[CENTRE] is None


def _sides(cluster: Cluster, place: int) -> tuple[Side, ...]:
    side = cluster[place]
    return () if side is None else (side,)


def _without_fence(pair: Pair) -> Pair:
    """What nothing fences off is for a person and the centre to clear up."""
    fence = pair.proposal is Proposal.REVERSE
    return replace(pair, proposal=Proposal.ASK) if fence else pair


def is_open(row: Transaction) -> bool:
    """Does it stand in the way of a confirmation: unknown, and no supervisor has it?"""
    return row.step in MONEY_STEPS and row.is_open and row.state is not State.MANUAL
