"""How a stay ends: a note of the desk's own, or a transaction where the centre wants to be told.

Where it is sent (protocol-gd.md §4.2 120105, 120108 SEEN) the note is written with the centre's
acceptance, and with it what the settlement would be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.centre.views import FieldView
from core.clock import CHINA
from core.domain import Discharge, Visit
from core.domain.stay import Stay
from core.errors import Fault, InvalidInput, fault
from core.journal import Journal
from core.outcome import Accepted
from core.service.lifecycle import may
from core.service.result import StepResult
from core.service.session import Session
from core.service.transact import Road, guard
from core.service.visits import Visits
from core.words import say

AHEAD = timedelta(minutes=5)  # how far the ward's clock may be before ours
PLAIN = frozenset(Discharge.model_fields) - {"extra"}


@dataclass(frozen=True, slots=True)
class StayResult(StepResult):
    """As ``StepResult``; ``stay`` is there once the service that was asked has read it anew."""

    stay: Stay | None = None


class Discharges:
    """Records, sends and takes back."""

    def __init__(self, journal: Journal, road: Road, visits: Visits, session: Session) -> None:
        self._journal = journal
        self._road = road
        self._visits = visits
        self._session = session

    @property
    def sent(self) -> bool:
        """Is the centre told, or is it a note of the desk's own?"""
        return self._road.centre.capabilities.discharge_is_sent

    def fields(self) -> tuple[FieldView, ...]:
        """What the form asks for beside ``Discharge``'s own fields: those go into ``extra``."""
        if not self.sent:
            return ()
        given = [item for item in self._fields("discharge") if item.source in ("given", "ask")]
        ours = PLAIN | {"centre_visit_no", "med_type"}
        return tuple(item for item in given if item.name not in ours)

    def outcomes(self) -> Mapping[str, str]:
        """How a stay may end: code to word, from the profile."""
        fields = {item.name: item for item in self._fields("discharge" if self.sent else "settle")}
        return fields["outcome_code"].codes if "outcome_code" in fields else {}

    def fitted(self, end: Discharge | None) -> Discharge | None:
        """The hospital's discharge; its code of the outcome only where the centre's codes are the
        hospital's: the same code may mean another ending elsewhere."""
        own_codes = bool(self._road.centre.capabilities.stay_categories)
        return end.model_copy(update={"outcome_code": ""}) if end and own_codes else end

    def _fields(self, step: str) -> tuple[FieldView, ...]:
        centre = self._road.centre
        return centre.fields(centre.variant(step, stay=True))

    def record(self, visit_no: str, end: Discharge) -> StepResult:
        """The stay ended so; ``InvalidInput`` with everything that is wrong, ``Refused``."""
        visit = self._visits.read(visit_no)
        guard(may(visit, "discharge"))
        if problems := self._faults(visit, end):
            raise InvalidInput(problems)
        if self.sent:
            return self._travel("discharge", visit_no, self._values(visit, end))
        self._note(visit_no, end, "")
        return StepResult(Accepted(), self._visits.after(visit_no))

    def undo(self, visit_no: str, reason: str) -> StepResult:
        """The patient stays; append-only, with the reason (not empty)."""
        guard(may(self._visits.read(visit_no), "undo_discharge"))
        if self.sent:
            values = {"visit_no": visit_no, "reason": reason}
            return self._travel("undo_discharge", visit_no, values, reason)
        self._note(visit_no, None, reason)
        return StepResult(Accepted(), self._visits.after(visit_no))

    def _travel(
        self, step: str, visit_no: str, values: dict[str, Any], why: str = ""
    ) -> StepResult:
        registered = self._journal.ledger.visit(visit_no).registered_by
        done = self._road.travel(step, values, corrects=registered if why else "", why=why)
        return StepResult(
            done.outcome, self._visits.after(visit_no), done.msgid, done.broken, done.ms
        )

    def _values(self, visit: Visit, end: Discharge) -> dict[str, Any]:
        return {
            "visit_no": visit.visit_no, "med_type": visit.registration.med_type,
            "discharged_at": end.discharged_at, "outcome_code": end.outcome_code,
            "diagnosis_code": end.diagnosis_code, "diagnosis_name": end.diagnosis_name,
            **end.extra,
        }  # fmt: skip

    def _faults(self, visit: Visit, end: Discharge) -> list[Fault]:
        found, begun = [], visit.registration.admitted_at
        codes = self.outcomes()
        if begun and end.discharged_at < begun:
            found.append(
                fault("stays.discharge.before", "discharged_at", at=f"{begun:%Y-%m-%d %H:%M}")
            )
        if end.discharged_at > self._session.centre_now() + AHEAD:
            found.append(fault("stays.discharge.ahead", "discharged_at"))
        if end.outcome_code not in codes:
            words = " ".join(f"{code} {word}" for code, word in codes.items())
            found.append(fault("stays.discharge.outcome", "outcome_code", codes=words))
        if not end.diagnosis_code.strip():
            found.append(fault("stays.discharge.diagnosis", "diagnosis_code"))
        there = {item.line_id for item in visit.uploaded}
        if missing := sum(line.line_id not in there for line in visit.lines):
            found.append(fault("stays.discharge.missing", count=missing))
        return found

    def _note(self, visit_no: str, end: Discharge | None, reason: str) -> None:
        who = self._session.acting()
        with self._journal.commit():
            self._journal.ledger.stays.note_discharge(visit_no, end, who.id, reason)
            self._journal.ledger.forget_presettlement(visit_no)
        text = say("stays.noted.undone", by=who.name, reason=reason)
        if end:
            at = f"{end.discharged_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
            outcome = self.outcomes().get(end.outcome_code, end.outcome_code)
            known = end.diagnosis_name or end.diagnosis_code
            text = say("stays.noted.discharged", by=who.name, at=at, outcome=outcome, known=known)
        registered = self._journal.ledger.visit(visit_no).registered_by
        self._journal.note(registered, "note", text)
