"""Which printed forms there are and what stands in which cell: a slip in rows, without Qt.

A hospital lays its own ``slip.toml`` (in the home folder) over the shipped forms: a table for each
paper, with just the keys that differ.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from core.domain.base import Model
from core.domain.slip import Slip, SlipAmount, SlipRow
from core.errors import SetupError, fault
from core.money import show
from core.words import say

PAIR = 2  # a label column and a value column
WORDS = 4  # columns that a payment with its words needs side by side
LOCAL = "slip.toml"
Part = Annotated[float, Field(gt=0)]


class Form(Model):
    """A form of ``resources/print/slip.toml``: millimetres, and points for ``size``."""

    width: float = Field(ge=50, le=450)
    height: float = Field(ge=0, le=600)
    margin: float = Field(ge=0, le=40)
    size: float = Field(ge=5, le=20)
    row: float = Field(ge=2, le=40)
    pad: float = Field(ge=0, le=10)
    code: float = Field(ge=8, le=50)
    ruled: bool
    grid: tuple[Part, ...] = Field(min_length=PAIR, max_length=24)
    head: tuple[tuple[str, ...], ...] = Field(max_length=40)
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
def _shipped() -> dict[str, dict[str, Any]]:
    file = resources.files("resources") / "print" / "slip.toml"
    return tomllib.loads(file.read_text("utf-8"))


@cache
def _fields() -> frozenset[str]:
    """Fields that a slip may show in its head: those of the shipped forms."""
    tables = _shipped().values()
    return frozenset(place(name) for table in tables for row in table["head"] for name in row)


def forms(home: Path | None = None) -> dict[str, Form]:
    """Every form by the name of its paper, the hospital's own keys laid over the shipped ones.

    Raises ``SetupError`` naming file, paper and key of whatever is wrong in ``home / "slip.toml"``.
    """
    path = home / LOCAL if home else Path(LOCAL)
    local = _local(path) if home and path.exists() else {}
    unknown = [name for name, table in local.items() if not isinstance(table, dict)]
    unknown += sorted(set(local) - set(_shipped()))
    if unknown:
        names = " · ".join(_shipped())
        raise SetupError(fault("slip.no_paper", path=path, paper=unknown[0], names=names))
    return {paper: _form(path, paper, local.get(paper, {})) for paper in _shipped()}


def _local(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SetupError(fault("slip.unreadable_form", path=path, error=error)) from error


def _form(path: Path, paper: str, local: dict[str, Any]) -> Form:
    try:
        return Form.model_validate(_shipped()[paper] | local)
    except ValidationError as error:
        raise SetupError([_explain(path, paper, item) for item in error.errors()]) from error


def _explain(path: Path, paper: str, item: Any) -> Any:
    where = ".".join(str(part) for part in (paper, *item["loc"]))
    return fault(
        "slip.bad_form", path=path, where=where, error=item["msg"].removeprefix("Value error, ")
    )


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
