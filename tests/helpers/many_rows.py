"""A journal with very many rows, written straight into its file; and what reading it costs.

Four transactions a visit, an entry each, a settlement and its movement and slip; a thousand
transactions a day, the last day being the day before the clock's. The hash chain is whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.domain import Registration
from core.journal import chain
from core.money import Fen

STEPS = ("register", "upload_fees", "presettle", "settle")
A_DAY, PART = 1_000, 20_000
EVERY = 10  # virtual machine steps between two ticks of the counter
TOTAL, FUND, PERSONAL = Fen(10_000), Fen(8_000), Fen(2_000)


def fill(path: Path, count: int, before: datetime) -> None:
    """Add ``count`` settled transactions to the closed journal at ``path``."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA synchronous = OFF")
        last = conn.execute("SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1")
        number, digest = last.fetchone() or (0, chain.FIRST)
        for start in range(0, count, PART):
            rows = [_row(place, count, before) for place in range(start, min(start + PART, count))]
            conn.execute("BEGIN")
            number, digest = _entries(conn, rows, number, digest)
            _transactions(conn, rows)
            _settled(conn, [row for row in rows if row["step"] == "settle"])
            conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _row(place: int, count: int, before: datetime) -> dict[str, Any]:
    day, second = divmod(place, A_DAY)
    days = (count - 1) // A_DAY + 1
    made = before.replace(hour=8, minute=0, second=0) + timedelta(
        days=day - days, seconds=30 * second
    )
    visit = f"OLD{place // 4:07d}"
    return {
        "msgid": f"{made:%Y%m%d%H%M%S}{place:09d}", "step": STEPS[place % 4], "visit": visit,
        "made": made.isoformat(), "day": f"{made:%Y-%m-%d}", "bill": f"{visit}-1",
    }  # fmt: skip


def _entries(
    conn: sqlite3.Connection, rows: list[dict[str, Any]], number: int, digest: str
) -> tuple[int, str]:
    made = []
    for row in rows:
        number += 1
        parts = (number, row["msgid"], "reply", row["made"], "答复", "{}")
        digest = chain.link(digest, *parts)
        made.append((*parts, digest))
    conn.executemany("INSERT INTO entry VALUES (?,?,?,?,?,?,?)", made)
    return number, digest


def _transactions(conn: sqlite3.Connection, rows: Iterable[dict[str, Any]]) -> None:
    conn.executemany(
        "INSERT INTO txn (msgid, step, code, visit, amount, state, operator, business_day, made,"
        " blocks) VALUES (:msgid, :step, '2207', :visit, 10000, 'settled', '9901', :day, :made, 1)",
        rows,
    )


def _settled(conn: sqlite3.Connection, rows: list[dict[str, Any]]) -> None:
    amounts = (TOTAL, FUND, PERSONAL)
    plan = Registration(visit_no="?", person_name="旧患者").model_dump_json()
    conn.executemany(
        "INSERT INTO visit (visit_no, registration, registered_by) VALUES (?,?,?)",
        [(row["visit"], plan.replace('"?"', f'"{row["visit"]}"'), row["msgid"]) for row in rows],
    )
    conn.executemany(
        "INSERT INTO settlement VALUES (?,?,?,?,?,?,'{}',?,'9901','',''  )",
        [(row["msgid"], row["visit"], row["bill"], *amounts, row["made"]) for row in rows],
    )
    conn.executemany(
        "INSERT INTO movement (at, msgid, settlement, refund, visit_no, bill_no, kind, total, fund,"
        " personal, operator) VALUES (:made, :msgid, :msgid, 0, :visit, :bill, '11', 10000, 8000,"
        " 2000, '9901')",
        rows,
    )
    conn.executemany(
        "INSERT INTO print (msgid, at, place) VALUES (:msgid, :made, 'pdf')", rows
    )  # fmt: skip


class Steps:
    """Counts what SQLite's virtual machine does on every connection opened under ``counted``."""

    def __init__(self) -> None:
        self.ticks = 0

    def tick(self) -> int:
        self.ticks += 1
        return 0

    def of(self, call: Any) -> int:
        """How many steps ``call`` takes, roughly."""
        before = self.ticks
        call()
        return (self.ticks - before) * EVERY


@contextmanager
def counted() -> Iterator[Steps]:
    """Count on all connections that are opened from now on."""
    steps, connect = Steps(), sqlite3.connect

    def watched(*args: Any, **more: Any) -> sqlite3.Connection:
        conn: sqlite3.Connection = connect(*args, **more)
        conn.set_progress_handler(steps.tick, EVERY)
        return conn

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", watched)
        yield steps
