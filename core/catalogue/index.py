"""Finding rows of a list by code, initials, name or wubi while somebody types.

Everything that is sorted or joined is made once for a version of a list (``SearchIndex``); a
keystroke costs a few bisections and at most one scan of joined text. Order of the hits: exact code,
code prefix, initials (or wubi) prefix, name prefix, inner match; within each of them what this
operator has taken most often stands first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from core.catalogue.entries import Entry, key_of
from core.catalogue.initials import bare, plain

Mode = Literal["pinyin", "wubi"]
Tier = Literal["code", "code_prefix", "letters", "name", "inner"]
TIERS: tuple[Tier, ...] = ("code", "code_prefix", "letters", "name", "inner")
MOST_HITS = 200
LONGEST_QUERY = 64
LAST = "\U0010ffff"
BREAK = "\n"


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that was found, and by which of the tiers."""

    entry: Entry
    tier: Tier


class _Prefixes:
    """Texts in order, each with the place of its row."""

    def __init__(self, pairs: Sequence[tuple[str, int]]) -> None:
        ordered = sorted(pairs)
        self._texts = [text for text, _ in ordered]
        self._places = [place for _, place in ordered]

    def __bool__(self) -> bool:
        return bool(self._texts)

    def equal(self, text: str) -> Iterator[int]:
        """Places whose text is this one."""
        start = bisect_left(self._texts, text)
        end = bisect_right(self._texts, text, start)
        return islice(self._places, start, end)

    def beginning(self, text: str) -> Iterator[int]:
        """Places whose text begins so, in order."""
        start = bisect_left(self._texts, text)
        end = bisect_right(self._texts, text + LAST, start)
        return islice(self._places, start, end)


class _Joined:
    """All texts in one, to look for a part of any of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._whole = BREAK.join(texts) + BREAK
        self._starts, start = [], 0
        for text in texts:
            self._starts.append(start)
            start += len(text) + 1

    def holding(self, part: str) -> Iterator[int]:
        """Places whose text holds ``part``, each once."""
        at = self._whole.find(part)
        while at >= 0:
            place = bisect_right(self._starts, at) - 1
            yield place
            after = place + 1
            at = self._whole.find(part, self._starts[after]) if after < len(self._starts) else -1


class SearchIndex:
    """One version of a list, ready to be searched. Never changes; any thread may use it."""

    def __init__(self, rows: Sequence[tuple[Entry, str]]) -> None:
        self.entries = tuple(entry for entry, _ in rows)
        self._codes = [bare(entry.code) for entry in self.entries]
        self._names = [plain(entry.name) for entry in self.entries]
        self._letters = [initials for _, initials in rows]
        self._wubi = [bare(entry.wubi) for entry in self.entries]
        self._place_of = {key_of(entry.code): n for n, entry in enumerate(self.entries)}
        self._by_code = _Prefixes([(code, n) for n, code in enumerate(self._codes)])
        self._by_name = _Prefixes([(name, n) for n, name in enumerate(self._names)])
        self._by_letters = _Prefixes(
            [(one, n) for n, letters in enumerate(self._letters) for one in letters.split()]
        )
        self._by_wubi = _Prefixes([(wubi, n) for n, wubi in enumerate(self._wubi) if wubi])
        self._in_names = _Joined(self._names)
        self._in_letters = _Joined(self._letters)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def has_wubi(self) -> bool:
        """The list came with wubi codes."""
        return bool(self._by_wubi)

    def entry(self, code: str) -> Entry | None:
        """The row of that code, or nothing."""
        place = self._place_of.get(key_of(code))
        return None if place is None else self.entries[place]

    def find(
        self, text: str, mode: Mode = "pinyin", often: Mapping[str, int] | None = None,
        limit: int = MOST_HITS,
    ) -> tuple[Hit, ...]:  # fmt: skip
        """The best hits; ``often`` says how many times a row (by ``key_of`` its code) was taken."""
        text = text[:LONGEST_QUERY]
        if not plain(text):
            return ()
        usual = self._usual(text, mode, often or {})
        found: dict[int, Tier] = {}
        for tier in TIERS:
            first = [place for place, its in usual if its == tier]
            for place in (*first, *islice(self._places(tier, text, mode), limit + len(found))):
                found.setdefault(place, tier)
                if len(found) >= limit:
                    return self._hits(found)
        return self._hits(found)

    def _hits(self, found: Mapping[int, Tier]) -> tuple[Hit, ...]:
        return tuple(Hit(self.entries[place], tier) for place, tier in found.items())

    def _places(self, tier: Tier, text: str, mode: Mode) -> Iterator[int]:
        code = bare(text)
        if tier == "name":
            return self._by_name.beginning(plain(text))
        if tier == "inner":
            return self._inner(code, plain(text), mode)
        if not code:
            return iter(())
        if tier == "letters":
            return (self._by_wubi if mode == "wubi" else self._by_letters).beginning(code)
        return self._by_code.equal(code) if tier == "code" else self._by_code.beginning(code)

    def _inner(self, code: str, name: str, mode: Mode) -> Iterator[int]:
        yield from self._in_names.holding(name)
        if code.isascii() and code.isalpha() and mode == "pinyin":
            yield from self._in_letters.holding(code)

    def _usual(self, text: str, mode: Mode, often: Mapping[str, int]) -> list[tuple[int, Tier]]:
        """What is taken often and fits, most often first."""
        found = []
        for key in sorted(often, key=lambda key: (-often[key], key)):
            place = self._place_of.get(key)
            tier = None if place is None else self._tier(place, text, mode)
            if place is not None and tier is not None:
                found.append((place, tier))
        return found

    def _tier(self, place: int, text: str, mode: Mode) -> Tier | None:
        code, name = bare(text), plain(text)
        letters = self._wubi[place] if mode == "wubi" else self._letters[place]
        fits: dict[Tier, bool] = {
            "code": self._codes[place] == code,
            "code_prefix": bool(code) and self._codes[place].startswith(code),
            "letters": bool(code) and any(one.startswith(code) for one in letters.split()),
            "name": self._names[place].startswith(name),
            "inner": name in self._names[place]
            or (mode == "pinyin" and code.isascii() and code.isalpha() and code in letters),
        }
        return next((tier for tier in TIERS if fits[tier]), None)
