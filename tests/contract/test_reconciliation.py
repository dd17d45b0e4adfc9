"""1320, 1321, 1322, 1323 as the desk sends them and the centre answers them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from core.domain import Role, State
from core.domain.dayend import Confirmation, Period
from core.errors import Refused
from core.outcome import Accepted, Rejected, Unknown
from tests.helpers import flows
from tests.helpers.inprocess import CASHIER, SUPERVISOR, World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path / "home")


def sent(desk, msgid):
    """The body of a message as it left."""
    return json.loads(desk.journal.entries(msgid)[0].payload)["input"]


def last(desk, step):
    """The newest transaction of a step."""
    code = desk.centre.rule(step).code
    return next(row for row in desk.journal.find(code) if row.step == step)


def confirmed(world, desk) -> Confirmation:
    """A day with one settlement, confirmed."""
    flows.settled(desk)
    found = desk.dayend.compare(desk.dayend.period())
    outcome, confirmation = desk.dayend.confirm(found)
    assert isinstance(outcome, Accepted)
    assert confirmation is not None
    return confirmation


def test_1320_asks_for_period_operator_and_sign_number(world):
    with world.desk() as desk:
        flows.settled(desk)
        number = desk.session.sign_no()
        found = desk.dayend.compare(desk.dayend.period(), CASHIER.id, number)
        assert found.equal
        assert found.ours.net.count == found.centre.count == 1
        body = sent(desk, last(desk, "totals").msgid)
        assert body == {
            "stmt_begindate": "20260302000000", "stmt_enddate": "20260302235959",
            "sign_no": number, "refd_setl_flag": "0", "opter": CASHIER.id,
        }  # fmt: skip
        assert desk.dayend.compare(desk.dayend.period(), "9999").centre.count == 0


def test_1320_counts_cancellations_with_their_minus(world):
    with world.desk() as desk:
        visit = flows.settled(desk)
        flows.do(desk, "cancel_settlement", visit)
        found = desk.dayend.compare(desk.dayend.period())
        assert found.equal
        assert (found.centre.count, found.centre.total) == (2, 0)
        assert found.ours.refunded.total == -found.ours.settled.total < 0


@pytest.mark.parametrize("step", ["totals", "settlement_list"])
def test_a_silent_centre_compares_nothing(world, step):
    with world.desk() as desk:
        flows.settled(desk)
        found = desk.dayend.compare(desk.dayend.period())
        world.fault("request_lost", desk.centre.rule(step).code)
        with pytest.raises(Refused, match="中心"):
            desk.dayend.match(desk.dayend.compare(found.period))
        assert desk.resolve.pending() == ()


@pytest.mark.parametrize(
    ("begin", "end", "said"), [(0, -1, "早于"), (0, 32 * 86_400, "31"), (0, 0, "")]
)
def test_a_period_has_an_order_and_a_length(world, begin, end, said):
    with world.desk() as desk:
        start = desk.dayend.period().begin
        period = Period(begin=start + timedelta(seconds=begin), end=start + timedelta(seconds=end))
        if said:
            with pytest.raises(Refused, match=said):
                desk.dayend.compare(period)
        else:
            assert desk.dayend.compare(period).equal


def test_1321_shows_one_settlement_and_refuses_a_strange_bill(world):
    with world.desk() as desk:
        visit = flows.settled(desk)
        paid = desk.history.settlements(visit)[0]
        asked = {"visit_no": visit, "bill_no": paid.bill_no, "operator": ""}
        outcome = desk.road.travel("details", asked, blocks=False).outcome
        assert isinstance(outcome, Accepted)
        assert outcome.values["total"] == paid.amounts.total
        other = {**asked, "bill_no": "NONE"}
        assert isinstance(desk.road.travel("details", other, blocks=False).outcome, Rejected)


def test_1322_confirms_our_sums_and_1323_takes_it_back(world):
    with world.desk() as desk:
        made = confirmed(world, desk)
        body = sent(desk, made.msgid)
        assert (body["setl_cnt"], body["stmt_begindate"]) == (1, "20260302000000")
        assert made.number
        assert made.sums == desk.dayend.totals(made.period).net
        assert desk.dayend.is_confirmed(world.clock.now(), CASHIER.id)
        again = desk.dayend.compare(made.period)
        assert again.confirmed == made
        with pytest.raises(Refused, match="已经确认"):
            desk.dayend.confirm(again)
        assert isinstance(
            desk.dayend.undo_confirmation(made.msgid, "金额有误", SUPERVISOR), Accepted
        )
        assert sent(desk, last(desk, "undo_confirmation").msgid)["stmt_no"] == made.number
        assert not desk.dayend.is_confirmed(world.clock.now(), CASHIER.id)
        assert desk.dayend.confirmations()[0].undone_by
        with pytest.raises(Refused, match="没有找到"):
            desk.dayend.undo_confirmation(made.msgid, "再来", SUPERVISOR)


def test_a_confirmed_settlement_is_not_cancelled_before_the_confirmation_is_undone(world):
    with world.desk() as desk:
        made = confirmed(world, desk)
        (paid,) = desk.history.settlements()
        count = len(world.gateway.sent)
        with pytest.raises(Refused, match="对账"):
            desk.refund.cancel_settlement(paid.visit_no, "患者要求")
        assert len(world.gateway.sent) == count
        desk.dayend.undo_confirmation(made.msgid, "要退费", SUPERVISOR)
        result = desk.refund.cancel_settlement(paid.visit_no, "患者要求")
        assert isinstance(result.outcome, Accepted)


@pytest.mark.parametrize(
    ("reason", "role", "said"), [("", Role.SUPERVISOR, "原因"), ("错", Role.CASHIER, "主管")]
)
def test_undoing_needs_a_reason_and_a_supervisor(world, reason, role, said):
    with world.desk() as desk:
        made = confirmed(world, desk)
        by = SUPERVISOR.model_copy(update={"role": role})
        with pytest.raises(Refused, match=said):
            desk.dayend.undo_confirmation(made.msgid, reason, by)


def test_unequal_sums_and_open_cases_are_not_confirmed(world):
    with world.desk() as desk:
        visit = flows.brought(desk, "settle")
        world.fault("reply_lost", desk.centre.rule("settle").code)
        flows.do(desk, "settle", visit)
        found = desk.dayend.compare(desk.dayend.period())
        assert (found.equal, found.unresolved) == (False, 1)
        with pytest.raises(Refused, match="不平"):
            desk.dayend.confirm(found)
        world.resolve(desk)
        other = flows.brought(desk, "settle")
        world.fault("request_lost", desk.centre.rule("settle").code)
        flows.do(desk, "settle", other)
        found = desk.dayend.compare(desk.dayend.period())
        assert found.equal
        with pytest.raises(Refused, match="1 笔结果未定"):
            desk.dayend.confirm(found)


def test_sums_that_the_centre_finds_different_are_not_confirmed(world):
    with world.desk() as desk:
        visit = flows.settled(desk)
        found = desk.dayend.compare(desk.dayend.period())
        world.order("SHIFT", visit=visit, fen=1)
        outcome, made = desk.dayend.confirm(found)
        assert isinstance(outcome, Accepted)
        assert outcome.values["result"] == "1"
        assert made is None
        assert not desk.dayend.is_confirmed(world.clock.now())


@pytest.mark.parametrize("kind", ["reply_lost", "request_lost"])
def test_a_confirmation_without_an_answer_is_sent_once_more(world, kind):
    """The second answer shows whether the first had happened; either way there is one."""
    with world.desk() as desk:
        flows.settled(desk)
        found = desk.dayend.compare(desk.dayend.period())
        world.fault(kind, desk.centre.rule("confirm_totals").code)
        outcome, made = desk.dayend.confirm(found)
        assert isinstance(outcome, Unknown)
        assert made is None
        first = last(desk, "confirm_totals")
        assert first.state is State.UNKNOWN
        _, made = desk.dayend.confirm(found)
        assert made is not None
        assert made.number
        state = desk.journal.transaction(first.msgid).state
        assert state is (State.SETTLED if kind == "reply_lost" else State.VOID)
        assert desk.resolve.pending() == ()
        assert isinstance(desk.dayend.undo_confirmation(made.msgid, "错", SUPERVISOR), Accepted)


@pytest.mark.parametrize("kind", ["reply_lost", "request_lost"])
def test_an_undoing_without_an_answer_is_sent_once_more(world, kind):
    with world.desk() as desk:
        made = confirmed(world, desk)
        world.fault(kind, desk.centre.rule("undo_confirmation").code)
        outcome = desk.dayend.undo_confirmation(made.msgid, "错", SUPERVISOR)
        assert isinstance(outcome, Unknown)
        desk.dayend.undo_confirmation(made.msgid, "错", SUPERVISOR)
        assert desk.dayend.confirmations()[0].undone_by
        assert desk.resolve.pending() == ()
