"""Fee lines from a file as hospitals export them, as a preview that uploads nothing.

The road of a file: bytes → rows (``textfile``, ``workbook``) → header and mapping (``headers``) →
columns of values (``columns``) → lines (``lines``). Everything wrong is collected, with its row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from core.domain import FeeLine
from core.errors import Fault, InvalidInput, fault
from core.his import lines as assembly
from core.his.cells import BadCell, money, shown
from core.his.columns import SHOWN, Sheet, Table, is_sum, quoted, read_table, sort_rows
from core.his.headers import Header, HeaderFinder, MappingBook, checked
from core.his.tables import tables
from core.his.textfile import read_text
from core.his.workbook import is_workbook, read_workbook
from core.money import Fen, show

LARGEST_FILE = 64 * 1024 * 1024
MOST_ROWS = 200_000
MOST_REMARKS = 50
Score = Callable[[Sequence[Sequence[Any]]], int]


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """A row that did not become a line: its number as in a spreadsheet, its cells, and why."""

    row_number: int
    raw: tuple[str, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a file holds. ``total`` fen: sum of ``lines``; ``missing``: fields without a column.

    ``encoding`` is ``workbook`` for XLSX and XLS; ``elsewhere`` counts lines of other visits than
    the one asked for; ``stated_total`` is the sum that the file itself states; ``remarks`` are
    sentences about the file as a whole. Nothing may be uploaded unless ``usable``.
    """

    source: str
    encoding: str
    delimiter: str
    headers: tuple[str, ...]
    mapping: dict[str, str]
    lines: tuple[FeeLine, ...] = ()
    faulty: tuple[FaultyLine, ...] = ()
    total: Fen = 0
    missing: tuple[str, ...] = ()
    remarks: tuple[Fault, ...] = ()
    elsewhere: int = 0
    stated_total: Fen | None = None
    sheet: str = ""
    header_row: int = 0

    @property
    def usable(self) -> bool:
        """There are lines and nothing is wrong with any."""
        return bool(self.lines) and not self.faulty and not self.missing

    @property
    def visits(self) -> tuple[str, ...]:
        """The visit numbers of the lines, in the order of the file."""
        return tuple(dict.fromkeys(line.visit_no for line in self.lines))


@dataclass(frozen=True, slots=True)
class RawTable:
    """The rows of a file before anything is made of them, and how it was read."""

    rows: Sequence[Sequence[Any]]
    encoding: str
    delimiter: str = ""
    sheet: str = ""


class FeeImporter:
    """Reads files of fee lines; ``home`` keeps the mappings of this desk in ``mappings``."""

    def __init__(self, home: Path, most_rows: int = MOST_ROWS) -> None:
        self.book = MappingBook(home / "mappings")
        self.finder = HeaderFinder(self.book)
        self._most_rows = most_rows

    def preview(
        self, path: Path, visit_no: str = "", mapping: Mapping[str, str] | None = None
    ) -> ImportPreview:
        """Read ``path``; ``visit_no`` is the visit the lines are for (else the file must say it).

        ``mapping`` {field: header} goes before the saved one and the guessed one. Raises
        ``InvalidInput`` when the file cannot be read as a table at all.
        """
        return self.preview_of(read_bytes(path), path.name, visit_no, mapping)

    def preview_of(
        self, data: bytes, name: str, visit_no: str = "", mapping: Mapping[str, str] | None = None
    ) -> ImportPreview:
        """As ``preview``, of the contents of a file called ``name``."""
        raw = raw_table(data, self.finder.score, self._most_rows)
        return self.preview_rows(raw, name, visit_no, mapping)

    def preview_rows(
        self, raw: RawTable, name: str, visit_no: str = "", mapping: Mapping[str, str] | None = None
    ) -> ImportPreview:
        """As ``preview``, of rows that have been read already."""
        header = self.finder.find(raw.rows)
        chosen = (
            checked(header.names, mapping) if mapping is not None else self.finder.mapping(header)
        )
        made = partial(
            ImportPreview, name, raw.encoding, raw.delimiter, header.names, chosen,
            sheet=raw.sheet, header_row=header.index + 1,
        )  # fmt: skip
        missing = _missing(chosen, visit_no)
        if missing:
            return made(missing=missing, remarks=tuple(_says_missing(name) for name in missing))
        return _read(made, raw, header, chosen, visit_no)

    def keep(self, preview: ImportPreview, mapping: Mapping[str, str]) -> None:
        """Save a mapping for files with the headers of ``preview``; raises ``InvalidInput``."""
        self.book.keep(preview.headers, mapping)


def raw_table(data: bytes, score: Score, most_rows: int = MOST_ROWS) -> RawTable:
    """The rows of a workbook or a text; ``score`` says how good a header rows show. Raises
    ``InvalidInput`` for what is no table, or is too large a one."""
    if is_workbook(data):
        rows, sheet = read_workbook(data, score, most_rows)
        found = RawTable(rows, "workbook", sheet=sheet)
    else:
        text = read_text(data, score, most_rows)
        found = RawTable(text.rows, text.encoding, text.delimiter)
    if len(found.rows) > most_rows:
        raise InvalidInput(fault("import.file.too_many_rows", limit=most_rows))
    return found


def read_bytes(path: Path, most: int = LARGEST_FILE) -> bytes:
    """The whole file; raises ``InvalidInput`` when it is missing, empty or above ``most`` bytes."""
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise InvalidInput(
            fault("import.file.unreadable", path=path, error=error.strerror)
        ) from None
    if len(data) > most:
        raise InvalidInput(fault("import.file.too_large", limit=most // 1024 // 1024))
    if not data.strip():
        raise InvalidInput(fault("import.file.empty"))
    return data


def _missing(mapping: Mapping[str, str], visit_no: str) -> tuple[str, ...]:
    needed = [name for name, column in tables().columns.items() if column.required]
    needed += [] if visit_no else ["visit_no"]
    return tuple(name for name in needed if name not in mapping)


def _says_missing(name: str) -> Fault:
    return fault("import.mapping.missing", name, label=tables().columns[name].label)


def _read(
    made: partial[ImportPreview],
    raw: RawTable,
    header: Header,
    mapping: Mapping[str, str],
    visit_no: str,
) -> ImportPreview:
    places = {field: header.names.index(name) for field, name in mapping.items()}
    sheet = sort_rows(raw.rows, header, places)
    table = read_table(sheet, places, raw.delimiter)
    assembly.complete(table, visit_no)
    assembly.blame_duplicates(table, sheet.numbers)
    ours = [n for n, found in enumerate(table.columns["visit_no"]) if found == (visit_no or found)]
    good = [index for index in ours if index not in table.faults]
    lines = assembly.fee_lines(table, good)
    stated = _stated(sheet, places, table)
    elsewhere = table.height - len(ours)
    return made(
        lines=lines,
        faulty=tuple(_faulty(sheet, table, index) for index in ours if index in table.faults),
        total=sum(line.amount for line in lines),
        elsewhere=elsewhere,
        stated_total=stated,
        remarks=tuple(_remarks(sheet, table, mapping, stated, elsewhere))[:MOST_REMARKS],
    )


def _faulty(sheet: Sheet, table: Table, index: int) -> FaultyLine:
    return FaultyLine(sheet.numbers[index], quoted(sheet.rows[index]), tuple(table.faults[index]))


def _stated(sheet: Sheet, places: Mapping[str, int], table: Table) -> Fen | None:
    """The sum the footers state under the amounts: the last, or all where each is a part."""
    sums = [_amount_of(row, places) for row in sheet.footers.values() if is_sum(row)]
    known = [found for found in sums if found is not None]
    parts = sum(known)
    if not known or parts == _sum(table):
        return parts if known else None
    return known[-1]


def _amount_of(row: Sequence[Any], places: Mapping[str, int]) -> Fen | None:
    try:
        return money(row[places["amount"]])
    except (BadCell, KeyError):
        return None


def _sum(table: Table) -> Fen | None:
    """The sum of all amounts of the file, or nothing while one of them cannot be read."""
    amounts = table.columns["amount"]
    return None if None in amounts else sum(amounts)


def _remarks(
    sheet: Sheet, table: Table, mapping: Mapping[str, str], stated: Fen | None, elsewhere: int
) -> list[Fault]:
    found = []
    ours = _sum(table)
    if stated is not None and ours is not None and ours != stated:
        found.append(fault("import.remark.sum", "amount", stated=show(stated), ours=show(ours)))
    if "list_type" not in mapping and not assembly.knows_lists(table):
        found.append(fault("import.remark.no_list_type", "list_type"))
    if "centre_code" not in mapping:
        found.append(fault("import.remark.no_centre_code", "centre_code"))
    if "line_id" not in mapping:
        found.append(fault("import.remark.made_ids", "line_id"))
    if elsewhere:
        found.append(fault("import.remark.elsewhere", "visit_no", count=elsewhere))
    if not table.height:
        found.append(fault("import.remark.no_lines"))
    found += [_says_footer(number, row) for number, row in sheet.footers.items()]
    return found


def _says_footer(number: int, row: Sequence[Any]) -> Fault:
    words = " ".join(filter(None, map(shown, row)))[:SHOWN]
    return fault("import.remark.footer", row=number, words=words)
