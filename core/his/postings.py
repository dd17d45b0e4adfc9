"""What a hospital of ours was told: how far it brings a visit, and what the day end compares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.domain import Amounts
from core.domain.dayend import Side

if TYPE_CHECKING:
    from core.database import Database
MANY = 400
AFTER = {
    "register": "registered", "settle": "settled", "cancel_settlement": "registered",
    "cancel_registration": "cancelled",
}  # fmt: skip
SETTLED = """
    SELECT p.msgid, p.step, p.visit_no, p.bill_no, p.total, p.fund, p.personal, p.at,
        coalesce(json_extract(v.registration, '$.person_name'), '')
    FROM posting p LEFT JOIN visit v ON v.visit_no = p.visit_no
    WHERE p.at >= ? AND p.at < ? AND p.total IS NOT NULL
        AND p.step IN ('settle', 'cancel_settlement') ORDER BY p.at, p.rowid"""


@dataclass(frozen=True, slots=True)
class Posting:
    """A result that the hospital has taken back; ``amounts`` in fen where there are any."""

    msgid: str
    step: str
    visit_no: str
    bill_no: str
    amounts: Amounts | None
    at: datetime


def posting(row: Sequence[Any]) -> Posting:
    """A row (msgid, step, visit_no, bill_no, amounts, at)."""
    msgid, step, visit_no, bill_no, amounts, at = row
    money = Amounts.model_validate_json(amounts) if amounts else None
    return Posting(msgid, step, visit_no, bill_no, money, datetime.fromisoformat(at))


def settled(db: Database, begin: datetime, end: datetime) -> list[Side]:
    """Settlements and cancellations (negative) that were posted, both ends included."""
    after = end.replace(microsecond=0) + timedelta(seconds=1)
    rows = db.execute(SETTLED, (begin.isoformat(), after.isoformat())).fetchall()
    return [_side(row) for row in rows]


def known(db: Database, visits: Iterable[str], places: Iterable[str]) -> frozenset[str]:
    """Those of these visit numbers that stand in one of the tables ``places``."""
    wanted, found = sorted(set(visits)), set[str]()
    for start in range(0, len(wanted), MANY):
        part = wanted[start : start + MANY]
        holes = ",".join("?" * len(part))
        for place in places:
            sql = f"SELECT visit_no FROM {place} WHERE visit_no IN ({holes})"
            found.update(row[0] for row in db.execute(sql, part))
    return frozenset(found)


def _side(row: Sequence[Any]) -> Side:
    msgid, step, visit_no, bill_no, total, fund, personal, at, name = row
    refund = step != "settle"
    sign = -1 if refund else 1
    return Side(
        visit_no, bill_no, msgid, sign * total, sign * fund, sign * personal, refund,
        datetime.fromisoformat(at), person_name=name,
    )  # fmt: skip
