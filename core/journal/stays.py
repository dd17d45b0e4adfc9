"""What the desk knows of stays beside the visit: filings, discharges, and the worklist's rows.

A discharge has no transaction of its own (protocol-zjs.md §3.5): it is an append-only note, and so
is taking it back; the last note counts. The deposit of a settlement is such a note as well.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from core.domain import Amounts, Discharge, Registration
from core.domain.stay import Filing
from core.domain.transaction import OPEN_STATES
from core.journal.tables import Tables

IS_STAY = (
    "(json_extract(registration, '$.inpatient_no') <> ''"
    " OR substr(json_extract(registration, '$.med_type'), 1, 1) = '2')"
)
TABLES = f"""
CREATE TABLE filing (
    msgid TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    person_no TEXT NOT NULL,
    made TEXT NOT NULL,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX filing_by_number ON filing (number);
CREATE INDEX filing_by_person ON filing (person_no, made);
CREATE TABLE stay_note (
    number INTEGER PRIMARY KEY,
    visit_no TEXT NOT NULL,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    operator TEXT NOT NULL,
    reason TEXT NOT NULL,
    value TEXT NOT NULL
);
CREATE INDEX stay_note_by_visit ON stay_note (visit_no, kind, number);
CREATE TRIGGER stay_note_is_append_only_u BEFORE UPDATE ON stay_note
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER stay_note_is_append_only_d BEFORE DELETE ON stay_note
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE INDEX visit_of_stay ON visit (visit_no) WHERE {IS_STAY};
"""
OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN_STATES))
LAST_DISCHARGE = (
    "SELECT value FROM stay_note WHERE visit_no = {visit} AND kind = 'discharge'"
    " ORDER BY number DESC LIMIT 1"
)
ROWS = f"""
SELECT visit.visit_no, registration, registered_by, visit.cancelled_by, presettlement,
  (SELECT count(*) FROM uploaded WHERE uploaded.visit_no = visit.visit_no),
  (SELECT coalesce(sum(amount), 0) FROM uploaded WHERE uploaded.visit_no = visit.visit_no),
  paid.msgid, paid.total, EXISTS (SELECT 1 FROM print WHERE print.msgid = paid.msgid),
  (SELECT msgid FROM txn WHERE visit = visit.visit_no AND visit <> '' AND blocks = 1
    AND state IN ({OPEN})),
  ({LAST_DISCHARGE.format(visit="visit.visit_no")}),
  (SELECT json_array_length(lines) FROM imported WHERE imported.visit_no = visit.visit_no),
  (SELECT sum(json_extract(value, '$.amount')) FROM imported, json_each(lines)
    WHERE imported.visit_no = visit.visit_no)
FROM visit LEFT JOIN settlement AS paid
  ON paid.visit_no = visit.visit_no AND paid.cancelled_by = ''
WHERE {IS_STAY} AND :visit IN ('', visit.visit_no)
  AND (paid.msgid IS NULL OR paid.settled_at >= :since)
  AND (visit.cancelled_by = ''
    OR (SELECT made FROM txn WHERE txn.msgid = visit.cancelled_by) >= :since)
"""


class StayNote(NamedTuple):
    """One append-only note: a discharge (``value``) or its taking back (``None``), with reason."""

    at: datetime
    operator: str
    reason: str
    discharge: Discharge | None


class KnownStay(NamedTuple):
    """What the journal holds of a stay, for its row; amounts in fen.

    ``lines`` and ``amount`` are those of imported lines, ``None`` where the hospital's count;
    ``settlement``, ``open_msgid``: message ids or empty.
    """

    visit_no: str
    registration: Registration
    registered: bool
    cancelled: bool
    presettlement: Amounts | None
    uploaded: int
    uploaded_total: int
    settlement: str
    settled_total: int | None
    printed: bool
    open_msgid: str
    discharge: Discharge | None
    lines: int | None
    amount: int | None


class Stays(Tables):
    """Read models of stays; writes belong inside ``Journal.commit``."""

    # -- filings

    def add_filing(self, filing: Filing) -> None:
        """The centre took a special filing, or a look found it: the same message once."""
        made = filing.made_at.isoformat() if filing.made_at else ""
        row = (filing.made_by, filing.number, filing.person_no, made, filing.model_dump_json())
        self._write("INSERT OR REPLACE INTO filing VALUES (?,?,?,?,?)", row)

    def filing(self, number: str) -> Filing | None:
        """The filing of the centre's ``number``, or nothing."""
        sql = "SELECT value FROM filing WHERE number = ? AND number <> '' ORDER BY made DESC"
        row = self._one(sql, (number,))
        return Filing.model_validate_json(row[0]) if row else None

    def filings(self, person_no: str = "", limit: int = 500) -> tuple[Filing, ...]:
        """Filings of a person (of all when empty), newest first."""
        sql = "SELECT value FROM filing WHERE ? IN ('', person_no) ORDER BY made DESC LIMIT ?"
        rows = self._all(sql, (person_no, limit))
        return tuple(Filing.model_validate_json(row[0]) for row in rows)

    # -- discharges

    def note_discharge(
        self, visit_no: str, discharge: Discharge | None, operator: str, reason: str = ""
    ) -> None:
        """The stay ended so, or (``None``) it goes on."""
        value = discharge.model_dump_json() if discharge else ""
        at = self._clock.now().isoformat()
        self._write(
            "INSERT INTO stay_note (visit_no, kind, at, operator, reason, value)"
            " VALUES (?,'discharge',?,?,?,?)",
            (visit_no, at, operator, reason, value),
        )

    def note_deposit(self, visit_no: str, deposit: int, operator: str) -> None:
        """The deposit in fen that a settlement is about to be set against."""
        at = self._clock.now().isoformat()
        self._write(
            "INSERT INTO stay_note (visit_no, kind, at, operator, reason, value)"
            " VALUES (?,'deposit',?,?,'',?)",
            (visit_no, at, operator, str(deposit)),
        )

    def deposit_at(self, visit_no: str, moment: datetime) -> int:
        """The deposit in fen as it was noted last up to ``moment``; 0 where none was."""
        return int(self._noted(visit_no, "deposit", moment) or 0)

    def discharge_at(self, visit_no: str, moment: datetime) -> Discharge | None:
        """How the stay had ended at ``moment``."""
        return _discharge(self._noted(visit_no, "discharge", moment))

    def _noted(self, visit_no: str, kind: str, moment: datetime) -> str:
        row = self._one(
            "SELECT value FROM stay_note WHERE visit_no = ? AND kind = ? AND at <= ?"
            " ORDER BY number DESC LIMIT 1",
            (visit_no, kind, moment.isoformat()),
        )
        return str(row[0]) if row else ""

    def discharge(self, visit_no: str) -> Discharge | None:
        """How the stay ended, or nothing."""
        row = self._one(LAST_DISCHARGE.format(visit="?"), (visit_no,))
        return _discharge(row[0] if row else None)

    def notes(self, visit_no: str) -> tuple[StayNote, ...]:
        """Every discharge and every taking back of a stay, oldest first."""
        sql = (
            "SELECT at, operator, reason, value FROM stay_note WHERE visit_no = ?"
            " AND kind = 'discharge' ORDER BY number"
        )
        return tuple(
            StayNote(datetime.fromisoformat(at), operator, reason, _discharge(value))
            for at, operator, reason, value in self._all(sql, (visit_no,))
        )

    # -- the worklist

    def known(self, since: datetime | None, visit_no: str = "") -> tuple[KnownStay, ...]:
        """Every stay that the desk has begun (or one); settled or cancelled ones from ``since``."""
        wanted = {"since": since.isoformat() if since else "", "visit": visit_no}
        with self._lock:
            rows = self._db.conn.execute(ROWS, wanted).fetchall()
        return tuple(_known(row) for row in rows)


def _known(row: tuple[Any, ...]) -> KnownStay:
    visit_no, registration, registered, cancelled, shown, count, total, *rest = row
    settlement, settled_total, printed, open_msgid, discharge, lines, amount = rest
    return KnownStay(
        visit_no=visit_no, registration=Registration.model_validate_json(registration),
        registered=bool(registered), cancelled=bool(cancelled),
        presettlement=Amounts.model_validate_json(shown) if shown else None,
        uploaded=count, uploaded_total=total, settlement=settlement or "",
        settled_total=settled_total, printed=bool(printed), open_msgid=open_msgid or "",
        discharge=_discharge(discharge), lines=lines, amount=amount,
    )  # fmt: skip


def _discharge(text: str | None) -> Discharge | None:
    return Discharge.model_validate_json(text) if text else None
