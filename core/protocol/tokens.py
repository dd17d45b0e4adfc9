"""One value to one token of the wire, strictly, for every type of field; compiled once per field.

A JSON token is quoted where it is no number; in XML it is the bare text (``quote`` is ``str``).

Money comes as whole fen, prices and quantities as ``Decimal``, moments as aware ``datetime``, days
as ``date``, everything else as text (protocol-zjs.md §2.3 SEEN for the forms).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from core.clock import CHINA
from core.money import LARGEST
from core.protocol.conclusions import write_conclusions
from core.protocol.mistakes import listed
from core.protocol.profile import CodeList, FieldRule
from core.protocol.wirejson import quote as quoted
from core.protocol.wirejson import to_json

Token = Callable[[Any], str]
Quote = Callable[[str], str]
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
FORMATS = {
    "yyyyMMddHHmmss": "%Y%m%d%H%M%S",
    "yyyy-MM-dd HH:mm:ss": "%Y-%m-%d %H:%M:%S",
    "yyyyMMdd": "%Y%m%d",
    "yyyy-MM-dd": "%Y-%m-%d",
}
WIDEST = {"gbk": 2, "gb2312": 2, "cp936": 2, "gb18030": 4, "utf-8": 4, "utf8": 4}


class Bad(Exception):
    """A value that must not be written; ``key`` names the sentence in ``profile.write``."""

    def __init__(self, key: str, **holes: object) -> None:
        super().__init__(key)
        self.key = key
        self.holes = holes


def bytes_of(text: str, encoding: str) -> int:
    """Bytes of ``text`` in ``encoding``; ``-1`` when it cannot carry it."""
    try:
        return len(text.encode(encoding))
    except UnicodeEncodeError:
        return -1


def unencodable(text: str, encoding: str) -> str:
    """The characters (at most ten, each once) that ``encoding`` cannot carry."""
    if bytes_of(text, encoding) >= 0:
        return ""
    strange = dict.fromkeys(character for character in text if bytes_of(character, encoding) < 0)
    return "".join(list(strange)[:10]).encode("utf-8", "replace").decode("utf-8")


def token_of(
    rule: FieldRule, codes: CodeList | None, encoding: str, quote: Quote = quoted
) -> Token:
    """The token function of a field."""
    if rule.type in ("text", "digits", "code", "flag", "base64", "conclusions"):
        return _meant(rule, _checked_text(rule, codes, encoding, quote))
    make: Callable[[FieldRule, Quote], Token] = _NUMBERS.get(rule.type, _other)
    return make(rule, quote)


def _meant(rule: FieldRule, token: Token) -> Token:
    """The program's own words become the wire's codes first."""
    if not rule.means:
        return token
    codes = {word: code for code, word in rule.means.items()}
    return lambda value: token(codes.get(value, value))


def _checked_text(rule: FieldRule, codes: CodeList | None, encoding: str, quote: Quote) -> Token:
    text = _refusing(rule.forbidden, _text(rule, encoding, quote))
    if codes is not None and not codes.open and rule.type != "flag":
        return _coded(codes, text)
    check = _CHECKS.get(rule.type)
    return check(text) if check else text


def _text(rule: FieldRule, encoding: str, quote: Quote) -> Token:
    length, bare, cut = rule.length, rule.write_as == "number", rule.cut
    safe = length // WIDEST.get(encoding.lower(), 4)

    def token(value: Any) -> str:
        if type(value) is not str:
            raise Bad("not_text")
        if length and len(value) > safe and (size := bytes_of(value, encoding)) > length:
            if not cut:
                raise Bad("too_long", bytes=size, length=length)
            value = _shortened(value, length, encoding)
        if not value.isprintable() and CONTROL.search(value):
            raise Bad("control")
        if value.isspace():
            raise Bad("required")
        return value if bare and value.isdecimal() and value.isascii() else quote(value)

    return token


def _shortened(value: str, length: int, encoding: str) -> str:
    """The first characters of ``value`` that ``length`` bytes hold."""
    return value.encode(encoding)[:length].decode(encoding, "ignore").rstrip()


def _refusing(forbidden: tuple[str, ...], text: Token) -> Token:
    if not forbidden:
        return text

    def token(value: Any) -> str:
        if value in forbidden:
            raise Bad("forbidden")
        return text(value)

    return token


def _coded(codes: CodeList, text: Token) -> Token:
    known = codes.values

    def token(value: Any) -> str:
        if type(value) is not str or value not in known:
            raise Bad("not_code", codes=listed(f"{code} {word}" for code, word in known.items()))
        return text(value)

    return token


def _digits(text: Token) -> Token:
    def token(value: Any) -> str:
        if not (isinstance(value, str) and value.isdecimal() and value.isascii()):
            raise Bad("not_digits")
        return text(value)

    return token


def _flag(text: Token) -> Token:
    words = {True: "1", False: "0", "1": "1", "0": "0"}

    def token(value: Any) -> str:
        if not isinstance(value, bool | str) or value not in words:
            raise Bad("not_flag")
        return text(words[value])

    return token


def _base64(text: Token) -> Token:
    def token(value: Any) -> str:
        try:
            base64.b64decode(value, validate=True)
        except (ValueError, TypeError, binascii.Error):
            raise Bad("not_base64") from None
        return text(value)

    return token


def _conclusions(text: Token) -> Token:
    def token(value: Any) -> str:
        try:
            return text(write_conclusions(value))
        except (ValueError, TypeError, AttributeError):
            raise Bad("not_conclusions") from None

    return token


def _integer(rule: FieldRule, quote: Quote) -> Token:
    largest, wrap = 10 ** (rule.length or 18), _wrap(rule, quote)

    def token(value: Any) -> str:
        whole = str(value) if type(value) in (int, str) else ""
        if not re.fullmatch(r"-?[0-9]{1,18}", whole):
            raise Bad("not_integer")
        if abs(int(whole)) >= largest:
            raise Bad("too_large", length=rule.length)
        return wrap(str(int(whole)))

    return token


def _money(rule: FieldRule, quote: Quote) -> Token:
    largest, wrap = min(10 ** (rule.length or 16), LARGEST), _wrap(rule, quote)

    def token(value: Any) -> str:
        if type(value) is not int:
            raise Bad("not_fen")
        if not -largest < value < largest:
            raise Bad("too_large", length=rule.length)
        if value < 0:
            return wrap(f"-{-value // 100}.{-value % 100:02d}")
        return wrap(f"{value // 100}.{value % 100:02d}")

    return token


def _decimal(rule: FieldRule, quote: Quote) -> Token:
    places, digits, wrap = rule.places, rule.length or 16, _wrap(rule, quote)

    def token(value: Any) -> str:
        if type(value) is not Decimal or not value.is_finite():
            raise Bad("not_decimal")
        text = str(value)
        if "E" in text or len(text) - text.find(".") - 1 > places:
            text = _plain(value, places)
        if len(text.lstrip("-").replace(".", "")) > digits:
            raise Bad("too_large", length=digits)
        return wrap(text)

    return token


def _plain(value: Decimal, places: int) -> str:
    """Digits without exponent and without superfluous zeros; refuses what would need rounding."""
    if abs(value.adjusted()) > 40:
        raise Bad("too_large", length=places)
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if "." in text and len(text) - text.find(".") - 1 > places:
        raise Bad("decimals", places=places)
    return text or "0"


def _wrap(rule: FieldRule, quote: Quote) -> Token:
    return str if rule.as_number else quote


def _moment(rule: FieldRule, quote: Quote) -> Token:
    form = FORMATS[rule.format or "yyyyMMddHHmmss"]

    def token(value: Any) -> str:
        if (
            not isinstance(value, datetime)
            or value.tzinfo is None
            or not 1900 <= value.year <= 9998
        ):
            raise Bad("not_moment")
        return quote(_stamped(value, form))

    return token


@lru_cache(maxsize=4096)
def _stamped(value: datetime, form: str) -> str:
    return value.astimezone(CHINA).strftime(form)


def _day(rule: FieldRule, quote: Quote) -> Token:
    form, wrap = FORMATS[rule.format or "yyyyMMdd"], _wrap(rule, quote)

    def token(value: Any) -> str:
        if not isinstance(value, date) or isinstance(value, datetime) or value.year < 1900:
            raise Bad("not_day")
        return wrap(value.strftime(form))

    return token


def _other(rule: FieldRule, quote: Quote) -> Token:
    def token(value: Any) -> str:
        try:
            return to_json(value)
        except TypeError:
            raise Bad("not_json") from None

    return token


_NUMBERS: Mapping[str, Callable[[FieldRule, Quote], Token]] = {
    "integer": _integer,
    "money": _money,
    "price": _decimal,
    "quantity": _decimal,
    "moment": _moment,
    "day": _day,
}
_CHECKS: Mapping[str, Callable[[Token], Token]] = {
    "digits": _digits,
    "flag": _flag,
    "base64": _base64,
    "conclusions": _conclusions,
}
