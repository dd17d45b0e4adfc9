"""The lines that the parts of 日终对账 show, as texts: made of sums, confirmations, closings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.domain.dayend import Closing, Confirmation, Part, Sum, Unresolved
from core.money import Fen, show
from core.words import say
from gui.screens.dayend.period import shown


@dataclass(frozen=True, slots=True)
class CompareLine:
    """One line of both books: texts, and ``holds`` (``None``: nothing to compare with yet)."""

    name: str
    label: str
    ours: str
    centre: str
    difference: str
    holds: bool | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """One operator or kind: net amounts, and what was given back."""

    name: str
    count: str
    total: str
    fund: str
    personal: str
    refunds: str


@dataclass(frozen=True, slots=True)
class ConfirmationRow:
    """A former confirmation."""

    msgid: str
    at: str
    period: str
    who: str
    count: str
    total: str
    state: str
    standing: bool


@dataclass(frozen=True, slots=True)
class SumRow:
    """Settlements, refunds, or both together."""

    name: str
    count: str
    total: str
    fund: str
    personal: str


@dataclass(frozen=True, slots=True)
class OpenRow:
    """An open case that this closing carries over."""

    msgid: str
    since: str
    title: str
    visit_no: str
    amount: str
    known: str
    held_by: str


@dataclass(frozen=True, slots=True)
class ClosingRow:
    """A line of the closings."""

    number: int
    title: str
    operator: str
    end: str
    cash: str
    count: str
    state: str
    void: bool
    standing: bool


def apart(key: str, item: Sum) -> str:
    """Settlements or refunds as a sentence."""
    return say(f"dayend.view.{key}", count=item.count, amount=show(item.total))


def amount_line(name: str, ours: Sum | None, centre: Sum | None) -> CompareLine:
    """One amount of both books."""
    mine: Fen | None = getattr(ours, name) if ours else None
    theirs: Fen | None = getattr(centre, name) if centre else None
    known = mine is not None and theirs is not None
    off = mine - theirs if mine is not None and theirs is not None else None
    label = say(f"dayend.view.amount.{name}")
    return CompareLine(
        name, label, show(mine), show(theirs), show(off), off == 0 if known else None
    )


def count_line(ours: Sum | None, centre: Sum | None) -> CompareLine:
    """How many records; a centre may not tell."""
    mine = ours.count if ours else None
    theirs = centre.count if centre else None
    off = mine - theirs if mine is not None and theirs is not None else None
    texts = ("" if value is None else str(value) for value in (mine, theirs, off))
    return CompareLine(
        "count", say("dayend.view.amount.count"), *texts, None if off is None else off == 0
    )


def part_rows(desk: Any, parts: tuple[Part, ...]) -> tuple[PartRow, ...]:
    """Operators or kinds in words; a kind comes as its code."""
    return tuple(_part_row(part, _part_name(desk, part)) for part in parts)


def _part_name(desk: Any, part: Part) -> str:
    if part.name and part.name != part.key:
        return part.name
    label: str = desk.centre.label("med_type", part.key) if part.key else ""
    return label or say("dayend.view.unnamed")


def _part_row(part: Part, name: str) -> PartRow:
    net, back = part.net, part.refunded
    refunds = say("dayend.view.refunds", amount=show(back.total))
    return PartRow(
        name, str(net.count), show(net.total), show(net.fund), show(net.personal),
        refunds if back.count else "",
    )  # fmt: skip


def confirmation_row(item: Confirmation) -> ConfirmationRow:
    """A former confirmation in words."""
    key = "undone" if item.undone_by else "standing"
    return ConfirmationRow(
        item.msgid, f"{item.at:%m-%d %H:%M}", shown(item.period),
        item.operator or say("dayend.view.everybody"), str(item.sums.count),
        show(item.sums.total), say(f"dayend.view.{key}"), not item.undone_by,
    )  # fmt: skip


def sum_row(name: str, item: Sum) -> SumRow:
    """One line of sums."""
    amounts = (show(item.total), show(item.fund), show(item.personal))
    return SumRow(name, str(item.count), *amounts)


def closing_row(item: Closing) -> ClosingRow:
    """A closing or void in words."""
    key = "void" if item.voids else "taken_back" if item.voided_by else "stands"
    word = say(f"dayend.view.closing.{key}", number=item.voids or item.voided_by)
    return ClosingRow(
        item.number, say("dayend.view.closing.title", number=item.number),
        item.operator_name or item.operator_id, f"{item.period.end:%m-%d %H:%M}",
        show(item.cash), str(item.totals.net.count), word, bool(item.voids), key == "stands",
    )  # fmt: skip


def open_row(desk: Any, case: Unresolved) -> OpenRow:
    """An open case in words."""
    rule = desk.centre.rule(case.step)
    return OpenRow(
        case.msgid, f"{case.since:%m-%d %H:%M}", f"{rule.code} {rule.title}", case.visit_no,
        show(case.amount), case.known, case.held_by or say("dayend.view.held_by_none"),
    )  # fmt: skip
