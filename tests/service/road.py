"""What the tests of both families share: steps by name, for outpatients and stays, under faults."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

from core.app import Desk
from core.domain import Discharge, Stage
from core.outcome import Accepted
from core.service.result import StepResult
from core.simulator.gd.lines import by_hospital_code
from tests.helpers import flows, stays
from tests.helpers.inprocess import World

OUTPATIENT = ("register", "upload_fees", "presettle", "settle")
STAY = ("register", "upload_fees", "discharge", "presettle", "settle")
NAMES = (stays.TODAY, stays.READY, stays.REFUNDED, stays.DISEASED)
WHY = "患者要求"
USED: dict[Path, list[str]] = {}


def code(desk: Desk, step: str, stay: bool = False) -> str:
    """The function or transaction that the step is at this centre."""
    return desk.centre.rule(desk.centre.variant(step, stay)).code


def ending(desk: Desk, visit_no: str) -> Discharge:
    """Discharged now, with the first outcome that the centre has."""
    return Discharge(
        discharged_at=desk.clock.now(), outcome_code=next(iter(desk.stays.outcomes())),
        diagnosis_code=desk.visits.read(visit_no).registration.diagnosis_code,
    )  # fmt: skip


def fresh(desk: Desk, stay: bool = False) -> str:
    """A visit or stay that nobody has touched, or that was taken back."""
    if not stay:
        return _again(desk) or _plain(desk)
    for name in NAMES:
        visit_no = stays.number(desk, name)
        visit = desk.visits.read(visit_no)
        if visit.stage in (Stage.NEW, Stage.CANCELLED) and not visit.open_msgid:
            return visit_no
    raise AssertionError("every stay of the invented hospital was touched")


def _again(desk: Desk) -> str:
    """A plain visit of this hospital that was taken back before."""
    for visit_no in USED.get(desk.home, ()):
        visit = desk.visits.read(visit_no)
        if visit.stage is Stage.CANCELLED and not visit.open_msgid:
            return visit_no
    return ""


def _plain(desk: Desk) -> str:
    """A plain visit with items that every centre knows."""
    for place in count(1):
        visit = flows.straight_visit(desk, few_lines=True, count=place)
        if all(line.hosp_code in by_hospital_code() for line in visit.lines):
            USED.setdefault(desk.home, []).append(visit.visit_no)
            return visit.visit_no
    raise AssertionError


def do(desk: Desk, step: str, visit_no: str) -> StepResult:
    """One step, of an outpatient or of a stay."""
    visit = desk.visits.read(visit_no)
    if not visit.registration.is_inpatient:
        return flows.do(desk, step, visit_no)
    if desk.stays.needs_card(step):
        stays.read_card(desk, visit.registration.person_name)
    calls: dict[str, Callable[[], StepResult]] = {
        "register": lambda: stays.admit(desk, visit.registration.person_name),
        "upload_fees": lambda: desk.stays.upload(visit_no),
        "discharge": lambda: desk.stays.discharge(visit_no, ending(desk, visit_no)),
        "presettle": lambda: desk.stays.presettle(visit_no),
        "settle": lambda: desk.stays.settle(visit_no, visit.presettlement),
        "cancel_settlement": lambda: desk.stays.cancel_settlement(visit_no, WHY),
        "undo_discharge": lambda: desk.stays.undo_discharge(visit_no, WHY),
        "cancel_registration": lambda: desk.stays.cancel_admission(visit_no, WHY),
    }
    return calls[step]()


def done(desk: Desk, step: str, visit_no: str) -> StepResult:
    """A step that must be accepted."""
    result = do(desk, step, visit_no)
    assert isinstance(result.outcome, Accepted), (step, result.outcome)
    return result


def brought(desk: Desk, step: str, stay: bool = False) -> str:
    """A visit with everything before ``step`` done."""
    visit_no = fresh(desk, stay)
    road = STAY if stay else OUTPATIENT
    for name in road[: road.index(step)] if step in road else road:
        done(desk, name, visit_no)
    return visit_no


def back(desk: Desk, visit_no: str) -> None:
    """Take the visit back to its beginning, so that the next test finds it fresh."""
    visit = desk.visits.read(visit_no)
    if visit.settlement:
        done(desk, "cancel_settlement", visit_no)
    if desk.visits.read(visit_no).discharge:
        done(desk, "undo_discharge", visit_no)
    if desk.visits.read(visit_no).stage not in (Stage.NEW, Stage.CANCELLED):
        done(desk, "cancel_registration", visit_no)


def standing(world: World, desk: Desk, visit_no: str) -> list[dict]:
    """The settlements of a visit that stand in the centre's own books."""
    number = desk.journal.ledger.centrefacts.centre_visit_no(visit_no)
    numbers = {visit_no, *(
        row["visit_no"] for row in world.books()["visits"]
        if row.get("centre_visit_no") and row["centre_visit_no"] == number
    )}  # fmt: skip
    return [
        row for row in world.books()["settlements"]
        if row["visit_no"] in numbers and not row["cancelled_by"] and not row["reversed_by"]
        and not row.get("refund_of")
    ]  # fmt: skip
