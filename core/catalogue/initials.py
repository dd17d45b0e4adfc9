"""Pinyin initials of names in every reading, as typed into search boxes.

Readings come from ``pypinyin`` character by character, so that a heteronym counts in each of them
(a long bone is found as ``cg`` and as ``zg``); combinations are bounded. Costs are paid when a list
is taken in or loaded, never while somebody types.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, product

MOST_READINGS = 32
LONGEST = 40  # letters of one reading; more nobody types
SIGNS = re.compile(r"[\W_]+")
BLANKS = re.compile(r"\s+")


@lru_cache(maxsize=32_768)
def letters_of(sign: str) -> str:
    """The letters a character may begin with, usual ones first; itself if it is a letter or digit.

    Empty for punctuation and for what no dictionary reads.
    """
    if sign.isascii():
        return sign if sign.isalnum() else ""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # a third of the time, a fifth of the room
    from pypinyin import Style, pinyin  # loaded late: the start needs none of it

    found = pinyin(sign, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    return "".join(dict.fromkeys(letter for letter in found[0] if letter)) if found else ""


def plain(text: str) -> str:
    """Half-width, lower case, without blanks: how names are compared."""
    return BLANKS.sub("", unicodedata.normalize("NFKC", text).casefold())


def bare(text: str) -> str:
    """As ``plain`` and without punctuation: how codes and initials are compared."""
    return SIGNS.sub("", plain(text))


def readings(name: str) -> tuple[str, ...]:
    """Initials of ``name``: the usual reading, then those that differ from it in one character, in
    two, and so on; at most ``MOST_READINGS``. Empty where nothing of it can be read.
    """
    choices = [letters for sign in plain(name) if (letters := letters_of(sign))][:LONGEST]
    if not choices:
        return ()
    found: dict[str, None] = {}
    for letters in _spellings(choices):
        found[letters] = None
        if len(found) == MOST_READINGS:
            break
    return tuple(found)


def _spellings(choices: Sequence[str]) -> Iterator[str]:
    usual = [letters[0] for letters in choices]
    several = [place for place, letters in enumerate(choices) if len(letters) > 1]
    for count in range(len(several) + 1):
        for places in combinations(several, count):
            for others in product(*(choices[place][1:] for place in places)):
                spelling = usual.copy()
                for place, letter in zip(places, others, strict=True):
                    spelling[place] = letter
                yield "".join(spelling)


def begins(name: str, typed: str) -> bool:
    """Whether ``typed`` are the initials of ``name`` from its first sign on, in any reading."""
    wanted = bare(typed)
    if not wanted or not wanted.isascii():
        return False
    return any(letters.startswith(wanted) for letters in readings(name))
