"""The day's sums: by the centre's own list, or visit by visit, with the same result."""

from __future__ import annotations

import pytest

from core.domain.dayend import PairClass, Proposal
from core.errors import Refused
from core.outcome import Accepted
from tests.helpers.inprocess import World
from tests.service import road


@pytest.fixture(scope="module")
def days(world, desk) -> tuple[World, object, str]:
    """A day with a settlement, a refund, a stay, and one registered anew."""
    kept = road.brought(desk, "settled")
    undone = road.brought(desk, "settled")
    road.done(desk, "cancel_settlement", undone)
    road.brought(desk, "settled", stay=True)
    again = road.brought(desk, "settled")
    road.back(desk, again)
    for step in road.OUTPATIENT:
        road.done(desk, step, again)
    return world, desk, kept


def test_the_sums_are_equal_and_every_record_has_its_pair(days):
    _, desk, _ = days
    found = desk.dayend.match(desk.dayend.compare(desk.dayend.period()))
    assert found.equal and found.ours.net.count == 7
    assert found.sheet.matched == 7 and found.sheet.pairs == ()


def test_of_one_operator_and_one_sign_in(days):
    _, desk, _ = days
    period = desk.dayend.period()
    assert desk.dayend.compare(period, "0101").equal
    assert desk.dayend.compare(period, "0999").centre.count == 0
    assert desk.dayend.compare(period, "", desk.session.sign_no()).equal


def test_a_confirmation_only_where_the_centre_takes_one(days):
    _, desk, _ = days
    found = desk.dayend.compare(desk.dayend.period())
    if not desk.dayend.may_confirm:
        with pytest.raises(Refused, match="对账确认"):
            desk.dayend.confirm(found)
        return
    outcome, made = desk.dayend.confirm(found)
    assert isinstance(outcome, Accepted) and made is not None
    desk.session.take_over(desk.session.acting())


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    """A centre asked by visit, and a desk that settled there."""
    world = World(tmp_path_factory.mktemp("apart"), "gd")
    with world.desk() as desk:
        yield world, desk, road.brought(desk, "settled"), road.brought(desk, "settled", stay=True)


def test_what_the_centre_lost_is_found(apart):
    world, desk, visit_no, _ = apart
    compared = desk.dayend.compare(desk.dayend.period())
    assert compared.equal
    world.order("LOSE", visit=visit_no)
    found = desk.dayend.match(desk.dayend.compare(desk.dayend.period()))
    assert not found.equal
    (pair,) = found.sheet.pairs
    assert pair.kind in (PairClass.HOSPITAL_ONLY, PairClass.JOURNAL_ONLY)
    assert (pair.journal.visit_no, pair.centre) == (visit_no, None)
    assert pair.proposal is Proposal.SETTLE_AGAIN and pair.says


def test_an_open_settlement_is_the_centres_alone_until_it_is_found(apart):
    world, desk, *_ = apart
    visit_no = road.brought(desk, "settle")
    world.fault("reply_lost", road.code(desk, "settle"))
    road.do(desk, "settle", visit_no)
    found = desk.dayend.match(desk.dayend.compare(desk.dayend.period()))
    mine = [pair for pair in found.sheet.pairs if pair.first.visit_no == visit_no]
    assert [(pair.kind, pair.proposal) for pair in mine] == [
        (PairClass.CENTRE_ONLY, Proposal.COMPLETE)
    ]
    world.resolve(desk)
    found = desk.dayend.match(desk.dayend.compare(desk.dayend.period()))
    assert [pair for pair in found.sheet.pairs if pair.first.visit_no == visit_no] == []


def test_an_open_settlement_that_is_not_there_is_for_a_person(apart):
    world, desk, *_ = apart
    visit_no = road.brought(desk, "settle")
    world.fault("request_lost", road.code(desk, "settle"))
    road.do(desk, "settle", visit_no)
    found = desk.dayend.match(desk.dayend.compare(desk.dayend.period()))
    mine = [pair for pair in found.sheet.pairs if pair.first.visit_no == visit_no]
    assert [pair.proposal for pair in mine] == [Proposal.ASK] and "主管" in mine[0].says


def test_a_visit_that_does_not_answer_leaves_the_day_uncompared(apart):
    world, desk, *_ = apart
    world.fault("hang", road.code(desk, "stay_data"))
    with pytest.raises(Refused, match="没有做完"):
        desk.dayend.compare(desk.dayend.period())
    world.fault("hang", road.code(desk, "refund_data"))
    with pytest.raises(Refused, match="没有做完"):
        desk.dayend.compare(desk.dayend.period())
