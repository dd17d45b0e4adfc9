"""Sheets that others open: CSV with a mark, whole or not at all, and nothing in it is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.files import write_whole

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
ENCODING = "utf-8-sig"


def harmless(text: str) -> str:
    """The text of a cell that no spreadsheet program takes for a formula; on one line."""
    plain = " ".join(text.splitlines())
    return f"'{plain}" if plain.lstrip(" \u3000\u00a0").startswith(FORMULA) else plain


def text_of(rows: Iterable[Sequence[str]]) -> str:
    """Rows of texts as CSV; numbers of ours stand in it as they are (``Plain``)."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell if isinstance(cell, Plain) else harmless(cell) for cell in row])
    return stream.getvalue()


class Plain(str):
    """A cell that we made ourselves: a number or a moment, kept as it is."""

    __slots__ = ()


def write_sheet(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write a sheet beside its place, flush it to the disk and put it there; ``OSError``."""
    write_whole(path, text_of(rows).encode(ENCODING), path.with_name(f".{path.name}.tmp"))
