"""(f) The three-way match of a day, against a plain-SQL outer join of the same rows in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from core.bench.pairs import Measured, measured, timed
from core.clock import CHINA
from core.domain.dayend import Period, Side
from core.domain.matching import match
from core.domain.pairing import View, judge

NAME, AIM = "matching", 2.0
ROWS, QUICK_ROWS = 100_000, 20_000
ROUNDS, QUICK_ROUNDS = 7, 3
BEGIN = datetime(2026, 3, 2, tzinfo=CHINA)
SECONDS = 24 * 3600
DAY = Period(begin=BEGIN, end=BEGIN + timedelta(seconds=SECONDS - 1))
TABLE = """
    CREATE TABLE {0} (visit_no TEXT, bill_no TEXT, refund INTEGER, total INTEGER, fund INTEGER,
        personal INTEGER, msgid TEXT, PRIMARY KEY (visit_no, bill_no, refund)) WITHOUT ROWID"""
JOIN = """
    SELECT j.visit_no, j.bill_no, j.refund, j.total, h.total, c.total FROM journal j
        LEFT JOIN hospital h USING (visit_no, bill_no, refund)
        LEFT JOIN centre c USING (visit_no, bill_no, refund)
    UNION ALL
    SELECT c.visit_no, c.bill_no, c.refund, NULL, h.total, c.total FROM centre c
        LEFT JOIN hospital h USING (visit_no, bill_no, refund)
        WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.visit_no = c.visit_no
            AND j.bill_no = c.bill_no AND j.refund = c.refund)
    UNION ALL
    SELECT h.visit_no, h.bill_no, h.refund, NULL, h.total, NULL FROM hospital h
        WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.visit_no = h.visit_no
            AND j.bill_no = h.bill_no AND j.refund = h.refund)
        AND NOT EXISTS (SELECT 1 FROM centre c WHERE c.visit_no = h.visit_no
            AND c.bill_no = h.bill_no AND c.refund = h.refund)"""
Books = dict[str, Sequence[Side]]


def measure(folder: Path, quick: bool = False) -> Measured:
    """Medians of paired matches of the same three books, one record in a hundred amiss."""
    found = books(QUICK_ROWS if quick else ROWS)
    with closing(tables(found)) as database:
        pairs = [
            (timed(lambda: ours(found)), timed(lambda: joined(database)))
            for _ in range(QUICK_ROUNDS if quick else ROUNDS)
        ]
    mine, floors = zip(*pairs, strict=True)
    return measured(NAME, list(mine), list(floors), AIM)


def books(count: int) -> Books:
    """Invented books of ``count`` settlements: each lacks some, the centre has other amounts."""
    journal = [_side(number) for number in range(count)]
    hospital = [Side(*side) for number, side in enumerate(journal) if number % 400]
    centre = [
        side._replace(total=side.total + 100) if number % 400 == 7 else Side(*side)
        for number, side in enumerate(journal)
        if number % 200 != 3
    ]
    return {"journal": journal[5:], "hospital": hospital, "centre": centre}


def _side(number: int) -> Side:
    visit = f"MZ20260302{number:06d}"
    return Side(
        visit, f"{visit}-1", f"H9900000000120260302{number:010d}", 1_000 + number, 800,
        200 + number, False, BEGIN + timedelta(seconds=number % SECONDS), str(number), "-",
        "0101", "11", "settled",
    )  # fmt: skip


def ours(found: Books) -> int:
    """As the day end does it: matched, the rest judged; gives how many belong together."""
    same, clusters = match(found["journal"], found["centre"], found["hospital"])
    visits = frozenset(side.visit_no for cluster in clusters for side in cluster if side)
    view = View(period=DAY, today=DAY, hospital=visits, whose=lambda _: "own", limit=0)
    matched, pairs = judge(clusters, view)
    return same + matched + len(pairs)


def tables(found: Books) -> sqlite3.Connection:
    """The same books as tables of a database in memory."""
    database = sqlite3.connect(":memory:")
    for name, rows in found.items():
        database.execute(TABLE.format(name))
        values = [(*row[:2], row.refund, *row[3:6], row.msgid) for row in rows]
        database.executemany(f"INSERT INTO {name} VALUES (?,?,?,?,?,?,?)", values)
    return database


def joined(database: sqlite3.Connection) -> int:
    """The outer join of the three; gives how many rows it has."""
    return len(database.execute(JOIN).fetchall())
