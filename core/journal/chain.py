"""The hash chain of the entries: each row carries SHA-256 over itself and the row before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

FIRST = "0" * 64


def link(before: str, *parts: object) -> str:
    """Hash of one entry after ``before``; each part with its length, so none lends to another."""
    texts = [str(part) for part in parts]
    whole = before + "".join(f"|{len(text)}|{text}" for text in texts)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def first_break(rows: Iterable[tuple[int, str, str, str, str, str, str]]) -> int | None:
    """Number of the first entry that does not fit the chain, or ``None`` when it is whole.

    Rows are (number, msgid, kind, at, text, payload, hash) in order, numbered without a gap.
    """
    before, expected = FIRST, 1
    for number, msgid, kind, at, text, payload, found in rows:
        if number != expected or link(before, number, msgid, kind, at, text, payload) != found:
            return expected
        before, expected = found, number + 1
    return None
