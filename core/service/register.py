"""Registration: the visit is made known to the centre, and taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.domain import Operator, Person, Qualification, Registration, Role, Stage, Visit
from core.errors import Fault, Refused, fault
from core.journal import Journal
from core.outcome import Accepted
from core.service.charge import Charge, nothing_left
from core.service.identify import Identify
from core.service.lifecycle import may
from core.service.result import StepResult
from core.service.session import Session
from core.service.transact import Road, guard
from core.service.visits import Visits

FINISHED = "1"  # the centre has the discharge of a stay
BEHIND = timedelta(
    seconds=30
)  # a moment ahead of the centre's clock is refused (protocol-zjs.md §3.3)


class Register:
    """Opens, registers and cancels visits."""

    def __init__(
        self, journal: Journal, road: Road, visits: Visits, session: Session,
        identify: Identify, charge: Charge,
    ) -> None:  # fmt: skip
        self._journal = journal
        self._road = road
        self._visits = visits
        self._session = session
        self._identify = identify
        self._charge = charge

    def open(self, visit_no: str) -> Visit:
        """The visit of that number; raises ``Refused`` when nobody knows it."""
        return self._visits.find(visit_no)

    def register(
        self, registration: Registration, person: Person, qualification: Qualification | None,
        override_by: Operator | None = None,
    ) -> StepResult:  # fmt: skip
        """Register the visit; raises ``Refused`` with every reason at once.

        ``override_by``: a supervisor who answers for a name that differs from the card's.
        """
        visit = self._visits.read(registration.visit_no)
        guard(may(visit, "register"))
        problems = self.problems(registration, person, qualification, override_by)
        if problems or qualification is None:
            raise Refused(problems)
        moment = registration.admitted_at or self._session.centre_now() - BEHIND
        registration = registration.model_copy(update={"admitted_at": moment})
        with self._journal.commit():
            self._journal.ledger.plan_visit(registration, person, qualification)
        done = self._road.travel("register", values_of(registration, person, qualification, moment))
        return StepResult(done.outcome, self._visits.after(visit.visit_no), done.msgid, ms=done.ms)

    def problems(
        self, registration: Registration, person: Person, qualification: Qualification | None,
        override_by: Operator | None = None,
    ) -> tuple[Fault, ...]:  # fmt: skip
        """Why this person cannot be registered for this visit now;
        empty when nothing is against it."""
        found: list[Fault] = []
        if person.refused_reason:
            found.append(fault("register.not_entitled", reason=person.refused_reason))
        if not person.qualifications:
            found.append(fault("register.no_qualification", name=person.name))
        elif qualification is None or qualification not in person.qualifications:
            found.append(fault("register.choose_qualification", "qualification_id"))
        if not _may_override(override_by):
            found.extend(self._identify.differences(person, registration))
        return tuple(found)

    def cancel(self, visit_no: str, reason: str) -> StepResult:
        """Take the registration back; lines the centre still has are cancelled first (2205,
        2202)."""
        visit = self._visits.read(visit_no)
        guard(may(visit, "cancel_registration"))
        if problem := self._fetched(visit):
            return problem
        if visit.stage is not Stage.REGISTERED and not nothing_left(visit):
            removed = self._charge.remove(visit_no)
            if not isinstance(removed.outcome, Accepted):
                return removed
        else:
            self._charge.sweep(visit_no)
        registered_by = self._journal.ledger.visit(visit_no).registered_by
        done = self._road.travel(
            "cancel_registration", {"visit_no": visit_no}, corrects=registered_by, why=reason
        )
        return StepResult(done.outcome, self._visits.after(visit_no), done.msgid, ms=done.ms)

    def _fetched(self, visit: Visit) -> StepResult | None:
        """Some centres want a visit fetched before it is cancelled; what went wrong with that, or
        ``None``. Raises ``Refused`` for a stay that ended there without anybody here knowing."""
        stay = visit.registration.is_inpatient
        step = "stay_data" if stay else "visit_data"
        if not self._road.centre.has(step, stay):
            return None
        done = self._road.travel(step, {"visit_no": visit.visit_no}, blocks=False)
        if not isinstance(done.outcome, Accepted):
            return StepResult(done.outcome, visit, done.msgid, ms=done.ms)
        if stay and any(str(row.get("finished") or "") == FINISHED for row in done.outcome.rows):
            raise Refused(fault("register.ended_there"))
        return None


def _may_override(who: Operator | None) -> bool:
    return who is not None and who.role is Role.SUPERVISOR


def values_of(
    registration: Registration, person: Person, qualification: Qualification, moment: datetime
) -> dict[str, Any]:
    """The registration by domain names."""
    return {
        "visit_no": registration.visit_no, "med_type": registration.med_type,
        "admitted_at": moment, "diagnosis_code": registration.diagnosis_code,
        "dept_code": registration.dept_code, "doctor_code": registration.doctor_code,
        "phone": registration.phone, "person_no": person.number,
        "qualification_id": qualification.id, "ward_name": registration.ward_name,
        "bed": registration.bed, "inpatient_no": registration.inpatient_no,
        "dept_name": registration.dept_name, "doctor_name": registration.doctor_name,
        "person_name": person.name, **registration.extra,
    }  # fmt: skip
