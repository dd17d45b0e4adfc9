"""Which item of the hospital is which code of the centre: an append-only history with authors.

A record says: from this day on the item is mapped to this code, or disabled, or mapped to nothing.
What is in force on a day is the last record written whose day has come; suggestions and items that
fee lines brought along (``met``) stand beside it and may change freely.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from core.catalogue.entries import Entry, key_of
from core.catalogue.store import CodeStore
from core.clock import Clock
from core.database import Database
from core.domain import FeeLine

Written = Literal["mapped", "disabled", "unmapped"]
COLUMNS = "hosp_code, centre_code, state, valid_from, author, at, score, note"
MOST_MET = 20_000


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the history; ``score`` of the suggestion that was taken, or nothing."""

    hosp_code: str
    centre_code: str
    state: Written
    valid_from: date
    author: str
    at: datetime
    score: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Met:
    """An item that a fee line named without the centre's code, and the visit it came with."""

    entry: Entry
    visit_no: str
    at: datetime


def in_force(records: Sequence[Record], day: date) -> Record | None:
    """Of the records of one item, oldest first: the one that counts on ``day``."""
    return next((one for one in reversed(records) if one.valid_from <= day), None)


class MappingBook:
    """The tables of mappings; all methods may be called from any thread."""

    def __init__(self, store: CodeStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def records(self) -> dict[str, list[Record]]:
        """The whole history by ``key_of`` the hospital's code, each oldest first."""
        found: dict[str, list[Record]] = {}
        if self._store.exists:
            with self._store.reading() as db:
                for key, *row in db.execute(f"SELECT hosp_key, {COLUMNS} FROM mapping ORDER BY id"):
                    found.setdefault(key, []).append(_record(row))
        return found

    def write(self, records: Iterable[Record]) -> int:
        """Add records, all or none; gives how many."""
        rows = [
            (
                key_of(one.hosp_code), one.hosp_code, one.centre_code, one.state,
                one.valid_from.isoformat(), one.author, one.at.isoformat(), one.score, one.note,
            )
            for one in records
        ]  # fmt: skip
        with self._store.writing() as db:
            db.conn.executemany(
                f"INSERT INTO mapping (hosp_key, {COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", rows
            )
        return len(rows)

    def suggestions(self) -> dict[str, list[tuple[str, int]]]:
        """Kept suggestions (code, score) by item, best first."""
        found: dict[str, list[tuple[str, int]]] = {}
        if self._store.exists:
            sql = "SELECT hosp_key, centre_code, score FROM suggestion ORDER BY hosp_key, place"
            with self._store.reading() as db:
                for key, code, score in db.execute(sql):
                    found.setdefault(key, []).append((code, score))
        return found

    def keep_suggestions(self, found: Mapping[str, Sequence[tuple[str, int]]]) -> None:
        """Replace what is suggested for these items (by key)."""
        with self._store.writing() as db:
            db.conn.executemany(
                "DELETE FROM suggestion WHERE hosp_key = ?", ((key,) for key in found)
            )
            db.conn.executemany(
                "INSERT INTO suggestion VALUES (?,?,?,?)",
                (
                    (key, place, code, score)
                    for key, ranked in found.items()
                    for place, (code, score) in enumerate(ranked)
                ),
            )

    def meet(self, lines: Iterable[FeeLine]) -> None:
        """Remember items that fee lines named without a code of the centre."""
        now = self._clock.now().isoformat()
        rows = {
            key_of(line.hosp_code): (
                key_of(line.hosp_code), line.hosp_code, line.name, line.spec, line.unit,
                f"{line.price:f}", line.list_type, line.visit_no, now,
            )
            for line in lines
            if line.hosp_code
        }  # fmt: skip
        if rows:
            with self._store.writing() as db:
                _meet(db, rows)

    def met(self) -> dict[str, Met]:
        """All of them, by key."""
        if not self._store.exists:
            return {}
        sql = (
            "SELECT hosp_key, hosp_code, name, spec, unit, price, list_type, visit_no, at FROM met"
        )
        with self._store.reading() as db:
            return {key: _met(row) for key, *row in db.execute(sql)}


def _meet(db: Database, rows: Mapping[str, tuple[str, ...]]) -> None:
    """The newest meeting of an item counts; the oldest items are forgotten beyond the limit."""
    db.conn.executemany("INSERT OR REPLACE INTO met VALUES (?,?,?,?,?,?,?,?,?)", rows.values())
    db.execute(
        "DELETE FROM met WHERE hosp_key IN"
        " (SELECT hosp_key FROM met ORDER BY at DESC, hosp_key LIMIT -1 OFFSET ?)",
        (MOST_MET,),
    )


def _record(row: Sequence[Any]) -> Record:
    hosp_code, centre_code, state, valid_from, author, at, score, note = row
    day, moment = date.fromisoformat(valid_from), datetime.fromisoformat(at)
    return Record(hosp_code, centre_code, state, day, author, moment, score, note)


def _met(row: Sequence[Any]) -> Met:
    code, name, spec, unit, price, list_type, visit_no, at = row
    entry = Entry(code, name, spec, unit, price, list_type)
    return Met(entry, visit_no, datetime.fromisoformat(at))
