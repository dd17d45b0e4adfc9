"""Stays at a certain place, as the admissions office brings them there."""

from __future__ import annotations

from core.app import Desk
from core.domain.stay import Discharge
from core.outcome import Accepted
from core.service.result import StepResult
from tests.helpers.flows import identified

LONG, READY, REFUNDED, DISEASED, REHABILITATED = "包振邦", "石宝珍", "田广林", "孟庆生", "段丽华"
SHORT, TODAY, UNMAPPED, UNRECOGNISED = "向文斌", "孔令辉", "冷秋月", "贾云鹏"


def number(desk: Desk, name: str) -> str:
    """The stay of an inpatient of the invented hospital."""
    return next(row.visit_no for row in desk.stays.worklist() if row.name == name)


def read_card(desk: Desk, name: str) -> None:
    """Lay the card of ``name`` into the reader and read it (or ask by number)."""
    identified(desk, name, stay=True)


def admit(desk: Desk, name: str) -> StepResult:
    """Card read and admission with the only qualification."""
    read_card(desk, name)
    person = desk.identify.last_person()
    stay = desk.stays.open(number(desk, name))
    return desk.stays.admit(stay.visit.registration, person, person.qualifications[0])


def admitted(desk: Desk, name: str) -> str:
    """A stay that the centre knows; gives the visit number."""
    return accepted(admit(desk, name))


def uploaded(desk: Desk, name: str) -> str:
    """A stay whose lines are all at the centre."""
    visit_no = admitted(desk, name)
    accepted(desk.stays.upload(visit_no))
    return visit_no


def ending(desk: Desk, visit_no: str, **changes: object) -> Discharge:
    """The ward's discharge, or one of a minute ago."""
    stay = desk.stays.open(visit_no)
    known = stay.visit.registration
    found = stay.hospital_discharge or Discharge(
        discharged_at=desk.clock.now(), outcome_code="05", diagnosis_code=known.diagnosis_code,
        diagnosis_name=known.diagnosis_name,
    )  # fmt: skip
    if found.outcome_code not in desk.stays.outcomes():
        found = found.model_copy(update={"outcome_code": "02"})
    return found.model_copy(update=changes)


def discharged(desk: Desk, name: str) -> str:
    """A stay with its discharge recorded."""
    visit_no = uploaded(desk, name)
    desk.stays.discharge(visit_no, ending(desk, visit_no))
    return visit_no


def settled(desk: Desk, name: str) -> str:
    """A stay that is settled."""
    visit_no = discharged(desk, name)
    shown = accepted_visit(desk.stays.presettle(visit_no)).visit.presettlement
    assert shown is not None
    accepted(desk.stays.settle(visit_no, shown))
    return visit_no


def accepted(result: StepResult) -> str:
    """The visit number of a step that was accepted."""
    assert isinstance(result.outcome, Accepted), result.outcome
    return result.visit.visit_no


def accepted_visit(result: StepResult) -> StepResult:
    """The result itself, once it is known to be accepted."""
    accepted(result)
    return result
