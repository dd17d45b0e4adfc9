"""A record's values: completed from the visit, typed as the profile wants them, and judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from core.centre.views import FieldView
from core.clock import CHINA
from core.domain import Registration, Visit
from core.domain.record import Gap, MedicalRecord
from core.errors import Fault

STAYS = "2"  # medical categories of a stay begin with it (protocol-zjs.md §2.4, SEEN)
REQUIRED, OPTIONAL = 3, 1  # what a field weighs in the score


def inpatient(registration: Registration) -> bool:
    """Is this visit a stay?"""
    return registration.med_type.startswith(STAYS)


def completed(visit: Visit, record: MedicalRecord, fields: Sequence[FieldView]) -> dict[str, Any]:
    """The record's own values over what the visit already says, typed; valid unless told."""
    given = {name: value for name, value in record.values.items() if value not in ("", None)}
    raw = {"valid": "1", **_from_visit(visit), **given, "visit_no": visit.visit_no}
    return {view.name: typed(view, raw[view.name]) for view in fields if view.name in raw}


def _from_visit(visit: Visit) -> dict[str, Any]:
    known, person = visit.registration, visit.person
    found: dict[str, Any] = {
        "name": known.person_name, "sex": known.sex, "age": known.age,
        "dept_code": known.dept_code, "dept_name": known.dept_name,
        "doctor_code": known.doctor_code, "doctor_name": known.doctor_name,
        "ward_name": known.ward_name, "bed": known.bed, "inpatient_no": known.inpatient_no,
        "admitted_at": known.admitted_at, "visited_at": known.admitted_at,
    }  # fmt: skip
    if person is not None:
        found |= {"person_no": person.number, "name": person.name}
        found |= {"sex": person.sex or known.sex, "age": person.age or known.age}
    return {name: value for name, value in found.items() if value}


def typed(view: FieldView, value: Any) -> Any:
    """As the profile wants it; what cannot be read so stays as it is and becomes a gap."""
    if view.type == "rows":
        inner = {field.name: field for field in view.fields}
        return [_row(inner, row) for row in value] if isinstance(value, list) else value
    if view.type in ("moment", "day") and isinstance(value, str):
        return _dated(view.type, value)
    return _coded(view, value) if view.codes else value


def _row(inner: Mapping[str, FieldView], row: Any) -> Any:
    if not isinstance(row, Mapping):
        return row
    return {name: typed(inner[name], cell) for name, cell in row.items() if name in inner}


def _dated(kind: str, text: str) -> Any:
    """A moment without a zone is China's."""
    try:
        if kind == "day":
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _coded(view: FieldView, value: Any) -> Any:
    if any(value == code for code in view.codes):
        return value
    return next((code for code, word in view.codes.items() if word == value), value)


def gaps_of(fields: Sequence[FieldView], faults: Sequence[Fault]) -> tuple[Gap, ...]:
    """Every fault as a gap of its field; the label is the profile's."""
    inner = {item.name: item.label for view in fields for item in view.fields}
    labels = inner | {view.name: view.label for view in fields}
    return tuple(
        Gap(name=item.field, label=labels.get(_outer(item.field), item.field), says=item.text)
        for item in faults
    )


def _outer(path: str) -> str:
    return path.partition("[")[0].partition(".")[0]


def score(fields: Sequence[FieldView], values: Mapping[str, Any], gaps: Sequence[Gap]) -> int:
    """0…100: how much is there of what could be; required fields weigh more, faulty ones nothing.

    Fields that the visit itself fills are not counted: they say nothing of the record.
    """
    faulty = {_outer(gap.name) for gap in gaps}
    counted = [view for view in fields if view.mask == "whole" or view.type == "rows"]
    whole = sum(_weight(view) for view in counted)
    there = sum(
        _weight(view) for view in counted if values.get(view.name) and view.name not in faulty
    )
    return round(100 * there / whole) if whole else 100


def _weight(view: FieldView) -> int:
    return REQUIRED if view.required else OPTIONAL
