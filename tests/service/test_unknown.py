"""An ending nobody knows: what happened is adopted, what did not is never booked twice."""

from __future__ import annotations

import pytest

from core.domain import State
from core.errors import Refused
from core.outcome import Unknown
from tests.helpers.inprocess import SUPERVISOR
from tests.service import road

STEPS = (
    ("register", False), ("settle", False), ("cancel_settlement", False),
    ("cancel_registration", False), ("register", True), ("upload_fees", True), ("settle", True),
    ("cancel_settlement", True), ("cancel_registration", True),
)  # fmt: skip
LOST = [("register", False), ("settle", False), ("cancel_settlement", False),
        ("upload_fees", True)]  # fmt: skip


def before(desk, step, stay):
    """A visit at the place before the step."""
    if step == "cancel_registration":
        return road.brought(desk, "upload_fees", stay)
    return road.brought(desk, step, stay)


def newest(desk, visit_no, step):
    """The last transaction of the step."""
    return [row for row in desk.journal.of_visit(visit_no) if row.step == step][-1]


@pytest.mark.parametrize(("step", "stay"), STEPS)
def test_a_lost_reply_is_found_and_adopted(world, desk, step, stay):
    visit_no = before(desk, step, stay)
    world.fault("reply_lost", road.code(desk, step, stay))
    result = road.do(desk, step, visit_no)
    assert isinstance(result.outcome, Unknown)
    with pytest.raises(Refused):
        road.do(desk, step, visit_no)
    world.resolve(desk)
    assert newest(desk, visit_no, step).state is State.SETTLED
    if step == "settle":
        visit, (there,) = desk.visits.read(visit_no), road.standing(world, desk, visit_no)
        assert visit.settlement.amounts.total == there["total"]
        assert visit.settlement.amounts.personal == there["personal"]
    if step == "register" and desk.centre.has("visit_data"):
        assert desk.journal.ledger.centrefacts.centre_visit_no(visit_no)
    road.back(desk, visit_no)


@pytest.mark.parametrize(("step", "stay"), LOST)
def test_a_lost_request_ends_open_for_a_person_or_void(world, desk, step, stay):
    visit_no = before(desk, step, stay)
    books = len(world.books()["settlements"])
    world.fault("request_lost", road.code(desk, step, stay))
    assert isinstance(road.do(desk, step, visit_no).outcome, Unknown)
    for _ in range(4):
        desk.resolve.round()
        world.pass_quiet(desk)
    row = newest(desk, visit_no, step)
    money = step in ("settle", "cancel_settlement")
    fenced = desk.centre.capabilities.reversal
    assert row.state is (State.MANUAL if money and not fenced else State.VOID), row
    assert len(world.books()["settlements"]) == books
    if row.state is State.MANUAL:
        with pytest.raises(Refused):
            desk.resolve.reverse(row.msgid)
        desk.resolve.decide(row.msgid, False, SUPERVISOR, "中心证明没有")
    road.done(desk, step, visit_no)
    road.back(desk, visit_no)


def test_a_settlement_delivered_twice_is_one(world, desk):
    visit_no = road.brought(desk, "settle")
    world.fault("duplicate", road.code(desk, "settle"), answer="second")
    road.do(desk, "settle", visit_no)
    world.resolve(desk)
    assert desk.visits.read(visit_no).settlement
    assert len(road.standing(world, desk, visit_no)) == 1
    road.back(desk, visit_no)


def test_a_discharge_whose_answer_was_lost_is_found(platform):
    world = platform
    with world.desk() as desk:
        visit_no = road.brought(desk, "discharge", stay=True)
        world.fault("reply_lost", road.code(desk, "discharge"))
        assert isinstance(road.do(desk, "discharge", visit_no).outcome, Unknown)
        world.resolve(desk)
        visit = desk.visits.read(visit_no)
        assert visit.discharge is not None and visit.presettlement is None
        world.fault("reply_lost", road.code(desk, "undo_discharge"))
        assert isinstance(road.do(desk, "undo_discharge", visit_no).outcome, Unknown)
        world.resolve(desk)
        assert desk.visits.read(visit_no).discharge is None
        road.back(desk, visit_no)


def test_a_stay_that_ended_unheard_is_seen_before_it_is_taken_back(platform):
    world = platform
    with world.desk() as desk:
        visit_no = road.brought(desk, "discharge", stay=True)
        road.done(desk, "discharge", visit_no)
        with desk.journal.commit():
            desk.journal.ledger.stays.note_discharge(visit_no, None, "0101", "lost")
        with pytest.raises(Refused, match="先办理「出院登记」"):
            desk.stays.cancel_admission(visit_no, road.WHY)
        road.done(desk, "discharge", visit_no)
        road.back(desk, visit_no)


def test_lines_without_ids_are_judged_by_their_sum(platform):
    from core.service.endings import Absent, Happened, NoEvidence
    from core.service.evidence import _by_sum

    rows = [{"amount": 100}, {"amount": 250}]
    assert isinstance(_by_sum(100, 250, rows), Happened)
    assert isinstance(_by_sum(350, 80, rows), Absent)
    assert isinstance(_by_sum(1, 80, rows), NoEvidence)
