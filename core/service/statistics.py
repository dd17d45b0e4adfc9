"""Statistics of the journal: amounts, shares, refunds, unresolved and deduction rates by group.

Rates are whole parts of ten thousand. A settlement counts on the day it moved money, its refund on
the day of the refund; deductions count on the day of the settlement they were taken off.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.clock import Clock
from core.errors import InvalidInput, fault
from core.journal.figures import Figures, Grouping, Moved
from core.money import Fen
from core.words import say

GROUPINGS: tuple[Grouping, ...] = ("day", "month", "dept", "operator", "kind")
LONGEST_DAYS = 3_660
FILLED_DAYS = 92  # a longer row of days is shown without its empty ones
WHOLE = 10_000
Label = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One group; amounts in fen, refunds positive, rates in parts of ten thousand or ``None``.

    ``doubted``: money transactions whose answer did not come at first; ``unresolved``: still so.
    """

    key: str
    label: str
    settlements: int = 0
    total: Fen = 0
    fund: Fen = 0
    personal: Fen = 0
    refunds: int = 0
    refunded: Fen = 0
    refunded_fund: Fen = 0
    refunded_personal: Fen = 0
    doubted: int = 0
    unresolved: int = 0
    lost: int = 0
    deductions: int = 0
    deducted: Fen = 0

    @property
    def net(self) -> Fen:
        """Settled less refunded."""
        return self.total - self.refunded

    @property
    def fund_share(self) -> int | None:
        """The fund's part of what was settled."""
        return rate(self.fund, self.total)

    @property
    def unresolved_rate(self) -> int | None:
        """Doubted ones of all money transactions (done, or doubted and not done)."""
        return rate(self.doubted, self.settlements + self.refunds + self.lost)

    @property
    def deduction_rate(self) -> int | None:
        """What was taken off, of what was settled."""
        return rate(self.deducted, self.total)


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of a period in reading order with their ``sum``.

    ``strays`` (count, fen): deductions of the period on settlements this journal does not have.
    """

    by: Grouping
    begin: date
    end: date
    rows: tuple[Figure, ...]
    sum: Figure
    strays: tuple[int, Fen] = (0, 0)


def rate(part: int, whole: int) -> int | None:
    """``part`` of ``whole`` in parts of ten thousand, half upwards; nothing of nothing."""
    return (2 * part * WHOLE + whole) // (2 * whole) if whole > 0 else None


def month_of(day: date) -> tuple[date, date]:
    """First and last day of the month of ``day``."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


class Statistics:
    """Asks the journal; nothing here is kept."""

    def __init__(self, figures: Figures, clock: Clock, kind: Callable[[str], str]) -> None:
        self._figures = figures
        self._clock = clock
        self._kind = kind

    def report(self, by: Grouping, begin: date, end: date) -> Report:
        """The figures from day ``begin`` to day ``end``; raises ``InvalidInput`` for the period."""
        if begin > end:
            raise InvalidInput(fault("statistics.period", "begin", begin=begin, end=end))
        if (end - begin).days >= LONGEST_DAYS:
            raise InvalidInput(fault("statistics.period_long", "begin", years=LONGEST_DAYS // 366))
        days = begin.isoformat(), end.isoformat()
        found = self._collected(by, *days)
        rows = [found[key] for key in _keys(by, begin, end, found)]
        if by not in ("day", "month"):
            rows.sort(key=lambda row: (-row.total, row.label))
        whole = _summed(say("statistics.sum"), rows)
        return Report(by, begin, end, tuple(rows), whole, self._figures.strays(*days))

    def _collected(self, by: Grouping, begin: str, end: str) -> dict[str, Figure]:
        found: dict[str, Figure] = {}

        def at(key: str, label: str = "") -> Figure:
            bare, name = _bare(by, key)
            known = found.get(bare) or Figure(bare, "")
            return replace(known, label=known.label or self._label(by, bare, label or name))

        for money in self._figures.moved(by, begin, end):
            row = at(money.key, money.label)
            found[row.key] = _with_money(row, money)
        for doubt in self._figures.doubted(by, begin, end):
            row = at(doubt.key)
            found[row.key] = replace(
                row, doubted=row.doubted + doubt.times, unresolved=row.unresolved + doubt.open,
                lost=row.lost + doubt.lost,
            )  # fmt: skip
        for taken in self._figures.taken(by, begin, end):
            row = at(taken.key)
            deducted = row.deducted + taken.deducted
            found[row.key] = replace(
                row, deductions=row.deductions + taken.times, deducted=deducted
            )
        return found

    def _label(self, by: Grouping, key: str, label: str) -> str:
        if by == "kind":
            label = self._kind(key) if key else ""
        return label or key or say(f"statistics.none.{by}")


MONEY = tuple(name for name in Moved._fields if name not in ("key", "label"))


def _with_money(row: Figure, money: Moved) -> Figure:
    return replace(row, **{name: getattr(row, name) + getattr(money, name) for name in MONEY})


def _bare(by: Grouping, key: str) -> tuple[str, str]:
    """Code and name of a department; any other key as it is."""
    if by != "dept":
        return key, ""
    code, name = json.loads(key) if key else ("", "")
    return code or "", name or ""


def _keys(by: Grouping, begin: date, end: date, found: dict[str, Figure]) -> Iterable[str]:
    """In time, with the empty days of a period that is short enough to be seen."""
    count = (end - begin).days + 1
    if by == "day" and count <= FILLED_DAYS:
        for number in range(count):
            day = (begin + timedelta(days=number)).isoformat()
            found.setdefault(day, Figure(day, day))
    return sorted(found)


SUMMED = tuple(name for name in Figure.__dataclass_fields__ if name not in ("key", "label"))


def _summed(label: str, rows: Iterable[Figure]) -> Figure:
    known = list(rows)
    return Figure("", label, **{name: sum(getattr(row, name) for row in known) for name in SUMMED})
