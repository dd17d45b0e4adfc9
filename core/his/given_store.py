"""The file of what programs of the hospital handed over: visits, stays, fee lines and results."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from core.database import Database
from core.domain import FeeLine
from core.domain.dayend import Side
from core.domain.stay import HospitalStay
from core.domain.writeback import WriteBack
from core.errors import SetupError, fault

KEPT_DAYS = 90  # visits without a result are forgotten after this
SHOWN_DAYS = 62  # a settled stay is listed for so long
MANY = 400
TABLES = """
CREATE TABLE IF NOT EXISTS given (
    visit_no TEXT PRIMARY KEY, day TEXT NOT NULL, at TEXT NOT NULL, caller TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'new', inpatient INTEGER NOT NULL, name TEXT NOT NULL,
    id_no TEXT NOT NULL, value TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS given_by_day ON given (day, state, at);
CREATE TABLE IF NOT EXISTS line (
    visit_no TEXT NOT NULL, line_id TEXT NOT NULL, place INTEGER NOT NULL, amount INTEGER NOT NULL,
    value TEXT NOT NULL, PRIMARY KEY (visit_no, line_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS result (
    msgid TEXT PRIMARY KEY, visit_no TEXT NOT NULL, step TEXT NOT NULL, at TEXT NOT NULL,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS result_by_time ON result (at);
"""
AFTER = {
    "register": "registered", "settle": "settled", "cancel_settlement": "registered",
    "cancel_registration": "cancelled",
}  # fmt: skip
SIGNS = {"settle": 1, "cancel_settlement": -1}


class GivenStore:
    """One file for all threads; raises ``SetupError`` when it fails. Moments are aware."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = _open_or_renew(path)
        except (OSError, sqlite3.DatabaseError) as error:
            raise self._broken(error) from error

    def _broken(self, error: BaseException) -> SetupError:
        return SetupError(fault("hospital.unreadable", path=self._path, error=error))

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _working(self) -> Iterator[Database]:
        """One writing transaction."""
        with self._lock:
            try:
                self._db.conn.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.conn.execute("COMMIT")
            except BaseException as error:
                if self._db.conn.in_transaction:
                    self._db.conn.execute("ROLLBACK")
                if isinstance(error, sqlite3.DatabaseError):
                    raise self._broken(error) from error
                raise

    def _rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        with self._lock:
            try:
                return self._db.conn.execute(sql, values).fetchall()
            except sqlite3.DatabaseError as error:
                raise self._broken(error) from error

    # -- what is handed over

    def keep_visit(self, stay: HospitalStay, caller: str, now: datetime) -> bool:
        """A visit or stay, new or as it is now; True when it is new."""
        known = stay.registration
        values = (now.isoformat(), caller, known.is_inpatient, known.person_name, known.id_no,
                  stay.model_dump_json(), known.visit_no)  # fmt: skip
        with self._working() as db:
            done = db.execute(
                "UPDATE given SET at = ?, caller = ?, inpatient = ?, name = ?, id_no = ?,"
                " value = ? WHERE visit_no = ?",
                values,
            )
            if done.rowcount:
                return False
            db.execute(
                "INSERT INTO given (at, caller, inpatient, name, id_no, value, visit_no, day)"
                " VALUES (?,?,?,?,?,?,?,?)",
                (*values, now.date().isoformat()),
            )
            self._forget(db, now)
        return True

    def _forget(self, db: Database, now: datetime) -> None:
        oldest = (now - timedelta(days=KEPT_DAYS)).date().isoformat()
        db.execute(
            "DELETE FROM given WHERE day < ? AND NOT inpatient"
            " AND visit_no NOT IN (SELECT visit_no FROM result)",
            (oldest,),
        )
        db.execute("DELETE FROM line WHERE visit_no NOT IN (SELECT visit_no FROM given)")

    def keep_lines(self, visit_no: str, lines: Sequence[FeeLine]) -> tuple[int, int]:
        """Lines beside those there are, one of the same id in its place; (new, changed)."""
        before = {line.line_id: line for line in self.lines(visit_no)}
        fresh = [line for line in lines if line.line_id not in before]
        other = [line for line in lines if before.get(line.line_id, line) != line]
        with self._working() as db:
            place = len(before)
            for line in fresh:
                place += 1
                row = (visit_no, line.line_id, place, line.amount, line.model_dump_json())
                db.execute("INSERT INTO line VALUES (?,?,?,?,?)", row)
            for line in other:
                db.execute(
                    "UPDATE line SET amount = ?, value = ? WHERE visit_no = ? AND line_id = ?",
                    (line.amount, line.model_dump_json(), visit_no, line.line_id),
                )
        return len(fresh), len(other)

    def keep_result(self, told: WriteBack, now: datetime) -> bool:
        """A result, once for each message id; True when it is new."""
        at = told.at or now
        value = told.model_copy(update={"at": at}).model_dump_json()
        row = (told.msgid, told.visit_no, told.step, at.isoformat(), value)
        with self._working() as db:
            done = db.execute("INSERT OR IGNORE INTO result VALUES (?,?,?,?,?)", row)
            if done.rowcount:
                sql = "UPDATE given SET state = coalesce(?, state) WHERE visit_no = ?"
                db.execute(sql, (AFTER.get(told.step), told.visit_no))
        return bool(done.rowcount)

    def is_told(self, msgid: str) -> bool:
        """Is there a result under that message id?"""
        return bool(self._rows("SELECT 1 FROM result WHERE msgid = ?", msgid))

    # -- looking

    def stay(self, visit_no: str) -> HospitalStay | None:
        """The visit (or stay) of that number with the count and sum of its lines, or nothing."""
        found = self._stays("visit_no = ?", visit_no)
        return found[0] if found else None

    def _stays(self, where: str, *values: object) -> list[HospitalStay]:
        sql = (
            "SELECT value, (SELECT count(*) FROM line WHERE line.visit_no = given.visit_no),"
            " (SELECT coalesce(sum(amount), 0) FROM line WHERE line.visit_no = given.visit_no)"
            f" FROM given WHERE {where}"
        )
        return [
            HospitalStay.model_validate_json(str(value)).model_copy(
                update={"line_count": count, "amount": amount}
            )
            for value, count, amount in self._rows(sql, *values)
        ]

    def waiting(self, day: str, limit: int) -> list[HospitalStay]:
        """Visits of that day that are not settled, oldest first."""
        where = "day = ? AND NOT inpatient AND state IN ('new', 'registered') ORDER BY at LIMIT ?"
        return self._stays(where, day, limit)

    def stays(self, now: datetime) -> list[HospitalStay]:
        """Stays that are open or were touched lately, longest in bed first."""
        oldest = (now - timedelta(days=SHOWN_DAYS)).isoformat()
        found = self._stays("inpatient AND (state <> 'settled' OR at >= ?)", oldest)
        return sorted(found, key=lambda one: one.registration.admitted_at or now)

    def newest(self, limit: int) -> list[HospitalStay]:
        """What was handed over last, newest first."""
        return self._stays("1 ORDER BY at DESC LIMIT ?", limit)

    def lines(self, visit_no: str) -> tuple[FeeLine, ...]:
        """The lines in the order they came."""
        sql = "SELECT value FROM line WHERE visit_no = ? ORDER BY place"
        return tuple(FeeLine.model_validate_json(str(row[0])) for row in self._rows(sql, visit_no))

    def known(self, visits: Iterable[str]) -> frozenset[str]:
        """Those of these numbers that were handed over."""
        wanted, found = sorted(set(visits)), set[str]()
        for start in range(0, len(wanted), MANY):
            part = wanted[start : start + MANY]
            holes = ",".join("?" * len(part))
            sql = f"SELECT visit_no FROM given WHERE visit_no IN ({holes})"
            found.update(str(row[0]) for row in self._rows(sql, *part))
        return frozenset(found)

    def settled(self, begin: datetime, end: datetime) -> list[Side]:
        """Settlements and cancellations (negative) of a period, both ends included."""
        after = (end.replace(microsecond=0) + timedelta(seconds=1)).isoformat()
        sql = (
            "SELECT result.value, coalesce(given.name, '') FROM result LEFT JOIN given"
            " ON given.visit_no = result.visit_no"
            " WHERE result.at >= ? AND result.at < ? ORDER BY result.at"
        )
        rows = self._rows(sql, begin.isoformat(), after)
        told = [(WriteBack.model_validate_json(str(value)), str(name)) for value, name in rows]
        return [_side(item, name) for item, name in told if item.amounts and item.step in SIGNS]


def _side(told: WriteBack, name: str) -> Side:
    assert told.amounts is not None and told.at is not None
    sign, money = SIGNS[told.step], told.amounts
    return Side(
        told.visit_no, told.bill_no, told.msgid, sign * money.total, sign * money.fund,
        sign * money.personal, sign < 0, told.at, person_name=name,
    )  # fmt: skip


def _open_or_renew(path: Path) -> Database:
    """The database; a damaged one is moved aside, never deleted: what it held can be handed over
    again."""
    try:
        return _open(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        path.replace(path.with_suffix(f".damaged-{path.stat().st_mtime_ns}"))
        for tail in ("-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        return _open(path)


def _open(path: Path) -> Database:
    conn = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
    try:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")
        conn.executescript(TABLES)
    except sqlite3.DatabaseError:
        conn.close()
        raise
    return Database(conn)
