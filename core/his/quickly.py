"""Whole columns read at once where every cell is plainly what its kind wants.

A reader here gives the very values that the reader of one cell (``cells``) would give, or nothing
where any cell needs that one's care: then the column is read cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any

from core.clock import CHINA

SIGNS = str.maketrans("", "", "_.-")
LONGEST_CODE = 60
SPELLING, COMMON = itemgetter(4, 7, 10), {("-", "-", " ")}
FIRST = itemgetter(0)
LARGEST = 10**15
LONGEST = 4096  # characters of a cell
Column = Sequence[Any]
Quick = Callable[[Column], "list[Any] | None"]


def _types(cells: Column) -> set[type]:
    return set(map(type, cells))


def codes(cells: Column) -> list[Any] | None:
    """Plain codes as they are, digits or beginning with a letter; whole numbers as digits."""
    types = _types(cells)
    if types == {int} and max(cells) < LARGEST and min(cells) >= 0:
        return list(map(str, cells))
    if types != {str} or not all(cells):
        return None
    whole = "".join(cells)
    if not whole.isascii() or max(map(len, cells)) > LONGEST_CODE:
        return None
    begins = "".join(set(map(FIRST, cells)))
    if whole.isdigit() or (begins.isalpha() and whole.translate(SIGNS).isalnum()):
        return list(cells)
    return None


def texts(cells: Column) -> list[Any] | None:
    """Words without line breaks or tabs, outer spaces gone."""
    if _types(cells) == {str} and "".join(cells).isprintable() and max(map(len, cells)) <= LONGEST:
        return list(map(str.strip, cells))
    return None


def moments(cells: Column) -> list[Any] | None:
    """Whole seconds without a zone, as a database or the commonest spelling gives them."""
    types = _types(cells)
    if types == {str} and set(map(len, cells)) == {19} and set(map(SPELLING, cells)) == COMMON:
        try:
            found = list(map(datetime.fromisoformat, cells))
        except ValueError:
            return None
    elif types == {datetime} and not any(map(attrgetter("microsecond"), cells)):
        if any(map(attrgetter("tzinfo"), cells)):
            return None
        found = list(cells)
    else:
        return None
    return [datetime.combine(moment, moment.time(), CHINA) for moment in found]


READERS: dict[str, Quick] = {"code": codes, "text": texts, "moment": moments}


def read(kind: str, cells: Column) -> list[Any] | None:
    """The column's values, or nothing."""
    quick = READERS.get(kind)
    return quick(cells) if quick is not None and cells else None
