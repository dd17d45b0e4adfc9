"""A settlement that certainly happened is undone by a new record that points at it."""

from __future__ import annotations

import pytest

from core.domain import Stage, State
from core.errors import Refused
from core.outcome import Accepted, Rejected, Unknown
from tests.helpers.agreement import assert_agree, live_lines, live_settlements
from tests.helpers.flows import brought, do, settled


def test_a_cancellation_takes_the_whole_amount_back(world, desk):
    visit_no = settled(desk)
    paid = desk.visits.read(visit_no).settlement
    result = desk.refund.cancel_settlement(visit_no, "患者要求")
    assert isinstance(result.outcome, Accepted)
    row = desk.journal.transaction(result.msgid)
    assert row.corrects == paid.msgid
    assert row.amount == -paid.amounts.total
    assert row.state is State.SETTLED
    assert live_settlements(world.books(), visit_no) == []
    assert_agree(desk, world.books(), visit_no)


def test_the_original_stays_and_knows_who_cancelled_it(desk):
    visit_no = settled(desk)
    paid = desk.visits.read(visit_no).settlement
    result = do(desk, "cancel_settlement", visit_no)
    [kept] = desk.history.settlements(visit_no)
    assert kept.amounts == paid.amounts and kept.cancelled_by == result.msgid
    assert desk.journal.transaction(paid.msgid).state is State.SETTLED


def test_the_lines_stay_at_the_centre(world, desk):
    visit_no = settled(desk)
    lines = desk.visits.read(visit_no).lines
    result = do(desk, "cancel_settlement", visit_no)
    assert result.visit.stage in {Stage.UPLOADED, Stage.PRESETTLED}
    assert len(live_lines(world.books(), visit_no)) == len(lines)


@pytest.mark.parametrize("reason", ["", "   ", "\n\t", "\u3000"])
def test_a_reason_is_required(world, desk, reason):
    visit_no = settled(desk)
    with pytest.raises(Refused, match="撤销原因为空") as error:
        desk.refund.cancel_settlement(visit_no, reason)
    assert error.value.faults[0].field == "reason"
    assert "2208" not in world.gateway.sent


def test_the_reason_is_kept_in_the_timeline(desk):
    visit_no = settled(desk)
    result = desk.refund.cancel_settlement(visit_no, "  收错患者  ")
    assert "收错患者" in [item.text for item in desk.history.timeline(result.msgid)]


@pytest.mark.parametrize("step", ["register", "upload_fees", "presettle", "settle"])
def test_without_a_settlement_there_is_nothing_to_cancel(world, desk, step):
    visit_no = brought(desk, step)
    with pytest.raises(Refused, match="没有结算"):
        desk.refund.cancel_settlement(visit_no, "患者要求")
    assert "2208" not in world.gateway.sent


def test_a_second_cancellation_is_refused(world, desk):
    visit_no = settled(desk)
    do(desk, "cancel_settlement", visit_no)
    with pytest.raises(Refused, match="没有结算"):
        do(desk, "cancel_settlement", visit_no)
    assert world.gateway.sent.count("2208") == 1


def test_the_centres_refusal_leaves_the_settlement(world, desk):
    visit_no = settled(desk)
    world.fault("refuse", "2208", text="该结算已对账，不能撤销")
    result = do(desk, "cancel_settlement", visit_no)
    assert isinstance(result.outcome, Rejected) and result.outcome.text == "该结算已对账，不能撤销"
    assert result.visit.stage is Stage.SETTLED
    assert not result.visit.settlement.cancelled_by


def test_while_a_settlement_is_unknown_it_cannot_be_cancelled(world, desk):
    visit_no = brought(desk, "settle")
    world.fault("reply_lost", "2207")
    assert isinstance(do(desk, "settle", visit_no).outcome, Unknown)
    with pytest.raises(Refused, match="查清之前不能继续办理"):
        do(desk, "cancel_settlement", visit_no)
    world.resolve(desk)
    assert isinstance(do(desk, "cancel_settlement", visit_no).outcome, Accepted)


def test_after_it_the_visit_is_settled_again_under_another_bill(world, desk):
    visit_no = settled(desk)
    first = desk.visits.read(visit_no).settlement
    do(desk, "cancel_settlement", visit_no)
    do(desk, "presettle", visit_no)
    second = do(desk, "settle", visit_no).visit.settlement
    assert second.bill_no != first.bill_no and second.msgid != first.msgid
    assert second.amounts.total == first.amounts.total
    assert_agree(desk, world.books(), visit_no)


def test_the_day_after_it_is_cancelled_all_the_same(world, desk):
    visit_no = settled(desk)
    world.clock.advance(24 * 3600)
    assert isinstance(do(desk, "cancel_settlement", visit_no).outcome, Accepted)
    assert_agree(desk, world.books(), visit_no)


def test_the_hospital_hears_of_it(desk):
    visit_no = settled(desk)
    do(desk, "cancel_settlement", visit_no)
    sql = "SELECT step FROM posting WHERE visit_no = ? ORDER BY rowid"
    steps = [row[0] for row in desk.hospital._db.execute(sql, (visit_no,))]
    assert steps == ["register", "settle", "cancel_settlement"]
