"""How one cell of an export is read: numbers, moments, flags and codes as people write them.

Every reader takes a cell as a file gives it (text, or a workbook's number, date or truth value)
and returns the value, or raises ``BadCell`` with the key of the sentence that says what is wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from core.clock import CHINA
from core.his.tables import tables

Cell = Any  # str, or from a workbook int, float, bool, date, datetime, time, timedelta
Reader = Callable[[Cell], Any]

PLAIN = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?")
GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,12})?")
SCIENTIFIC = re.compile(r"-?\d(?:\.\d+)?[eE]\+?\d{1,3}")
MOMENT = re.compile(
    r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"
    r"(?:[ T]*(?P<half>[AP]M)? *(?P<H>\d{1,2}):(?P<M>\d{1,2})(?::(?P<S>\d{1,2})(?:\.\d{1,9})?)?"
    r" *(?P<late>[AP]M)?(?:\+08:?00)?)?"
)
DIGITS = re.compile(
    r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"
    r"(?:[ T]?(?P<H>\d{2}):?(?P<M>\d{2})(?::?(?P<S>\d{2})(?:\d{3})?)?)?"
)
EPOCH = datetime(1899, 12, 30)
SERIALS = (30000, 80000)  # days of a workbook's calendar: 1982 to 2119
LONGEST_NUMBER = 10**15  # a workbook's number holds fifteen digits; the rest is lost
MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-", "\ufe63": "-", "\u3002": "."})
PLAIN_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,60}|[0-9]{1,60}")
SPACES = re.compile(r"\s+")


class BadCell(ValueError):
    """A cell that cannot be read; the message is a key of ``[import.cell]``."""


def half_width(text: str) -> str:
    """Full-width digits, letters and punctuation as plain ones; outer spaces gone."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()


def shown(cell: Cell) -> str:
    """A cell as a person sees it."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return _exact(cell)
    return "" if cell is None else str(cell)


def is_empty(cell: Cell) -> bool:
    """Nothing a person would see."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _exact(number: float) -> str:
    """A workbook's number with the fifteen digits it can hold: 12.340000000000002 is 12.34."""
    return format(Decimal(format(number, ".15g")), "f")


def text(cell: Cell) -> str:
    """Words: outer spaces gone, line breaks and tabs as one space."""
    words = shown(cell)
    return words if words.isprintable() else SPACES.sub(" ", words).strip()


def code(cell: Cell) -> str:
    """A code or number of something: half-width; Excel's ="001" and '001 undone."""
    if type(cell) is str and PLAIN_CODE.fullmatch(cell):
        return cell
    if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= LONGEST_NUMBER:
        raise BadCell("digits_lost")
    plain = half_width(shown(cell))
    if plain.startswith('="') and plain.endswith('"'):
        plain = plain[2:-1].strip()
    if SCIENTIFIC.fullmatch(plain) and ("+" in plain or "E" in plain):
        raise BadCell("digits_lost")
    return SPACES.sub("", plain.lstrip("'"))


def number(cell: Cell) -> Decimal:
    """A plain decimal of at most twelve digits before and after the point."""
    if type(cell) is str and PLAIN.fullmatch(cell):
        return Decimal(cell)
    if type(cell) is Decimal and cell.is_finite() and cell.adjusted() < 12:
        return cell
    plain = half_width(shown(cell)).translate(MINUS)
    if not PLAIN.fullmatch(plain):
        plain = _bare(plain)
    if not plain:
        raise BadCell("empty")
    if PLAIN.fullmatch(plain):
        return Decimal(plain)
    if GROUPED.fullmatch(plain):
        return Decimal(plain.replace(",", ""))
    raise BadCell("number")


def _bare(plain: str) -> str:
    """Currency signs, inner spaces, a plus, accountants' brackets, a trailing minus taken off."""
    for sign in tables().currency:
        plain = plain.replace(sign, "")
    plain = plain.lstrip("'").replace(" ", "").replace("\u00a0", "")
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    if plain.endswith("-"):
        plain = f"-{plain[:-1]}"
    return plain.removeprefix("+")


def _with_places(places: int, key: str) -> Reader:
    def read(cell: Cell) -> Decimal:
        value = number(cell)
        if value != round(value, places):
            raise BadCell(key)
        return value

    return read


four_places = _with_places(4, "four_places")
two_places = _with_places(2, "two_places")


def money(cell: Cell) -> int:
    """Yuan with at most two decimals, as fen."""
    return int(two_places(cell).scaleb(2))


def moment(cell: Cell) -> datetime:
    """A moment of China Standard Time; a day alone is its midnight."""
    if type(cell) is str and (found := _iso(cell)):
        return found
    if isinstance(cell, datetime):
        if cell.tzinfo is not None:
            cell = cell.astimezone(CHINA)
        rounded: datetime = cell + timedelta(milliseconds=500)
        return rounded.replace(microsecond=0, tzinfo=CHINA)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=CHINA)
    if isinstance(cell, float | int) and SERIALS[0] < cell < SERIALS[1]:
        return moment(EPOCH + timedelta(days=cell))
    words = half_width(shown(cell)).lstrip("'").upper()
    if not words:
        raise BadCell("empty")
    for word, sign in tables().moment_words:
        words = words.replace(word, sign)
    return _spelled(SPACES.sub(" ", words).strip(" :-"))


def _iso(cell: str) -> datetime | None:
    """The commonest spelling, 2026-03-02 09:30:00, the quick way; nothing for any other."""
    if len(cell) != 19 or not cell[4] == cell[7] == "-" or cell[10] != " ":
        return None
    try:
        return datetime.fromisoformat(cell).replace(tzinfo=CHINA)
    except ValueError:
        return None


def _spelled(plain: str) -> datetime:
    found = MOMENT.fullmatch(plain) or DIGITS.fullmatch(plain)
    if not found:
        raise BadCell("moment")
    part = {name: value for name, value in found.groupdict().items() if value}
    half = part.get("half", part.get("late", ""))
    hour, minute, second = (int(part.get(name, "0")) for name in "HMS")
    try:
        day = date(int(part["y"]), int(part["m"]), int(part["d"]))
        return datetime.combine(day, time(_hour(hour, half), minute, second, tzinfo=CHINA))
    except ValueError:
        raise BadCell("no_such_day") from None


def _hour(hour: int, half: str) -> int:
    """The hour of a 24-hour clock; raises ``ValueError`` for 13 PM."""
    if not half or (half == "PM" and 12 < hour < 24):
        return hour
    if not 0 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half == "PM" else 0)


def clock_time(cell: Cell) -> timedelta:
    """A time of day that stands in a column of its own, as what is added to midnight."""
    if isinstance(cell, timedelta):
        return cell
    if isinstance(cell, time | datetime):
        return timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    if is_empty(cell):
        return timedelta()
    at = moment(f"2000-01-01 {shown(cell)}")
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)


def flag(cell: Cell) -> bool:
    """Yes or no in the words of the table."""
    plain = half_width(shown(cell)).upper()
    if plain in tables().no:
        return False
    if plain in tables().yes:
        return True
    raise BadCell("flag")


def list_type(cell: Cell) -> str:
    """One of the three lists, 1 drugs, 2 services and material, 3 facilities; empty is 1."""
    plain = half_width(shown(cell))
    if not plain:
        return "1"
    found = tables().list_types.get(plain)
    if found is None:
        raise BadCell("list")
    return found


READERS: dict[str, Reader] = {
    "code": code,
    "text": text,
    "price": four_places,
    "quantity": four_places,
    "money": money,
    "moment": moment,
    "time": clock_time,
    "flag": flag,
    "list": list_type,
}


def reader(kind: str) -> Reader:
    """The reader of a column kind of ``resources/tables/fee_headers.toml``."""
    return READERS[kind]
