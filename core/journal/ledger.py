"""What the desk knows from its transactions: visits, uploaded lines, settlements, prints, sign-ins.

These tables are read models, written in the same commit as the outcome they come from.
"""

from __future__ import annotations

import json
import threading
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar, cast

from core.clock import Clock
from core.database import Database
from core.domain import (
    Amounts,
    Operator,
    Person,
    Qualification,
    Registration,
    Settlement,
)
from core.domain.base import Model
from core.journal import records, search
from core.journal.audits import Audits
from core.journal.casenotes import CaseNotes
from core.journal.centrefacts import CentreFacts
from core.journal.daybook import Daybook
from core.journal.errands import Errands
from core.journal.feelines import FeeLines
from core.journal.outbox import Outbox
from core.journal.papers import Papers
from core.journal.stays import Stays
from core.journal.tables import Values

M = TypeVar("M", bound=Model)


class VisitRow(Model):
    """The desk's own record of a visit; ``*_by`` are message ids or empty."""

    visit_no: str
    registration: Registration | None = None
    person: Person | None = None
    qualification: Qualification | None = None
    registered_by: str = ""
    cancelled_by: str = ""
    presettlement: Amounts | None = None
    presettled_by: str = ""


class Ledger(FeeLines):
    """Reads and writes the read models; writes belong inside ``Journal.commit``.

    ``stays`` · ``daybook`` · ``audits`` · ``papers`` · ``centrefacts`` hold what is theirs.
    """

    def __init__(self, db: Database, lock: threading.RLock, clock: Clock) -> None:
        super().__init__(db, lock, clock)
        self.stays = Stays(db, lock, clock)
        self.daybook = Daybook(db, lock, clock)
        self.audits = Audits(db, lock, clock)
        self.papers = Papers(db, lock, clock)
        self.casenotes = CaseNotes(db, lock, clock)
        self.outbox = Outbox(db, lock, clock)
        self.centrefacts = CentreFacts(db, lock, clock)
        self.errands = Errands(db, lock, clock)

    # -- visits

    def visit(self, visit_no: str) -> VisitRow:
        """The record of a visit; an empty one where the desk knows nothing."""
        row = self._one(
            "SELECT registration, person, qualification, registered_by, cancelled_by,"
            " presettlement, presettled_by FROM visit WHERE visit_no = ?",
            (visit_no,),
        )
        if row is None:
            return VisitRow(visit_no=visit_no)
        registration, person, qualification, registered, cancelled, shown, shown_by = row
        return VisitRow(
            visit_no=visit_no,
            registration=_load(Registration, registration if registration != "{}" else None),
            person=_load(Person, person),
            qualification=_load(Qualification, qualification),
            registered_by=registered, cancelled_by=cancelled,
            presettlement=_load(Amounts, shown), presettled_by=shown_by,
        )  # fmt: skip

    def plan_visit(
        self, registration: Registration, person: Person | None, qualification: Qualification | None
    ) -> None:
        """Keep what is about to be registered, so that a restart can go on with it."""
        self._set(
            registration.visit_no, registration=registration.model_dump_json(),
            person=_dump(person), qualification=_dump(qualification),
        )  # fmt: skip

    def registered(self, visit_no: str, msgid: str) -> None:
        """The centre has the visit."""
        self._set(visit_no, registered_by=msgid, cancelled_by="")

    def registration_cancelled(self, visit_no: str, msgid: str) -> None:
        """The centre no longer has the visit, nor its lines."""
        self._set(visit_no, registered_by="", cancelled_by=msgid)
        self.drop_uploaded(visit_no)

    # -- money

    def presettled(self, visit_no: str, msgid: str, amounts: Amounts) -> None:
        """What the patient was shown."""
        self._set(visit_no, presettlement=amounts.model_dump_json(), presettled_by=msgid)

    def add_settlement(self, row: Settlement, reply: dict[str, Any]) -> None:
        """The centre has the settlement; ``reply`` is kept as it came (domain names, fen)."""
        self._write(
            f"INSERT OR IGNORE INTO settlement ({records.SETTLEMENT_COLUMNS})"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                row.msgid, row.visit_no, row.bill_no, row.amounts.total, row.amounts.fund,
                row.amounts.personal, json.dumps(reply, ensure_ascii=False, default=str),
                row.settled_at.isoformat(), row.operator_id, row.operator_name, row.cancelled_by,
            ),
        )  # fmt: skip

    def settlement_cancelled(self, msgid: str, by: str) -> None:
        """The settlement ``msgid`` is undone by ``by``; the row stays as it was."""
        self._write("UPDATE settlement SET cancelled_by = ? WHERE msgid = ?", (by, msgid))
        row = self._one("SELECT visit_no FROM settlement WHERE msgid = ?", (msgid,))
        if row:
            self.forget_presettlement(row[0])

    def settlement(self, msgid: str) -> Settlement | None:
        """The settlement of that message id."""
        return next(iter(self._settlements("WHERE msgid = ?", (msgid,))), None)

    def settlement_reply(self, msgid: str) -> dict[str, Any]:
        """The stored reply of a settlement by domain names; empty where there is none."""
        row = self._one("SELECT reply FROM settlement WHERE msgid = ?", (msgid,))
        return {} if row is None else dict(json.loads(row[0]))

    def live_settlement(self, visit_no: str, bill_no: str = "") -> Settlement | None:
        """The settlement of a visit that is not cancelled."""
        where = "WHERE visit_no = ? AND cancelled_by = '' AND (? = '' OR bill_no = ?)"
        found = self._settlements(f"{where} ORDER BY settled_at DESC", (visit_no, bill_no, bill_no))
        return next(iter(found), None)

    def settlements(
        self, text: str = "", day: str = "", limit: int = 500
    ) -> tuple[Settlement, ...]:
        """Newest first; ``text``: the beginning of a visit, bill or message id.

        Among the newest 20 000 (of the day, where one is given) also a part of one, or of a name.
        """
        where = search.SETTLEMENTS if text else search.NEWEST_SETTLEMENTS
        return self._settlements(where, search.asked(text, day, limit))

    def _settlements(self, where: str, values: Values) -> tuple[Settlement, ...]:
        rows = self._all(f"SELECT {records.SETTLEMENT_COLUMNS} FROM settlement {where}", values)
        return tuple(records.settlement(row) for row in rows)

    def next_bill(self, visit_no: str) -> str:
        """The bill number the next settlement carries: visit number and a count of those that left.

        A number that may have reached the centre is not used twice.
        """
        sql = (
            "SELECT count(*) FROM txn WHERE visit = ? AND step = 'settle'"
            " AND state NOT IN ('rejected', 'not_sent')"
        )
        return f"{visit_no}-{int((self._one(sql, (visit_no,)) or (0,))[0]) + 1}"

    # -- prints

    def add_print(self, msgid: str, place: str, operator: str = "") -> int:
        """Count one print of a settlement's slip; returns how many there are now."""
        at = self._clock.now().isoformat()
        sql = "INSERT INTO print (msgid, at, place, operator) VALUES (?,?,?,?)"
        self._write(sql, (msgid, at, place, operator))
        return self.print_count(msgid)

    def print_count(self, msgid: str) -> int:
        """How often the slip was printed."""
        return int((self._one("SELECT count(*) FROM print WHERE msgid = ?", (msgid,)) or (0,))[0])

    def not_printed(self, limit: int = 500) -> tuple[Settlement, ...]:
        """Live ones of the newest 20 000 of which neither slip ever came out, newest first."""
        return self._settlements(search.NOT_PRINTED, {"near": search.NEAR, "limit": limit})

    # -- sign-ins and small memories

    def signed_in(self, operator: str, day: str, sign_no: str) -> None:
        """The centre gave ``sign_no`` to ``operator`` for ``day``."""
        values = (operator, day, sign_no, self._clock.now().isoformat())
        self._write("INSERT OR REPLACE INTO signed_in VALUES (?,?,?,?)", values)

    def sign_no(self, operator: str, day: str) -> str:
        """The operator's sign-in number of that day, or empty."""
        sql = "SELECT sign_no FROM signed_in WHERE operator = ? AND business_day = ?"
        row = self._one(sql, (operator, day))
        return str(row[0]) if row else ""

    def signed_out(self, operator: str, day: str) -> None:
        """The sign-in number of that day is gone."""
        sql = "DELETE FROM signed_in WHERE operator = ? AND business_day = ?"
        self._write(sql, (operator, day))

    def remember(self, key: str, value: str) -> None:
        """Keep a small value across restarts."""
        self._write("INSERT OR REPLACE INTO memory VALUES (?,?)", (key, value))

    def recall(self, key: str) -> str:
        """A remembered value, or empty."""
        row = self._one("SELECT value FROM memory WHERE key = ?", (key,))
        return str(row[0]) if row else ""

    def remember_person(self, person: Person) -> None:
        """The person read last, and when."""
        self.remember("person", person.model_dump_json())
        self.remember("person_at", self._clock.now().isoformat())

    def last_person(self) -> Person | None:
        """The person read last, or nothing."""
        return _load(Person, self.recall("person") or None)

    def card_read(self) -> tuple[Person | None, datetime | None]:
        """The person read last and when; nothing where no card was read."""
        return self.last_person(), records.moment(self.recall("person_at") or None)

    def remember_operator(self, operator: Operator) -> None:
        """Who worked here last; what a command without an operator takes."""
        self.remember("operator", operator.model_dump_json())

    def last_operator(self) -> Operator | None:
        """Who worked here last, or nothing."""
        return _load(Operator, self.recall("operator") or None)

    def last_seen(self) -> datetime | None:
        """The newest moment the journal has written; a clock before it was set back."""
        row = self._one("SELECT at FROM entry ORDER BY number DESC LIMIT 1")
        return records.moment(row[0]) if row else None


def _load(kind: type[M], text: str | None) -> M | None:
    return None if text is None else cast(M, _read(kind, text))


@lru_cache(maxsize=512)
def _read(kind: type[Model], text: str) -> Model:
    """The same text is the same frozen value; a visit is read many times while it is served."""
    return kind.model_validate_json(text)


def _dump(value: Model | None) -> str | None:
    return None if value is None else value.model_dump_json()
