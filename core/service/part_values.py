"""The values of one part of a record: what the desk knows of the stay, under what was delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.centre.views import FieldView
from core.clock import CHINA
from core.domain import Settlement, Visit
from core.domain.stay import days_of_stay
from core.service.record_values import typed

Values = dict[str, Any]


def part_values(
    visit: Visit, paid: Settlement | None, centre_visit_no: str, given: Mapping[str, Any],
    fields: Sequence[FieldView],
) -> Values:  # fmt: skip
    """``given`` over what visit and settlement say, typed as the profile wants it."""
    own = {name: value for name, value in given.items() if value not in ("", None, [])}
    raw = {**_of_visit(visit, paid), **own, "centre_visit_no": centre_visit_no}
    return {view.name: typed(view, raw[view.name]) for view in fields if raw.get(view.name)}


def _of_visit(visit: Visit, paid: Settlement | None) -> Values:
    known, person, end = visit.registration, visit.person, visit.discharge
    found: Values = {
        "person_name": known.person_name, "sex": known.sex, "sex_name": known.sex,
        "age": known.age, "id_no": known.id_no, "social_no": known.id_no,
        "stay_serial": known.visit_no, "record_no": known.inpatient_no,
        "admission_dept_code": known.dept_code, "admission_dept_name": known.dept_name,
        "discharge_dept_code": known.dept_code, "discharge_dept_name": known.dept_name,
        "admission_room": known.ward_name, "discharge_room": known.ward_name,
        "clinic_diagnosis_code": known.diagnosis_code,
        "clinic_diagnosis_name": known.diagnosis_name, "phone": known.phone,
        "doctor_name": known.doctor_name,
        "resident_code": known.doctor_code, "resident_name": known.doctor_name,
    }  # fmt: skip
    if person is not None:
        found |= {
            "person_name": person.name, "birthday": person.birthday, "employer": person.employer,
            "insured_region": person.region, "social_no": person.id_no or known.id_no,
            "id_no": person.id_no or known.id_no,
        }  # fmt: skip
    if known.admitted_at is not None:
        found["admitted_on"] = known.admitted_at.astimezone(CHINA).date()
    if end is not None:
        found["discharged_on"] = end.discharged_at.astimezone(CHINA).date()
        if known.admitted_at is not None:
            found["days"] = days_of_stay(known.admitted_at, end.discharged_at)
    if paid is not None:
        found |= {"total": paid.amounts.total, "self_paid": paid.amounts.personal}
    return found


def filled(fields: Sequence[FieldView], values: Mapping[str, Any]) -> int:
    """How many fields have a value."""
    return sum(values.get(view.name) not in (None, "", []) for view in fields)


def row_count(fields: Sequence[FieldView], values: Mapping[str, Any]) -> int | None:
    """Lines of the part's list; ``None`` for a part that has none by its nature."""
    lists = [view.name for view in fields if view.type == "rows"]
    return len(values.get(lists[0]) or ()) if lists else None


def shared(record: Mapping[str, Any], step: str, fields: Sequence[FieldView]) -> Values:
    """What of a delivered record belongs to one part: its own table, else its fields by name."""
    own = record.get(step)
    source = own if isinstance(own, Mapping) else record
    return {view.name: source[view.name] for view in fields if source.get(view.name)}
