"""The flows under proof: how far a visit is brought, what is done, when it is reached.

Each is done through the same services that the screens call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.app import Desk
from core.domain import Discharge, Registration, Stage, Visit
from core.prove.centres import KINDS
from core.prove.world import World
from core.service.result import StepResult
from core.simulator.world import person

REASON = "-"
BY_NUMBER = "computer_no"
EVERY, BY_VISITS = frozenset(KINDS), frozenset({"gd"})
ROAD = ("register", "upload_fees", "presettle", "settle")
STAY = "21"  # a stay for an injury (protocol-zjs.md §2.4, SEEN)
Do = Callable[[Desk, str], StepResult]


def registered(desk: Desk, visit_no: str) -> StepResult:
    """Register the visit, or admit the stay, with the person whose card was read."""
    known = desk.visits.read(visit_no).registration
    who = desk.identify.last_person()
    assert who is not None
    if known.is_inpatient:
        return desk.stays.admit(known, who, who.qualifications[0])
    return desk.register.register(known, who, who.qualifications[0])


def settled(desk: Desk, visit_no: str) -> StepResult:
    """Settle what the desk shows; asked for anew where nothing is shown any more."""
    visit = desk.visits.read(visit_no)
    if visit.presettlement is None and visit.stage in (Stage.UPLOADED, Stage.DISCHARGED):
        done = desk.settle.presettle(visit_no)
        visit = done.visit
        if visit.presettlement is None:
            return done
    if visit.presettlement is None:
        return desk.settle.presettle(visit_no)  # refused: nothing to settle
    return desk.settle.settle(visit_no, visit.presettlement)


def discharged(desk: Desk, visit_no: str) -> StepResult:
    """The stay ends now."""
    known = desk.visits.read(visit_no).registration
    code = next(iter(desk.stays.outcomes()))
    end = Discharge(
        discharged_at=desk.session.centre_now(), outcome_code=code,
        diagnosis_code=known.diagnosis_code, diagnosis_name=known.diagnosis_name,
    )  # fmt: skip
    return desk.stays.discharge(visit_no, end)


def refunded_in_part(desk: Desk, visit_no: str) -> StepResult:
    """Refund the first line and charge the rest anew; goes on wherever it stopped."""
    if desk.partial_refunds.unfinished_of(visit_no) or not desk.visits.read(visit_no).settlement:
        return settled(desk, visit_no)
    first = desk.partial_refunds.lines(visit_no)[0]
    done = desk.partial_refunds.start(visit_no, [first.line_id], REASON)
    return settled(desk, visit_no) if done.visit.presettlement else done


STEPS: dict[str, Do] = {
    "discharge": discharged,
    "undo_discharge": lambda desk, visit_no: desk.stays.undo_discharge(visit_no, REASON),
    "refund_in_part": refunded_in_part,
    "register": registered,
    "upload_fees": lambda desk, visit_no: desk.charge.upload(visit_no),
    "presettle": lambda desk, visit_no: desk.settle.presettle(visit_no),
    "settle": settled,
    "cancel_settlement": lambda desk, visit_no: desk.refund.cancel_settlement(visit_no, REASON),
    "cancel_registration": lambda desk, visit_no: desk.register.cancel(visit_no, REASON),
}


def whole(visit: Visit) -> bool:
    """Has the centre every line?"""
    return {one.line_id for one in visit.uploaded} == {one.line_id for one in visit.lines}


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow: ``before`` is done plainly, then ``step`` under faults until ``reached``."""

    name: str
    before: tuple[str, ...]
    step: str
    lines: int
    reached: Callable[[Visit], bool]
    back: str = ""  # what undoes it, for a cashier who changes his mind
    stay: bool = False
    families: frozenset[str] = EVERY


def flows_of(family: str) -> dict[str, Flow]:
    """The flows that a family has."""
    return {name: flow for name, flow in FLOWS.items() if family in flow.families}


FLOWS: dict[str, Flow] = {
    "settle": Flow(
        "settle", ROAD[:3], "settle", 2, lambda visit: visit.stage is Stage.SETTLED,
    ),
    "cancel": Flow(
        "cancel", ROAD, "cancel_settlement", 2, lambda visit: visit.settlement is None,
    ),
    "upload": Flow(
        "upload", ROAD[:1], "upload_fees", 5, whole, "cancel_registration",
    ),
    "admit": Flow(
        "admit", (), "register", 2,
        lambda visit: visit.stage not in (Stage.NEW, Stage.CANCELLED), "cancel_registration",
        stay=True,
    ),
    "discharge": Flow(
        "discharge", ROAD[:2], "discharge", 2, lambda visit: visit.discharge is not None,
        "cancel_registration", stay=True, families=BY_VISITS,
    ),
    "stay": Flow(
        "stay", (*ROAD[:2], "discharge"), "settle", 2,
        lambda visit: visit.stage is Stage.SETTLED, stay=True, families=BY_VISITS,
    ),
    "part": Flow(
        "part", ROAD, "refund_in_part", 3,
        lambda visit: visit.stage is Stage.SETTLED and len(visit.lines) == 2, families=BY_VISITS,
    ),
}  # fmt: skip


def prepared(world: World, flow: Flow, number: int = 0) -> str:
    """Bring a fresh visit to the place before the flow's step; its number."""
    visit_no = world.ward.admit(world.clock.now(), flow.lines, batch=number)
    registration = world.ward.visit(visit_no)
    assert registration is not None
    stay = flow.stay or (world.kind.held and flow.step == "upload_fees")
    if stay:
        world.ward.change(as_stay(registration))

    def bring() -> None:
        identified(world, world.desk, registration, stay)
        for step in flow.before:
            STEPS[step](world.desk, visit_no)

    world.plainly(bring)
    return visit_no


def identified(world: World, desk: Desk, registration: Registration, stay: bool = False) -> bool:
    """The visit's person by the card in the reader, or by number; was there an answer?"""
    found = person(registration.person_name)
    assert found is not None
    if BY_NUMBER in desk.centre.capabilities.identify_by:
        return desk.identify.by_number(BY_NUMBER, found.number, stay=stay)[1] is not None
    world.centre.books.set("card", found.number)
    return desk.identify.read_card(stay=stay)[1] is not None


def as_stay(registration: Registration) -> Registration:
    """The same as an admission."""
    asked = {"med_type": STAY, "inpatient_no": "1", "ward_name": registration.dept_name}
    return registration.model_copy(update=asked)
