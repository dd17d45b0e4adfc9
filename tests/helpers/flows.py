"""Steps of a visit as a cashier does them, for tests that need a visit at a certain place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from core.app import Desk
from core.domain import Person, Registration, Stage, Visit
from core.outcome import Accepted
from core.service.result import StepResult
from core.simulator.world import persons

KINDS = {"2": "职业病", "3": "康复治疗"}  # by the last digit of the medical category


def straight_visit(desk: Desk, few_lines: bool = False, count: int = 1) -> Visit:
    """A waiting visit without traps: entitled person with a qualification, name as on the card.

    The ``count``-th of them; ``AssertionError`` when there are not so many.
    """
    good = {
        item.name: item for item in persons()
        if item.qualifications and not item.refused_reason and not item.in_hospital
    }  # fmt: skip
    for waiting in desk.hospital.waiting():
        person = good.get(waiting.person_name)
        lines = desk.hospital.fee_lines(waiting.visit_no)
        if person is None or not lines or desk.charge.check(lines):
            continue
        visit = desk.register.open(waiting.visit_no)
        untouched = visit.stage is Stage.NEW and not visit.open_msgid
        few_enough = not few_lines or len(lines) <= 30
        if untouched and few_enough and fitting(person.qualifications, waiting):
            count -= 1
            if not count:
                return visit
    raise AssertionError("the invented hospital has no plain visit waiting")


def lay_card(desk: Desk, name: str) -> None:
    """Put the card of the person called ``name`` into the simulated reader."""
    key = next(item.key for item in persons() if item.name == name)
    centre = getattr(desk.gateway, "centre", None)
    if centre is not None:
        centre.handle(json.dumps({"infno": "SIM:CARD", "input": {"person": key}}).encode())
        return
    assert desk.training is not None
    desk.training.control.card(key)


def identified(desk: Desk, name: str, stay: bool = False) -> Person:
    """The person called ``name``: by the card in the reader, or by number where there is none."""
    if "computer_no" in desk.centre.capabilities.identify_by:
        number = next(item.number for item in persons() if item.name == name)
        outcome, person = desk.identify.by_number("computer_no", number, stay=stay)
    else:
        lay_card(desk, name)
        outcome, person = desk.identify.read_card(stay=stay)
    assert isinstance(outcome, Accepted) and person is not None, outcome
    return person


def register(desk: Desk, visit_no: str) -> StepResult:
    """Card read and registration with the qualification that fits."""
    visit = desk.register.open(visit_no)
    person = identified(desk, visit.registration.person_name)
    filled = complete(visit.registration)
    return desk.register.register(filled, person, fitting(person.qualifications, filled))


def fitting(qualifications: Sequence[Any], registration: Registration) -> Any:
    """The qualification of the kind that the medical category asks for, or nothing; the first one
    where the centre names no kinds."""
    wanted = KINDS.get((registration.med_type or "11")[-1], "肢体残")
    kinds = {item.kind for item in qualifications}
    named = kinds & {"肢体残", *KINDS.values()}
    return next((item for item in qualifications if item.kind == wanted or not named), None)


def complete(registration: Registration) -> Registration:
    """The registration with a medical category where the hospital gave none."""
    return registration.model_copy(update={"med_type": registration.med_type or "11"})


def do(desk: Desk, step: str, visit_no: str) -> StepResult:
    """One step of the outpatient's road."""
    if step == "settle":
        shown = desk.visits.read(visit_no).presettlement
        assert shown is not None
        return desk.settle.settle(visit_no, shown)
    calls = {
        "register": lambda: register(desk, visit_no),
        "upload_fees": lambda: desk.charge.upload(visit_no),
        "presettle": lambda: desk.settle.presettle(visit_no),
        "cancel_settlement": lambda: desk.refund.cancel_settlement(visit_no, "患者要求"),
        "cancel_registration": lambda: desk.register.cancel(visit_no, "患者要求"),
    }
    return calls[step]()


ROAD = ("register", "upload_fees", "presettle", "settle")


def settled(desk: Desk) -> str:
    """Bring a plain visit to its settlement; gives the visit number."""
    visit_no = straight_visit(desk).visit_no
    for step in ROAD:
        result = do(desk, step, visit_no)
        assert isinstance(result.outcome, Accepted), (step, result.outcome)
    return visit_no


def brought(desk: Desk, step: str) -> str:
    """A plain visit with everything before ``step`` done; gives the visit number."""
    visit_no = straight_visit(desk).visit_no
    for name in ROAD[: ROAD.index(step)]:
        result = do(desk, name, visit_no)
        assert isinstance(result.outcome, Accepted), (name, result.outcome)
    return visit_no
