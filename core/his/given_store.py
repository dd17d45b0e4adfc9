"""The file of what programs of the hospital handed over: visits, stays, fee lines and results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from core.database import Database
from core.domain import FeeLine
from core.domain.dayend import Side
from core.domain.stay import HospitalStay
from core.domain.writeback import WriteBack
from core.his import postings
from core.his.ownfile import WRITING, OwnFile

KEPT_DAYS = 90  # visits without a result are forgotten after this
SHOWN_DAYS = 62  # a settled stay is listed for so long
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
OLD = "FROM given WHERE day < ? AND NOT inpatient AND visit_no NOT IN (SELECT visit_no FROM result)"
SIGNS = {"settle": 1, "cancel_settlement": -1}


class GivenStore(OwnFile):
    """Moments are aware."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, TABLES, "FULL")
        self._forgotten_on: date | None = None

    # -- what is handed over

    def keep_visit(self, stay: HospitalStay, caller: str, now: datetime) -> bool:
        """A visit or stay, new or as it is now; True when it is new."""
        known = stay.registration
        values = (now.isoformat(), caller, known.is_inpatient, known.person_name, known.id_no,
                  stay.model_dump_json(), known.visit_no)  # fmt: skip
        with self.working(WRITING) as db:
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
        """Old visits and their own lines, once a day and process; lines of a visit that another
        way to the hospital knows stay."""
        if self._forgotten_on == now.date():
            return
        oldest = (now - timedelta(days=KEPT_DAYS)).date().isoformat()
        db.execute(f"DELETE FROM line WHERE visit_no IN (SELECT visit_no {OLD})", (oldest,))
        db.execute(f"DELETE {OLD}", (oldest,))
        self._forgotten_on = now.date()

    def keep_lines(self, visit_no: str, lines: Sequence[FeeLine]) -> tuple[int, int]:
        """Lines beside those there are, one of the same id in its place; (new, changed)."""
        with self.working(WRITING) as db:
            before = {line.line_id: line for line in self.lines(visit_no)}
            fresh = [line for line in lines if line.line_id not in before]
            other = [line for line in lines if before.get(line.line_id, line) != line]
            for place, line in enumerate(fresh, len(before) + 1):
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
        with self.working(WRITING) as db:
            done = db.execute("INSERT OR IGNORE INTO result VALUES (?,?,?,?,?)", row)
            if done.rowcount:
                sql = "UPDATE given SET state = coalesce(?, state) WHERE visit_no = ?"
                db.execute(sql, (postings.AFTER.get(told.step), told.visit_no))
        return bool(done.rowcount)

    def is_told(self, msgid: str) -> bool:
        """Is there a result under that message id?"""
        return bool(self.rows("SELECT 1 FROM result WHERE msgid = ?", msgid))

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
            for value, count, amount in self.rows(sql, *values)
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
        return tuple(FeeLine.model_validate_json(str(row[0])) for row in self.rows(sql, visit_no))

    def known(self, visits: Iterable[str]) -> frozenset[str]:
        """Those of these numbers that were handed over."""
        with self.working() as db:
            return postings.known(db, visits, ("given",))

    def settled(self, begin: datetime, end: datetime) -> list[Side]:
        """Settlements and cancellations (negative) of a period, both ends included."""
        after = (end.replace(microsecond=0) + timedelta(seconds=1)).isoformat()
        sql = (
            "SELECT result.value, coalesce(given.name, '') FROM result LEFT JOIN given"
            " ON given.visit_no = result.visit_no"
            " WHERE result.at >= ? AND result.at < ? ORDER BY result.at"
        )
        rows = self.rows(sql, begin.isoformat(), after)
        told = [(WriteBack.model_validate_json(str(value)), str(name)) for value, name in rows]
        return [_side(item, name) for item, name in told if item.amounts and item.step in SIGNS]


def _side(told: WriteBack, name: str) -> Side:
    assert told.amounts is not None and told.at is not None
    sign, money = SIGNS[told.step], told.amounts
    return Side(
        told.visit_no, told.bill_no, told.msgid, sign * money.total, sign * money.fund,
        sign * money.personal, sign < 0, told.at, person_name=name,
    )  # fmt: skip
