"""A code list from a file (CSV, TXT, XLSX, XLS), as a preview that takes nothing in.

Bytes to rows, header and mapping are those of the fee import (``core.his``); here rows become
entries, and everything wrong is collected with the row number a spreadsheet shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from core.catalogue.entries import Entry, key_of
from core.catalogue.kinds import columns, title
from core.catalogue.versions import MOST_ROWS
from core.errors import Fault, InvalidInput, fault
from core.his.cells import BadCell, is_empty, reader, shown
from core.his.columns import LONGEST_CELL, SHOWN
from core.his.headers import Header, HeaderFinder, MappingBook, checked, trimmed
from core.his.importer import FaultyLine, read_bytes
from core.his.tables import Column
from core.his.textfile import read_text
from core.his.workbook import is_workbook, read_workbook

LEAST_HEADERS = 2
MOST_FAULTY = 1000
MOST_REMARKS = 20
LONGEST = {"code": 64, "name": 200}
LONGEST_OTHER = 200
OWN_WORDS = {
    f"import.file.{name}": f"codes.file.{name}"
    for name in ("no_header", "too_many_rows", "too_many_columns", "bomb", "too_large")
}


@dataclass(frozen=True, slots=True)
class CodePreview:
    """What a file holds for ``list``. ``faulty`` are the first rows that did not become entries,
    ``wrong`` counts them all; ``missing`` are fields without a column; ``digest`` SHA-256.
    """

    list: str
    source: str
    digest: str
    encoding: str
    headers: tuple[str, ...]
    mapping: dict[str, str]
    header_row: int
    entries: tuple[Entry, ...] = ()
    faulty: tuple[FaultyLine, ...] = ()
    wrong: int = 0
    missing: tuple[str, ...] = ()
    remarks: tuple[Fault, ...] = ()

    @property
    def usable(self) -> bool:
        """There are entries and nothing is wrong with any row."""
        return bool(self.entries) and not self.wrong and not self.missing

    @property
    def partly(self) -> bool:
        """There are entries, though other rows are wrong."""
        return bool(self.entries) and bool(self.wrong) and not self.missing


class CodeImporter:
    """Reads files of the list ``name``; ``home`` keeps the mappings of this desk."""

    def __init__(self, home: Path, name: str) -> None:
        self.list = name
        self.columns = columns(name)
        self.book = MappingBook(home / "mappings" / name, self.columns)
        self._finder = HeaderFinder(self.book, LEAST_HEADERS)

    def preview(self, path: Path, mapping: Mapping[str, str] | None = None) -> CodePreview:
        """Read ``path``; ``mapping`` {field: header} goes before the saved and the guessed one.

        Raises ``InvalidInput`` when the file cannot be read as a table at all.
        """
        try:
            return self._preview(path, mapping)
        except InvalidInput as error:
            raise InvalidInput(tuple(self._in_own_words(item) for item in error.faults)) from None

    def _in_own_words(self, item: Fault) -> Fault:
        """A sentence about fee files said of code lists."""
        key = OWN_WORDS.get(item.key)
        return fault(key, list=title(self.list), limit=MOST_ROWS) if key else item

    def keep(self, preview: CodePreview, mapping: Mapping[str, str]) -> None:
        """Save a mapping for files with the headers of ``preview``; raises ``InvalidInput``."""
        self.book.keep(preview.headers, mapping)

    def _preview(self, path: Path, mapping: Mapping[str, str] | None) -> CodePreview:
        data = read_bytes(path)
        rows, encoding = self._rows(data)
        header = self._finder.find(rows)
        chosen = (
            self._finder.mapping(header)
            if mapping is None
            else checked(header.names, mapping, self.columns)
        )
        digest = hashlib.sha256(data).hexdigest()
        made = partial(
            CodePreview, self.list, path.name, digest, encoding, header.names, chosen,
            header.index + 1,
        )  # fmt: skip
        missing = tuple(
            name for name, column in self.columns.items() if column.required and name not in chosen
        )
        if missing:
            says = tuple(
                fault("import.mapping.missing", name, label=self.columns[name].label)
                for name in missing
            )
            return made(missing=missing, remarks=says)
        return _Reading(self.columns, header, chosen).run(rows, made)

    def _rows(self, data: bytes) -> tuple[Sequence[Sequence[Any]], str]:
        if is_workbook(data):
            rows, _ = read_workbook(data, self._finder.score, MOST_ROWS)
            encoding = "workbook"
        else:
            text = read_text(data, self._finder.score, MOST_ROWS)
            rows, encoding = text.rows, text.encoding
        if len(rows) > MOST_ROWS:
            raise InvalidInput(fault("codes.file.too_many_rows", limit=MOST_ROWS))
        return rows, encoding


class _Reading:
    """One file on its way from rows to entries."""

    def __init__(
        self, known: Mapping[str, Column], header: Header, mapping: Mapping[str, str]
    ) -> None:
        self._header = header
        self._columns = [known[name] for name in Entry._fields if name in mapping]
        self._places = [header.names.index(mapping[column.field]) for column in self._columns]
        self._seen: dict[str, tuple[int, Entry]] = {}
        self._faulty: list[FaultyLine] = []
        self._wrong = self._twice = 0
        self._remarks: list[Fault] = []

    def run(self, rows: Sequence[Sequence[Any]], made: partial[CodePreview]) -> CodePreview:
        first = rows[self._header.index]
        for number, row in enumerate(rows[self._header.index + 1 :], self._header.index + 2):
            if row != first and not all(map(is_empty, row)):
                self._take(number, row)
        if self._twice:
            self._remarks.append(fault("codes.remark.twice", count=self._twice))
        if not self._seen and not self._wrong:
            self._remarks.append(fault("codes.remark.none"))
        return made(
            entries=tuple(entry for _, entry in self._seen.values()),
            faulty=tuple(self._faulty),
            wrong=self._wrong,
            remarks=tuple(self._remarks[:MOST_REMARKS]),
        )

    def _take(self, number: int, row: Sequence[Any]) -> None:
        cells = [row[place] if place < len(row) else "" for place in self._places]
        if _is_footer(row, cells):
            words = shown(cells[0])[:SHOWN]
            self._remarks.append(fault("codes.remark.no_row", row=number, words=words))
            return
        values, faults = self._read(cells)
        faults += self._too_wide(row)
        if not faults:
            faults = list(self._double(number, Entry(**values)))
        if faults:
            self._reject(number, row, faults)

    def _too_wide(self, row: Sequence[Any]) -> list[Fault]:
        wide = len(trimmed(row)) > len(self._header.names)
        return [fault("import.row.too_wide")] if wide else []

    def _reject(self, number: int, row: Sequence[Any], faults: list[Fault]) -> None:
        self._wrong += 1
        if len(self._faulty) < MOST_FAULTY:
            raw = tuple(shown(cell)[:SHOWN] for cell in row)
            self._faulty.append(FaultyLine(number, raw, tuple(faults)))

    def _read(self, cells: Sequence[Any]) -> tuple[dict[str, str], list[Fault]]:
        values: dict[str, str] = {}
        faults: list[Fault] = []
        for column, cell in zip(self._columns, cells, strict=True):
            try:
                values[column.field] = _value(column, cell)
            except BadCell as error:
                holes = {"label": column.label, "value": shown(cell)[:SHOWN].replace("\n", " ")}
                faults.append(fault(f"import.cell.{error}", column.field, **holes))
        faults += _length_faults(self._columns, values)
        return values, faults

    def _double(self, number: int, entry: Entry) -> Iterator[Fault]:
        """A row that says the same again is left out; one that says otherwise is wrong."""
        first, before = self._seen.setdefault(key_of(entry.code), (number, entry))
        if first == number:
            return
        if before == entry:
            self._twice += 1
        else:
            yield fault("codes.row.twice", "code", code=entry.code, first=first)


def _is_footer(row: Sequence[Any], cells: Sequence[Any]) -> bool:
    """Words where a code should stand, and nothing else in the row."""
    return not shown(cells[0]).isascii() and sum(not is_empty(cell) for cell in row) == 1


def _value(column: Column, cell: Any) -> str:
    if is_empty(cell):
        if column.required:
            raise BadCell("empty")
        return ""
    if isinstance(cell, str) and len(cell) > LONGEST_CELL:
        raise BadCell("too_long")
    value = reader(column.kind)(cell)
    return f"{value:f}" if column.kind == "price" else str(value)


def _length_faults(known: Sequence[Column], values: Mapping[str, str]) -> Iterator[Fault]:
    for column in known:
        limit = LONGEST.get(column.field, LONGEST_OTHER)
        size = len(values.get(column.field, ""))
        if size > limit:
            holes = {"label": column.label, "size": size, "limit": limit}
            yield fault("codes.row.too_long", column.field, **holes)
