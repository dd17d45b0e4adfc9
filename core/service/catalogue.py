"""The desk's code lists: taken in by those who may, and found by everybody while they type.

``load`` is slow and runs on a lane; ``find`` and ``entry`` only look at what is loaded and answer
within a frame. What an operator takes is counted, so that it stands first the next time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from core.catalogue.entries import Entry, Version, key_of
from core.catalogue.index import Hit, Mode, SearchIndex
from core.catalogue.kinds import DEPARTMENT, DIAGNOSIS, DOCTOR
from core.catalogue.store import CodeStore
from core.catalogue.versions import ListBook
from core.clock import Clock
from core.domain import Operator, Registration, Role
from core.errors import InvalidInput, Refused, fault

if TYPE_CHECKING:
    from core.catalogue.importer import CodeImporter, CodePreview

MOST_OFTEN = 200  # rows of one operator and list that are put first
SHOWN_HITS = 12
NAMED = {
    "diagnosis_code": ("diagnosis_name", DIAGNOSIS),
    "dept_code": ("dept_name", DEPARTMENT),
    "doctor_code": ("doctor_name", DOCTOR),
}


def nothing() -> None:
    """There is nothing to fill an empty file with."""


def may_change(by: Operator | None) -> bool:
    """Lists and mappings are the supervisors' and IT's; cashiers look."""
    return by is not None and by.role is not Role.CASHIER


def guard_change(by: Operator | None) -> None:
    """Raises ``Refused`` for somebody who may not change lists and mappings."""
    if not may_change(by):
        raise Refused(fault("codes.role"))


@dataclass(slots=True)
class _Loaded:
    """What is known of a list: the index of the version in force, and what is taken often."""

    stamp: tuple[object, ...] = ()
    version: int = 0
    index: SearchIndex = field(default_factory=lambda: SearchIndex(()))
    often: dict[str, int] = field(default_factory=dict)


class Catalogue:
    """Lists in ``store``; ``stock`` fills an empty file once (training mode's invented lists)."""

    def __init__(
        self, store: CodeStore, clock: Clock, home: Path, stock: Callable[[], None] = nothing
    ) -> None:
        self.store = store
        self.lists = ListBook(store, clock)
        self._clock = clock
        self._home = home
        self._stock = stock
        self._stocking = threading.Lock()
        self._loading = threading.Lock()
        self._loaded: dict[str, _Loaded] = {}

    @property
    def today(self) -> date:
        """The day that decides which version is in force."""
        return self._clock.now().date()

    def ensure(self) -> None:
        """Fill an empty file in training mode; does nothing from the second time on."""
        with self._stocking:
            stock, self._stock = self._stock, nothing
            stock()

    # versions

    def importer(self, name: str) -> CodeImporter:
        """Reads files of that list and keeps their column mappings."""
        from core.catalogue.importer import CodeImporter  # loaded late, as nobody imports at start

        return CodeImporter(self._home, name)

    def versions(self, name: str) -> tuple[Version, ...]:
        """All versions of a list, newest first."""
        self.ensure()
        return self.lists.versions(name)

    def take(
        self, preview: CodePreview, valid_from: date, by: Operator | None, skip_wrong: bool = False
    ) -> Version:
        """Take the rows of a file in as the next version.

        ``skip_wrong``: leave its wrong rows out. Raises ``Refused`` for a cashier, or when rows are
        wrong, or nothing differs; ``InvalidInput`` for a strange day, an empty list, or columns
        that are missing.
        """
        guard_change(by)
        if preview.missing:
            raise InvalidInput(preview.remarks)
        if preview.wrong and not skip_wrong:
            raise Refused(fault("codes.wrong_rows", count=preview.wrong))
        self.ensure()
        author = by.name if by else ""
        return self.lists.take(
            preview.list, preview.entries, valid_from, author, preview.source, preview.digest
        )

    def restore(self, name: str, number: int, valid_from: date, by: Operator | None) -> Version:
        """Bring an older version back as a new one; raises as ``take``."""
        guard_change(by)
        return self.lists.restore(name, number, valid_from, by.name if by else "")

    # searching

    def stale(self, name: str, operator: str = "") -> bool:
        """Whether ``load`` would bring something else; never waits for a list that comes in."""
        loaded = self._loaded.get(name)
        if loaded is None:
            return True
        seen = self.store.stamp_now() if self.store.exists else ()
        return seen is not None and loaded.stamp != (*seen, self.today, operator)

    def _stamp(self, operator: str) -> tuple[object, ...]:
        seen = self.store.stamp() if self.store.exists else ()
        return (*seen, self.today, operator)

    def with_names(self, before: Registration | None, after: Registration) -> Registration:
        """``after`` with the names that belong to codes which differ from ``before``."""
        names = {
            name: self.name_of(of, getattr(after, code))
            for code, (name, of) in NAMED.items()
            if before is None or getattr(before, code) != getattr(after, code)
        }
        return after.model_copy(update=names) if names else after

    def load(self, name: str, operator: str = "") -> SearchIndex:
        """Bring the index of a list up to date, with what ``operator`` takes often; slow."""
        self.ensure()
        with self._loading:
            before = self._loaded.get(name, _Loaded())
            stamp = self._stamp(operator)
            if before.stamp == stamp:
                return before.index
            version = self.lists.in_force(name, self.today)
            number = version.number if version else 0
            index = before.index
            if number != before.version:
                index = SearchIndex(self.lists.indexed(name, number) if number else ())
            often = self._often(name, operator)
            self._loaded[name] = _Loaded(stamp, number, index, often)
        return index

    def index(self, name: str) -> SearchIndex:
        """What is loaded of a list; empty before ``load``."""
        return self._loaded.get(name, _Loaded()).index

    def find(
        self, name: str, text: str, mode: Mode = "pinyin", limit: int = SHOWN_HITS
    ) -> tuple[Hit, ...]:
        """The best rows for what was typed; nothing before ``load``."""
        loaded = self._loaded.get(name)
        return loaded.index.find(text, mode, loaded.often, limit) if loaded else ()

    def entry(self, name: str, code: str) -> Entry | None:
        """The row of a code in the loaded list, or nothing."""
        return self.index(name).entry(code)

    def name_of(self, name: str, code: str) -> str:
        """The name of a code in the loaded list, or nothing."""
        found = self.entry(name, code)
        return found.name if found else ""

    # what is taken often

    def chose(self, name: str, code: str, operator: str) -> None:
        """Count that ``operator`` took this row; slow by a commit."""
        key = key_of(code)
        loaded = self._loaded.get(name)
        if loaded is not None:
            loaded.often[key] = loaded.often.get(key, 0) + 1
        with self.store.writing() as db:
            db.execute(
                "INSERT INTO used VALUES (?, ?, ?, 1, ?) ON CONFLICT DO UPDATE"
                " SET times = times + 1, last = excluded.last",
                (operator, name, key, self._clock.now().isoformat()),
            )
        if loaded is not None:
            loaded.stamp = self._stamp(operator)

    def _often(self, name: str, operator: str) -> dict[str, int]:
        sql = (
            "SELECT key, times FROM used WHERE operator = ? AND list = ?"
            " ORDER BY times DESC, last DESC LIMIT ?"
        )
        if not self.store.exists:
            return {}
        with self.store.reading() as db:
            rows: Mapping[str, int] = dict(db.execute(sql, (operator, name, MOST_OFTEN)).fetchall())
        return dict(rows)
