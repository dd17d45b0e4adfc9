"""Rows of raw cells to columns of values, with every unreadable cell as a fault of its row.

Columns are read one after the other and equal cells once, which keeps ten thousand lines quick.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from core.errors import Fault, fault
from core.his import quickly
from core.his.cells import BadCell, Cell, Reader, is_empty, reader, shown
from core.his.headers import Header, trimmed
from core.his.tables import bare, label, tables

LONGEST_CELL = 4096
FEW = 8  # a column with so many equal cells each is read value by value
SHORT = 30  # characters; a shorter cell cannot have swallowed a row
SHOWN = 60  # characters of a value that a sentence quotes
NEEDED = ("price", "quantity", "occurred_at")


@dataclass(slots=True)
class Sheet:
    """The rows under a header that are lines, and those that are not.

    ``numbers``: row numbers as a spreadsheet shows them; ``footers``: row number → row.
    """

    numbers: list[int] = field(default_factory=list)
    rows: list[Sequence[Cell]] = field(default_factory=list)
    footers: dict[int, Sequence[Cell]] = field(default_factory=dict)
    too_wide: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Table:
    """Columns by field, all of the same height; ``faults`` by index of the row."""

    height: int
    columns: dict[str, list[Any]] = field(default_factory=dict)
    faults: defaultdict[int, list[Fault]] = field(default_factory=lambda: defaultdict(list))

    def blame(self, index: int, key: str, name: str, **holes: object) -> None:
        """Note what is wrong with a row."""
        self.faults[index].append(fault(key, name, **holes))


def sort_rows(rows: Sequence[Sequence[Cell]], header: Header, places: Mapping[str, int]) -> Sheet:
    """Take the lines out of the rows: no empty rows, repeated headers or footers among them."""
    sheet, width = Sheet(), len(header.names)
    pick = itemgetter(*(places[name] for name in NEEDED))
    title = pick(rows[header.index])
    for number, row in enumerate(rows[header.index + 1 :], header.index + 2):
        if len(row) != width:
            row = _fitted(row, width)
        needed = pick(row)
        if needed == title:
            continue
        if any(map(is_empty, needed)) and _is_no_line(sheet, number, row):
            continue
        if len(row) > width:
            sheet.too_wide.add(len(sheet.rows))
        sheet.numbers.append(number)
        sheet.rows.append(row)
    return sheet


def _is_no_line(sheet: Sheet, number: int, row: Sequence[Cell]) -> bool:
    """A row without what a line needs is nothing, or a footer, or else a faulty line."""
    if all(map(is_empty, row)):
        return True
    if _is_footer(row):
        sheet.footers[number] = row
    return number in sheet.footers


def _fitted(row: Sequence[Cell], width: int) -> list[Cell]:
    """A short row filled up, a long one without empty cells at its end."""
    cells = list(row) if len(row) < width else list(row[:width]) + list(trimmed(row[width:]))
    return cells + [""] * (width - len(cells))


def _is_footer(row: Sequence[Cell]) -> bool:
    first = next((cell for cell in row if not is_empty(cell)), "")
    return bare(shown(first)).startswith(tables().footer)


def quoted(row: Sequence[Cell]) -> tuple[str, ...]:
    """The cells of a row that became nothing, as they are shown beside the reason."""
    return tuple(shown(cell)[:SHOWN] for cell in row)


def is_sum(row: Sequence[Cell]) -> bool:
    """A footer whose amount should be the sum of the whole file."""
    first = next((cell for cell in row if not is_empty(cell)), "")
    return bare(shown(first)).startswith(tables().sums)


def read_table(sheet: Sheet, places: Mapping[str, int], delimiter: str) -> Table:
    """Every mapped column read by its kind."""
    cells = list(zip(*sheet.rows, strict=False)) or [()] * (max(places.values()) + 1)
    named = {name: cells[place] for name, place in places.items()}
    table = read_columns(named, len(sheet.rows), delimiter)
    for index in sheet.too_wide:
        table.blame(index, "import.row.too_wide", "")
    return table


def read_columns(named: Mapping[str, Sequence[Cell]], height: int, delimiter: str = "") -> Table:
    """Columns of cells by field, each read by its kind; ``delimiter`` of the file, if it was one
    of text."""
    table = Table(height)
    for name, cells in named.items():
        table.columns[name] = _column(table, name, cells, delimiter)
    _join_times(table)
    return table


def _column(table: Table, name: str, cells: Sequence[Cell], delimiter: str) -> list[Any]:
    kind, different = tables().columns[name].kind, set(cells)
    if not delimiter and len(different) * FEW > len(cells):
        quick = quickly.read(kind, cells)
        if quick is not None:
            return quick
    return _one_by_one(table, name, cells, different, reader(kind), delimiter)


def _one_by_one(
    table: Table, name: str, cells: Sequence[Cell], different: Iterable[Cell], read: Reader,
    delimiter: str,
) -> list[Any]:  # fmt: skip
    known: dict[Cell, Any] = {}
    bad: dict[Cell, str] = {}
    for cell in different:
        try:
            if type(cell) is str and len(cell) > SHORT:
                _refuse_swallowed(cell, delimiter)
            known[cell] = read(cell)
        except BadCell as error:
            known[cell], bad[cell] = None, str(error)
    if bad:
        for index, cell in enumerate(cells):
            if cell in bad:
                _blame_cell(table, index, name, cell, bad[cell])
    return list(map(known.__getitem__, cells))


def _refuse_swallowed(cell: str, delimiter: str) -> None:
    """A cell that holds whole rows: its opening quote was not closed where it should be."""
    if len(cell) > LONGEST_CELL:
        raise BadCell("too_long")
    if delimiter and "\n" in cell and delimiter in cell:
        raise BadCell("quote")


def _blame_cell(table: Table, index: int, name: str, cell: Cell, key: str) -> None:
    value = shown(cell)[:SHOWN].replace("\n", " ")
    table.blame(index, f"import.cell.{key}", name, label=label(name), value=value)


def _join_times(table: Table) -> None:
    """A time of day in its own column belongs to the moment."""
    times, moments = table.columns.pop("occurred_time", None), table.columns.get("occurred_at")
    if times and moments:
        table.columns["occurred_at"] = [
            moment + extra if moment is not None and extra else moment
            for moment, extra in zip(moments, times, strict=True)
        ]
