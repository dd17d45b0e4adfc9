"""What holds for every medical record, sent whole or in parts: where it comes from, what is missing
of it, when it is due, and whether its last upload was answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from core.centre.views import FieldView
from core.clock import CHINA
from core.domain import State
from core.domain.record import Gap
from core.errors import Fault, InvalidInput, Refused, fault
from core.his.port import Hospital
from core.journal import Journal
from core.service.record_values import gaps_of
from core.service.session import Session
from core.service.transact import Road
from core.settings import RecordSettings

MOST = 2000  # visits of a worklist


def of_hospital(hospital: Hospital, visit_no: str) -> dict[str, Any]:
    """The record that the hospital's system hands out; ``Refused`` where it has none to give."""
    source = hospital.records
    if source is None:
        raise Refused(fault("records.no_source"))
    values = source.record(visit_no)
    if not values:
        raise Refused(fault("records.hospital_has_none", "visit_no", visit=visit_no))
    return values


def gaps_in(
    road: Road, session: Session, step: str, values: Mapping[str, Any], fields: Sequence[FieldView]
) -> tuple[Gap, ...]:
    """Everything that the centre's message would lack."""
    try:
        road.centre.prepare(step, values, session.header("0" * 30))
    except InvalidInput as error:
        return gaps_of(fields, error.faults)
    return ()


def refuse(gaps: Sequence[Gap]) -> None:
    """Raise ``Refused`` with every gap, where there is one."""
    if gaps:
        raise Refused([Fault("records.gap", gap.says, gap.name) for gap in gaps])


def in_doubt(journal: Journal, visit_no: str, steps: Collection[str]) -> bool:
    """Nobody answered the last upload: its row was given up, and nothing came after it."""
    sent = [row for row in journal.of_visit(visit_no) if row.step in steps]
    return bool(sent) and sent[-1].state is State.VOID


def shown_since(now: datetime, settings: RecordSettings) -> str:
    """Visits settled from this moment on are on the worklist."""
    return (now - timedelta(days=settings.shown_days)).isoformat()


def due(
    settled_at: datetime | None, settings: RecordSettings, now: datetime
) -> tuple[date | None, int | None]:
    """The last day for a settled visit's record, and how many days are left until then."""
    if settled_at is None or not settings.days:
        return None, None
    last = settled_at.date() + timedelta(days=settings.days)
    return last, (last - now.astimezone(CHINA).date()).days
