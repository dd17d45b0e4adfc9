"""The invented hospital of training mode, with its own database, and the hospital that is absent.

The database is restocked whenever fewer than ``LEAST_WAITING`` of today's visits are untouched, so
training never runs dry. It is no part of the journal: losing it loses nothing that counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from core.clock import Clock
from core.database import Database
from core.domain import FeeLine, Registration
from core.domain.dayend import Side
from core.domain.stay import HospitalStay
from core.domain.writeback import WriteBack
from core.his import invented, invented_records, postings, ward
from core.his.adapter import Adapter
from core.his.ownfile import WRITING, OwnFile
from core.his.port import Postings, RecordSource
from core.his.postings import AFTER, Posting, posting

LEAST_WAITING = 12
MOST_BATCHES = 500  # restocks of one day: nine thousand visits
KEPT_DAYS = 90  # visits without a posting are forgotten after this
LINES = TypeAdapter(tuple[FeeLine, ...])
TABLES = """
CREATE TABLE IF NOT EXISTS visit (
    visit_no TEXT PRIMARY KEY, day TEXT NOT NULL, batch INTEGER NOT NULL, kind TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'new', registration TEXT NOT NULL, lines TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS visit_by_day ON visit (day, state, visit_no);
CREATE TABLE IF NOT EXISTS posting (
    msgid TEXT PRIMARY KEY, step TEXT NOT NULL, visit_no TEXT NOT NULL, bill_no TEXT NOT NULL,
    total INTEGER, fund INTEGER, personal INTEGER, amounts TEXT, at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS posting_by_visit ON posting (visit_no, at);
CREATE INDEX IF NOT EXISTS posting_by_time ON posting (at);
"""
PLACES = ("visit", "stay")


class EmbeddedHospital(OwnFile, Adapter):
    """The invented hospital; implements ``core.his.port.Hospital`` for all threads of a process."""

    prompt = True

    def __init__(self, path: Path, clock: Clock) -> None:
        OwnFile.__init__(self, path, TABLES + ward.TABLES, "NORMAL")
        self._clock = clock
        self._stocked_for = ""

    def _day(self) -> str:
        return self._clock.now().date().isoformat()

    # -- the port

    @property
    def postings(self) -> Postings:
        """Its own books are read out by itself."""
        return self

    @property
    def records(self) -> RecordSource:
        """Its records are handed out by itself."""
        return self

    def visit(self, visit_no: str) -> Registration | None:
        """The visit of that number, or nothing."""
        self._stock()
        sql = "SELECT registration FROM visit WHERE visit_no = ?"
        with self.working() as db:
            row = db.execute(sql, (visit_no,)).fetchone()
        if row:
            return Registration.model_validate_json(row[0])
        stay = self.stay(visit_no)
        return stay.registration if stay else None

    def waiting(self, limit: int = 200) -> Sequence[Registration]:
        """Today's visits that wait to be charged, oldest first."""
        self._restock()
        sql = (
            "SELECT registration FROM visit WHERE day = ? AND state IN ('new', 'registered')"
            " ORDER BY visit_no LIMIT ?"
        )
        with self.working() as db:
            rows = db.execute(sql, (self._day(), limit)).fetchall()
        return tuple(Registration.model_validate_json(row[0]) for row in rows)

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """All lines of a visit in stable order with stable ids; none for a strange number."""
        self._stock()
        now = self._clock.now()
        with self.working() as db:
            row = db.execute("SELECT lines FROM visit WHERE visit_no = ?", (visit_no,)).fetchone()
            return LINES.validate_json(row[0]) if row else ward.lines(db, visit_no, now)

    def stays(self) -> Sequence[HospitalStay]:
        """The wards' stays, longest in bed first; each inpatient of the world has one."""
        now = self._clock.now()
        with self.working(WRITING) as db:
            ward.restock(db, now)
            return ward.stays(db, now)

    def stay(self, visit_no: str) -> HospitalStay | None:
        """The stay of that number as it stands now, or nothing."""
        with self.working() as db:
            return ward.stay(db, visit_no, self._clock.now())

    def post(self, told: WriteBack) -> None:
        """Take a result, once for each ``msgid``; a visit that is not ours is left alone."""
        with self.working(WRITING) as db:
            table = next((name for name in PLACES if _has(db, name, told.visit_no)), "")
            if table and self._insert(db, told):
                sql = f"UPDATE {table} SET state = coalesce(?, state) WHERE visit_no = ?"
                db.execute(sql, (AFTER.get(told.step), told.visit_no))

    def _insert(self, db: Database, told: WriteBack) -> bool:
        """True when the posting is new."""
        paid = told.amounts
        money = (paid.total, paid.fund, paid.personal) if paid else (None, None, None)
        text = paid.model_dump_json() if paid else None
        at = self._clock.now().isoformat()
        row = (told.msgid, told.step, told.visit_no, told.bill_no, *money, text, at)
        done = db.execute("INSERT OR IGNORE INTO posting VALUES (?,?,?,?,?,?,?,?,?)", row)
        return bool(done.rowcount)

    def settled(self, begin: datetime, end: datetime) -> Sequence[Side]:
        """Settlements and cancellations (negative) that were posted, both ends included."""
        with self.working() as db:
            return postings.settled(db, begin, end)

    def knows(self, visits: Iterable[str]) -> frozenset[str]:
        """Those of these visit numbers that are its own."""
        with self.working() as db:
            return postings.known(db, visits, PLACES)

    # -- what only this hospital has

    def payments(self, visit_no: str) -> tuple[Posting, ...]:
        """What was posted for a visit, oldest first."""
        sql = (
            "SELECT msgid, step, visit_no, bill_no, amounts, at FROM posting"
            " WHERE visit_no = ? ORDER BY at, rowid"
        )
        with self.working() as db:
            rows = db.execute(sql, (visit_no,)).fetchall()
        return tuple(posting(row) for row in rows)

    def find(self, kind: str) -> str:
        """Number of the oldest untouched visit of a kind (``plain`` …); ``KeyError``: none."""
        self._restock()
        sql = (
            "SELECT visit_no FROM visit WHERE day = ? AND kind = ? AND state = 'new'"
            " ORDER BY visit_no LIMIT 1"
        )
        with self.working() as db:
            row = db.execute(sql, (self._day(), kind)).fetchone()
        if row is None:
            raise KeyError(kind)
        return str(row[0])

    def record(self, visit_no: str) -> dict[str, Any] | None:
        """The invented medical record of a visit, by domain name of the upload's fields."""
        known = self.visit(visit_no)
        return invented_records.record(known, self._clock.now()) if known else None

    # -- restocking

    def _stock(self) -> None:
        """Have visits for today at all; asked once a day and process."""
        if self._stocked_for != self._day():
            self._restock()

    def _restock(self) -> None:
        day = self._day()
        with self.working() as db:
            enough = _batch_to_add(db, day) is None
        if not enough:
            self._add_batch(day)
        self._stocked_for = day

    def _add_batch(self, day: str) -> None:
        """Looked at again inside the writing transaction: another process may have been first."""
        now = self._clock.now()
        with self.working(WRITING) as db:
            batch = _batch_to_add(db, day)
            if batch is not None:
                self._add(db, day, batch, now)
                self._forget(db, now)

    def _add(self, db: Database, day: str, batch: int, now: datetime) -> None:
        rows = [
            (
                item.registration.visit_no, day, batch, item.kind,
                item.registration.model_dump_json(), LINES.dump_json(item.lines).decode(),
            )
            for item in invented.visits(batch, now)
        ]  # fmt: skip
        db.conn.executemany(
            "INSERT INTO visit (visit_no, day, batch, kind, registration, lines)"
            " VALUES (?,?,?,?,?,?)",
            rows,
        )

    def _forget(self, db: Database, now: datetime) -> None:
        oldest = (now - timedelta(days=KEPT_DAYS)).date().isoformat()
        db.execute(
            "DELETE FROM visit WHERE day < ? AND visit_no NOT IN (SELECT visit_no FROM posting)",
            (oldest,),
        )


class NoHospital(Adapter):
    """No hospital system is connected: visits are typed or imported, results go nowhere."""

    prompt = absent = True


def _has(db: Database, table: str, visit_no: str) -> bool:
    sql = f"SELECT 1 FROM {table} WHERE visit_no = ?"
    return db.execute(sql, (visit_no,)).fetchone() is not None


def _batch_to_add(db: Database, day: str) -> int | None:
    """The number of the next batch of a day, or nothing where enough visits wait."""
    new, batches = db.execute(
        "SELECT coalesce(sum(state = 'new'), 0), coalesce(max(batch) + 1, 0)"
        " FROM visit WHERE day = ?",
        (day,),
    ).fetchone()
    return batches if new < LEAST_WAITING and batches < MOST_BATCHES else None
