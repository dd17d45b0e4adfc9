"""Which printed forms there are and what stands in which cell: a slip in rows, without Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from core.domain.slip import Slip, SlipAmount, SlipRow
from core.money import show
from core.words import say
from gui.paper_form import PaperForm, laid_over, shipped

PAIR = 2  # a label column and a value column
WORDS = 4  # columns that a payment with its words needs side by side
FILE = "slip.toml"
Part = Annotated[float, Field(gt=0)]


class Form(PaperForm):
    """A form of ``resources/print/slip.toml``."""

    ruled: bool
    grid: tuple[Part, ...] = Field(min_length=PAIR, max_length=24)
    parts: int = Field(ge=1, le=6)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Every row has room in the grid."""
        columns = len(self.grid)
        strange = {place(name) for names in self.head for name in names} - _fields()
        if strange:
            raise ValueError(say("slip.no_field", name=min(strange)))
        for names in self.head:
            if sum(1 + span(name) for name in names) > columns:
                raise ValueError(say("slip.row_too_wide", row=" ".join(names), columns=columns))
        if self.parts * PAIR > columns or PAIR < columns < WORDS:
            raise ValueError(say("slip.grid_too_small", columns=columns))
        return self


def place(name: str) -> str:
    """The field of ``injury:3``."""
    return name.partition(":")[0]


def span(name: str) -> int:
    """How many value columns a field takes: ``injury:3`` three, ``injury`` one."""
    number = name.partition(":")[2] or "1"
    if not number.isdecimal() or int(number) < 1:
        raise ValueError(say("slip.bad_span", name=name))
    return int(number)


@cache
def _fields() -> frozenset[str]:
    """Fields that a slip may show in its head: those of the shipped forms."""
    tables = shipped(FILE).values()
    return frozenset(place(name) for table in tables for row in table["head"] for name in row)


def forms(home: Path | None = None) -> dict[str, Form]:
    """Every form by the name of its paper; see ``laid_over``."""
    return laid_over(Form, FILE, home)


@dataclass(frozen=True, slots=True)
class Cell:
    """A text over ``span`` columns of the grid. ``kind``: label · value · amount · total."""

    text: str
    span: int = 1
    kind: str = "value"


Row = tuple[Cell, ...]


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
    row = known.get(place(name))
    if row is None or not (row.value or form.ruled):
        return ()
    return Cell(row.label, 1, "label"), Cell(row.value, span(name))


def _parts(items: tuple[SlipAmount, ...], form: Form) -> Iterator[Row]:
    for start in range(0, len(items), form.parts):
        group = items[start : start + form.parts]
        yield _filled([cell for item in group for cell in _part(item)], form)


def _part(item: SlipAmount) -> tuple[Cell, Cell]:
    return Cell(item.label, 1, "label"), Cell(show(item.amount), 1, "amount")


def _payment(item: SlipAmount, form: Form) -> tuple[Row, ...]:
    paid = (Cell(item.label, 1, "label"), Cell(show(item.amount), 1, "total"))
    words = (Cell(say("slip.words"), 1, "label"), Cell(item.words, len(form.grid) - 3))
    if len(form.grid) > PAIR:
        return (paid + words,)
    return paid, (words[0], Cell(item.words))


def _filled(cells: list[Cell], form: Form) -> Row:
    """A short row: its last cell takes the columns that are left."""
    left = len(form.grid) - sum(cell.span for cell in cells)
    if left <= 0:
        return tuple(cells)
    last = cells[-1]
    return (*cells[:-1], Cell(last.text, last.span + left, last.kind))
