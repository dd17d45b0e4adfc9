"""Medical records to the centre (1106, 1107), from a file or the hospital.

Nobody types a record at a cash desk. Every upload is a new version at the centre, so a record whose
upload nobody answered is simply sent again (protocol-zjs.md §3.7, PROPOSED).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from core.centre.views import FieldView
from core.domain import Registration, Visit
from core.domain.record import (
    INPATIENT,
    OUTPATIENT,
    Gap,
    MedicalRecord,
    RecordRow,
    RecordSheet,
    RecordState,
    RecordUpload,
)
from core.errors import InvalidInput, Refused, fault
from core.events import Progress
from core.his.port import Hospital
from core.his.records import RecordFile, read_records
from core.journal import Journal
from core.outcome import Outcome, Unknown
from core.service.charge import never
from core.service.record_rules import (
    MOST,
    due,
    gaps_in,
    in_doubt,
    of_hospital,
    refuse,
    shown_since,
)
from core.service.record_values import completed, inpatient, score
from core.service.result import StepResult
from core.service.session import Session
from core.service.transact import Road
from core.service.visits import Visits
from core.settings import RecordSettings

SENDABLE = frozenset({RecordState.READY, RecordState.CHANGED, RecordState.UNKNOWN})
STEPS = frozenset({OUTPATIENT, INPATIENT})
Fields = Callable[[str], Sequence[FieldView]]
Version = tuple[int, MedicalRecord]  # number and content


@dataclass(frozen=True, slots=True)
class Sent:
    """How one record of a run ended; ``says`` the sentence of a refusal, or empty."""

    visit_no: str
    outcome: Outcome | None
    says: str = ""


class Records:
    """Collects, checks and uploads records; built by ``core.app``."""

    def __init__(
        self, journal: Journal, road: Road, visits: Visits, session: Session, hospital: Hospital,
        fields: Fields, settings: RecordSettings,
    ) -> None:  # fmt: skip
        self._journal, self._road, self._visits = journal, road, visits
        self._session, self._hospital, self._fields = session, hospital, fields
        self._settings = settings

    # -- seeing

    def worklist(self, text: str = "", state: RecordState | None = None) -> tuple[RecordRow, ...]:
        """Settled visits and those with a record, nearest deadline first.

        ``text`` is part of a visit number or name.
        """
        rows = [self.sheet(number).row for number in self._numbers()]
        wanted = [
            row for row in rows
            if text.strip() in f"{row.visit_no} {row.name}" and state in (None, row.state)
        ]  # fmt: skip
        return tuple(sorted(wanted, key=lambda row: (row.deadline or date.max, row.visit_no)))

    def fields(self, step: str) -> Sequence[FieldView]:
        """The fields of a record as the profile has them."""
        return self._fields(step)

    def sheet(self, visit_no: str) -> RecordSheet:
        """One record with its gaps and uploads."""
        notes = self._journal.ledger.casenotes
        found, uploads = notes.newest(visit_no), notes.uploads(visit_no)
        gaps = self._gaps(self._visits.head(visit_no), found[1]) if found else ()
        return RecordSheet(
            row=self._row(visit_no, found, gaps, uploads), record=found[1] if found else None,
            gaps=gaps, uploads=uploads,
        )  # fmt: skip

    def _numbers(self) -> list[str]:
        since = shown_since(self._road.clock.now(), self._settings)
        notes = self._journal.ledger.casenotes
        settled = [row.visit_no for row in notes.settled_visits(since, MOST)]
        return list(dict.fromkeys([*settled, *notes.known_visits(MOST)]))

    def _row(
        self, visit_no: str, found: Version | None, gaps: Sequence[Gap],
        uploads: Sequence[RecordUpload],
    ) -> RecordRow:  # fmt: skip
        known = self._journal.ledger.visit(visit_no)
        registration = known.registration or Registration(visit_no=visit_no)
        paid = self._journal.ledger.live_settlement(visit_no)
        step = INPATIENT if inpatient(registration) else OUTPATIENT
        settled_at = paid.settled_at if paid else None
        deadline, days_left = due(settled_at, self._settings, self._road.clock.now())
        return RecordRow(
            visit_no=visit_no, name=registration.person_name, step=step,
            dept=registration.dept_name, settled_at=settled_at, deadline=deadline,
            days_left=days_left,
            state=self._state(visit_no, found, gaps, uploads),
            score=score(self._fields(step), found[1].values, gaps) if found else 0,
            record_no=uploads[0].record_no if uploads else "",
        )  # fmt: skip

    def _state(
        self, visit_no: str, found: Version | None, gaps: Sequence[Gap],
        uploads: Sequence[RecordUpload],
    ) -> RecordState:  # fmt: skip
        if found is None:
            return RecordState.MISSING
        newest = uploads[0] if uploads else None
        if newest and newest.version == found[0]:
            return RecordState.UPLOADED if newest.valid else RecordState.WITHDRAWN
        if gaps:
            return RecordState.INCOMPLETE
        if in_doubt(self._journal, visit_no, STEPS):
            return RecordState.UNKNOWN
        return RecordState.CHANGED if newest else RecordState.READY

    def _gaps(self, visit: Visit, record: MedicalRecord) -> tuple[Gap, ...]:
        fields = self._fields(record.step)
        values = completed(visit, record, fields)
        return gaps_in(self._road, self._session, record.step, values, fields)

    # -- collecting

    def fetch(self, visit_no: str) -> RecordSheet:
        """Take the record from the hospital's system; ``Refused`` where it has none to give."""
        self._keep(visit_no, of_hospital(self._hospital, visit_no), "")
        return self.sheet(visit_no)

    def read_file(self, path: Path) -> RecordFile:
        """A preview of a file of records, kept nowhere; raises ``InvalidInput``."""
        return read_records(path, self._known_fields())

    def take(self, file: RecordFile) -> tuple[str, ...]:
        """Keep the records of a preview as new versions; gives the visits that changed."""
        changed = [
            number for number, values in file.records.items()
            if self._keep(number, values, file.source)
        ]  # fmt: skip
        return tuple(changed)

    def _known_fields(self) -> list[FieldView]:
        both = [*self._fields(OUTPATIENT), *self._fields(INPATIENT)]
        return list({view.name: view for view in reversed(both)}.values())

    def _keep(self, visit_no: str, values: dict[str, Any], source: str) -> bool:
        known = self._journal.ledger.visit(visit_no).registration
        step = INPATIENT if known and inpatient(known) else OUTPATIENT
        names = {view.name for view in self._fields(step)}
        kept = {name: value for name, value in values.items() if name in names}
        before = self._journal.ledger.casenotes.newest(visit_no)
        if before and before[1].values == kept:
            return False
        record = MedicalRecord(
            visit_no=visit_no, step=step, values=kept, source=source, at=self._road.clock.now()
        )
        with self._journal.commit():
            self._journal.ledger.casenotes.add(record)
        return True

    # -- sending

    def upload(self, visit_no: str) -> StepResult:
        """Upload the newest version; ``Refused`` with every gap where it is not complete."""
        return self._send(visit_no, self._journal.ledger.casenotes.newest(visit_no), valid=True)

    def withdraw(self, visit_no: str, reason: str) -> StepResult:
        """Declare the uploaded version invalid; a reason is required and kept."""
        uploads = self._journal.ledger.casenotes.uploads(visit_no)
        if not uploads or not uploads[0].valid:
            raise Refused(fault("records.not_uploaded", "visit_no", visit=visit_no))
        if not reason.strip():
            raise Refused(fault("records.reason_needed", "reason"))
        there = self._journal.ledger.casenotes.version(uploads[0].version)
        return self._send(visit_no, there, valid=False, why=reason.strip())

    def upload_all(self, stop: Callable[[], bool] = never) -> tuple[Sent, ...]:
        """Every complete record that is not at the centre; announces ``Progress``; a refusal stops
        nothing, an unanswered one ends the run."""
        rows = [row for row in self.worklist() if row.state in SENDABLE]
        sent: list[Sent] = []
        for count, row in enumerate(rows, 1):
            sent.append(self._one(row.visit_no))
            self._road.events.announce(Progress("records", "", count, len(rows)))
            if stop() or isinstance(sent[-1].outcome, Unknown):
                break
        return tuple(sent)

    def _one(self, visit_no: str) -> Sent:
        try:
            return Sent(visit_no, self.upload(visit_no).outcome)
        except (Refused, InvalidInput) as error:
            return Sent(visit_no, None, str(error))

    def _send(
        self, visit_no: str, found: Version | None, *, valid: bool, why: str = ""
    ) -> StepResult:
        if found is None:
            raise Refused(fault("records.missing", "visit_no", visit=visit_no))
        number, record = found
        visit = self._visits.head(visit_no)
        refuse(self._gaps(visit, record))
        values = completed(visit, record, self._fields(record.step)) | {
            "valid": "1" if valid else "0", "version": number,
        }  # fmt: skip
        done = self._road.travel(record.step, values, blocks=False, why=why)
        return StepResult(done.outcome, self._visits.after(visit_no), done.msgid, ms=done.ms)
