"""JSON as the wire needs it: exact numbers, no doubtful keys, our own bytes.

Numbers with a point become ``Decimal`` and are written back digit for digit; nothing here touches
binary floating point. The tolerant side (``parse_reply``) accepts a byte-order mark and trailing
zero bytes; the strict side never guesses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

quote: Callable[[str], str] = json.encoder.encode_basestring
NON_ASCII = re.compile(r"[^\x00-\x7f]")


class Unreadable(ValueError):
    """Text that is no JSON; ``key`` names the reason in ``profile.read``, with its holes."""

    def __init__(self, key: str, **holes: object) -> None:
        super().__init__(key)
        self.key = key
        self.holes = holes


def parse(text: str) -> Any:
    """The value of a JSON text, numbers with a point as ``Decimal``; raises ``Unreadable``."""
    try:
        return _DECODER.decode(text)
    except Unreadable:
        raise
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Unreadable("not_json") from error


def decode(payload: bytes, encoding: str) -> str:
    """The text of wire bytes; tolerant of mark, trailing zeros and a UTF-8 answer."""
    body = payload.rstrip(b"\0 \r\n\t")
    if body.startswith(b"\xef\xbb\xbf"):
        return body.decode("utf-8-sig", "replace")
    return characters(body, encoding)


def characters(body: bytes, encoding: str) -> str:
    """The text of bytes in ``encoding``, or else in UTF-8 or GB; raises ``Unreadable``."""
    for name in (encoding, "utf-8", "gb18030"):
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    raise Unreadable("not_text")


def to_json(value: Any) -> str:
    """A parsed value as JSON text again, every number with the digits it came with.

    Raises ``TypeError`` for anything that JSON has no word for.
    """
    if isinstance(value, str):
        return quote(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(f"{quote(str(key))}:{to_json(item)}" for key, item in value.items())
            + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(to_json, value)) + "]"
    raise TypeError(f"no JSON for {type(value).__name__}")


def laid_out(value: Any, margin: str = "") -> str:
    """The same for people: one key a line, indented by two, digits untouched."""
    inner = margin + "  "
    if isinstance(value, dict) and value:
        lines = [
            f"{inner}{quote(str(key))}: {laid_out(item, inner)}" for key, item in value.items()
        ]
    elif isinstance(value, list | tuple) and value:
        lines = [inner + laid_out(item, inner) for item in value]
    else:
        return to_json(value)
    left, right = "{}" if isinstance(value, dict) else "[]"
    return f"{left}\n" + ",\n".join(lines) + f"\n{margin}{right}"


def escaped(text: str) -> str:
    """JSON text with every non-ASCII character (all are inside strings) as ``\\uXXXX``."""
    return NON_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _constant(word: str) -> Any:
    raise Unreadable("not_json")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        for key, value in pairs:
            if found[key] != value:
                raise Unreadable("twice", name=key)
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Decimal, parse_constant=_constant
)
