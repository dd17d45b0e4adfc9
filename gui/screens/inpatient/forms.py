"""The forms of a stay, from the profile's fields: admission, change, filing, discharge. Qt-free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.domain.stay import ChangeField
from core.words import say
from gui.forms.spec import FieldSpec, from_views

INPATIENT = "2"  # first digit of an inpatient's medical type
ADMISSION = (
    "med_type", "inpatient_no", "ward_name", "bed", "admitted_at", "dept_code", "doctor_code",
    "diagnosis_code", "phone",
)  # fmt: skip
NEEDED = ("med_type", "inpatient_no", "ward_name", "admitted_at")
DISCHARGE = ("discharged_at", "outcome_code", "diagnosis_code", "diagnosis_name")
UNSEEN = ("person_no", "qualification_id", "attachments")


def _named(views: Sequence[Any], names: Sequence[str]) -> list[Any]:
    found = {view.name: view for view in views}
    return [found[name] for name in names if name in found]


def _of_inpatients(spec: FieldSpec) -> FieldSpec:
    if spec.name != "med_type":
        return spec
    kinds = {code: word for code, word in spec.choices.items() if code.startswith(INPATIENT)}
    return replace(spec, choices=kinds or spec.choices)


def admission_specs(views: Sequence[Any], encoding: str) -> tuple[FieldSpec, ...]:
    """2201's fields as the admissions office fills them in, and those a local profile asks."""
    asked = [view for view in views if view.source == "ask" and view.name not in ADMISSION]
    specs = from_views([*_named(views, ADMISSION), *asked], encoding)
    return tuple(
        replace(_of_inpatients(spec), hint="", required=spec.required or spec.name in NEEDED)
        for spec in specs
    )


def change_specs(
    fields: Sequence[ChangeField], views: Sequence[Any], encoding: str
) -> tuple[FieldSpec, ...]:
    """2203's fields: those that may change first, the rest read-only with the reason below."""
    named = {spec.name: spec for spec in from_views(views, encoding)}
    ordered = sorted(fields, key=lambda item: not item.allowed)
    return tuple(_change_spec(item, named.get(item.field)) for item in ordered)


def _change_spec(item: ChangeField, spec: FieldSpec | None) -> FieldSpec:
    known = _of_inpatients(spec) if spec else FieldSpec(item.field, item.label)
    if item.allowed:
        theirs = say("inpatient.change.theirs", value=item.hospital) if item.hospital else ""
        return replace(known, label=item.label, hint=theirs)
    return FieldSpec(item.field, item.label, hint=item.why, read_only=True)


def filing_specs(views: Sequence[Any], encoding: str) -> tuple[FieldSpec, ...]:
    """1102's fields but those the desk knows by itself; the reason comes last."""
    wanted = [view for view in views if view.name not in UNSEEN]
    wanted.sort(key=lambda view: view.name == "reason")
    return tuple(replace(_of_inpatients(spec), hint="") for spec in from_views(wanted, encoding))


def discharge_specs(views: Sequence[Any], encoding: str) -> tuple[FieldSpec, ...]:
    """What is said of the end of a stay."""
    return tuple(
        replace(spec, hint="", required=True)
        for spec in from_views(_named(views, DISCHARGE), encoding)
    )


def asked_specs(views: Sequence[Any], encoding: str) -> tuple[FieldSpec, ...]:
    """What else the centre asks for: the required first, each as the profile has it."""
    ordered = sorted(views, key=lambda view: not view.required)
    return tuple(replace(spec, hint="") for spec in from_views(ordered, encoding))
