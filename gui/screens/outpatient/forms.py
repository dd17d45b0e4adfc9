"""The form of an outpatient's registration, from the profile's fields. Qt-free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gui.forms.spec import FieldSpec, from_views

FORM_FIELDS = ("med_type", "diagnosis_code", "phone", "dept_code", "doctor_code")


def form_specs(views: Sequence[Any], encoding: str) -> tuple[FieldSpec, ...]:
    """The registration's fields that a cashier fills in, and those a local profile wants asked."""
    named = {view.name: view for view in views}
    wanted = [named[name] for name in FORM_FIELDS if name in named]
    asked = [view for view in views if view.source == "ask" and view.name not in FORM_FIELDS]
    return tuple(replace(spec, hint="") for spec in from_views([*wanted, *asked], encoding))
