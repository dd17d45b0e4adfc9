"""Versions of medical records and their uploads; a version is added, never changed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from core.domain.record import MedicalRecord, RecordUpload
from core.journal.tables import Tables

TABLES = """
CREATE TABLE record (
    number INTEGER PRIMARY KEY,
    visit_no TEXT NOT NULL,
    step TEXT NOT NULL,
    content TEXT NOT NULL,
    source TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL
);
CREATE INDEX record_by_visit ON record (visit_no, number);
CREATE TRIGGER record_is_kept_u BEFORE UPDATE ON record
    BEGIN SELECT RAISE(ABORT, 'a version of a record is never changed'); END;
CREATE TABLE record_upload (
    msgid TEXT PRIMARY KEY,
    visit_no TEXT NOT NULL,
    step TEXT NOT NULL,
    record_no TEXT NOT NULL,
    version INTEGER NOT NULL,
    valid INTEGER NOT NULL,
    at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX record_upload_by_visit ON record_upload (visit_no, at);
"""
UPLOAD = "msgid, visit_no, step, record_no, version, valid, at"


class Settled(NamedTuple):
    """A visit with a live settlement, for the worklist."""

    visit_no: str
    settled_at: str
    registration: str


class CaseNotes(Tables):
    """Records by visit; writes belong inside ``Journal.commit``."""

    def add(self, record: MedicalRecord) -> int:
        """A new version; gives its number."""
        sql = "INSERT INTO record (visit_no, step, content, source, at) VALUES (?,?,?,?,?)"
        content = json.dumps(record.values, ensure_ascii=False, sort_keys=True)
        at = record.at.isoformat()
        self._write(sql, (record.visit_no, record.step, content, record.source, at))
        return int((self._one("SELECT max(number) FROM record") or (0,))[0])

    def newest(self, visit_no: str) -> tuple[int, MedicalRecord] | None:
        """Number and content of the newest version, or nothing."""
        return self._version("visit_no = ? ORDER BY number DESC LIMIT 1", visit_no)

    def version(self, number: int) -> tuple[int, MedicalRecord] | None:
        """Number and content of that version, or nothing."""
        return self._version("number = ?", number)

    def _version(self, where: str, value: object) -> tuple[int, MedicalRecord] | None:
        sql = f"SELECT number, visit_no, step, content, source, at FROM record WHERE {where}"
        row = self._one(sql, (value,))
        if row is None:
            return None
        number, visit_no, step, content, source, at = row
        values: dict[str, Any] = json.loads(content)
        record = MedicalRecord(
            visit_no=visit_no,
            step=step,
            values=values,
            source=source,
            at=datetime.fromisoformat(at),
        )
        return int(number), record

    def uploaded(self, upload: RecordUpload) -> None:
        """The centre took a version (or its withdrawal)."""
        holes = ",".join("?" * 7)
        self._write(
            f"INSERT OR IGNORE INTO record_upload ({UPLOAD}) VALUES ({holes})",
            (
                upload.msgid, upload.visit_no, upload.step, upload.record_no, upload.version,
                int(upload.valid), upload.at.isoformat(),
            ),
        )  # fmt: skip

    def uploads(self, visit_no: str) -> tuple[RecordUpload, ...]:
        """What was uploaded for a visit, newest first."""
        sql = f"SELECT {UPLOAD} FROM record_upload WHERE visit_no = ? ORDER BY at DESC, msgid DESC"
        return tuple(
            RecordUpload(**dict(zip(UPLOAD.split(", "), row, strict=True)))
            for row in self._all(sql, (visit_no,))
        )

    def settled_visits(self, since: str, limit: int) -> list[Settled]:
        """Visits with a live settlement since a day (ISO), newest first."""
        sql = (
            "SELECT s.visit_no, max(s.settled_at), v.registration FROM settlement s"
            " JOIN visit v USING (visit_no) WHERE s.cancelled_by = '' AND s.settled_at >= ?"
            " GROUP BY s.visit_no ORDER BY 2 DESC LIMIT ?"
        )
        return [Settled(*row) for row in self._all(sql, (since, limit))]

    def known_visits(self, limit: int) -> list[str]:
        """Visits that have a record here, newest first."""
        sql = "SELECT visit_no FROM record GROUP BY visit_no ORDER BY max(number) DESC LIMIT ?"
        return [str(row[0]) for row in self._all(sql, (limit,))]
