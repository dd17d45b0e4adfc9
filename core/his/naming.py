"""Whom a few typed signs mean: a visit's number, an identity number, a name or its initials."""

from __future__ import annotations

from functools import lru_cache

from core.catalogue.initials import bare, plain, readings
from core.domain import Registration

LEAST_OF_A_NUMBER = 3  # fewer last digits of a number mean too many people


@lru_cache(maxsize=8192)
def initials(name: str) -> tuple[str, ...]:
    """The initials of a name in every reading of its characters."""
    return readings(name)


def rank(one: Registration, text: str) -> int | None:
    """How well ``text`` means this visit: 0 is its number itself; ``None``: not at all."""
    wanted = bare(text)
    if not wanted:
        return None
    numbers = [bare(number) for number in (one.visit_no, one.inpatient_no, one.id_no) if number]
    if wanted in numbers:
        return 0
    if wanted == plain(one.person_name):
        return 1
    if any(_part_of_number(number, wanted) for number in numbers):
        return 2
    return _rank_of_name(one.person_name, wanted)


def _part_of_number(number: str, wanted: str) -> bool:
    if len(wanted) < LEAST_OF_A_NUMBER:
        return False
    return number.startswith(wanted) or number.endswith(wanted)


def _rank_of_name(name: str, wanted: str) -> int | None:
    if name and wanted in plain(name):
        return 3
    if wanted.isascii() and wanted.isalpha():
        found = initials(name)
        if wanted in found:
            return 4
        if any(reading.startswith(wanted) for reading in found):
            return 5
    return None
