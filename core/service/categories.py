"""Medical categories: those of visits of a day, those of stays, and what the hospital says instead.

A hospital's category may be one that the connected centre does not have; then the centre's own
first one stands on the form.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.centre.port import Centre
from core.domain import Registration
from core.domain.visit import INPATIENT


def category_codes(centre: Centre, stay: bool) -> Mapping[str, str]:
    """The categories of a registration, for stays or visits of a day: code to word."""
    fields = {item.name: item for item in centre.fields(centre.variant("register", stay))}
    codes = fields["med_type"].codes if "med_type" in fields else {}
    theirs = centre.capabilities.stay_categories
    return {
        code: word for code, word in codes.items()
        if (code in theirs if theirs else code.startswith(INPATIENT)) is stay
    }  # fmt: skip


def fitted(centre: Centre, known: Registration) -> Registration:
    """The hospital's registration with a category of this centre, where it names its own ones."""
    if not centre.capabilities.stay_categories:
        return known
    stay = known.is_inpatient
    codes = category_codes(centre, stay)
    if known.med_type in codes or not codes:
        return known
    number = known.inpatient_no or (known.visit_no if stay else "")
    return known.model_copy(update={"med_type": next(iter(codes)), "inpatient_no": number})
