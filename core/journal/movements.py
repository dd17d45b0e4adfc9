"""What moved money: one row for each settlement and each cancellation, clustered by its moment.

The read model behind every sum of the day end, at the moment the centre booked it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.clock import CHINA
from core.domain import Transaction
from core.domain.dayend import Part, Period, Side, Sum, Totals
from core.journal import records
from core.journal.tables import Tables
from core.money import Fen

MANY = 400  # names in one question; SQLite takes more, short ones are as fast
TABLES = """
CREATE TABLE movement (
    at TEXT NOT NULL,
    msgid TEXT NOT NULL,
    settlement TEXT NOT NULL,
    refund INTEGER NOT NULL,
    visit_no TEXT NOT NULL,
    bill_no TEXT NOT NULL,
    person_no TEXT NOT NULL DEFAULT '',
    person_name TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT '',
    total INTEGER NOT NULL,
    fund INTEGER NOT NULL,
    personal INTEGER NOT NULL,
    operator TEXT NOT NULL DEFAULT '',
    operator_name TEXT NOT NULL DEFAULT '',
    sign_no TEXT NOT NULL DEFAULT '',
    struck_by TEXT NOT NULL DEFAULT '',
    closed_in INTEGER NOT NULL DEFAULT 0,
    returned_in INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (at, msgid)
) WITHOUT ROWID;
CREATE INDEX movement_unclosed ON movement (operator, at) WHERE closed_in = 0;
CREATE INDEX movement_owed ON movement (operator) WHERE struck_by <> '' AND returned_in = 0;
CREATE UNIQUE INDEX movement_by_msgid ON movement (msgid);
CREATE INDEX movement_by_bill ON movement (visit_no, bill_no);
INSERT INTO movement
    SELECT substr(s.settled_at, 1, 19) || '+08:00', s.msgid, s.msgid, 0, s.visit_no, s.bill_no,
        coalesce(json_extract(v.person, '$.number'), ''),
        coalesce(json_extract(v.person, '$.name'), ''),
        coalesce(json_extract(v.registration, '$.med_type'), ''),
        s.total, s.fund, s.personal, s.operator_id, s.operator_name, '', '', 0, 0
    FROM settlement s LEFT JOIN visit v ON v.visit_no = s.visit_no;
INSERT INTO movement
    SELECT substr(t.made, 1, 19) || '+08:00', t.msgid, s.msgid, 1, s.visit_no, s.bill_no,
        coalesce(json_extract(v.person, '$.number'), ''),
        coalesce(json_extract(v.person, '$.name'), ''),
        coalesce(json_extract(v.registration, '$.med_type'), ''),
        -s.total, -s.fund, -s.personal, t.operator,
        coalesce(json_extract(t.facts, '$.operator_name'), ''), '', '', 0, 0
    FROM settlement s JOIN txn t ON t.msgid = s.cancelled_by
    LEFT JOIN visit v ON v.visit_no = s.visit_no;
"""
SIDE = (
    "visit_no, bill_no, msgid, total, fund, personal, refund, at, person_no, person_name,"
    " operator, kind"
)
COUNTED = (
    "struck_by = '' AND at BETWEEN ? AND ? AND (? = '' OR operator = ?) AND (? = '' OR sign_no = ?)"
)
SUMS = "refund, count(*), sum(total), sum(fund), sum(personal)"
TAKEN = """refund, sum(n), sum(n * total), sum(n * fund), sum(n * personal) FROM (
    SELECT 1 AS n, * FROM movement
    WHERE operator = ? AND closed_in = 0 AND struck_by = '' AND at <= ?
    UNION ALL SELECT -1, * FROM movement
    WHERE operator = ? AND struck_by <> '' AND returned_in = 0 AND closed_in <> 0)"""


TRIED = """SELECT DISTINCT visit FROM txn WHERE business_day BETWEEN ? AND ? AND visit <> ''
    AND step IN ('settle', 'cancel_settlement') AND state <> 'not_sent'
    AND (? = '' OR operator = ?) ORDER BY made"""


def moment_text(moment: datetime) -> str:
    """Whole seconds of China Standard Time, so that texts sort as moments do."""
    return moment.astimezone(CHINA).replace(microsecond=0).isoformat()


class Movements(Tables):
    """Movements of money, and what is asked of the journal for many at once."""

    def moved(
        self, side: Side, settlement: str, operator_name: str = "", sign_no: str = ""
    ) -> None:
        """A settlement (``settlement`` is its own id) or its cancellation counts from now on."""
        row = (
            moment_text(side.at), side.msgid, settlement, int(side.refund), side.visit_no,
            side.bill_no, side.person_no, side.person_name, side.kind, side.total, side.fund,
            side.personal, side.operator, operator_name, sign_no, "", 0, 0,
        )  # fmt: skip
        self._write(f"INSERT OR IGNORE INTO movement VALUES ({','.join('?' * len(row))})", row)

    def strike_settlement(self, msgid: str, by: str) -> None:
        """The centre never had the settlement: it and its cancellations count no more."""
        sql = "UPDATE movement SET struck_by = ? WHERE settlement = ? AND visit_no = ?"
        side = self.movement(msgid)
        self._write(sql, (by, msgid, side.visit_no if side else ""))
        sql = "UPDATE settlement SET cancelled_by = ? WHERE msgid = ? AND cancelled_by = ''"
        self._write(sql, (by, msgid))

    def strike_refund(self, msgid: str, by: str) -> None:
        """The centre never had the cancellation: the settlement stands again."""
        self._write("UPDATE movement SET struck_by = ? WHERE msgid = ?", (by, msgid))
        self._write("UPDATE settlement SET cancelled_by = '' WHERE cancelled_by = ?", (msgid,))

    def take_amounts(self, msgid: str, total: Fen, fund: Fen, personal: Fen) -> None:
        """Count a settlement with the amounts that the centre has."""
        values = (total, fund, personal, msgid)
        for table in ("movement", "settlement"):
            sql = f"UPDATE {table} SET total = ?, fund = ?, personal = ? WHERE msgid = ?"
            self._write(sql, values)

    def take_moment(self, msgid: str, at: datetime) -> None:
        """Count a movement at the centre's moment of booking."""
        self._write("UPDATE movement SET at = ? WHERE msgid = ?", (moment_text(at), msgid))

    def totals(self, period: Period, operator: str = "", sign_no: str = "") -> Totals:
        """The sums of a period, both ends included; by operator, by kind, refunds apart."""
        values = _counted(period, operator, sign_no)
        sql = f"SELECT operator, max(operator_name), {SUMS} FROM movement WHERE {COUNTED}"
        by_operator = _parts(self._all(f"{sql} GROUP BY operator, refund ORDER BY 1", values))
        sql = f"SELECT kind, kind, {SUMS} FROM movement WHERE {COUNTED}"
        by_kind = _parts(self._all(f"{sql} GROUP BY kind, refund ORDER BY 1", values))
        return _totals(by_operator, by_kind)

    def movements(self, period: Period, operator: str = "", sign_no: str = "") -> list[Side]:
        """Every movement of a period, by moment."""
        sql = f"SELECT {SIDE} FROM movement WHERE {COUNTED}"
        return _sides(self._all(sql, _counted(period, operator, sign_no)))

    def visits_tried(self, period: Period, operator: str = "") -> list[str]:
        """Visits for which a settlement or a cancellation left in a period, whatever came of it."""
        days = [f"{moment.astimezone(CHINA):%Y-%m-%d}" for moment in (period.begin, period.end)]
        return [str(row[0]) for row in self._all(TRIED, (*days, operator, operator))]

    def movements_of(self, visits: Iterable[str]) -> list[Side]:
        """The movements of these visits, whenever they were."""
        sql = f"SELECT {SIDE} FROM movement WHERE struck_by = '' AND visit_no IN ({{1}})"
        return _sides(self._many(sql, visits))

    def movement(self, msgid: str) -> Side | None:
        """The movement of a message id, unless it was struck."""
        sql = f"SELECT {SIDE} FROM movement WHERE msgid = ? AND struck_by = ''"
        return next(iter(_sides(self._all(sql, (msgid,)))), None)

    def first_movement(self, operator: str) -> datetime | None:
        """When an operator's oldest movement was that no closing holds, or ``None``."""
        sql = "SELECT at FROM movement WHERE operator = ? AND closed_in = 0 ORDER BY at LIMIT 1"
        row = self._one(sql, (operator,))
        return datetime.fromisoformat(row[0]) if row else None

    # -- what a closing takes

    def takings(self, operator: str, end: datetime) -> Totals:
        """Everything of an operator up to ``end`` that no closing holds yet, whenever it came in.

        What a closing holds and was struck since is given back: it counts as minus one.
        """
        values = (operator, moment_text(end), operator)
        sql = f"SELECT operator, max(operator_name), {TAKEN} GROUP BY refund"
        by_operator = _parts(self._all(sql, values))
        by_kind = _parts(self._all(f"SELECT kind, kind, {TAKEN} GROUP BY kind, refund", values))
        return _totals(by_operator, by_kind)

    def late(self, operator: str, begin: datetime) -> Sum:
        """What of these takings was booked before ``begin``: it came in after the last cut."""
        return self.takings(operator, begin - timedelta(seconds=1)).net

    def close_movements(self, operator: str, end: datetime, number: int) -> None:
        """The takings up to ``end`` belong to closing ``number``."""
        sql = (
            "UPDATE movement SET closed_in = ? WHERE operator = ? AND at <= ? AND closed_in = 0"
            " AND struck_by = ''"
        )
        self._write(sql, (number, operator, moment_text(end)))
        sql = (
            "UPDATE movement SET returned_in = ? WHERE operator = ? AND closed_in NOT IN (0, ?)"
            " AND struck_by <> '' AND returned_in = 0"
        )
        self._write(sql, (number, operator, number))

    def reopen_movements(self, number: int) -> None:
        """Closing ``number`` is void: its takings wait for the next one."""
        for column in ("closed_in", "returned_in"):
            self._write(f"UPDATE movement SET {column} = 0 WHERE {column} = ?", (number,))

    # -- many at once

    def transactions(self, msgids: Iterable[str]) -> dict[str, Transaction]:
        """The transactions of these message ids, by message id."""
        sql = f"SELECT {records.TXN_COLUMNS} FROM txn WHERE msgid IN ({{1}})"
        found = (records.transaction(row) for row in self._many(sql, msgids))
        return {row.msgid: row for row in found}

    def live_bills(self, visits: Iterable[str]) -> set[tuple[str, str]]:
        """(visit, bill) of the settlements of these visits that are not cancelled."""
        sql = (
            "SELECT visit_no, bill_no FROM settlement WHERE cancelled_by = '' AND visit_no IN ({1})"
        )
        return {(visit, bill) for visit, bill in self._many(sql, visits)}

    def registered_visits(self, visits: Iterable[str]) -> set[str]:
        """Those of these visits that are registered and have lines at the centre."""
        sql = (
            "SELECT visit_no FROM visit WHERE registered_by <> '' AND visit_no IN ({1})"
            " AND visit_no IN (SELECT visit_no FROM uploaded)"
        )
        return {row[0] for row in self._many(sql, visits)}

    def refused_fences(self, msgids: Iterable[str]) -> set[str]:
        """Those of these message ids whose reversal the centre has refused."""
        sql = (
            "SELECT corrects FROM txn WHERE step = 'reverse' AND state = 'rejected'"
            " AND corrects <> '' AND corrects IN ({1})"
        )
        return {row[0] for row in self._many(sql, msgids)}

    def _many(self, sql: str, names: Iterable[str]) -> list[tuple[Any, ...]]:
        """All rows of a question whose ``{1}`` takes many names, a few hundred at a time."""
        wanted, found = sorted(set(names) - {""}), list[tuple[Any, ...]]()
        for start in range(0, len(wanted), MANY):
            part = wanted[start : start + MANY]
            found += self._all(sql.replace("{1}", ",".join("?" * len(part))), part)
        return found


def _counted(period: Period, operator: str, sign_no: str) -> tuple[str, ...]:
    begin, end = moment_text(period.begin), moment_text(period.end)
    return (begin, end, operator, operator, sign_no, sign_no)


def _sides(rows: Iterable[Sequence[Any]]) -> list[Side]:
    read = datetime.fromisoformat
    return [
        Side(*row[:6], bool(row[6]), read(row[7]), *row[8:], "settled")  # type: ignore[call-arg]
        for row in rows
    ]


def _totals(by_operator: tuple[Part, ...], by_kind: tuple[Part, ...]) -> Totals:
    return Totals(
        settled=_sum_of([part.settled for part in by_operator]),
        refunded=_sum_of([part.refunded for part in by_operator]),
        by_operator=by_operator, by_kind=by_kind,
    )  # fmt: skip


def _sum_of(sums: Iterable[Sum]) -> Sum:
    found = Sum()
    for item in sums:
        found = found.plus(item)
    return found


def _parts(rows: Iterable[Sequence[Any]]) -> tuple[Part, ...]:
    """Rows (key, name, refund, count, total, fund, personal) to one part for each key."""
    found: dict[str, Part] = {}
    for key, name, refund, count, total, fund, personal in rows:
        part = found.get(key) or Part(key=key, name=name)
        which = "refunded" if refund else "settled"
        sums = Sum(count=count, total=total, fund=fund, personal=personal)
        found[key] = part.model_copy(update={which: sums, "name": part.name or name})
    return tuple(found.values())
