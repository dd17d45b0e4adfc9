"""Tables as XLSX: amounts as numbers with two decimals, everything a person typed as plain text.

A text that begins like a formula (= + - @ or a control sign) stays a text in every spreadsheet
program: its cell is of type text and carries the quote prefix. No binary fraction is made of an
amount: fen become ``Decimal`` yuan.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from core.errors import Refused, SetupError, fault
from core.files import whole
from core.money import yuan

MOST_ROWS = 100_000
LONGEST_TEXT = 32_767  # what a cell of the format takes
LONGEST_TITLE = 31
NOT_IN_TITLES = set("[]:*?/\\")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
KEPT = "\n\t\u3000\u00a0"  # line breaks and the wide blanks of typed texts
FORMATS = {"amount": "#,##0.00", "count": "#,##0", "rate": "0.00%", "text": "@"}
WIDTHS = {"amount": 14, "count": 10, "rate": 10, "text": 18}
Kind = Literal["text", "amount", "count", "rate"]


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: ``amount`` takes fen, ``rate`` parts of ten thousand, ``count`` a whole number;
    ``None`` is an empty cell."""

    title: str
    kind: Kind = "text"
    width: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a book."""

    title: str
    columns: Sequence[SheetColumn]
    rows: Iterable[Sequence[Any]]


def write_book(path: Path, sheets: Sequence[Sheet]) -> Path:
    """Write the sheets as one XLSX file that appears whole or not at all; gives its path.

    Raises ``Refused`` for more than ``MOST_ROWS`` rows and ``SetupError`` when the disk fails.
    """
    from openpyxl import Workbook  # loaded late: the start needs none of it

    known = [(sheet, _counted(sheet.rows)) for sheet in sheets]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        book = Workbook(write_only=True)
        for sheet, rows in known:
            _write(book, sheet, rows)
        with whole(path) as fresh:
            book.save(fresh)
    except OSError as error:
        raise SetupError(fault("sheets.disk", path=path, error=error)) from error
    return path


def _counted(rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    found = list(islice(rows, MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise Refused(fault("sheets.many", most=MOST_ROWS))
    return found


def _write(book: Any, sheet: Sheet, rows: list[Sequence[Any]]) -> None:
    page = book.create_sheet(_title(sheet.title))
    page.freeze_panes = "A2"
    for place, column in enumerate(sheet.columns, 1):
        page.column_dimensions[_letter(place)].width = column.width or WIDTHS[column.kind]
    page.append([_head(page, column.title) for column in sheet.columns])
    for row in rows:
        cells = zip(sheet.columns, row, strict=True)
        page.append([_cell(page, column.kind, value) for column, value in cells])


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place))


def _title(text: str) -> str:
    return "".join(sign for sign in text if sign not in NOT_IN_TITLES)[:LONGEST_TITLE]


def _head(page: Any, text: str) -> Any:
    from openpyxl.styles import Font

    cell = _cell(page, "text", text)
    cell.font = Font(bold=True)
    return cell


def _cell(page: Any, kind: Kind, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if value is None:
        return WriteOnlyCell(page, None)
    if kind == "text":
        return _text(WriteOnlyCell(page), str(value))
    cell = WriteOnlyCell(page, _number(kind, value))
    cell.data_type = "n"
    cell.number_format = FORMATS[kind]
    return cell


def _number(kind: Kind, value: int) -> str:
    """The digits themselves: the library would write a ``Decimal`` through a binary fraction."""
    if kind == "amount":
        return str(yuan(value))
    return f"{Decimal(value).scaleb(-4):f}" if kind == "rate" else str(value)


def _text(cell: Any, text: str) -> Any:
    clean = "".join(sign for sign in text if sign.isprintable() or sign in KEPT)
    cell.value = clean[:LONGEST_TEXT]
    cell.data_type = "s"
    cell.number_format = FORMATS["text"]
    cell.quotePrefix = clean.startswith(FORMULA)
    return cell
