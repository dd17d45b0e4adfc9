"""What of a registration may change (2203), and why the rest may not.

2203 takes every field of the registration but the qualification (protocol-zjs.md §3.3 SEEN): who
is treated, for which injury and in which category are settled by registering, and change only by
cancelling and registering anew (domain.md §1.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.clock import CHINA
from core.domain import Registration, Visit
from core.domain.stay import ChangeField, HospitalStay
from core.errors import Fault, InvalidInput, Refused, fault
from core.his.port import Hospital
from core.journal import Journal
from core.service.lifecycle import may
from core.service.result import StepResult
from core.service.transact import Road, guard
from core.service.visits import Visits
from core.words import say

STEP = "change_registration"
FIXED = ("visit_no", "person_no", "qualification_id", "med_type")
NAMES = {"dept_code": "dept_name", "doctor_code": "doctor_name", "diagnosis_code": "diagnosis_name"}
FORM = (
    "visit_no", "person_no", "qualification_id", "med_type", "inpatient_no", "admitted_at",
    "ward_name", "dept_code", "bed", "doctor_code", "diagnosis_code", "phone",
)  # fmt: skip


class Changes:
    """The form of 2203 and its sending."""

    def __init__(self, journal: Journal, road: Road, visits: Visits, hospital: Hospital) -> None:
        self._journal = journal
        self._road = road
        self._visits = visits
        self._hospital = hospital

    def fields(self, visit_no: str) -> tuple[ChangeField, ...]:
        """Every field of the form: its value, may it change, and why not."""
        visit = self._visits.read(visit_no)
        against = may(visit, STEP)
        there = self._hospital.stay(visit_no)
        return tuple(self._field(visit, name, against, there) for name in self._form(visit))

    def _form(self, visit: Visit) -> tuple[str, ...]:
        """What registration and change of this centre know of, in the form's order."""
        centre = self._road.centre
        steps = (centre.variant(step, stay=True) for step in ("register", STEP))
        known = frozenset[str]().union(*(centre.names(step) for step in steps))
        own = (name for name in visit.registration.extra if name not in FORM)
        return (*(name for name in FORM if name in known), *own)

    def _field(
        self, visit: Visit, name: str, against: Fault | None, there: HospitalStay | None
    ) -> ChangeField:
        why = self._why_not(name, against)
        value = _value(visit, name)
        theirs = _shown(getattr(there.registration, name, "")) if there else ""
        return ChangeField(
            field=name, label=self._label(name), value=value, allowed=not why, why=why,
            hospital=theirs if not why and theirs != value else "",
        )  # fmt: skip

    def _label(self, name: str) -> str:
        centre = self._road.centre
        for step in ("register", STEP):
            for field in centre.fields(centre.variant(step, stay=True)):
                if field.name == name:
                    return field.label
        return name

    def _why_not(self, name: str, against: Fault | None) -> str:
        if against:
            return against.text
        if name in FIXED:
            return say(f"stays.change.fixed_{name}")
        centre = self._road.centre
        may_touch = centre.capabilities.change_fields
        if name not in centre.names(centre.variant(STEP, stay=True)):
            return say("stays.change.not_in_message")
        return say("stays.change.not_allowed") if may_touch and name not in may_touch else ""

    def change(self, visit_no: str, changes: Mapping[str, Any]) -> StepResult:
        """Send the registration with ``changes`` (``admitted_at`` an aware moment, else text).

        Names of codes (``dept_name`` …) come along for the desk's own record. Raises ``Refused``
        for a field that may not change, and when nothing changes.
        """
        visit = self._visits.read(visit_no)
        guard(may(visit, STEP))
        self._refuse(visit, changes)
        new = _changed(visit.registration, changes)
        done = self._road.travel(STEP, _values(new, visit, changes))
        return StepResult(done.outcome, self._visits.after(visit_no), done.msgid, ms=done.ms)

    def _refuse(self, visit: Visit, changes: Mapping[str, Any]) -> None:
        known = {*self._form(visit), *NAMES.values()}
        found = []
        for name, value in changes.items():
            if name not in known:
                found.append(fault("stays.change.unknown", name, name=name))
            elif name not in NAMES.values() and _shown(value) != _value(visit, name):
                why = self._why_not(name, None)
                found += [Fault("stays.change.fixed", why, name)] if why else []
        if found:
            raise Refused(found)
        if all(_shown(value) == _value(visit, name) for name, value in changes.items()):
            raise Refused(fault("stays.change.nothing"))
        admitted = changes.get("admitted_at")
        if isinstance(admitted, datetime) and admitted > self._road.clock.now():
            raise InvalidInput(fault("stays.change.admitted_ahead", "admitted_at"))


def _value(visit: Visit, name: str) -> str:
    if name == "person_no":
        return visit.person.number if visit.person else ""
    if name == "qualification_id":
        return visit.qualification.id if visit.qualification else ""
    known = visit.registration
    return _shown(getattr(known, name) if name in Registration.model_fields else known.extra[name])


def _shown(value: Any) -> str:
    """A moment as it stands on the form; anything else as its text."""
    if isinstance(value, datetime):
        return f"{value.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    return "" if value is None else str(value).strip()


def _changed(known: Registration, changes: Mapping[str, Any]) -> Registration:
    values = {name: _plain(value) for name, value in changes.items()}
    own = {name: value for name, value in values.items() if name in Registration.model_fields}
    extra = {**known.extra, **{name: values[name] for name in known.extra if name in values}}
    return Registration.model_validate({**known.model_dump(), **own, "extra": extra})


def _plain(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _values(new: Registration, visit: Visit, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The whole registration by domain names, as 2203 wants it; a code's old name goes with it."""
    values = {**new.model_dump(exclude={"extra", "filing_no"}), **new.extra}
    for code, name in NAMES.items():
        if code in changes and name not in changes and _shown(changes[code]) != _value(visit, code):
            values[name] = ""
    return {**values, "person_no": visit.person.number if visit.person else ""}
