"""The books of the simulated centre: one SQLite file (or memory), amounts in integer fen.

Rows are never deleted: what is undone keeps its row with the message id that undid it. Moments are
the centre's clock as 14 digits. ``synchronous`` is off: killing the process loses nothing, only a
power cut may, and these are training books.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from core.database import Database
from core.errors import SetupError, fault

VERSION = 1
Row = dict[str, Any]
SCHEMA = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sign_in (
  id INTEGER PRIMARY KEY, sign_no TEXT NOT NULL UNIQUE, hospital TEXT NOT NULL,
  operator TEXT NOT NULL, day TEXT NOT NULL, at TEXT NOT NULL, ended_at TEXT NOT NULL DEFAULT '');
CREATE TABLE visit (
  id INTEGER PRIMARY KEY, hospital TEXT NOT NULL, visit_no TEXT NOT NULL, person_no TEXT NOT NULL,
  med_type TEXT NOT NULL, admitted_at TEXT NOT NULL, diagnosis_code TEXT NOT NULL,
  ward_name TEXT NOT NULL, dept_code TEXT NOT NULL, bed TEXT NOT NULL, doctor_code TEXT NOT NULL,
  phone TEXT NOT NULL, inpatient_no TEXT NOT NULL, qualification_id TEXT NOT NULL,
  operator TEXT NOT NULL, msgid TEXT NOT NULL, booked_at TEXT NOT NULL,
  changed_by TEXT NOT NULL DEFAULT '', discharged_at TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'cancelled', 'reversed')),
  closed_by TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX one_live_visit ON visit (hospital, visit_no) WHERE state = 'live';
CREATE INDEX visit_number ON visit (hospital, visit_no);
CREATE INDEX visit_person ON visit (person_no);
CREATE INDEX visit_msgid ON visit (msgid);
CREATE TABLE line (
  id INTEGER PRIMARY KEY, visit_id INTEGER NOT NULL REFERENCES visit, rx_no TEXT NOT NULL,
  line_id TEXT NOT NULL, list_type TEXT NOT NULL, centre_code TEXT NOT NULL, kind TEXT NOT NULL,
  occurred_at TEXT NOT NULL, price TEXT NOT NULL, quantity TEXT NOT NULL,
  amount INTEGER NOT NULL, self_paid INTEGER NOT NULL, over_limit INTEGER NOT NULL,
  price_limit INTEGER NOT NULL, level TEXT NOT NULL, memo TEXT NOT NULL,
  doctor_code TEXT NOT NULL, dept_code TEXT NOT NULL, msgid TEXT NOT NULL, booked_at TEXT NOT NULL,
  settlement_id INTEGER REFERENCES settlement, removed_by TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX one_live_line ON line (visit_id, line_id) WHERE removed_by = '';
CREATE INDEX line_visit ON line (visit_id);
CREATE INDEX line_removed ON line (removed_by);
CREATE INDEX line_settlement ON line (settlement_id);
CREATE TABLE settlement (
  id INTEGER PRIMARY KEY, visit_id INTEGER NOT NULL REFERENCES visit, hospital TEXT NOT NULL,
  visit_no TEXT NOT NULL, bill_no TEXT NOT NULL, msgid TEXT NOT NULL, med_type TEXT NOT NULL,
  person_no TEXT NOT NULL, operator TEXT NOT NULL, sign_no TEXT NOT NULL,
  total INTEGER NOT NULL, fund INTEGER NOT NULL, personal INTEGER NOT NULL,
  drug INTEGER NOT NULL, service INTEGER NOT NULL, material INTEGER NOT NULL,
  settled_at TEXT NOT NULL, booked_at TEXT NOT NULL,
  cancelled_by TEXT NOT NULL DEFAULT '', cancelled_at TEXT NOT NULL DEFAULT '',
  cancel_operator TEXT NOT NULL DEFAULT '', cancel_sign_no TEXT NOT NULL DEFAULT '',
  reversed_by TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX one_bill ON settlement (visit_id, bill_no) WHERE reversed_by = '';
CREATE UNIQUE INDEX one_active ON settlement (visit_id)
  WHERE reversed_by = '' AND cancelled_by = '';
CREATE INDEX settlement_number ON settlement (hospital, visit_no, bill_no);
CREATE INDEX settlement_booked ON settlement (booked_at);
CREATE INDEX settlement_cancelled ON settlement (cancelled_at);
CREATE INDEX settlement_msgid ON settlement (msgid);
CREATE TABLE reversal (
  id INTEGER PRIMARY KEY, original_msgid TEXT NOT NULL UNIQUE, original_code TEXT NOT NULL,
  msgid TEXT NOT NULL, at TEXT NOT NULL,
  effect TEXT NOT NULL CHECK (effect IN ('undone', 'fence')));
CREATE TABLE confirmation (
  id INTEGER PRIMARY KEY, stmt_no TEXT NOT NULL UNIQUE, hospital TEXT NOT NULL,
  begins TEXT NOT NULL, ends TEXT NOT NULL, operator TEXT NOT NULL, equal INTEGER NOT NULL,
  total INTEGER NOT NULL, fund INTEGER NOT NULL, personal INTEGER NOT NULL, count INTEGER NOT NULL,
  msgid TEXT NOT NULL, at TEXT NOT NULL, undone_by TEXT NOT NULL DEFAULT '');
CREATE TABLE filing (
  id INTEGER PRIMARY KEY, rec_no TEXT NOT NULL UNIQUE, hospital TEXT NOT NULL,
  person_no TEXT NOT NULL, qualification_id TEXT NOT NULL, text TEXT NOT NULL, kind TEXT NOT NULL,
  begins TEXT NOT NULL, ends TEXT NOT NULL, reason TEXT NOT NULL, msgid TEXT NOT NULL,
  at TEXT NOT NULL);
CREATE TABLE deduction (
  id INTEGER PRIMARY KEY, ded_id TEXT NOT NULL UNIQUE, settlement_id INTEGER NOT NULL,
  hospital TEXT NOT NULL, visit_no TEXT NOT NULL, bill_no TEXT NOT NULL, person_no TEXT NOT NULL,
  line_id TEXT NOT NULL, centre_code TEXT NOT NULL, amount INTEGER NOT NULL,
  deducted INTEGER NOT NULL, reason TEXT NOT NULL, audited_at TEXT NOT NULL,
  appeal_ends TEXT NOT NULL, appeal_state TEXT NOT NULL DEFAULT '0');
CREATE TABLE appeal (
  id INTEGER PRIMARY KEY, appeal_no TEXT NOT NULL UNIQUE, ded_id TEXT NOT NULL UNIQUE,
  amount INTEGER NOT NULL, reason TEXT NOT NULL, attachments INTEGER NOT NULL,
  msgid TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE record (
  id INTEGER PRIMARY KEY, rec_sn TEXT NOT NULL UNIQUE, hospital TEXT NOT NULL,
  visit_no TEXT NOT NULL, code TEXT NOT NULL, version INTEGER NOT NULL, valid INTEGER NOT NULL,
  content TEXT NOT NULL, msgid TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE call (
  id INTEGER PRIMARY KEY, msgid TEXT NOT NULL, code TEXT NOT NULL, hospital TEXT NOT NULL,
  operator TEXT NOT NULL, at TEXT NOT NULL, infcode INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX call_msgid ON call (msgid);
"""
TABLES = (
    "sign_in", "visit", "line", "settlement", "reversal", "confirmation", "filing", "deduction",
    "appeal", "record", "call",
)  # fmt: skip


class Plan(NamedTuple):
    """What books are made of: their version, the statements that make them, the tables shown."""

    version: int
    schema: str
    tables: tuple[str, ...]


PLAN = Plan(VERSION, SCHEMA, TABLES)


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    place = ":memory:" if path is None else str(path)
    connection = sqlite3.connect(place, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


class Books:
    """The centre's books at ``path`` (``None``: in memory). One user at a time; the caller locks.

    Raises ``SetupError`` with a sentence when the file is no book of this version.
    """

    def __init__(self, path: Path | None = None, plan: Plan = PLAN) -> None:
        self.plan = plan
        try:
            self.db = Database(_open(path))
            version = int(self.db.execute("PRAGMA user_version").fetchone()[0])
        except (sqlite3.Error, OSError) as error:
            key = "simulator.books_unreadable"
            raise SetupError(fault(key, path=path, error=error)) from error
        if version not in (0, plan.version):
            key = "simulator.books_version"
            raise SetupError(fault(key, path=path, version=version, known=plan.version))
        if version == 0:
            self._create()

    def _create(self) -> None:
        version = f"PRAGMA user_version = {self.plan.version};"
        self.db.conn.executescript(f"BEGIN;{self.plan.schema}{version}COMMIT;")

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All or nothing; nests."""
        with self.db.atomic():
            yield

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """All rows of a query with named parameters."""
        cursor = self.db.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def find(self, table: str, **equals: Any) -> list[Row]:
        """Rows of ``table`` whose columns equal the given values, oldest first."""
        where = " AND ".join(f"{name} IS :{name}" for name in equals) or "1"
        return self.rows(f"SELECT * FROM {table} WHERE {where} ORDER BY id", **equals)

    def one(self, table: str, **equals: Any) -> Row | None:
        """The newest such row, or nothing."""
        found = self.find(table, **equals)
        return found[-1] if found else None

    def add(self, table: str, **values: Any) -> int:
        """Insert a row and give its number."""
        names = ", ".join(values)
        holes = ", ".join(f":{name}" for name in values)
        cursor = self.db.execute(f"INSERT INTO {table} ({names}) VALUES ({holes})", values)
        return int(cursor.lastrowid or 0)

    def add_all(self, table: str, rows: Iterable[Row]) -> None:
        """Insert many rows of the same shape."""
        with self.atomic():
            for row in rows:
                self.add(table, **row)

    def change(self, table: str, number: int, **changes: Any) -> None:
        """Change columns of one row."""
        self.change_all(table, {"id": number}, **changes)

    def change_all(self, table: str, equals: Row, **changes: Any) -> None:
        """Change columns of every row whose columns equal the given values."""
        sets = ", ".join(f"{name} = :new_{name}" for name in changes)
        where = " AND ".join(f"{name} IS :{name}" for name in equals)
        fresh = {f"new_{name}": value for name, value in changes.items()}
        self.db.execute(f"UPDATE {table} SET {sets} WHERE {where}", equals | fresh)

    def serial(self, table: str) -> int:
        """The number the next row of ``table`` will have."""
        return int(self.db.execute(f"SELECT ifnull(max(id), 0) + 1 FROM {table}").fetchone()[0])

    def setting(self, name: str, default: Any) -> Any:
        """A setting of the centre that outlives the process (JSON inside)."""
        found = self.rows("SELECT value FROM setting WHERE name = :name", name=name)
        return json.loads(found[0]["value"]) if found else default

    def set(self, name: str, value: Any) -> None:
        """Keep a setting."""
        sql = "INSERT OR REPLACE INTO setting VALUES (:name, :value)"
        self.db.execute(sql, {"name": name, "value": json.dumps(value)})

    def dump(self, tables: Iterable[str] = ()) -> dict[str, list[Row]]:
        """The truth as plain values: rows by plural name (``visits``, ``settlements`` …); all
        tables where none is named."""
        named = tuple(tables) or self.plan.tables
        return {f"{table}s": self.find(table) for table in named if table in self.plan.tables}
