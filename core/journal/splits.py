"""Injury or disease, line by line: who decided it when and why; a decision is added, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.domain.split import SplitMark
from core.journal.tables import Tables

TABLES = """
CREATE TABLE line_split (
    number INTEGER PRIMARY KEY,
    visit_no TEXT NOT NULL,
    line_id TEXT NOT NULL,
    disease INTEGER NOT NULL,
    by_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX line_split_by_visit ON line_split (visit_no, line_id, number);
CREATE TRIGGER line_split_is_kept_u BEFORE UPDATE ON line_split
    BEGIN SELECT RAISE(ABORT, 'a decision on a line is never changed'); END;
CREATE TRIGGER line_split_is_kept_d BEFORE DELETE ON line_split
    BEGIN SELECT RAISE(ABORT, 'a decision on a line is never deleted'); END;
CREATE TABLE disease_sent (
    visit_no TEXT PRIMARY KEY,
    msgid TEXT NOT NULL,
    lines INTEGER NOT NULL,
    at TEXT NOT NULL
) WITHOUT ROWID;
"""


class Splits(Tables):
    """Decisions by visit; writes belong inside ``Journal.commit``."""

    def add(self, visit_no: str, marks: Iterable[SplitMark]) -> None:
        """Decisions on lines of a visit, beside those before."""
        with self._lock:
            self._db.conn.executemany(
                "INSERT INTO line_split (visit_no, line_id, disease, by_id, by_name, reason, at)"
                " VALUES (?,?,?,?,?,?,?)",
                [
                    (visit_no, mark.line_id, int(mark.disease), mark.by_id, mark.by_name,
                     mark.reason, mark.at.isoformat())
                    for mark in marks
                ],
            )  # fmt: skip

    def marks(self, visit_no: str) -> dict[str, SplitMark]:
        """The decision that counts for each line that has one: the newest."""
        sql = (
            "SELECT line_id, disease, by_id, by_name, reason, at FROM line_split"
            " WHERE visit_no = ? ORDER BY number"
        )
        return {
            line_id: SplitMark(
                line_id=line_id, disease=bool(disease), by_id=by_id, by_name=by_name,
                reason=reason, at=datetime.fromisoformat(at),
            )
            for line_id, disease, by_id, by_name, reason, at in self._all(sql, (visit_no,))
        }  # fmt: skip

    def disease_sent(self, visit_no: str, msgid: str, lines: int) -> None:
        """The centre has the disease part of a visit that went without it."""
        sql = "INSERT OR REPLACE INTO disease_sent VALUES (?,?,?,?)"
        self._write(sql, (visit_no, msgid, lines, self._clock.now().isoformat()))

    def disease_of(self, visit_no: str) -> str:
        """The message that carried the disease part afterwards, or empty."""
        row = self._one("SELECT msgid FROM disease_sent WHERE visit_no = ?", (visit_no,))
        return str(row[0]) if row else ""
