"""A visit made in the test HIS is charged over the desk's API and is paid in the HIS's tables."""

from __future__ import annotations

import pytest

from core.domain import Stage
from tests.helpers import flows
from tests.helpers.api import enabled, serving
from tests.helpers.inprocess import World

DAY_SECONDS = 24 * 3600
DAYS, BATCHES = iter(range(200, 300)), iter(range(1000, 1100))


@pytest.fixture
def counter(house, tmp_path):
    """A desk with its API open, and a visit of the HIS whose card lies in the reader."""
    enabled(tmp_path)
    world = World(tmp_path)
    world.clock.advance(DAY_SECONDS * next(DAYS))
    now = world.clock.now().isoformat()
    visit_no = house.his.order("invent", now=now, batch=next(BATCHES))[0]
    with serving(world) as (desk, program):
        flows.lay_card(desk, house.his.order("visit", visit_no=visit_no)["visit"]["pat_name"])
        way = {
            "address": str(program.line.base_url), "token": program.token, "visit_no": visit_no,
        }  # fmt: skip
        yield world, desk, way


@pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True)
def test_a_day_over_the_api(house, counter):
    _, desk, way = counter
    visit_no = way["visit_no"]
    assert not house.paid(visit_no)["paid"]
    msgid = house.his.order("charge", **way)
    paid, ours = house.paid(visit_no), desk.visits.read(visit_no)
    assert ours.stage is Stage.SETTLED and ours.settlement.msgid == msgid
    assert paid["paid"] and paid["msgid"] == msgid
    assert (paid["total"], paid["fund"]) == (
        ours.settlement.amounts.total, ours.settlement.amounts.fund,
    )  # fmt: skip
    assert paid["log"] == [["settle", paid["total"]]]
    assert house.his.order("take_back", **way)
    again = house.paid(visit_no)
    assert not again["paid"] and sum(money for _, money in again["log"]) == 0


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_an_his_that_dies_before_it_has_entered_the_answer_asks_again(house, counter):
    """The same keys are answered the same: one settlement at the centre, one payment entered."""
    world, _, way = counter
    first = house.his.order("charge", **way, enter=False)
    house.his.kill()
    house.his.again()
    assert house.paid(way["visit_no"])["log"] == []
    assert house.his.order("charge", **way) == house.his.order("charge", **way) == first
    assert len(house.paid(way["visit_no"])["log"]) == 1
    assert len(world.books()["settlements"]) == 1
