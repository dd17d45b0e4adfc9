"""One wire value to one domain value, tolerantly: number or text alike, exact or refused.

The inverse of ``core.protocol.tokens``: money to whole fen, prices to ``Decimal``, moments to aware
``datetime`` (China Standard Time), days to ``date``, the rest to text. ``ABSENT`` means that the
centre said nothing. ``Odd`` is raised for what cannot be understood without guessing.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from core.clock import parse_stamp
from core.money import to_fen
from core.protocol.conclusions import read_conclusions
from core.protocol.profile import Kind

NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,20})?([eE][+-]?[0-9]{1,2})?")
MARKS = re.compile(r"[-/:. T]")
ABSENT = object()
EXACT: frozenset[Kind] = frozenset({"money"})


class Odd(ValueError):
    """A value that cannot be understood."""


Read = Callable[[Any], Any]


def reader_of(kind: Kind) -> Read:
    """The reader of a type (all but ``rows``)."""
    return _READERS[kind]


def as_text(value: Any) -> str:
    """Text or number as text, without surrounding blanks; raises ``Odd`` for objects and lists."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return _whole(value)
    raise Odd("not a plain value")


def _whole(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > 40:
        raise Odd("not a plain number")
    return str(int(value)) if value == value.to_integral_value() else format(value, "f")


def _text(value: Any) -> Any:
    return as_text(value) or ABSENT


def _number(value: Any) -> Any:
    text = "" if isinstance(value, bool) else str(value).strip()
    if not text:
        return ABSENT
    if not NUMBER.fullmatch(text):
        raise Odd("not a number")
    return Decimal(text)


def _money(value: Any) -> Any:
    number = _number(value)
    if number is ABSENT:
        return ABSENT if isinstance(value, str) else _refuse()
    try:
        return to_fen(number)
    except ValueError as error:
        raise Odd("not fen") from error


def _refuse() -> Any:
    raise Odd("not a number")


def _integer(value: Any) -> Any:
    number = _number(value)
    if number is ABSENT:
        return ABSENT
    if number != number.to_integral_value():
        raise Odd("not whole")
    return str(int(number))


def _flag(value: Any) -> Any:
    words = {"0": "0", "1": "1", "false": "0", "true": "1"}
    text = as_text(value).lower()
    return words.get(text, text) or ABSENT


def _moment(value: Any) -> Any:
    digits = MARKS.sub("", as_text(value))
    if not digits:
        return ABSENT
    if not digits.isascii() or not digits.isdecimal() or len(digits) not in (8, 12, 14, 17):
        raise Odd("not a moment")
    try:
        return parse_stamp(digits[:14].ljust(14, "0"))
    except ValueError as error:
        raise Odd("not a moment") from error


def _day(value: Any) -> Any:
    digits = MARKS.sub("", as_text(value))
    if not digits:
        return ABSENT
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError as error:
        raise Odd("not a day") from error


def _base64(value: Any) -> Any:
    text = "".join(as_text(value).split())
    try:
        base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Odd("not base64") from error
    return text or ABSENT


def _conclusions(value: Any) -> Any:
    return read_conclusions(as_text(value)) or ABSENT


def _any(value: Any) -> Any:
    return value


_READERS: dict[Kind, Read] = {
    "text": _text,
    "digits": _text,
    "code": _text,
    "flag": _flag,
    "integer": _integer,
    "money": _money,
    "price": _number,
    "quantity": _number,
    "moment": _moment,
    "day": _day,
    "base64": _base64,
    "conclusions": _conclusions,
    "any": _any,
}
