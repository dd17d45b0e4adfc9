"""Sums over the journal for statistics: grouped by the database, on a connection of its own.

A long sum must not hold up the window, so it never takes the journal's lock; WAL lets it read the
last committed state while others write.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Literal, NamedTuple

from core.domain.transaction import CLOSED_STATES
from core.errors import SetupError, fault
from core.money import Fen

Grouping = Literal["day", "month", "dept", "operator", "kind"]
VISITS = "LEFT JOIN visit v ON v.visit_no = "
BY_VISIT = {  # code and name of the department in one reading of the record: ["K01", "name"]
    "dept": "coalesce(json_extract(v.registration, '$.dept_code', '$.dept_name'), '')",
    "kind": "coalesce(json_extract(v.registration, '$.med_type'), '')",
}
CLOSED = ", ".join(f"'{state}'" for state in sorted(CLOSED_STATES))
MONEY = ("settle", "cancel_settlement")


SUMS = ", ".join(
    f"sum(CASE WHEN m.refund = {refund} THEN {value} ELSE 0 END)"
    for refund, sign in ((0, ""), (1, "-"))
    for value in ("1", f"{sign}m.total", f"{sign}m.fund", f"{sign}m.personal")
)


class Moved(NamedTuple):
    """Money of one group in fen; ``refunded`` parts are positive and not part of the others.

    The key of a department is its code and name as a JSON array, or empty.
    """

    key: str
    label: str
    settlements: int
    total: Fen
    fund: Fen
    personal: Fen
    refunds: int
    refunded: Fen
    refunded_fund: Fen
    refunded_personal: Fen


class Doubted(NamedTuple):
    """Settlements and cancellations of a group whose outcome was unknown once; ``open`` still is,
    ``lost`` ended otherwise than by success."""

    key: str
    times: int
    open: int
    lost: int


class Taken(NamedTuple):
    """Deductions on the settlements of a group."""

    key: str
    times: int
    deducted: Fen


class Figures:
    """Statistics of the journal at ``path``; days are those of China (ISO texts)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def moved(self, by: Grouping, begin: str, end: str) -> tuple[Moved, ...]:
        """Settlements and refunds from day ``begin`` to day ``end``, each on the day it moved."""
        key = {
            "day": "substr(m.at, 1, 10)", "month": "substr(m.at, 1, 7)",
            "operator": "m.operator", "kind": "m.kind",
        }.get(by, BY_VISIT["dept"])  # fmt: skip
        label = "max(m.operator_name)" if by == "operator" else "''"
        join = f"{VISITS} m.visit_no" if by == "dept" else ""
        sql = (
            f"SELECT {key}, {label}, {SUMS} FROM movement m {join}"
            " WHERE m.struck_by = '' AND m.at >= ? AND m.at < ? GROUP BY 1"
        )
        return tuple(Moved(*row) for row in self._all(sql, (begin, f"{end}T99")))

    def doubted(self, by: Grouping, begin: str, end: str) -> tuple[Doubted, ...]:
        """Money transactions of these business days whose answer did not come."""
        key = {
            "day": "t.business_day", "month": "substr(t.business_day, 1, 7)",
            "operator": "t.operator",
        }.get(by) or BY_VISIT[by]  # fmt: skip
        join = f"{VISITS} t.visit" if by in BY_VISIT else ""
        steps = ", ".join("?" * len(MONEY))
        sql = (
            f"SELECT {key}, count(*), sum(t.state NOT IN ({CLOSED})),"
            f" sum(t.state <> 'settled') FROM txn t {join} WHERE t.unknown_since IS NOT NULL"
            f" AND t.step IN ({steps}) AND t.business_day BETWEEN ? AND ? GROUP BY 1"
        )
        return tuple(Doubted(*row) for row in self._all(sql, (*MONEY, begin, end)))

    def taken(self, by: Grouping, begin: str, end: str) -> tuple[Taken, ...]:
        """Deductions on live settlements that were made from day ``begin`` to day ``end``."""
        key = {
            "day": "substr(s.settled_at, 1, 10)", "month": "substr(s.settled_at, 1, 7)",
            "operator": "s.operator_id",
        }.get(by) or BY_VISIT[by]  # fmt: skip
        join = f"{VISITS} s.visit_no" if by in BY_VISIT else ""
        sql = (
            f"SELECT {key}, count(*), sum(d.deducted) FROM deduction d CROSS JOIN settlement s"
            " ON s.visit_no = d.visit_no AND s.bill_no = d.bill_no AND s.cancelled_by = ''"
            f" {join} WHERE d.state <> 'gone' AND s.settled_at >= ? AND s.settled_at < ? GROUP BY 1"
        )
        return tuple(Taken(*row) for row in self._all(sql, (begin, f"{end}T99")))

    def strays(self, begin: str, end: str) -> tuple[int, Fen]:
        """Deductions audited in these days on settlements that this journal does not have."""
        sql = (
            "SELECT count(*), coalesce(sum(d.deducted), 0) FROM deduction d"
            " WHERE d.state <> 'gone' AND d.audited_at >= ? AND d.audited_at < ? AND NOT EXISTS"
            " (SELECT 1 FROM settlement s WHERE s.visit_no = d.visit_no AND s.bill_no = d.bill_no"
            " AND s.cancelled_by = '')"
        )
        count, deducted = self._all(sql, (begin, f"{end}T99"))[0]
        return int(count), int(deducted)

    def _all(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=30)) as conn:
                return conn.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise SetupError(fault("journal.unreadable", path=self._path, error=error)) from error
