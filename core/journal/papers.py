"""Slips of the centre, print jobs, and medical records with the state of their upload."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from core.domain.papers import CentreSlip, PaperKind, PaperStanding, PrintJob
from core.journal.tables import Tables

TABLES = """
CREATE TABLE centre_slip (
    number INTEGER PRIMARY KEY,
    msgid TEXT NOT NULL,
    digest TEXT NOT NULL,
    size INTEGER NOT NULL,
    file_name TEXT NOT NULL DEFAULT '',
    file_type TEXT NOT NULL DEFAULT '',
    fetched_at TEXT NOT NULL,
    operator TEXT NOT NULL DEFAULT ''
);
CREATE INDEX centre_slip_by_msgid ON centre_slip (msgid, number);
CREATE TABLE centre_print (
    number INTEGER PRIMARY KEY,
    msgid TEXT NOT NULL,
    at TEXT NOT NULL,
    place TEXT NOT NULL,
    operator TEXT NOT NULL DEFAULT ''
);
CREATE INDEX centre_print_by_msgid ON centre_print (msgid);
CREATE TABLE print_job (
    number INTEGER PRIMARY KEY,
    msgid TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('slip', 'centre')),
    queue TEXT NOT NULL,
    job INTEGER NOT NULL,
    at TEXT NOT NULL,
    operator TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'printed', 'gone')),
    known TEXT NOT NULL DEFAULT ''
);
CREATE INDEX print_job_waiting ON print_job (msgid) WHERE state = 'waiting';
"""
SLIP = "msgid, digest, size, file_name, file_type, fetched_at, operator"
JOB = "number, msgid, kind, queue, job, at, operator, state, known"


class Papers(Tables):
    """Downloaded slips and records; writes belong inside ``Journal.commit``."""

    # -- the centre's slips

    def keep_slip(self, slip: CentreSlip) -> None:
        """A slip was downloaded; the same bytes again add nothing."""
        known = self.slip(slip.msgid)
        if known is not None and known.digest == slip.digest:
            return
        self._write(
            f"INSERT INTO centre_slip ({SLIP}) VALUES (?,?,?,?,?,?,?)",
            (
                slip.msgid, slip.digest, slip.size, slip.file_name, slip.file_type,
                slip.fetched_at.isoformat(), slip.operator,
            ),
        )  # fmt: skip

    def slip(self, msgid: str) -> CentreSlip | None:
        """The slip of that settlement downloaded last, or nothing."""
        sql = f"SELECT {SLIP} FROM centre_slip WHERE msgid = ? ORDER BY number DESC LIMIT 1"
        row = self._one(sql, (msgid,))
        return CentreSlip(**_named(SLIP, row)) if row else None

    def add_slip_print(self, msgid: str, place: str, operator: str) -> int:
        """Count one print of the centre's slip; gives how many there are now."""
        sql = "INSERT INTO centre_print (msgid, at, place, operator) VALUES (?,?,?,?)"
        self._write(sql, (msgid, self._clock.now().isoformat(), place, operator))
        return self.slip_prints(msgid)

    def slip_prints(self, msgid: str) -> int:
        """How often the centre's slip was printed."""
        row = self._one("SELECT count(*) FROM centre_print WHERE msgid = ?", (msgid,))
        return int((row or (0,))[0])

    # -- print jobs

    def add_job(self, msgid: str, kind: PaperKind, queue: str, job: int, operator: str) -> int:
        """A paper went to a queue and has not come out yet; gives our number of it."""
        sql = "INSERT INTO print_job (msgid, kind, queue, job, at, operator) VALUES (?,?,?,?,?,?)"
        self._write(sql, (msgid, kind, queue, job, self._clock.now().isoformat(), operator))
        return int((self._one("SELECT max(number) FROM print_job") or (0,))[0])

    def waiting_jobs(self, msgid: str = "") -> tuple[PrintJob, ...]:
        """Jobs whose paper has not come out, of one settlement or of all, oldest first."""
        where = "state = 'waiting' AND (? = '' OR msgid = ?)"
        sql = f"SELECT {JOB} FROM print_job WHERE {where} ORDER BY number"
        return tuple(PrintJob(**_named(JOB, row)) for row in self._all(sql, (msgid, msgid)))

    def standing(self, msgids: Sequence[str]) -> dict[str, PaperStanding]:
        """How the papers of many settlements stand; those without any are left out."""
        wanted = json.dumps(list(msgids))
        sql = (
            "SELECT msgid, sum(ours), sum(theirs), max(queue) FROM ("
            " SELECT msgid, 1 AS ours, 0 AS theirs, '' AS queue FROM print"
            " UNION ALL SELECT msgid, 0, 1, '' FROM centre_print"
            " UNION ALL SELECT msgid, 0, 0, queue FROM print_job WHERE state = 'waiting')"
            " WHERE msgid IN (SELECT value FROM json_each(?)) GROUP BY msgid"
        )
        return {
            msgid: PaperStanding(prints=ours, centre_prints=theirs, waits_at=queue)
            for msgid, ours, theirs, queue in self._all(sql, (wanted,))
        }

    def change_job(self, number: int, state: str, known: str) -> None:
        """What the last look at a job has shown."""
        sql = "UPDATE print_job SET state = ?, known = ? WHERE number = ?"
        self._write(sql, (state, known, number))


def _named(columns: str, row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(columns.split(", "), row, strict=True))
