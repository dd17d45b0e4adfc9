"""Versions of the code lists in ``codes.db``: taken in, compared, brought back, never overwritten.

A row lies there once, with the versions it lasted from (``since``) and to (``until``, not
included), so that a monthly import of forty thousand rows costs what has changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from core.catalogue.entries import Difference, Entry, Version, by_key, difference, key_of
from core.catalogue.initials import bare, readings
from core.catalogue.kinds import TABLE, columns, title
from core.catalogue.store import CodeStore
from core.clock import Clock
from core.database import Database
from core.errors import InvalidInput, Refused, fault

MOST_ROWS = 200_000
YEARS = (2000, 2100)
FIELDS = ", ".join(Entry._fields)
VERSION = (
    "list, number, valid_from, made, author, source, digest, rows, added, changed, gone, restores"
)


class ListBook:
    """The lists of one desk; all methods may be called from any thread."""

    def __init__(self, store: CodeStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    # looking

    def versions(self, name: str) -> tuple[Version, ...]:
        """All versions of a list, newest first; raises ``InvalidInput`` for no such list."""
        columns(name)
        if not self._store.exists:
            return ()
        sql = f"SELECT {VERSION} FROM version WHERE list = ? ORDER BY number DESC"
        with self._store.reading() as db:
            return tuple(_version(row) for row in db.execute(sql, (name,)))

    def tables(self) -> tuple[str, ...]:
        """The centre's code tables that were taken in, by the centre's name of them."""
        if not self._store.exists:
            return ()
        sql = "SELECT DISTINCT list FROM version WHERE substr(list, 1, ?) = ? ORDER BY list"
        with self._store.reading() as db:
            found = [str(row[0]) for row in db.execute(sql, (len(TABLE), TABLE))]
        return tuple(name.removeprefix(TABLE) for name in found)

    def version(self, name: str, number: int) -> Version:
        """That version; raises ``Refused`` where there is none."""
        for found in self.versions(name):
            if found.number == number:
                return found
        raise Refused(fault("codes.no_such_version", number=number, list=title(name)))

    def in_force(self, name: str, day: date) -> Version | None:
        """The version that counts on ``day``, or nothing."""
        return next((item for item in self.versions(name) if item.valid_from <= day), None)

    def entries(self, name: str, number: int) -> tuple[Entry, ...]:
        """The rows of a version in the order of their codes."""
        return tuple(row for row, _ in self.indexed(name, number))

    def indexed(self, name: str, number: int) -> list[tuple[Entry, str]]:
        """The rows of a version with their initials, readings apart by blanks."""
        sql = (
            f"SELECT {FIELDS}, initials FROM entry WHERE list = ? AND since <= ?"
            " AND (until IS NULL OR until > ?) ORDER BY key"
        )
        with self._store.reading() as db:
            return [(Entry(*row[:-1]), row[-1]) for row in db.execute(sql, (name, number, number))]

    def newest(self, name: str, code: str) -> Entry | None:
        """The row of a code in the newest version, or nothing; needs nothing loaded."""
        if not self._store.exists:
            return None
        sql = f"SELECT {FIELDS} FROM entry WHERE list = ? AND key = ? AND until IS NULL"
        with self._store.reading() as db:
            row = db.execute(sql, (name, key_of(code))).fetchone()
        return Entry(*row) if row else None

    def difference(self, name: str, number: int) -> Difference:
        """What the version ``number`` did to the one before it."""
        with self._store.reading() as db:
            after = by_key(_rows(db, name, "since = ?", number))
            before = by_key(_rows(db, name, "until = ?", number))
        return difference(before, after)

    def compare(self, name: str, entries: Iterable[Entry]) -> Difference:
        """What ``entries`` would do to the newest version."""
        return difference(self._newest(name), by_key(entries))

    def _newest(self, name: str) -> dict[str, Entry]:
        if not self._store.exists:
            return {}
        with self._store.reading() as db:
            return by_key(_rows(db, name, "until IS NULL"))

    # changing

    def take(
        self, name: str, entries: Sequence[Entry], valid_from: date, author: str, source: str,
        digest: str = "", restores: int = 0,
    ) -> Version:  # fmt: skip
        """Make ``entries`` the next version of the list.

        Raises ``InvalidInput`` for an empty or too long list and for a day before the last
        version's, ``Refused`` where nothing differs.
        """
        columns(name)
        _check_size(name, entries)
        with self._store.writing() as db:
            last = _last(db, name)
            _check_day(name, valid_from, last)
            change = difference(by_key(_rows(db, name, "until IS NULL")), by_key(entries))
            if last and change.empty:
                raise Refused(fault("codes.same", list=title(name), number=last.number))
            made = Version(
                name, last.number + 1 if last else 1, valid_from, self._clock.now(), author,
                source, digest, len(entries), len(change.added), len(change.changed),
                len(change.gone), restores,
            )  # fmt: skip
            _write(db, made, change)
        return made

    def restore(self, name: str, number: int, valid_from: date, author: str) -> Version:
        """Bring the rows of an older version back as a new version; as ``take``."""
        old = self.version(name, number)
        entries = self.entries(name, number)
        return self.take(name, entries, valid_from, author, old.source, old.digest, number)


def _initials(entry: Entry) -> str:
    """The search letters of a row: the file's own code first, then what its name reads."""
    own = (bare(entry.pinyin),) if entry.pinyin else ()
    return " ".join(dict.fromkeys((*own, *readings(entry.name))))


def _check_size(name: str, entries: Sequence[Entry]) -> None:
    if not entries:
        raise InvalidInput(fault("codes.empty_list", list=title(name)))
    if len(entries) > MOST_ROWS:
        raise InvalidInput(fault("codes.too_many", count=len(entries), limit=MOST_ROWS))


def _check_day(name: str, day: date, last: Version | None) -> None:
    if not YEARS[0] <= day.year < YEARS[1]:
        raise InvalidInput(fault("codes.strange_day", "valid_from", day=day.isoformat()))
    if last and day < last.valid_from:
        holes = {"day": day.isoformat(), "number": last.number, "list": title(name)}
        raise InvalidInput(
            fault("codes.day_before", "valid_from", last=last.valid_from.isoformat(), **holes)
        )


def _last(db: Database, name: str) -> Version | None:
    sql = f"SELECT {VERSION} FROM version WHERE list = ? ORDER BY number DESC LIMIT 1"
    row = db.execute(sql, (name,)).fetchone()
    return _version(row) if row else None


def _rows(db: Database, name: str, where: str, *values: int) -> Iterator[Entry]:
    sql = f"SELECT {FIELDS} FROM entry WHERE list = ? AND {where} ORDER BY key"
    return (Entry(*row) for row in db.execute(sql, (name, *values)))


def _write(db: Database, made: Version, change: Difference) -> None:
    ended = (*change.gone, *(before for before, _ in change.changed))
    begun = (*change.added, *(after for _, after in change.changed))
    db.conn.executemany(
        "UPDATE entry SET until = ? WHERE list = ? AND key = ? AND until IS NULL",
        ((made.number, made.list, key_of(row.code)) for row in ended),
    )
    marks = ", ".join("?" * (len(Entry._fields) + 4))
    db.conn.executemany(
        f"INSERT INTO entry ({FIELDS}, list, key, initials, since) VALUES ({marks})",
        ((*row, made.list, key_of(row.code), _initials(row), made.number) for row in begun),
    )
    _keep_version(db.conn, made)


def _keep_version(conn: sqlite3.Connection, made: Version) -> None:
    row = (
        made.list, made.number, made.valid_from.isoformat(), made.made.isoformat(), made.author,
        made.source, made.digest, made.rows, made.added, made.changed, made.gone, made.restores,
    )  # fmt: skip
    conn.execute(f"INSERT INTO version ({VERSION}) VALUES ({', '.join('?' * len(row))})", row)


def _version(row: Sequence[Any]) -> Version:
    name, number, valid_from, made, *rest = row
    return Version(
        name, number, date.fromisoformat(valid_from), datetime.fromisoformat(made), *rest
    )
