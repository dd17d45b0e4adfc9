"""The wire as the simulated centre sees it: envelope in, strict checks, envelope out.

What it demands of a request is the table ``simulator_fields`` (protocol-zjs.md §2–3). Text is
checked in bytes of the wire encoding. Money inside is integer fen; a reply carries JSON numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, NamedTuple, NoReturn

from core.clock import parse_stamp
from core.money import Fen, yuan
from core.simulator.world import read_table
from core.words import say

Values = dict[str, Any]
Body = Values | list[Values] | None
TABLE = "simulator_fields"
PLACES = {"price": 4, "quantity": 4, "money": 2}
MARK = "\x00"
NUMBER = re.compile(r'"\\u0000(-?\d+(?:\.\d+)?)"')


class Refusal(Exception):
    """The centre says no, with its Chinese text; ``keep``: what was booked so far stays booked."""

    def __init__(self, text: str, keep: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.keep = keep


class Unreadable(Exception):
    """The request is no JSON object; the library answers with a status and a plain text."""


def refuse(key: str, **holes: object) -> NoReturn:
    """Refuse with the text ``simulator.<key>``."""
    raise Refusal(say(f"simulator.{key}", **holes))


class Field(NamedTuple):
    """One demanded field; ``length`` in bytes of the wire encoding, ``need`` Y or N; ``allowed``
    the codes of a field whose kind is a code list."""

    name: str
    label: str
    kind: str
    length: int
    need: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One request after its checks.

    ``at`` is the centre's clock, 14 digits; ``body`` one record, ``rows`` the lines of a 2204:
    texts by wire name, numbers as ``Decimal``, absent fields as empty texts.
    """

    code: str
    msgid: str
    hospital: str
    operator: str
    sign_no: str
    at: str
    header: Values = field(default_factory=dict)
    body: Values = field(default_factory=dict)
    rows: tuple[Values, ...] = ()


@cache
def fields(code: str, table: str = TABLE) -> tuple[Field, ...]:
    """The demanded fields of a transaction or of the ``envelope``; ``KeyError`` for no such one."""
    demands = read_table(table)
    lists = demands["codes"]
    return tuple(
        Field(name, label, kind, length, need, tuple(lists.get(kind, ())))
        for name, label, kind, length, need in demands[code]["fields"]
    )


def codes() -> dict[str, list[str]]:
    """The centre's code lists."""
    found: dict[str, list[str]] = read_table(TABLE)["codes"]
    return found


def parse(payload: bytes, encoding: str) -> Values:
    """The envelope as plain values (numbers ``Decimal`` or ``int``); raises ``Unreadable``."""
    try:
        found = json.loads(payload.decode(encoding), parse_float=Decimal)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Unreadable(say("simulator.not_json")) from error
    if not isinstance(found, dict):
        raise Unreadable(say("simulator.not_object"))
    return found


def checked(code: str, given: Values, encoding: str, where: str = "", table: str = TABLE) -> Values:
    """All demanded fields of ``code`` taken from ``given``; the first fault is refused by name."""
    return {
        one.name: _value(one, given.get(one.name), encoding, where) for one in fields(code, table)
    }


def _value(one: Field, given: Any, encoding: str, where: str) -> Any:
    if one.kind == "list":
        return _list(one, given, where)
    text = _text(one, given, where)
    if not text:
        return _absent(one, where)
    _fits(one, text, encoding, where)
    return KINDS.get(one.kind, _code)(one, text, where)


def _absent(one: Field, where: str) -> str:
    if one.need == "Y":
        _complain("missing", one, where)
    return ""


def _list(one: Field, given: Any, where: str) -> list[Any]:
    if given in (None, ""):
        return []
    if not isinstance(given, list):
        _complain("bad_type", one, where)
    return list(given)


def _text(one: Field, given: Any, where: str) -> str:
    if given is None:
        return ""
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        _complain("bad_type", one, where)
    return f"{given:f}" if isinstance(given, Decimal) else str(given)


def _fits(one: Field, text: str, encoding: str, where: str) -> None:
    length = len(text.encode(encoding, errors="replace"))
    if length > one.length:
        _complain("too_long", one, where, most=one.length, length=length)
    if any(sign < " " and sign not in "\r\n\t" for sign in text):
        _complain("bad_text", one, where)


def _complain(key: str, one: Field, where: str, **holes: object) -> NoReturn:
    refuse(key, where=where, label=one.label, name=one.name, **holes)


def _any(one: Field, text: str, where: str) -> str:
    return text


def _digits(one: Field, text: str, where: str) -> str:
    if not (text.isascii() and text.isdigit()):
        _complain("bad_digits", one, where, value=text)
    return text


def _stamp(one: Field, text: str, where: str) -> str:
    try:
        parse_stamp(_digits(one, text, where))
    except ValueError:
        _complain("bad_stamp", one, where, value=text)
    return text


def _day(one: Field, text: str, where: str) -> str:
    try:
        parse_stamp(f"{_digits(one, text, where)}000000")
    except ValueError:
        _complain("bad_day", one, where, value=text)
    return text


def _number(one: Field, text: str, where: str) -> Decimal:
    places = PLACES[one.kind]
    try:
        number = Decimal(text)
        if number.is_finite() and number == round(number, places):
            return number
    except InvalidOperation:
        pass
    _complain("bad_number", one, where, value=text, places=places)


def _flag(one: Field, text: str, where: str) -> str:
    if text not in ("0", "1"):
        _complain("bad_code", one, where, value=text)
    return text


def _code(one: Field, text: str, where: str) -> str:
    if text not in one.allowed:
        _complain("bad_code", one, where, value=text)
    return text


KINDS: dict[str, Callable[[Field, str, str], Any]] = {
    "text": _any,
    "digits": _digits,
    "stamp": _stamp,
    "day": _day,
    "price": _number,
    "quantity": _number,
    "money": _number,
    "flag": _flag,
}


def money(fen: Fen) -> str:
    """An amount for a reply: becomes a JSON number with two decimals."""
    return f"{MARK}{yuan(fen)}"


def number(value: Decimal | int | str) -> str:
    """A number for a reply: becomes a JSON number exactly as written."""
    return f"{MARK}{value}"


def answer(serial: int, region: str, received: datetime, output: Body, error: str = "") -> Values:
    """The answer's envelope (protocol-zjs.md §2.2, SEEN); ``output`` is left out when empty."""
    moment = received.strftime("%Y%m%d%H%M%S%f")[:17]
    found: Values = {
        "infcode": -1 if error else 0,
        "inf_refmsgid": f"{region}{moment[:14]}{serial:010d}",
        "refmsg_time": moment,
        "respond_time": moment,
        "err_msg": error,
    }
    return found if output is None else {**found, "output": output}


def encode(values: Values, encoding: str) -> bytes:
    """JSON bytes; what the encoding cannot carry becomes a question mark, as in the field."""
    text = NUMBER.sub(r"\1", json.dumps(values, ensure_ascii=False))
    return text.encode(encoding, errors="replace")
