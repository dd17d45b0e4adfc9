"""Rows of code lists, their versions, and the difference between two versions; plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from core.catalogue.initials import plain


class Entry(NamedTuple):
    """One row of a list; empty texts where the list says nothing.

    ``price`` yuan as the file writes it, for people and for comparing; ``list_type`` 1 drug,
    2 service, 3 facility; ``belongs`` a doctor's department; ``pinyin`` and ``wubi`` the codes of
    the file.
    """

    code: str
    name: str
    spec: str = ""
    unit: str = ""
    price: str = ""
    list_type: str = ""
    belongs: str = ""
    pinyin: str = ""
    wubi: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a list: ``number`` from 1, in force from ``valid_from`` on until the next.

    ``restores``: the number of the older version that it brings back, or 0; ``made`` an aware
    moment; ``digest`` SHA-256 of the file, or empty.
    """

    list: str
    number: int
    valid_from: date
    made: datetime
    author: str
    source: str
    digest: str
    rows: int
    added: int
    changed: int
    gone: int
    restores: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version does to the one before; ``changed`` are pairs (before, after)."""

    added: tuple[Entry, ...] = ()
    changed: tuple[tuple[Entry, Entry], ...] = ()
    gone: tuple[Entry, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing is different."""
        return not (self.added or self.changed or self.gone)


def key_of(code: str) -> str:
    """What makes a code unique in its list: letter case and width say nothing (the ``x`` of
    diagnosis codes is written either way, domain.md §7)."""
    return plain(code)


def by_key(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Entries by what makes them unique."""
    return {key_of(entry.code): entry for entry in entries}


def difference(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> Difference:
    """From one state of a list to another, both by key, in the order of their rows."""
    return Difference(
        added=tuple(row for key, row in after.items() if key not in before),
        changed=tuple(
            (before[key], row) for key, row in after.items() if key in before and before[key] != row
        ),
        gone=tuple(row for key, row in before.items() if key not in after),
    )
