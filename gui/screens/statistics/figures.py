"""The figures as columns and as charts: one table of measures for eye, sheet and bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from core.money import show
from core.words import say

Measure = Literal["count", "amount", "rate"]
Lower = Literal["rates", "counts", "refunds"]
LOWER: tuple[Lower, ...] = ("rates", "counts", "refunds")
IN_TIME = frozenset({"day", "month"})
MOST_GROUPS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One figure: how it is got from a row, and what it measures."""

    name: str
    measure: Measure
    of: Callable[[Any], int | None]
    width: int = 9

    @property
    def title(self) -> str:
        """Its head."""
        return say(f"statistics.column.{self.name}")

    def words(self, row: Any) -> str:
        """As a person reads it."""
        value = self.of(row)
        if value is None:
            return say("chart.none")
        if self.measure == "count":
            return f"{value:,}"
        return show(value) if self.measure == "amount" else say("chart.rate", rate=show(value))


def _part(name: str, measure: Measure, width: int = 9) -> Part:
    return Part(name, measure, lambda row: getattr(row, name), width)


PARTS: tuple[Part, ...] = (
    _part("settlements", "count", 6),
    _part("total", "amount", 11),
    _part("fund", "amount", 11),
    _part("personal", "amount", 10),
    _part("fund_share", "rate", 8),
    _part("refunds", "count", 5),
    _part("refunded", "amount", 9),
    _part("net", "amount", 10),
    _part("unresolved", "count", 5),
    _part("unresolved_rate", "rate", 7),
    _part("deducted", "amount", 7),
    _part("deduction_rate", "rate", 7),
)
BY_NAME = {part.name: part for part in PARTS}


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart shows, without the chart: names of figures with their colour tokens."""

    title: str
    parts: tuple[tuple[str, str], ...]
    unit: Literal["yuan", "count", "rate"]
    shape: Literal["bars", "stacked", "lines"]


UPPER = ("amounts", (("fund", "primary"), ("personal", "muted")))
LOWERS: dict[Lower, tuple[Literal["yuan", "count", "rate"], tuple[tuple[str, str], ...]]] = {
    "rates": ("rate", (("unresolved_rate", "amber"), ("deduction_rate", "danger"))),
    "counts": ("count", (("settlements", "primary"), ("refunds", "danger"))),
    "refunds": ("yuan", (("refunded", "danger"), ("deducted", "muted"))),
}


def upper() -> Drawing:
    """Who paid: the fund's and the personal share on top of each other."""
    name, parts = UPPER
    return Drawing(say(f"statistics.chart.{name}"), parts, "yuan", "stacked")


def lower(name: Lower, by: str) -> Drawing:
    """The chart beside it; in time rates are lines."""
    unit, parts = LOWERS[name]
    shape: Literal["bars", "lines"] = "lines" if name == "rates" and by in IN_TIME else "bars"
    return Drawing(say(f"statistics.chart.{name}"), parts, unit, shape)


def short_label(by: str, label: str) -> str:
    """A day without its year, where it stands beside others."""
    return label[5:] if by == "day" else label
