"""A hospital of one patient in a file, made in this process: enough to look at."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from core.clock import SystemClock
from core.his.sql.writing import receipt_table
from tests.helpers.testhis import COUNTER, TABLES

VISIT = "MZ1"


def small_hospital(path: Path) -> None:
    """Tables, one unpaid visit of today with two lines."""
    now = f"{SystemClock().now():%Y-%m-%d} 23:59:00"
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(TABLES.format(counter=COUNTER["sqlite"]))
        db.execute(receipt_table("sqlite", "gsdesk_receipt"))
        db.execute("INSERT INTO pat_visit (visit_id, kind, pat_name, come_time) VALUES (?,?,?,?)",
                   (VISIT, "O", "沈建国", now))  # fmt: skip
        db.execute("INSERT INTO item_dict (item_id, item_name, price, list_no, centre_no)"
                   " VALUES ('I1', '伤口换药', 12.5, '2', 'F1')")  # fmt: skip
        db.execute("INSERT INTO orders (order_no, visit_id) VALUES ('O1', ?)", (VISIT,))
        for number in (1, 2):
            db.execute("INSERT INTO rx_detail (detail_id, order_no, item_id, price, qty, money,"
                       " made_time) VALUES (?, 'O1', 'I1', 12.5, 1, 12.5, ?)",
                       (f"L{number}", now))  # fmt: skip
        db.execute("INSERT INTO bill (visit_id, money) VALUES (?, 25)", (VISIT,))
