"""Sheets of mappings read back: somebody has looked through them and corrected in a spreadsheet.

Every row becomes a wish or a faulty line with its reasons; nothing is written here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from core.catalogue.entries import key_of
from core.catalogue.mappings import Written
from core.errors import Fault, InvalidInput, fault
from core.his.cells import BadCell, is_empty, reader, shown
from core.his.columns import SHOWN
from core.his.headers import HeaderFinder, MappingBook
from core.his.importer import FaultyLine, read_bytes
from core.his.tables import Column, bare
from core.his.textfile import read_text
from core.his.workbook import is_workbook, read_workbook
from core.words import say

MOST_ROWS = 200_000
LEAST_HEADERS = 2
STATES: tuple[Written, ...] = ("mapped", "disabled", "unmapped")


@dataclass(frozen=True, slots=True)
class Wish:
    """One row of a sheet of mappings; ``valid_from`` nothing where the sheet does not say."""

    row_number: int
    hosp_code: str
    centre_code: str
    state: Written
    valid_from: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """What a sheet of mappings wishes; nothing may be written while ``faulty`` is not empty."""

    source: str
    wishes: tuple[Wish, ...] = ()
    faulty: tuple[FaultyLine, ...] = ()


@cache
def mapping_columns() -> dict[str, Column]:
    """The columns of a sheet of mappings that count when it is read."""
    file = resources.files("resources") / "tables" / "code_headers.toml"
    table = tomllib.loads(file.read_text("utf-8"))["mapping"]
    return {
        name: Column(
            name, row["label"], row["kind"], row.get("required", False),
            tuple(bare(alias) for alias in row["aliases"]),
        )
        for name, row in table.items()
    }  # fmt: skip


def read_sheet(path: Path, check: Callable[[Wish], Iterable[Fault]]) -> SheetPreview:
    """Read a sheet of mappings; ``check`` adds what is wrong with a wish.

    Rows without a code of the centre and without a state wish nothing. Raises ``InvalidInput`` when
    the file is no such sheet at all.
    """
    finder = HeaderFinder(MappingBook(path.parent / "-", mapping_columns()), LEAST_HEADERS)
    rows = _rows(read_bytes(path), finder)
    header = finder.find(rows)
    places = {field: header.names.index(name) for field, name in finder.mapping(header).items()}
    missing = [c for name, c in mapping_columns().items() if c.required and name not in places]
    if missing:
        raise InvalidInput(fault("import.mapping.missing", c.field, label=c.label) for c in missing)
    reading = _SheetReading(places, check)
    for number, row in enumerate(rows[header.index + 1 :], header.index + 2):
        reading.take(number, row)
    return SheetPreview(path.name, tuple(reading.wishes), tuple(reading.faulty))


def _rows(data: bytes, finder: HeaderFinder) -> Sequence[Sequence[Any]]:
    if is_workbook(data):
        return read_workbook(data, finder.score, MOST_ROWS)[0]
    return read_text(data, finder.score, MOST_ROWS).rows


class _SheetReading:
    def __init__(self, places: Mapping[str, int], check: Callable[[Wish], Iterable[Fault]]) -> None:
        self._places, self._check = places, check
        self._seen: dict[str, int] = {}
        self.wishes: list[Wish] = []
        self.faulty: list[FaultyLine] = []

    def take(self, number: int, row: Sequence[Any]) -> None:
        cells = {
            field: row[place] if place < len(row) else "" for field, place in self._places.items()
        }
        if all(is_empty(cells.get(name)) for name in ("centre_code", "state")):
            return
        values, faults = _read(cells)
        wish = _wish(number, values) if not faults else None
        faults += [*self._twice(wish), *self._check(wish)] if wish else []
        if faults:
            raw = tuple(shown(cell)[:SHOWN] for cell in row)
            self.faulty.append(FaultyLine(number, raw, tuple(faults)))
        elif wish is not None:
            self.wishes.append(wish)

    def _twice(self, wish: Wish) -> Iterator[Fault]:
        first = self._seen.setdefault(key_of(wish.hosp_code), wish.row_number)
        if first != wish.row_number:
            yield fault("codes.sheet.twice", "hosp_code", code=wish.hosp_code, first=first)


def _read(cells: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, cell in cells.items():
        column = mapping_columns()[name]
        try:
            values[name] = None if is_empty(cell) else reader(column.kind)(cell)
        except BadCell as error:
            holes = {"label": column.label, "value": shown(cell)[:SHOWN]}
            faults.append(fault(f"import.cell.{error}", name, **holes))
    word = values.get("state")
    if word is not None and word not in state_words():
        known = "、".join(state_words())
        faults.append(fault("codes.sheet.state", "state", value=word, known=known))
    if not values.get("hosp_code") and not faults:
        faults.append(fault("codes.mapping.no_item", "hosp_code"))
    return values, faults


@cache
def state_words() -> dict[str, Written]:
    """The words of the column of states; a suggested item is one that is not mapped."""
    words = {say(f"codes.state.{state}"): state for state in STATES}
    return {**words, say("codes.state.suggested"): "unmapped"}


def _wish(number: int, values: Mapping[str, Any]) -> Wish:
    code = values.get("centre_code") or ""
    word = values.get("state")
    state: Written = state_words()[word] if word else "mapped"
    moment = values.get("valid_from")
    return Wish(
        number, values["hosp_code"], code if state == "mapped" else "", state,
        moment.date() if moment else None, values.get("note") or "",
    )  # fmt: skip
