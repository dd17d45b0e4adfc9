"""Pinyin initials, from the order of GB 2312; a rare character fits every letter. Qt-free."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from functools import cache
from importlib import resources
from typing import Any

ANY = "*"


@cache
def _table() -> dict[str, Any]:
    file = resources.files("resources") / "tables" / "initials.toml"
    return tomllib.loads(file.read_text("utf-8"))


@cache
def _borders() -> tuple[list[bytes], list[str]]:
    first: dict[str, str] = _table()["first"]
    return [sign.encode("gb2312") for sign in first.values()], list(first)


@cache
def letters_of(sign: str) -> str:
    """The letters a character may begin with: one, several readings, itself, or ``*``."""
    if sign.isascii():
        return sign.casefold()
    also: dict[str, str] = _table()["also"]
    return also[sign] if sign in also else _by_place(sign)


def _by_place(sign: str) -> str:
    try:
        place = sign.encode("gb2312")
    except UnicodeEncodeError:
        return ANY
    borders, letters = _borders()
    if not borders[0] <= place <= str(_table()["last"]).encode("gb2312"):
        return ANY
    return letters[bisect_right(borders, place) - 1]


def begins(name: str, typed: str) -> bool:
    """Whether ``typed`` are the initials of ``name`` from its first character on."""
    wanted = typed.casefold()
    if not wanted or not wanted.isascii() or not wanted.isalpha() or len(wanted) > len(name):
        return False
    pairs = zip(name, wanted, strict=False)
    return all(letters_of(sign) == ANY or letter in letters_of(sign) for sign, letter in pairs)
