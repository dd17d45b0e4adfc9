"""(g) Fee lines read from a hospital's database, against the same query by the bare driver."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.bench.pairs import Measured, measured, timed
from core.clock import SystemClock

if TYPE_CHECKING:
    from core.his.sql.hospital import SqlHospital

NAME, AIM = "hospital_sql", 2.0
LINES, QUICK_LINES = 10_000, 3_000
ROUNDS, QUICK_ROUNDS = 7, 3
OTHERS = 5  # visits with as many lines each, among which ours are found
ITEMS, DOCTORS, AN_ORDER = 400, 40, 8
SERVER = "GSDESK_BENCH_POSTGRESQL"  # URL of a PostgreSQL that may be written into
VISIT = "ZY2026030200001"
BEGIN = datetime(2026, 3, 2, 7, 0)
TABLES = (
    "CREATE TABLE bench_item (item_id INTEGER PRIMARY KEY, item_no VARCHAR(20), item_name"
    " VARCHAR(60), spec VARCHAR(40), unit VARCHAR(10), centre_no VARCHAR(40), list_no CHAR(1),"
    " category VARCHAR(10))",
    "CREATE TABLE bench_doctor (doctor_id INTEGER PRIMARY KEY, doctor_no VARCHAR(20), doctor_name"
    " VARCHAR(20), dept_no VARCHAR(20))",
    "CREATE TABLE bench_order (order_id INTEGER PRIMARY KEY, visit_no VARCHAR(40), doctor_id"
    " INTEGER, order_no VARCHAR(40), kind INTEGER, cancelled INTEGER)",
    "CREATE TABLE bench_line (line_id INTEGER PRIMARY KEY, order_id INTEGER, item_id INTEGER,"
    " price NUMERIC(14,4), qty NUMERIC(14,4), money NUMERIC(14,2), made_time {moment},"
    " flag_insu INTEGER, deleted INTEGER)",
    "CREATE INDEX bench_order_visit ON bench_order (visit_no)",
    "CREATE INDEX bench_line_order ON bench_line (order_id)",
)
QUERY = """SELECT l.line_id, o.visit_no, o.order_no AS rx_no, i.list_no AS list_type,
    i.item_no AS hosp_code, i.item_name AS name, i.centre_no AS centre_code, i.spec, i.unit,
    l.price, l.qty, l.money AS amount, l.made_time AS occurred_at, d.doctor_no AS doctor_code,
    d.doctor_name, d.dept_no AS dept_code, i.category
    FROM bench_line l JOIN bench_order o ON o.order_id = l.order_id
    JOIN bench_item i ON i.item_id = l.item_id
    LEFT JOIN bench_doctor d ON d.doctor_id = o.doctor_id
    WHERE o.visit_no = {visit_no} AND l.flag_insu = 0 AND l.deleted = 0 AND o.cancelled = 0
    ORDER BY l.made_time, l.line_id"""


def measure(folder: Path, quick: bool = False) -> Measured:
    """Medians of paired readings of the same visit: fee lines as the fee table takes them, and
    rows as the driver gives them. PostgreSQL where ``GSDESK_BENCH_POSTGRESQL`` names one, else a
    file of SQLite."""
    lines = QUICK_LINES if quick else LINES
    server = os.environ.get(SERVER, "")
    ward = _Server(server, lines) if server else _File(folder / "his.db", lines)
    with closing(ward), closing(reader(ward.url, folder)) as hospital:
        pairs = [
            (timed(lambda: read(hospital, lines)), timed(lambda: bare(ward, lines)))
            for _ in range((QUICK_ROUNDS if quick else ROUNDS) + 1)
        ]
    ours, floors = zip(*pairs[1:], strict=True)  # the first opens the connections
    return measured(NAME, list(ours), list(floors), AIM)


def reader(url: str, folder: Path) -> SqlHospital:
    """The desk's way to that database."""
    from core.his.sql.hospital import SqlHospital
    from core.his.sql.settings import SqlSettings

    settings = SqlSettings(url=url, queries={"fee_lines": QUERY.format(visit_no=":visit_no")})
    return SqlHospital(settings, str, folder, SystemClock())


def read(hospital: SqlHospital, lines: int) -> None:
    """As the desk reads them."""
    _sure(len(hospital.fee_lines(VISIT)), lines)


def bare(ward: _File | _Server, lines: int) -> None:
    """The rows and nothing else."""
    _sure(len(ward.rows()), lines)


def _sure(found: int, wanted: int) -> None:
    if found != wanted:
        raise RuntimeError(f"{found} lines instead of {wanted}")


def rows(lines: int) -> dict[str, list[tuple[Any, ...]]]:
    """What stands in the tables: our visit's lines between those of others."""
    orders = range(lines * (OTHERS + 1) // AN_ORDER)
    visits = [VISIT] + [f"ZY20260302{other:05d}" for other in range(2, OTHERS + 2)]
    return {
        "bench_item": [
            (n, f"YP{n:05d}", f"item {n}", "0.3g*24", "box", f"D99{n:05d}", "1", "01")
            for n in range(ITEMS)
        ],
        "bench_doctor": [(n, f"D{n:05d}", f"doctor {n}", f"K{n % 9:04d}") for n in range(DOCTORS)],
        "bench_order": [
            (n, visits[n % len(visits)], n % DOCTORS, f"YZ{n:08d}", 1, 0) for n in orders
        ],
        "bench_line": [
            (n, n // AN_ORDER, n % ITEMS, "18.6000", "2.0000", "37.20",
             str(BEGIN + timedelta(seconds=n)), 0, 0)
            for n in range(len(orders) * AN_ORDER)
        ],
    }  # fmt: skip


class _File:
    """A file of SQLite, as small hospitals have them."""

    def __init__(self, path: Path, lines: int) -> None:
        self.url = f"sqlite:///{path}"
        self._conn = sqlite3.connect(path)
        for statement in TABLES:
            self._conn.execute(statement.format(moment="TEXT"))
        for table, found in rows(lines).items():
            holes = ",".join("?" * len(found[0]))
            self._conn.executemany(f"INSERT INTO {table} VALUES ({holes})", found)
        self._conn.commit()
        self._conn.execute("ANALYZE")

    def rows(self) -> list[Any]:
        return self._conn.execute(QUERY.format(visit_no="?"), (VISIT,)).fetchall()

    def close(self) -> None:
        self._conn.close()


class _Server:
    """A PostgreSQL; its tables are made and taken away."""

    def __init__(self, url: str, lines: int) -> None:
        import psycopg

        self.url = url
        self._conn = psycopg.connect(url, autocommit=True)
        self._drop()
        for statement in TABLES:
            self._conn.execute(statement.format(moment="TIMESTAMP").encode())
        for table, found in rows(lines).items():
            with self._conn.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                for row in found:
                    copy.write_row(row)
        self._conn.execute(b"ANALYZE")

    def _drop(self) -> None:
        for table in ("bench_line", "bench_order", "bench_doctor", "bench_item"):
            self._conn.execute(f"DROP TABLE IF EXISTS {table}".encode())

    def rows(self) -> list[Any]:
        return self._conn.execute(QUERY.format(visit_no="%s").encode(), (VISIT,)).fetchall()

    def close(self) -> None:
        self._drop()
        self._conn.close()
