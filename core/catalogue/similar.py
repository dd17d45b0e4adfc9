"""Which row of the centre's list an item of the hospital most likely is.

Candidates share pairs of signs with the item's name; only the best of them are compared, so that
ten thousand items against forty thousand codes stay a matter of seconds. A score is 0 to 100.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.catalogue.entries import Entry
from core.catalogue.initials import bare, plain

CANDIDATES = 40
MOST = 5
LEAST_SCORE = 50
COMMON = 4000  # a pair of signs that so many names share says nothing
SAME_SPEC, OTHER_SPEC = 4, 12
SAME_UNIT, OTHER_UNIT = 1, 5
OTHER_LIST = 25
WHOLE = 100
NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A row of the centre with how well it fits; ``None`` where one side says nothing."""

    entry: Entry
    score: int
    name: int
    spec: bool | None = None
    unit: bool | None = None
    list_type: bool | None = None


class Suggester:
    """The centre's rows by pairs of signs; made once for a version of the list."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = tuple(entries)
        self._names = [bare(entry.name) for entry in self._entries]
        self._holding: defaultdict[str, list[int]] = defaultdict(list)
        for place, name in enumerate(self._names):
            for pair in _pairs(name):
                self._holding[pair].append(place)

    def suggest(self, item: Entry, most: int = MOST) -> tuple[Suggestion, ...]:
        """The best rows for ``item``, best first; empty where nothing is like it."""
        from rapidfuzz import fuzz  # loaded late: the start needs none of it

        name = bare(item.name)
        found = []
        for place in self._candidates(name):
            likeness = round(fuzz.ratio(name, self._names[place]))
            suggestion = compared(item, self._entries[place], likeness)
            if suggestion.score >= LEAST_SCORE:
                found.append(suggestion)
        found.sort(key=lambda one: (-one.score, -one.name, one.entry.code))
        return tuple(found[:most])

    def _candidates(self, name: str) -> list[int]:
        shared: Counter[int] = Counter()
        pairs = sorted(_pairs(name), key=lambda pair: len(self._holding.get(pair, ())))
        for rank, pair in enumerate(pairs):
            places = self._holding.get(pair, ())
            if rank and len(places) > COMMON:
                break
            shared.update(places)
        return [place for place, _ in shared.most_common(CANDIDATES)]


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(max(1, len(name) - 1))} if name else set()


def compared(item: Entry, entry: Entry, likeness: int) -> Suggestion:
    """The likeness of the names with what specification, unit and list add to it or take away."""
    spec = _same(spec_form(item.spec), spec_form(entry.spec))
    unit = _same(plain(item.unit), plain(entry.unit))
    kind = _same(item.list_type, entry.list_type)
    score = likeness
    score += {True: SAME_SPEC, False: -OTHER_SPEC, None: 0}[spec]
    score += {True: SAME_UNIT, False: -OTHER_UNIT, None: 0}[unit]
    score -= OTHER_LIST if kind is False else 0
    if False in (spec, unit, kind):
        score = min(score, WHOLE - 1)
    return Suggestion(entry, max(0, min(WHOLE, score)), likeness, spec, unit, kind)


def _same(one: str, other: str) -> bool | None:
    return one == other if one and other else None


def spec_form(spec: str) -> str:
    """A specification for comparing: 0.30g×24粒 and 0.3g*24粒 are the same."""
    text = plain(spec).replace("\u00d7", "*")
    return NUMBER.sub(lambda found: _number(found[0]), text.replace("x", "*"))


def _number(text: str) -> str:
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return text


def scores(suggestions: Iterable[Suggestion]) -> list[tuple[str, int]]:
    """Codes and scores, as they are kept."""
    return [(one.entry.code, one.score) for one in suggestions]
