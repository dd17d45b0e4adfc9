"""Text exports to rows: which encoding, which delimiter, which quoting.

Nothing is guessed by likelihood: a byte order mark says it, or the bytes are valid in the encodings
that are tried, strictest first; the delimiter is the one under which a header row is found.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from core.errors import InvalidInput, fault

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
TRIED = ("utf-8", "gbk", "gb18030")
DELIMITERS = (",", "\t", ";", "|")
HEAD = 64 * 1024  # characters that are enough to find the header row
HEAD_ROWS = 60
MARKUP = re.compile(r"\s*<(?:\?xml|!doctype|html|head|meta|style|table)\b", re.IGNORECASE)
END_OF_FILE = "\x1a"  # written by DOS programs

Row = list[str]


@dataclass(frozen=True, slots=True)
class TextRows:
    """A text file as rows of raw cells, and how it was read."""

    rows: list[Row]
    encoding: str
    delimiter: str


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding; raises ``InvalidInput``."""
    for mark, name in MARKS:
        if data.startswith(mark):
            return _strict(data, name), name
    wide = _without_mark(data)
    if wide:
        return _lines_of(_strict(data, wide)), wide
    for name in TRIED[:-1]:
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    return _strict(data, TRIED[-1]), TRIED[-1]


def _without_mark(data: bytes) -> str:
    """UTF-16 without a mark shows by its zero bytes; a binary file shows by them too."""
    head = data[:4096]
    zeros = (head[0::2].count(0), head[1::2].count(0))
    if not any(zeros):
        return ""
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _lines_of(text: str) -> str:
    """Any even number of bytes is UTF-16; only one with lines in it is a table."""
    if "\n" not in text:
        raise InvalidInput(fault("import.file.binary"))
    return text


def _strict(data: bytes, name: str) -> str:
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(fault("import.file.encoding", line=line)) from None
    if "\x00" in text:
        raise InvalidInput(fault("import.file.binary"))
    return text


def read_text(data: bytes, score: Callable[[list[Row]], int], limit: int) -> TextRows:
    """At most ``limit`` + 1 rows of a text file; ``score`` says how good a header they show."""
    text, encoding = decode(data)
    text = text.rstrip(END_OF_FILE)
    if MARKUP.match(text):
        raise InvalidInput(fault("import.file.markup"))
    delimiter = best_delimiter(text[:HEAD], score)
    return TextRows(split(text, delimiter, limit), encoding, delimiter)


def best_delimiter(head: str, score: Callable[[list[Row]], int]) -> str:
    """The one under which the header is recognised best; then the one that makes most columns."""

    def worth(delimiter: str) -> tuple[int, int]:
        rows = split(head, delimiter, HEAD_ROWS)
        return score(rows), min(max(map(len, rows), default=0), 100)

    return max(DELIMITERS, key=worth)


def split(text: str, delimiter: str, limit: int) -> list[Row]:
    """Rows of cells. Quotes that do not pair are taken as letters, as most exports mean them."""
    try:
        return _parse(text, delimiter, limit, quoted=True)
    except csv.Error:
        pass
    try:
        return _parse(text, delimiter, limit, quoted=False)
    except csv.Error as error:
        raise InvalidInput(fault("import.file.cell_too_long", error=error)) from None


def _parse(text: str, delimiter: str, limit: int, *, quoted: bool) -> list[Row]:
    lines = io.StringIO(text, newline="")
    if quoted:
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
    else:
        rows = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return list(islice(rows, limit + 1))
