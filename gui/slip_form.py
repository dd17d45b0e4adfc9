"""Which printed forms there are and what stands in which cell: a slip in rows, without Qt."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from core.domain.slip import Slip, SlipAmount, SlipRow
from core.money import show
from core.words import say

GRID_PAIR = 2  # a label column and a value column


@dataclass(frozen=True, slots=True)
class Form:
    """A form of ``resources/print/slip.toml``: millimetres, and points for ``size``."""

    width: float
    height: float
    margin: float
    size: float
    row: float
    pad: float
    code: float
    ruled: bool
    grid: tuple[float, ...]
    head: tuple[tuple[str, ...], ...]
    parts: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A text over ``span`` columns of the grid. ``kind``: label · value · amount · total."""

    text: str
    span: int = 1
    kind: str = "value"


Row = tuple[Cell, ...]


@cache
def forms() -> dict[str, Form]:
    """Every form by the name of its paper, read once."""
    file = resources.files("resources") / "print" / "slip.toml"
    return {name: _form(table) for name, table in tomllib.loads(file.read_text("utf-8")).items()}


def _form(table: dict[str, Any]) -> Form:
    head = tuple(tuple(row) for row in table.pop("head"))
    return Form(grid=tuple(table.pop("grid")), head=head, **table)


def sections(slip: Slip, form: Form) -> tuple[tuple[Row, ...], ...]:
    """Head, fee categories and payments, each a block of rows."""
    return (
        tuple(_head(slip, form)),
        tuple(_parts(slip.categories, form)),
        tuple(row for item in slip.payments for row in _payment(item, form)),
    )


def _head(slip: Slip, form: Form) -> Iterator[Row]:
    known = {row.name: row for row in slip.head}
    for names in form.head:
        cells = [cell for name in names for cell in _field(name, known, form)]
        if any(cell.text for cell in cells):
            yield _filled(cells, form)


def _field(name: str, known: dict[str, SlipRow], form: Form) -> tuple[Cell, ...]:
    name, _, span = name.partition(":")
    row = known.get(name)
    if row is None or not (row.value or form.ruled):
        return ()
    return Cell(row.label, 1, "label"), Cell(row.value, int(span or 1))


def _parts(items: tuple[SlipAmount, ...], form: Form) -> Iterator[Row]:
    for start in range(0, len(items), form.parts):
        group = items[start : start + form.parts]
        yield _filled([cell for item in group for cell in _part(item)], form)


def _part(item: SlipAmount) -> tuple[Cell, Cell]:
    return Cell(item.label, 1, "label"), Cell(show(item.amount), 1, "amount")


def _payment(item: SlipAmount, form: Form) -> tuple[Row, ...]:
    paid = (Cell(item.label, 1, "label"), Cell(show(item.amount), 1, "total"))
    words = (Cell(say("slip.words"), 1, "label"), Cell(item.words, len(form.grid) - 3))
    if len(form.grid) > GRID_PAIR:
        return (paid + words,)
    return paid, (words[0], Cell(item.words))


def _filled(cells: list[Cell], form: Form) -> Row:
    """A short row: its last cell takes the columns that are left."""
    left = len(form.grid) - sum(cell.span for cell in cells)
    if left <= 0:
        return tuple(cells)
    last = cells[-1]
    return (*cells[:-1], Cell(last.text, last.span + left, last.kind))
