"""What the tables of 日终对账 show of their rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.domain.dayend import Pair
from core.money import show
from core.words import say
from gui.screens.dayend.three_books import differs, proposal_word, side_amount
from gui.widgets.table import Column


def _named(name: str, width: float, align: str = "left", *, stretch: bool = False) -> Column:
    title = say(f"dayend.view.column.{name}")
    return Column(name, title, lambda row: getattr(row, name), width, align, stretch)


def _of(
    name: str, text: Callable[[Any], str], width: float, align: str = "left", **more: Any
) -> Column:
    return Column(name, say(f"dayend.view.column.{name}"), text, width, align, **more)


def part_columns() -> tuple[Column, ...]:
    """Sums by operator or kind."""
    return (
        _named("name", 9, stretch=True),
        _named("count", 4, "right"),
        _named("total", 9, "right"),
        _named("fund", 9, "right"),
        _named("personal", 8, "right"),
        _of("refunds", lambda row: row.refunds, 11, "right",
            tone=lambda row: "danger" if row.refunds else None),
    )  # fmt: skip


def former_columns() -> tuple[Column, ...]:
    """Former confirmations."""
    return (
        _named("at", 10.5),
        _named("period", 12, stretch=True),
        _named("who", 7),
        _named("count", 5, "right"),
        _named("total", 10, "right"),
        _of("state", lambda row: row.state, 7,
            tone=lambda row: "done" if row.standing else "muted"),
    )  # fmt: skip


def _book(name: str) -> Column:
    return _of(
        name, lambda pair: side_amount(pair, name), 9, "right",
        tone=lambda pair: "danger" if differs(pair, name) else None,
    )  # fmt: skip


def _where(pair: Pair) -> str:
    side = pair.first
    return side.visit_no or side.msgid


def pair_columns() -> tuple[Column, ...]:
    """Pairs: what they are, the three books beside each other, what is proposed."""
    return (
        _of("kind", lambda pair: say(f"dayend.class.{pair.kind}"), 13),
        _of("visit", _where, 13, stretch=True),
        _of("person", lambda pair: pair.first.person_name, 6),
        _book("journal"),
        _book("hospital"),
        _book("centre"),
        _of("difference", lambda pair: show(pair.difference), 8, "right",
            tone=lambda pair: "danger" if pair.difference else None),
        _of("proposal", proposal_word, 10),
    )  # fmt: skip


def sum_columns() -> tuple[Column, ...]:
    """Settlements, refunds, net."""
    return (
        _named("name", 8, stretch=True),
        _named("count", 5, "right"),
        _of("total", lambda row: row.total, 11, "right", tone=_red),
        _of("fund", lambda row: row.fund, 11, "right", tone=_red),
        _of("personal", lambda row: row.personal, 10, "right", tone=_red),
    )


def _red(row: Any) -> str | None:
    return "danger" if row.total.startswith("-") else None


def open_columns() -> tuple[Column, ...]:
    """Open cases that a closing carries over."""
    return (
        _named("since", 10.5),
        _of("title", lambda row: row.title, 16, tip=lambda row: row.known),
        _named("visit_no", 12, stretch=True),
        _named("amount", 8, "right"),
        _named("held_by", 7),
    )


def closing_columns() -> tuple[Column, ...]:
    """Former closings and voids."""
    return (
        _of("number", lambda row: row.title, 8),
        _named("operator", 8),
        _named("end", 10.5),
        _named("count", 4, "right"),
        _named("cash", 9, "right"),
        _of("state", lambda row: row.state, 9, stretch=True,
            tone=lambda row: "done" if row.standing else "danger" if row.void else "muted"),
    )  # fmt: skip
