"""A change of registration (2203) whose ending is unknown: repeated until the centre says so."""

from __future__ import annotations

import pytest

from core.domain import Stage, State
from core.outcome import Accepted, Rejected, Unknown
from tests.helpers import stays as ward
from tests.helpers.agreement import assert_agree


def bed_at_centre(world, visit_no):
    [theirs] = [item for item in world.books()["visits"] if item["visit_no"] == visit_no]
    return theirs["bed"]


@pytest.mark.parametrize("kind", ["reply_lost", "request_lost", "garbage", "truncated"])
def test_the_same_change_is_sent_again_and_then_it_is_known(world, desk, kind):
    visit_no = ward.uploaded(desk, ward.SHORT)
    world.fault(kind, "2203")
    result = desk.stays.change(visit_no, {"bed": "09-09"})
    assert isinstance(result.outcome, Unknown)
    assert result.visit.registration.bed == "02-03"
    assert desk.stays.open(visit_no).row.open_msgid == result.msgid
    world.resolve(desk)
    visit = desk.visits.read(visit_no)
    assert visit.registration.bed == "09-09" == bed_at_centre(world, visit_no)
    assert visit.stage is Stage.UPLOADED and not visit.open_msgid
    assert_agree(desk, world.books(), visit_no)


def test_while_nothing_answers_nothing_is_decided(world, desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    world.fault("request_lost", "2203", times=3)
    msgid = desk.stays.change(visit_no, {"bed": "09-09"}).msgid
    for _ in range(2):
        world.pass_quiet(desk)
        desk.resolve.round()
        assert desk.journal.transaction(msgid).state is State.UNKNOWN
    world.resolve(desk)
    assert bed_at_centre(world, visit_no) == "09-09"
    repeats = [row for row in desk.journal.correcting(msgid) if row.step == "change_registration"]
    assert [row.state for row in repeats] == [State.VOID, State.VOID, State.SETTLED]


def test_a_change_that_the_centre_does_not_take_ends_void_and_may_be_made_anew(world, desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    world.fault("request_lost", "2203")
    msgid = desk.stays.change(visit_no, {"bed": "09-09"}).msgid
    world.fault("refuse", "2203", times=3)
    world.resolve(desk)
    assert desk.journal.transaction(msgid).state is State.VOID
    assert desk.visits.read(visit_no).registration.bed == "02-03" == bed_at_centre(world, visit_no)
    assert isinstance(desk.stays.change(visit_no, {"bed": "09-09"}).outcome, Accepted)


def test_a_refused_change_changes_nothing_and_asks_nothing(world, desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    world.fault("refuse", "2203")
    sent = len(world.gateway.sent)
    result = desk.stays.change(visit_no, {"bed": "09-09"})
    assert isinstance(result.outcome, Rejected)
    assert result.visit.registration.bed == "02-03" and len(world.gateway.sent) == sent + 1


def test_a_message_that_arrived_twice_is_one_change(world, desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    world.fault("duplicate", "2203")
    desk.stays.change(visit_no, {"bed": "09-09"})
    world.resolve(desk)
    assert desk.visits.read(visit_no).registration.bed == "09-09" == bed_at_centre(world, visit_no)
