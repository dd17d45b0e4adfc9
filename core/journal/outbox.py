"""What the hospital has still to be told, kept beside the transactions it tells of.

A letter is entered in the same commit as the acceptance it tells of and is never taken out; what
becomes of it is its state. Of one visit only the first that is open may be delivered.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.domain.writeback import Letter, LetterState, WriteBack
from core.journal.records import moment
from core.journal.tables import Tables

OPEN = "('waiting', 'dead')"
TABLES = f"""
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY,
    msgid TEXT NOT NULL UNIQUE,
    visit_no TEXT NOT NULL,
    told TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'dead', 'delivered', 'by_hand')),
    tries INTEGER NOT NULL DEFAULT 0,
    next_try TEXT,
    error TEXT NOT NULL DEFAULT '',
    made TEXT NOT NULL,
    ended TEXT
);
CREATE INDEX outbox_open ON outbox (visit_no, number) WHERE state IN {OPEN};
CREATE TRIGGER outbox_is_kept BEFORE DELETE ON outbox
    BEGIN SELECT RAISE(ABORT, 'a letter is never taken out'); END;
"""
BEFORE = (
    "SELECT msgid FROM outbox AS earlier WHERE earlier.visit_no = outbox.visit_no"
    f" AND earlier.number < outbox.number AND earlier.state IN {OPEN} ORDER BY number LIMIT 1"
)
COLUMNS = f"number, told, state, tries, next_try, error, made, ended, ({BEFORE})"


class Outbox(Tables):
    """Letters to the hospital; writes belong inside ``Journal.commit``."""

    def add(self, told: WriteBack) -> None:
        """Enter a letter; one that is entered already stays as it is."""
        sql = "INSERT OR IGNORE INTO outbox (msgid, visit_no, told, made) VALUES (?,?,?,?)"
        text = told.model_dump_json(exclude_defaults=True)
        self._write(sql, (told.msgid, told.visit_no, text, self._clock.now().isoformat()))

    def add_again(self, told: WriteBack) -> None:
        """Enter a letter; one that was closed is delivered once more, as it is told now."""
        sql = (
            "INSERT INTO outbox (msgid, visit_no, told, made) VALUES (?,?,?,?)"
            " ON CONFLICT (msgid) DO UPDATE SET told = excluded.told, state = 'waiting',"
            " tries = 0, next_try = NULL, ended = NULL"
        )
        text = told.model_dump_json(exclude_defaults=True)
        self._write(sql, (told.msgid, told.visit_no, text, self._clock.now().isoformat()))

    def letter(self, msgid: str) -> Letter | None:
        """The letter under that key, or nothing."""
        return next(iter(self._letters("WHERE msgid = ?", (msgid,))), None)

    def deliverable(self, limit: int = 500) -> list[Letter]:
        """Waiting ones with nothing open before them, those that were never tried first."""
        where = f"WHERE state = 'waiting' AND NOT EXISTS ({BEFORE}) ORDER BY next_try, number"
        return self._letters(f"{where} LIMIT ?", (limit,))

    def open(self, limit: int = 2000) -> list[Letter]:
        """All that wait or are dead, oldest first."""
        return self._letters(f"WHERE state IN {OPEN} ORDER BY number LIMIT ?", (limit,))

    def closed(self, limit: int = 200) -> list[Letter]:
        """Delivered ones and those entered by hand, newest first."""
        where = f"WHERE state NOT IN {OPEN} ORDER BY number DESC LIMIT ?"
        return self._letters(where, (limit,))

    def counts(self) -> tuple[int, int]:
        """How many wait, and how many are dead."""
        sql = f"SELECT state, count(*) FROM outbox WHERE state IN {OPEN} GROUP BY state"
        found = dict(self._all(sql))
        return int(found.get("waiting", 0)), int(found.get("dead", 0))

    def failed(
        self, msgid: str, state: LetterState, tries: int, next_try: datetime | None, error: str
    ) -> None:
        """A try failed: it waits until ``next_try``, or is dead."""
        sql = (
            "UPDATE outbox SET state = ?, tries = ?, next_try = ?, error = ?"
            f" WHERE msgid = ? AND state IN {OPEN}"
        )
        when = next_try.isoformat() if next_try else None
        self._write(sql, (state, tries, when, error, msgid))

    def ended(self, msgid: str, state: LetterState) -> None:
        """It is delivered, or somebody has entered it by hand."""
        sql = f"UPDATE outbox SET state = ?, ended = ? WHERE msgid = ? AND state IN {OPEN}"
        self._write(sql, (state, self._clock.now().isoformat(), msgid))

    def _letters(self, where: str, values: tuple[Any, ...]) -> list[Letter]:
        rows = self._all(f"SELECT {COLUMNS} FROM outbox {where}", values)
        return [_letter(row) for row in rows]


def _letter(row: tuple[Any, ...]) -> Letter:
    number, told, state, tries, next_try, error, made, ended, behind = row
    return Letter(
        number=number, told=WriteBack.model_validate_json(told), state=LetterState(state),
        tries=tries, next_try=moment(next_try), error=error, made=datetime.fromisoformat(made),
        ended=moment(ended), behind=behind or "",
    )  # fmt: skip
