"""Who works at the desk, today's number at the centre, and the two clocks."""

from __future__ import annotations

import pytest

from core.domain import Operator, State
from core.errors import Refused
from core.outcome import Accepted, NotSent, Rejected, Unknown
from tests.helpers.flows import brought, do
from tests.helpers.inprocess import CASHIER, SUPERVISOR

HOURS = 3600


def test_the_operator_who_took_over_is_the_one_that_acts(desk):
    assert desk.session.operator == CASHIER
    desk.session.take_over(SUPERVISOR)
    assert desk.session.operator == desk.session.acting() == SUPERVISOR


def test_after_leaving_nobody_is_here_but_messages_still_name_the_last(desk):
    desk.session.leave()
    assert desk.session.operator is None
    assert desk.session.acting() == CASHIER


def test_a_desk_where_nobody_ever_worked_speaks_for_itself(world):
    with world.desk(operator=None) as desk:
        acting = desk.session.acting()
        assert (acting.id, acting.name) == ("desk", "收费窗口")


def test_the_next_process_acts_for_the_one_before(world):
    with world.desk(SUPERVISOR):
        pass
    with world.desk(operator=None) as desk:
        assert desk.session.operator is None
        assert desk.session.acting() == SUPERVISOR


def test_sign_in_keeps_the_number_for_the_day_and_the_operator(world, desk):
    assert not desk.session.signed_in and desk.session.sign_no() == ""
    assert isinstance(desk.session.sign_in(), Accepted)
    number = desk.session.sign_no()
    assert number and desk.session.signed_in
    desk.session.take_over(SUPERVISOR)
    assert not desk.session.signed_in
    desk.session.take_over(CASHIER)
    assert desk.session.sign_no() == number


def test_tomorrow_needs_a_number_of_its_own(world, desk):
    desk.session.sign_in()
    world.clock.advance(24 * HOURS)
    assert not desk.session.signed_in
    assert desk.session.make_sure() is None
    assert desk.session.signed_in


def test_a_number_in_hand_is_not_asked_for_again(world, desk):
    desk.session.sign_in()
    asked = len(world.gateway.sent)
    assert desk.session.make_sure() is None
    assert len(world.gateway.sent) == asked


def test_the_number_survives_leaving_and_a_restart(world):
    with world.desk() as desk:
        desk.session.sign_in()
        number = desk.session.sign_no()
        desk.session.leave()
    with world.desk() as desk:
        assert desk.session.sign_no() == number


def test_a_refused_sign_in_is_told_and_signs_nobody_in(world, desk):
    world.fault("refuse", "9001", text="操作员已停用")
    outcome = desk.session.sign_in()
    assert isinstance(outcome, Rejected) and outcome.text == "操作员已停用"
    assert not desk.session.signed_in
    assert "1800" not in world.gateway.sent


@pytest.mark.parametrize(
    ("kind", "says"), [("refuse", "操作员已停用"), ("request_lost", "秒未答复")]
)
def test_a_step_without_sign_in_is_not_sent_and_says_why(world, desk, kind, says):
    world.fault(kind, "9001", text="操作员已停用")
    outcome, person = desk.identify.read_card()
    assert isinstance(outcome, NotSent) and outcome.cause == "not_signed_in"
    assert says in outcome.text and "签到未成功" in outcome.text
    assert person is None
    assert "1101" not in world.gateway.sent


def test_a_lost_sign_in_blocks_nothing_and_may_be_repeated(world, desk):
    world.fault("reply_lost", "9001")
    assert isinstance(desk.session.sign_in(), Unknown)
    assert desk.resolve.pending() == ()
    assert isinstance(desk.session.sign_in(), Accepted)


def test_sign_out_gives_the_number_back(desk):
    desk.session.sign_in()
    assert isinstance(desk.session.sign_out(), Accepted)
    assert not desk.session.signed_in


def test_sign_out_is_refused_while_something_is_open(world, desk):
    visit_no = brought(desk, "settle")
    world.fault("reply_lost", "2207")
    assert isinstance(do(desk, "settle", visit_no).outcome, Unknown)
    with pytest.raises(Refused, match="还有 1 笔结果未定的交易"):
        desk.session.sign_out()
    assert "9002" not in world.gateway.sent and desk.session.signed_in
    world.resolve(desk)
    assert isinstance(desk.session.sign_out(), Accepted)


def test_sign_out_is_refused_even_for_what_a_supervisor_has_to_decide(world, desk):
    visit_no = brought(desk, "settle")
    world.fault("request_lost", "2207")
    msgid = do(desk, "settle", visit_no).msgid
    desk.resolve.hand_over(msgid, CASHIER.name, "窗口换班")
    assert desk.journal.transaction(msgid).state is State.MANUAL
    with pytest.raises(Refused, match="待处理"):
        desk.session.sign_out()


# -- clocks


def test_signing_in_compares_the_clocks(world, desk):
    assert desk.session.centre_offset is None
    world.order("CLOCK", offset=90)
    desk.session.sign_in()
    assert desk.session.centre_offset == 90
    assert (desk.session.centre_now() - world.clock.now()).total_seconds() == 90


def test_messages_carry_the_centres_time(world, desk):
    world.order("CLOCK", offset=-120)
    desk.session.sign_in()
    assert desk.session.header("M1").moment == "20260302085800"


def test_a_centre_that_does_not_tell_its_time_leaves_the_last_difference(world, desk):
    world.order("CLOCK", offset=30)
    desk.session.sign_in()
    world.fault("request_lost", "1800")
    assert isinstance(desk.session.compare_clocks(), Unknown)
    assert desk.session.centre_offset == 30


def test_the_difference_is_known_after_a_restart(world):
    with world.desk() as desk:
        world.order("CLOCK", offset=-45)
        desk.session.sign_in()
    with world.desk() as desk:
        assert desk.session.centre_offset == -45


@pytest.mark.parametrize("offset", [-600, -1, 0, 599, 600])
def test_up_to_ten_minutes_apart_may_settle(world, desk, offset):
    world.order("CLOCK", offset=offset)
    desk.session.sign_in()
    assert desk.session.clock_fault() is None


@pytest.mark.parametrize("offset", [-601, 601, 40 * HOURS])
def test_farther_apart_the_clock_is_named(world, desk, offset):
    world.order("CLOCK", offset=offset)
    desk.session.sign_in()
    problem = desk.session.clock_fault()
    assert problem is not None and problem.key == "session.clock"
    assert f"相差 {abs(offset)} 秒" in problem.text and "信息科" in problem.text


@pytest.mark.parametrize("step", ["presettle", "settle"])
def test_with_a_wrong_clock_no_money_moves(world, desk, step):
    visit_no = brought(desk, step)
    world.order("CLOCK", offset=3600)
    desk.session.compare_clocks()
    sent = len(world.gateway.sent)
    with pytest.raises(Refused, match="不能结算"):
        do(desk, step, visit_no)
    assert len(world.gateway.sent) == sent
    world.order("CLOCK", offset=0)
    desk.session.compare_clocks()
    assert isinstance(do(desk, step, visit_no).outcome, Accepted)


def test_renewing_asks_the_centre_again(world, desk):
    desk.session.sign_in()
    assert desk.session.renew() is None
    assert world.gateway.sent.count("9001") == 2
    assert desk.session.signed_in


def test_a_renewal_that_fails_leaves_nobody_signed_in(world, desk):
    desk.session.sign_in()
    world.fault("request_lost", "9001")
    assert isinstance(desk.session.renew(), Unknown)
    assert not desk.session.signed_in


def test_two_operators_have_two_numbers(desk):
    desk.session.sign_in()
    first = desk.session.sign_no()
    desk.session.take_over(Operator(id="0102", name="试用收费员乙"))
    desk.session.sign_in()
    assert desk.session.sign_no() != first
