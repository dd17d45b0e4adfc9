"""Errands of the hospital's programs, one for each caller's key, and the feed that they follow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.domain.errand import Errand, ErrandAnswer, ErrandState, Notice, Wish
from core.journal.tables import Tables

TABLES = """
CREATE TABLE errand (
    number INTEGER PRIMARY KEY,
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    visit_no TEXT NOT NULL,
    wish TEXT NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    entries INTEGER NOT NULL DEFAULT 0,
    answer TEXT,
    UNIQUE (caller, key)
);
CREATE INDEX errand_by_visit ON errand (visit_no, number);
CREATE TRIGGER errand_is_kept BEFORE DELETE ON errand
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
"""
COLUMNS = "number, caller, key, wish, state, at, entries, answer"
FEED = """
SELECT entry.number, entry.at, entry.kind, entry.msgid, txn.step, txn.visit, txn.state, entry.text
FROM entry JOIN txn ON txn.msgid = entry.msgid
WHERE entry.number > ? AND txn.visit <> '' AND entry.kind IN ('intent', 'outcome', 'state', 'fence',
    'post', 'decision')
ORDER BY entry.number LIMIT ?
"""


class Errands(Tables):
    """Errands by number and by key; writes belong inside ``Journal.commit``."""

    def add(self, caller: str, key: str, wish: Wish, at: datetime) -> Errand:
        """A new one that waits; the table refuses a second one of the same caller and key."""
        sql = (
            "INSERT INTO errand (caller, key, visit_no, wish, state, at) VALUES (?,?,?,?,?,?)"
            " RETURNING number"
        )
        values = (caller, key, wish.visit_no, wish.model_dump_json(), ErrandState.WAITING,
                  at.isoformat())  # fmt: skip
        row = self._one(sql, values)
        assert row is not None
        return Errand(
            number=row[0], caller=caller, key=key, wish=wish, state=ErrandState.WAITING, at=at
        )

    def begun(self, number: int, entries: int) -> None:
        """From now on entries after ``entries`` may be this errand's."""
        sql = "UPDATE errand SET state = ?, entries = ? WHERE number = ?"
        self._write(sql, (ErrandState.BEGUN, entries, number))

    def ended(self, number: int, answer: ErrandAnswer) -> None:
        """Keep its answer."""
        sql = "UPDATE errand SET state = ?, answer = ? WHERE number = ?"
        self._write(sql, (ErrandState.ENDED, answer.model_dump_json(), number))

    def of_key(self, caller: str, key: str) -> Errand | None:
        """The errand of a caller's key, or nothing."""
        sql = f"SELECT {COLUMNS} FROM errand WHERE caller = ? AND key = ?"
        return _errand(self._one(sql, (caller, key)))

    def of_number(self, number: int) -> Errand | None:
        """The errand of that number, or nothing."""
        return _errand(self._one(f"SELECT {COLUMNS} FROM errand WHERE number = ?", (number,)))

    def sent_since(self, visit_no: str, entries: int) -> list[tuple[str, str]]:
        """Message id and step of the visit's transactions begun after so many entries."""
        sql = (
            "SELECT txn.msgid, txn.step FROM txn WHERE visit = ? AND EXISTS (SELECT 1 FROM entry"
            " WHERE entry.msgid = txn.msgid AND kind = 'intent' AND number > ?)"
            " ORDER BY txn.rowid"
        )
        return [(str(msgid), str(step)) for msgid, step in self._all(sql, (visit_no, entries))]

    def last_notice(self) -> int:
        """The number of the newest entry."""
        row = self._one("SELECT coalesce(max(number), 0) FROM entry")
        return int(row[0]) if row else 0

    def notices(self, after: int, limit: int) -> tuple[Notice, ...]:
        """What happened to visits after entry ``after``, oldest first."""
        names = ("number", "at", "kind", "msgid", "step", "visit_no", "state", "text")
        rows = self._all(FEED, (after, limit))
        return tuple(Notice(**dict(zip(names, row, strict=True))) for row in rows)


def _errand(row: tuple[Any, ...] | None) -> Errand | None:
    if row is None:
        return None
    number, caller, key, wish, state, at, entries, answer = row
    return Errand(
        number=number, caller=caller, key=key, wish=Wish.model_validate_json(wish), state=state,
        at=datetime.fromisoformat(at), entries=entries,
        answer=ErrandAnswer.model_validate_json(answer) if answer else None,
    )  # fmt: skip
