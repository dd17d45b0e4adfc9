"""A lost journal: money waits until the day was compared with the centre; the rest goes on."""

from __future__ import annotations

from contextlib import suppress

import pytest

from core.domain import Stage
from core.errors import Refused
from core.outcome import Accepted
from tests.helpers.agreement import assert_agree
from tests.helpers.flows import do, settled
from tests.helpers.inprocess import CASHIER, SUPERVISOR


@pytest.fixture
def damaged(world):
    """A day with one settlement, then the journal's file is spoilt; gives the lost visit."""
    with world.desk() as desk:
        visit_no = settled(desk)
        path = desk.journal.path
    path.write_bytes(b"spoilt" * 1000)
    return visit_no


def registered(desk):
    """The first visit whose injury and category the centre takes; gives its number."""
    for waiting in desk.hospital.waiting():
        with suppress(Refused):
            if isinstance(do(desk, "register", waiting.visit_no).outcome, Accepted):
                return waiting.visit_no
    raise AssertionError("no visit can be registered")


def presettled(desk):
    visit_no = registered(desk)
    for step in ("upload_fees", "presettle"):
        assert isinstance(do(desk, step, visit_no).outcome, Accepted)
    return visit_no


def test_money_waits_and_everything_before_it_goes_on(world, damaged):
    with world.desk() as desk:
        visit_no = presettled(desk)
        sent = len(world.gateway.sent)
        with pytest.raises(Refused) as refused:
            do(desk, "settle", visit_no)
        assert refused.value.faults[0].key == "safekeeping.blocked"
        assert len(world.gateway.sent) == sent
        assert desk.visits.read(visit_no).stage is Stage.PRESETTLED
        assert desk.journal.open_rows() == []


def test_the_comparison_names_what_only_the_centre_has(world, damaged):
    with world.desk() as desk:
        found = desk.health.compare()
        assert [item.visit_no for item in found.only_there] == [damaged]
        assert found.only_there[0].total > 0
        assert found.only_there[0].msgid in found.says
        assert desk.safekeeping.compared_at() == world.clock.now()


def test_after_comparing_and_lifting_money_moves_again(world, damaged):
    with world.desk() as desk:
        visit_no = presettled(desk)
        with pytest.raises(Refused):
            desk.health.lift(SUPERVISOR, "已核对")
        desk.health.compare()
        with pytest.raises(Refused):
            desk.health.lift(CASHIER, "已核对")
        desk.health.lift(SUPERVISOR, "已核对")
        assert isinstance(do(desk, "settle", visit_no).outcome, Accepted)
        assert_agree(desk, world.books(), visit_no)


def test_a_centre_that_does_not_answer_compares_nothing(world, damaged):
    with world.desk() as desk:
        world.gateway.unsent = True
        with pytest.raises(Refused) as refused:
            desk.health.compare()
        assert refused.value.faults[0].key == "safekeeping.no_answer"
        assert desk.safekeeping.compared_at() is None


def test_a_whole_journal_compares_equal(world):
    with world.desk() as desk:
        settled(desk)
        found = desk.health.compare()
        assert found.listed == 1
        assert found.only_there == ()
        assert "本机全部都有" in found.says


def test_the_self_check_shows_the_block(world, damaged):
    with world.desk() as desk:
        found = {item.name: item for item in desk.health.checks(centre=False)}
        assert found["settling"].state == "failed"
        assert "主管" in found["settling"].says
        assert found["journal"].state == "ok"
