"""Medical records that go to the centre in parts, one after another (protocol-gd.md §4.3).

A part is never typed: it comes from a file or the hospital, laid over what the desk knows of the
stay. Each part is a transaction of its own; one that nobody answered is simply sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.centre.views import FieldView
from core.domain import Settlement, Visit
from core.domain.centrefacts import PartState, PartVersion, RecordPart, RecordParts
from core.domain.record import Gap
from core.errors import Refused, fault
from core.events import Progress
from core.his.port import Hospital
from core.his.records import RecordFile, read_records
from core.journal import Journal
from core.outcome import Accepted
from core.service.charge import never
from core.service.part_values import filled, part_values, row_count, shared
from core.service.record_effects import PARTS
from core.service.record_rules import (
    MOST,
    due,
    gaps_in,
    in_doubt,
    of_hospital,
    refuse,
    shown_since,
)
from core.service.result import StepResult
from core.service.session import Session
from core.service.transact import Road
from core.service.visits import Visits
from core.settings import RecordSettings
from core.words import say

ALWAYS = frozenset({"record_patient", "record_diagnoses", "record_summary"})
SENDABLE = frozenset({PartState.READY, PartState.CHANGED, PartState.UNKNOWN})
BEHIND = frozenset({PartState.UPLOADED, PartState.NOT_NEEDED})
Values = dict[str, Any]
Sending = tuple[str, int, datetime]  # message id, version and moment of an upload


class PartRecords:
    """Collects, checks and uploads the parts; built by ``core.app``."""

    def __init__(
        self, journal: Journal, road: Road, visits: Visits, session: Session, hospital: Hospital,
        settings: RecordSettings,
    ) -> None:  # fmt: skip
        self._journal, self._road, self._visits = journal, road, visits
        self._session, self._hospital = session, hospital
        self._settings = settings
        self._facts = journal.ledger.centrefacts

    # -- seeing

    @property
    def steps(self) -> tuple[str, ...]:
        """The parts that this centre has, in the order they are sent."""
        return tuple(step for step in PARTS if self._road.centre.has(step))

    def fields(self, step: str) -> Sequence[FieldView]:
        """The fields of a part as the profile has them."""
        return self._road.centre.fields(step)

    def worklist(self, text: str = "") -> tuple[RecordParts, ...]:
        """Settled stays and those with a part, nearest deadline first; ``text`` is part of a visit
        number or name."""
        rows = (self.sheet(number) for number in self._numbers())
        wanted = [row for row in rows if text.strip() in f"{row.visit_no} {row.name}"]
        return tuple(sorted(wanted, key=lambda row: (row.deadline or date.max, row.visit_no)))

    def _numbers(self) -> list[str]:
        since = shown_since(self._road.clock.now(), self._settings)
        settled = [row.visit_no for row in self._journal.ledger.casenotes.settled_visits(
            since, MOST) if self._visits.head(row.visit_no).registration.is_inpatient]  # fmt: skip
        return list(dict.fromkeys([*settled, *self._facts.visits_with_parts(MOST)]))

    def sheet(self, visit_no: str) -> RecordParts:
        """The record of one stay: every part with its state and gaps."""
        visit = self._visits.head(visit_no)
        paid = self._journal.ledger.live_settlement(visit_no)
        parts: list[RecordPart] = []
        for step in self.steps:
            parts.append(self._part(visit, paid, step, parts))
        settled_at = paid.settled_at if paid else None
        deadline, days_left = due(settled_at, self._settings, self._road.clock.now())
        return RecordParts(
            visit_no=visit_no, name=visit.registration.person_name, parts=tuple(parts),
            next=next((part.step for part in parts if part.state in SENDABLE), ""),
            score=_score(parts), settled_at=settled_at, deadline=deadline, days_left=days_left,
        )  # fmt: skip

    def values(self, visit_no: str, step: str) -> Values:
        """A part as it would be sent: its newest version over what the desk knows."""
        paid = self._journal.ledger.live_settlement(visit_no)
        return self._values(
            self._visits.read(visit_no), paid, step, self._facts.newest_part(visit_no, step)
        )

    def _values(
        self, visit: Visit, paid: Settlement | None, step: str, version: PartVersion | None
    ) -> Values:
        theirs = self._facts.centre_visit_no(visit.visit_no)
        given = version.values if version else {}
        return part_values(visit, paid, theirs, given, self.fields(step))

    def _part(
        self, visit: Visit, paid: Settlement | None, step: str, before: Sequence[RecordPart]
    ) -> RecordPart:
        version = self._facts.newest_part(visit.visit_no, step)
        sent = self._facts.part_sending(visit.visit_no, step)
        fields, values = self.fields(step), self._values(visit, paid, step, version)
        gaps = gaps_in(self._road, self._session, step, values, fields) if version else ()
        state = self._state(visit.visit_no, step, version, gaps, before, sent)
        return RecordPart(
            step=step, title=self._road.centre.rule(step).title, place=len(before) + 1,
            required=step in ALWAYS, state=state, fields=len(fields),
            filled=filled(fields, values), rows=row_count(fields, values),
            version=version.number if version else 0, source=version.source if version else "",
            gaps=gaps, sent_at=sent[2] if sent else None, msgid=sent[0] if sent else "",
        )  # fmt: skip

    def _state(
        self, visit_no: str, step: str, version: PartVersion | None, gaps: Sequence[Gap],
        before: Sequence[RecordPart], sent: Sending | None,
    ) -> PartState:  # fmt: skip
        if version is None or not version.values:
            return PartState.MISSING if step in ALWAYS else PartState.NOT_NEEDED
        if sent and sent[1] == version.number:
            return PartState.UPLOADED
        if gaps:
            return PartState.INCOMPLETE
        if any(part.state not in BEHIND for part in before):
            return PartState.WAITING
        if in_doubt(self._journal, visit_no, (step,)):
            return PartState.UNKNOWN
        return PartState.CHANGED if sent else PartState.READY

    # -- collecting

    def fetch(self, visit_no: str) -> RecordParts:
        """Take the record from the hospital's system; ``Refused`` where it has none to give."""
        self._keep(visit_no, of_hospital(self._hospital, visit_no), "")
        return self.sheet(visit_no)

    def read_file(self, path: Path) -> RecordFile:
        """A preview of a file of records, kept nowhere; raises ``InvalidInput``."""
        label = say("records.visit_no")
        number = FieldView(name="visit_no", label=label, type="text", length=30, required=True)
        known = {view.name: view for step in reversed(self.steps) for view in self.fields(step)}
        return read_records(path, [number, *known.values()])

    def take(self, file: RecordFile) -> tuple[str, ...]:
        """Keep what a preview holds as new versions; gives the visits that changed."""
        return tuple(
            number for number, record in file.records.items()
            if self._keep(number, record, file.source)
        )  # fmt: skip

    def _keep(self, visit_no: str, record: Mapping[str, Any], source: str) -> bool:
        changed = False
        with self._journal.commit():
            for step in self.steps:
                values = shared(record, step, self.fields(step))
                before = self._facts.newest_part(visit_no, step)
                if values and (before is None or before.values != values):
                    self._facts.add_part(visit_no, step, values, source)
                    changed = True
        return changed

    # -- sending

    def upload(self, visit_no: str, step: str) -> StepResult:
        """Upload one part; ``Refused`` with every gap, and while an earlier part is missing."""
        part = next((item for item in self.sheet(visit_no).parts if item.step == step), None)
        if part is None:
            raise Refused(fault("record_parts.strange", part=step))
        refuse(part.gaps)
        if part.state not in SENDABLE:
            raise Refused(fault(f"record_parts.why.{part.state}", title=part.title))
        values = self.values(visit_no, step) | {"visit_no": visit_no, "version": part.version}
        done = self._road.travel(step, values, blocks=False)
        return StepResult(done.outcome, self._visits.after(visit_no), done.msgid, ms=done.ms)

    def upload_all(self, visit_no: str, stop: Callable[[], bool] = never) -> tuple[StepResult, ...]:
        """Every part that can be sent, in order, until one is not taken; announces ``Progress``."""
        done: list[StepResult] = []
        while step := self.sheet(visit_no).next:
            done.append(self.upload(visit_no, step))
            count = self.steps.index(step) + 1
            self._road.events.announce(Progress("records", visit_no, count, len(self.steps)))
            if stop() or not isinstance(done[-1].outcome, Accepted):
                break
        return tuple(done)


def _score(parts: Sequence[RecordPart]) -> int:
    """Percent of the needed parts that are whole."""
    needed = [part for part in parts if part.state is not PartState.NOT_NEEDED]
    whole = sum(bool(part.version) and not part.gaps for part in needed)
    return round(100 * whole / len(needed)) if needed else 0
