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


def may(visit: Visit, step: str) -> Fault | None:
    """Why ``step`` is not allowed now, or ``None``; an open transaction forbids every step."""
    if visit.open_msgid:
        return fault("lifecycle.open", visit=visit.visit_no, msgid=visit.open_msgid)
    if visit.stage in ALLOWED[step]:
        return None
    return fault(f"lifecycle.{step}.{visit.stage}")


def stage_of(registered: bool, cancelled: bool, lines: bool, shown: bool, settled: bool) -> Stage:
    """How far a visit is, from what the journal knows of it."""
    if settled:
        return Stage.SETTLED
    if registered:
        return (
            Stage.PRESETTLED if shown and lines else Stage.UPLOADED if lines else Stage.REGISTERED
        )
    return Stage.CANCELLED if cancelled else Stage.NEW
