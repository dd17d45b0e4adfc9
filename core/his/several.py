"""Several ways to the hospital side by side, asked in the order of the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from core.domain import FeeLine, Registration
from core.domain.dayend import Side
from core.domain.stay import HospitalStay
from core.domain.writeback import WriteBack
from core.his.adapter import Adapter, best
from core.his.port import Hospital, HospitalRefused, Postings, RecordSource, Tested

T = TypeVar("T")
VISIT, STAY = attrgetter("visit_no"), attrgetter("registration.visit_no")


class Several(Adapter):
    """The first that knows a visit answers for it; every one is told every result."""

    def __init__(self, ways: Sequence[Hospital]) -> None:
        self.ways = tuple(ways)
        self.prompt = all(way.prompt for way in self.ways)

    @property
    def postings(self) -> Postings | None:
        """All their books together, where any of them has some."""
        found = [one for way in self.ways if (one := way.postings) is not None]
        return _Books(found) if found else None

    @property
    def records(self) -> RecordSource | None:
        """The first record that any of them has."""
        found = [one for way in self.ways if (one := way.records) is not None]
        return _Records(found) if found else None

    def visit(self, visit_no: str) -> Registration | None:
        """As ``Hospital.visit``: of the first that knows it."""
        return self._first(lambda way: way.visit(visit_no))

    def _first(self, ask: Callable[[Hospital], T | None]) -> T | None:
        answers = (ask(way) for way in self.ways)
        return next((one for one in answers if one is not None), None)

    def waiting(self, limit: int = 200) -> Sequence[Registration]:
        """As ``Hospital.waiting``: a number that two of them have counts once."""
        return _once((way.waiting(limit) for way in self.ways), VISIT)[:limit]

    def search(self, text: str, limit: int = 50) -> Sequence[Registration]:
        """As ``Hospital.search``: the best of all of them."""
        return best(_once((way.search(text, limit) for way in self.ways), VISIT), text, limit)

    def stays(self) -> Sequence[HospitalStay]:
        """As ``Hospital.stays``."""
        return _once((way.stays() for way in self.ways), STAY)

    def stay(self, visit_no: str) -> HospitalStay | None:
        """As ``Hospital.stay``: of the first that knows it."""
        return self._first(lambda way: way.stay(visit_no))

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """As ``Hospital.fee_lines``: of the first that has any; two never make up one visit."""
        return self._first(lambda way: way.fee_lines(visit_no) or None) or ()

    def post(self, told: WriteBack) -> None:
        """As ``Hospital.post``: all are told, and then what any of them said is raised.

        What can be tried again goes before a refusal: those that took it already take it once.
        """
        failed = [error for way in self.ways if (error := _told(way, told)) is not None]
        failed.sort(key=lambda error: isinstance(error, HospitalRefused))
        if failed:
            raise failed[0]

    def test(self) -> Sequence[Tested]:
        """As ``Hospital.test``: one after the other."""
        return tuple(step for way in self.ways for step in way.test())

    def close(self) -> None:
        """Close them all."""
        for way in self.ways:
            way.close()


class _Books:
    def __init__(self, books: Sequence[Postings]) -> None:
        self._books = books

    def settled(self, begin: datetime, end: datetime) -> Sequence[Side]:
        return tuple(side for one in self._books for side in one.settled(begin, end))

    def knows(self, visits: Iterable[str]) -> frozenset[str]:
        asked = frozenset(visits)
        return frozenset(number for one in self._books for number in one.knows(asked))


class _Records:
    def __init__(self, sources: Sequence[RecordSource]) -> None:
        self._sources = sources

    def record(self, visit_no: str) -> dict[str, Any] | None:
        answers = (one.record(visit_no) for one in self._sources)
        return next((one for one in answers if one), None)


def _once(answers: Iterable[Iterable[T]], number: Callable[[T], str]) -> tuple[T, ...]:
    """All of them; what two of them have under one number, as the first has it."""
    found: dict[str, T] = {}
    for one in chain.from_iterable(answers):
        found.setdefault(number(one), one)
    return tuple(found.values())


def _told(way: Hospital, told: WriteBack) -> Exception | None:
    try:
        way.post(told)
    except Exception as error:  # noqa: BLE001 - the caller raises the one that counts
        return error
    return None
