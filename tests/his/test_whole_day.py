"""A visit made in the test HIS is charged at the desk and is paid in the HIS's own tables."""

from __future__ import annotations

import pytest

from core.domain import Stage
from core.outcome import Accepted
from tests.helpers import flows

BOTH = pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True)


@BOTH
def test_a_day_of_a_hospital(house):
    desk = house.desk
    visit_no = house.plain()
    assert house.paid(visit_no)["paid"] is False
    for step in flows.ROAD:
        assert isinstance(flows.do(desk, step, visit_no).outcome, Accepted), step
    desk.outbox.round()
    paid, visit = house.paid(visit_no), desk.visits.read(visit_no)
    assert visit.stage is Stage.SETTLED
    assert paid["paid"] and paid["state"] == "registered"
    assert (paid["fund"], paid["personal"]) == (
        visit.settlement.amounts.fund, visit.settlement.amounts.personal,
    )  # fmt: skip
    assert paid["total"] == visit.settlement.amounts.total
    assert paid["log"] == [["settle", paid["total"]]]
    assert visit_no not in [one.visit_no for one in desk.hospital.waiting()]
    assert isinstance(flows.do(desk, "cancel_settlement", visit_no).outcome, Accepted)
    desk.outbox.round()
    again = house.paid(visit_no)
    assert not again["paid"]
    assert sum(money for _, money in again["log"]) == 0
