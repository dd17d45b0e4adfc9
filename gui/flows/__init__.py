"""The flows a tour can walk, by name; a flow is a function of the walk, in a file of its area.

``module:function``; the module is imported when its flow is walked. ``all`` walks every flow that
the centre is fit for in this order but ``whole``, each in a fresh window over a home of its own.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

FLOWS: dict[str, str] = {
    "outpatient": "cashier:outpatient",
    "refund": "cashier:refund",
    "recovery": "cashier:recovery",
    "inpatient": "inpatient:inpatient",
    "appeal": "appeal:appeal",
    "dayend": "dayend:dayend",
    "enquiry": "enquiry:enquiry",
    "records": "records:records",
    "part_refund": "part_refund:part_refund",
    "whole": "whole:whole",
}
NEEDS: dict[str, tuple[str, ...]] = {
    "appeal": ("appeal",),
    "dayend": ("totals",),
    "part_refund": ("partial_refund:true",),
    "whole": ("records:parts",),
}
"""What a flow needs of the centre, as words of ``gui.abilities``."""


def flow(name: str) -> Callable[[Any], None]:
    """The flow of that name; ``KeyError`` when there is none."""
    module, _, function = FLOWS[name].partition(":")
    walk: Callable[[Any], None] = getattr(importlib.import_module(f"gui.flows.{module}"), function)
    return walk
