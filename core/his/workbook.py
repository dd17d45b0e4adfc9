"""Workbooks (XLSX, XLS) to rows, behind guards: a small file must not unfold into gigabytes.

The reader lays a sheet out as a full rectangle, so besides the unpacked size the furthest cell
counts: two cells at the corners of a sheet would otherwise be seventeen thousand million.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from core.errors import InvalidInput, fault

ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0"
LARGEST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 2000
MOST_SHEETS = 16
MOST_COLUMNS = 512
MOST_CELLS = 12_000_000  # of one sheet, as the full rectangle that it is laid out as
CHUNK = 1024 * 1024
OVERLAP = 64  # a cell's address may lie across two chunks
ADDRESS = re.compile(rb'<(?:\w{1,8}:)?c [^>]{0,40}?r="([A-Z]{1,3})([0-9]{1,7})"')
ROW, CELL = re.compile(rb"<(?:\w{1,8}:)?row[\s/>]"), re.compile(rb"<(?:\w{1,8}:)?c[\s/>]")

Rows = list[list[Any]]


def is_workbook(data: bytes) -> bool:
    """By its first bytes; the name of a file says nothing."""
    return data.startswith((ZIP, COMPOUND))


def read_workbook(data: bytes, score: Callable[[Rows], int], limit: int) -> tuple[Rows, str]:
    """The rows of the sheet with the best header, and its name; raises ``InvalidInput``."""
    if data.startswith(ZIP):
        check_archive(data, limit)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            return _best_sheet(book, score)
    except (CalamineError, ValueError, OSError) as error:
        raise InvalidInput(fault("import.file.workbook", error=error)) from None


def _best_sheet(book: CalamineWorkbook, score: Callable[[Rows], int]) -> tuple[Rows, str]:
    names = book.sheet_names[:MOST_SHEETS]
    sheets = (
        (book.get_sheet_by_name(name).to_python(skip_empty_area=False), name) for name in names
    )
    filled = [sheet for sheet in sheets if sheet[0]]
    if not filled:
        raise InvalidInput(fault("import.file.empty"))
    return max(filled, key=lambda sheet: score(sheet[0]))


def check_archive(data: bytes, limit: int) -> None:
    """Refuse an archive that unfolds too far, or whose sheets reach beyond ``limit`` rows."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_parts(archive, limit)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise InvalidInput(fault("import.file.workbook", error=error)) from None


def _check_parts(archive: zipfile.ZipFile, limit: int) -> None:
    parts = archive.infolist()
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise InvalidInput(fault("import.file.not_xlsx"))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise InvalidInput(fault("import.file.bomb", mib=LARGEST_UNPACKED // 1024 // 1024))
    for part in parts:
        reach = _Reach(limit) if part.filename.startswith("xl/worksheets/") else None
        for piece, fresh in _pieces(archive, part):
            if reach is not None:
                reach.look(piece, fresh)


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    """The part's bytes piece by piece, each behind the end of the one before, and where its own
    bytes begin; reading to the end also proves its size and checksum."""
    tail = b""
    with archive.open(part) as stream:
        while piece := stream.read(CHUNK):
            yield tail + piece, len(tail)
            tail = piece[-OVERLAP:]


class _Reach:
    """How far one sheet goes: by the addresses of its cells, and by counting where it has none."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._row = self._column = self._rows = self._cells = 0

    def look(self, piece: bytes, fresh: int) -> None:
        """Take in the next piece; raises ``InvalidInput`` as soon as it is too much."""
        for name, row in set(ADDRESS.findall(piece)):
            self._column = max(self._column, column_number(name))
            self._row = max(self._row, int(row))
        self._rows += _begun(ROW, piece, fresh)
        self._cells += _begun(CELL, piece, fresh)
        if self._column > MOST_COLUMNS:
            raise InvalidInput(fault("import.file.too_many_columns", limit=MOST_COLUMNS))
        if max(self._row, self._rows) > self._limit:
            raise InvalidInput(fault("import.file.too_many_rows", limit=self._limit))
        if max(self._row * self._column, self._cells) > MOST_CELLS:
            raise InvalidInput(fault("import.file.too_many_cells", limit=MOST_CELLS))


def _begun(tag: re.Pattern[bytes], piece: bytes, fresh: int) -> int:
    """Tags that end among the piece's own bytes; those of the overlap were counted before."""
    return sum(1 for found in tag.finditer(piece) if found.end() > fresh)


def column_number(name: bytes) -> int:
    """``A`` is 1, ``AA`` is 27."""
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number
