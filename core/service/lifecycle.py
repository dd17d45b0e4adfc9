"""The state table of a visit: which step may follow which stage, and why not (requirements.md)."""

from __future__ import annotations

from core.domain import Stage, Visit
from core.errors import Fault, fault

ALLOWED: dict[str, frozenset[Stage]] = {
    "register": frozenset({Stage.NEW, Stage.CANCELLED}),
    "change_registration": frozenset({Stage.REGISTERED, Stage.UPLOADED, Stage.PRESETTLED}),
    "upload_fees": frozenset({Stage.REGISTERED, Stage.UPLOADED, Stage.PRESETTLED}),
    "cancel_fees": frozenset({Stage.UPLOADED, Stage.PRESETTLED}),
    "presettle": frozenset({Stage.UPLOADED, Stage.PRESETTLED}),
    "settle": frozenset({Stage.PRESETTLED}),
    "cancel_settlement": frozenset({Stage.SETTLED}),
    "cancel_registration": frozenset({Stage.REGISTERED, Stage.UPLOADED, Stage.PRESETTLED}),
}

IN_BED = frozenset({Stage.REGISTERED, Stage.UPLOADED, Stage.PRESETTLED})
STAY_ALLOWED: dict[str, frozenset[Stage]] = {
    **ALLOWED,
    "change_registration": IN_BED,
    "upload_fees": IN_BED,
    "presettle": frozenset({Stage.UPLOADED, Stage.PRESETTLED, Stage.DISCHARGED}),
    "discharge": frozenset({Stage.UPLOADED, Stage.PRESETTLED}),
    "undo_discharge": frozenset({Stage.DISCHARGED}),
    "settle": frozenset({Stage.DISCHARGED}),
}
"""Stays: lines only between admission and discharge, settled only after it (domain.md §1.2, §1.3);
a mid-stay pre-settlement at any time."""


def may(visit: Visit, step: str) -> Fault | None:
    """Why ``step`` is not allowed now, or ``None``; an open transaction forbids every step."""
    if visit.open_msgid:
        return fault("lifecycle.open", visit=visit.visit_no, msgid=visit.open_msgid)
    stay = visit.registration.is_inpatient
    if visit.stage in (STAY_ALLOWED if stay else ALLOWED)[step]:
        return None
    return fault(f"{'lifecycle_stay' if stay else 'lifecycle'}.{step}.{visit.stage}")


def stage_of(
    registered: bool, cancelled: bool, lines: bool, shown: bool, settled: bool,
    discharged: bool = False,
) -> Stage:  # fmt: skip
    """How far a visit is, from what the journal knows of it."""
    if settled:
        return Stage.SETTLED
    if registered and discharged:
        return Stage.DISCHARGED
    if registered:
        return (
            Stage.PRESETTLED if shown and lines else Stage.UPLOADED if lines else Stage.REGISTERED
        )
    return Stage.CANCELLED if cancelled else Stage.NEW
