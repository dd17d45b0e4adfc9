"""How a stay ends, at a centre that is told and at one where it is a note of the desk's own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain import Stage
from core.errors import InvalidInput, Refused
from core.outcome import Accepted, NotSent, Rejected
from core.service.stay_discharge import AHEAD
from tests.helpers import stays
from tests.service import road


@pytest.fixture(scope="module")
def visit_no(desk):
    """A stay with all its lines at the centre; every test leaves it so."""
    return road.brought(desk, "discharge", stay=True)


@pytest.fixture(autouse=True)
def in_bed(desk, visit_no):
    yield
    if desk.visits.read(visit_no).discharge:
        assert isinstance(desk.stays.undo_discharge(visit_no, road.WHY).outcome, Accepted)


def refused(desk, visit_no, **changes):
    """The fields that a discharge changed so is refused for."""
    end = road.ending(desk, visit_no).model_copy(update=changes)
    with pytest.raises(InvalidInput) as caught:
        desk.stays.discharge(visit_no, end)
    return {one.field: one.text for one in caught.value.faults}


def sent(world):
    return len(world.gateway.sent)


# -- what is wrong with it


def test_everything_that_is_wrong_is_said_at_once_and_nothing_leaves(world, desk, visit_no):
    before = sent(world)
    found = refused(
        desk, visit_no, outcome_code="?", diagnosis_code=" ",
        discharged_at=desk.clock.now() + timedelta(days=1),
    )  # fmt: skip
    assert set(found) == {"discharged_at", "outcome_code", "diagnosis_code"}
    assert sent(world) == before and desk.visits.read(visit_no).discharge is None


def test_the_outcomes_that_there_are_stand_in_the_sentence(desk, visit_no):
    words = refused(desk, visit_no, outcome_code="?")["outcome_code"]
    for code, word in desk.stays.outcomes().items():
        assert f"{code} {word}" in words


def test_nobody_leaves_before_the_admission(desk, visit_no):
    begun = desk.visits.read(visit_no).registration.admitted_at
    early = refused(desk, visit_no, discharged_at=begun - timedelta(seconds=1))
    assert f"{begun:%Y-%m-%d %H:%M}" in early["discharged_at"]


def test_a_wards_clock_may_be_a_little_ahead(desk, visit_no):
    late = desk.session.centre_now() + AHEAD
    assert set(refused(desk, visit_no, discharged_at=late + timedelta(seconds=1))) == {
        "discharged_at"
    }
    end = road.ending(desk, visit_no).model_copy(update={"discharged_at": late})
    result = desk.stays.discharge(visit_no, end)
    if isinstance(result.outcome, Accepted):
        assert desk.visits.read(visit_no).discharge.discharged_at == late


def test_a_stay_without_lines_at_the_centre_is_cancelled_and_not_discharged(desk):
    other = stays.admitted(desk, stays.LONG)
    with pytest.raises(Refused, match="上传费用"):
        desk.stays.discharge(other, road.ending(desk, other))
    assert isinstance(desk.stays.cancel_admission(other, road.WHY).outcome, Accepted)


def test_an_ending_needs_a_stay_that_the_centre_knows(desk):
    waiting = stays.number(desk, stays.LONG)
    with pytest.raises(Refused):
        desk.stays.discharge(waiting, road.ending(desk, waiting))


# -- recorded, changed, taken back


def test_a_discharge_is_kept_as_it_was_given(desk, visit_no):
    end = road.ending(desk, visit_no)
    road.done(desk, "discharge", visit_no)
    visit = desk.visits.read(visit_no)
    assert visit.stage is Stage.DISCHARGED and visit.discharge is not None
    assert visit.discharge.discharged_at == end.discharged_at
    assert visit.discharge.outcome_code == end.outcome_code


def test_only_a_centre_that_is_told_hears_of_it(world, desk, visit_no):
    told = desk.centre.capabilities.discharge_is_sent
    before = sent(world)
    result = road.do(desk, "discharge", visit_no)
    assert (sent(world) > before) == told == bool(result.msgid)
    before = sent(world)
    desk.stays.undo_discharge(visit_no, road.WHY)
    assert (sent(world) > before) == told


def test_a_discharge_twice_is_refused(desk, visit_no):
    road.done(desk, "discharge", visit_no)
    with pytest.raises(Refused):
        road.do(desk, "discharge", visit_no)


def test_who_stays_is_in_bed_again_and_the_reason_is_kept(desk, visit_no):
    road.done(desk, "discharge", visit_no)
    assert isinstance(desk.stays.undo_discharge(visit_no, "病情反复").outcome, Accepted)
    visit = desk.visits.read(visit_no)
    assert visit.discharge is None and visit.stage is not Stage.DISCHARGED
    texts = [
        f"{entry.text}{entry.payload}"
        for row in desk.journal.of_visit(visit_no) for entry in desk.journal.entries(row.msgid)
    ]  # fmt: skip
    assert any("病情反复" in text for text in texts)


def test_nothing_is_taken_back_that_was_not_there(desk, visit_no):
    with pytest.raises(Refused):
        desk.stays.undo_discharge(visit_no, road.WHY)


def test_amounts_that_were_shown_no_longer_count_after_a_change(desk, visit_no):
    road.done(desk, "discharge", visit_no)
    shown = road.done(desk, "presettle", visit_no).visit.presettlement
    assert shown is not None
    desk.stays.undo_discharge(visit_no, road.WHY)
    road.done(desk, "discharge", visit_no)
    visit = desk.visits.read(visit_no)
    again = visit.presettlement
    assert again is None or (desk.centre.capabilities.discharge_is_sent and again == shown)


# -- where the centre is told


def test_a_centre_that_refuses_leaves_the_patient_in_bed(world, desk, visit_no):
    if not desk.centre.capabilities.discharge_is_sent:
        assert tuple(desk.stays.discharge_fields()) == ()
        return
    world.fault("refuse", road.code(desk, "discharge", stay=True), text="床位未结清")
    result = road.do(desk, "discharge", visit_no)
    assert isinstance(result.outcome, Rejected) and "床位未结清" in result.outcome.text
    assert desk.visits.read(visit_no).discharge is None


def test_what_did_not_leave_is_no_discharge(world, desk, visit_no):
    world.gateway.unsent = True
    try:
        result = road.do(desk, "discharge", visit_no)
    finally:
        world.gateway.unsent = False
    noted = not desk.centre.capabilities.discharge_is_sent
    assert isinstance(result.outcome, Accepted if noted else NotSent)
    assert bool(desk.visits.read(visit_no).discharge) == noted


def test_a_lost_answer_blocks_the_stay_until_the_centre_was_asked(world, desk, visit_no):
    if not desk.centre.capabilities.discharge_is_sent:
        assert road.done(desk, "discharge", visit_no).msgid == ""
        return
    world.fault("reply_lost", road.code(desk, "discharge", stay=True))
    result = road.do(desk, "discharge", visit_no)
    assert result.visit.open_msgid == result.msgid
    with pytest.raises(Refused):
        road.do(desk, "presettle", visit_no)
    world.pass_quiet(desk)
    world.resolve(desk)
    visit = desk.visits.read(visit_no)
    assert visit.open_msgid == "" and visit.discharge is not None
