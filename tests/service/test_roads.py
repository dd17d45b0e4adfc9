"""Both families go the same roads through the same services."""

from __future__ import annotations

import pytest

from core.domain import Stage
from core.errors import Refused
from core.outcome import Accepted, Rejected
from tests.helpers import flows
from tests.helpers.inprocess import CASHIER, SUPERVISOR
from tests.service import road

AFTER = {
    "register": Stage.REGISTERED, "upload_fees": Stage.UPLOADED, "presettle": Stage.PRESETTLED,
    "discharge": Stage.DISCHARGED, "settle": Stage.SETTLED,
}  # fmt: skip


@pytest.mark.parametrize("stay", [False, True], ids=["outpatient", "stay"])
def test_forwards_and_back_again(world, desk, stay):
    visit_no = road.fresh(desk, stay)
    for step in road.STAY if stay else road.OUTPATIENT:
        result = road.done(desk, step, visit_no)
        if not (stay and step == "presettle"):
            assert result.visit.stage is AFTER[step], step
    paid = result.visit.settlement.amounts
    assert paid.total == sum(line.amount for line in result.visit.lines) and paid.adds_up
    (there,) = road.standing(world, desk, visit_no)
    assert (there["total"], there["fund"], there["personal"]) == (
        paid.total, paid.fund, paid.personal,
    )  # fmt: skip
    road.back(desk, visit_no)
    assert desk.visits.read(visit_no).stage is Stage.CANCELLED
    assert road.standing(world, desk, visit_no) == []
    assert desk.resolve.pending() == ()


def test_a_visit_taken_back_is_served_anew(desk):
    visit_no = road.brought(desk, "settled")
    road.back(desk, visit_no)
    for step in road.OUTPATIENT:
        road.done(desk, step, visit_no)
    assert desk.visits.read(visit_no).stage is Stage.SETTLED
    road.back(desk, visit_no)


def test_nothing_is_settled_twice(desk):
    visit_no = road.brought(desk, "settled")
    shown = desk.visits.read(visit_no).settlement.amounts
    with pytest.raises(Refused, match="已结算"):
        desk.settle.settle(visit_no, shown)
    road.back(desk, visit_no)


def test_what_was_not_shown_is_not_settled(desk):
    visit_no = road.brought(desk, "settle")
    shown = desk.visits.read(visit_no).presettlement
    other = shown.model_copy(update={"personal": shown.personal + 1, "fund": shown.fund - 1})
    with pytest.raises(Refused):
        desk.settle.settle(visit_no, other)
    assert desk.visits.read(visit_no).stage is Stage.PRESETTLED
    road.back(desk, visit_no)


def test_a_person_without_benefit_is_refused_with_the_reason(desk):
    visit = flows.straight_visit(desk)
    person = flows.identified(desk, "贺喆堃").model_copy(update={"refused_reason": "基金冻结"})
    found = desk.register.problems(visit.registration, person, person.qualifications[0])
    assert any("基金冻结" in item.text for item in found)


def test_the_sign_in_is_whose_the_centre_wants_it_to_be(world, desk):
    desk.session.make_sure()
    first = desk.session.sign_no()
    desk.session.take_over(SUPERVISOR)
    shared = desk.centre.capabilities.sign_in_per == "institution"
    assert (desk.session.sign_no() == first) is shared
    assert desk.session.make_sure() is None
    desk.session.take_over(CASHIER)
    assert desk.session.sign_no() == first
    sent = len(desk.gateway.sent)
    assert desk.session.make_sure() is None and len(desk.gateway.sent) == sent


def test_a_sign_in_that_is_gone_is_renewed_and_the_message_sent_once_more(world, desk):
    visit_no = road.brought(desk, "settle")
    before = desk.session.sign_no()
    world.fault("sign_in_expired", road.code(desk, "settle"))
    result = road.done(desk, "settle", visit_no)
    assert desk.session.sign_no() != before
    rows = [row for row in desk.journal.of_visit(visit_no) if row.step == "settle"]
    assert [row.state.value for row in rows[-2:]] == ["rejected", "settled"]
    assert len(road.standing(world, desk, visit_no)) == 1 and result.visit.settlement
    road.back(desk, visit_no)


def test_a_refusal_is_a_refusal(world, desk):
    visit_no = road.brought(desk, "settle")
    world.fault("refuse", road.code(desk, "settle"), text="超过限额")
    result = road.do(desk, "settle", visit_no)
    assert isinstance(result.outcome, Rejected) and "超过限额" in result.outcome.text
    assert desk.visits.read(visit_no).open_msgid == ""
    road.done(desk, "settle", visit_no)
    road.back(desk, visit_no)


def test_steps_that_the_centre_lacks_are_refused_with_a_sentence(desk):
    lacking = [
        step for step in ("centre_time", "sign_out", "totals", "confirm_totals", "appeal")
        if not desk.centre.has(step)
    ]  # fmt: skip
    assert bool(lacking) is not desk.centre.capabilities.reversal
    for step in lacking:
        with pytest.raises(Refused, match="没有"):
            desk.road.travel(step, {})
    assert desk.session.may_sign_out is ("sign_out" not in lacking)
    if lacking:
        sent = len(desk.gateway.sent)
        assert isinstance(desk.session.sign_out(), Accepted) and len(desk.gateway.sent) == sent
        assert isinstance(desk.session.compare_clocks(), Accepted)
        assert len(desk.gateway.sent) == sent and desk.session.centre_offset is None
    assert desk.dayend.may_confirm is ("confirm_totals" not in lacking)
    assert desk.centre.fields(lacking[0] if lacking else "none") == ()


def test_the_way_back_offers_one_step_and_says_why_not_the_others(desk):
    visit_no = road.brought(desk, "settled", stay=True)
    steps = ["cancel_settlement", "undo_discharge", "cancel_fees", "cancel_registration"]
    for offered in steps[:3]:
        way = desk.stays.way_back(visit_no)
        assert [step.step for step in way if step.next] == [offered]
        later = [step for step in way if not step.done and not step.next]
        assert all("请先办理" in step.why for step in later) and len(later) == 3 - steps.index(
            offered
        )
        if offered != "cancel_fees":
            road.done(desk, offered, visit_no)
    with pytest.raises(Refused):
        desk.stays.undo_discharge(visit_no, road.WHY)
    road.done(desk, "cancel_registration", visit_no)
    assert all(step.done for step in desk.stays.way_back(visit_no))


def test_an_admission_may_not_be_cancelled_out_of_order(desk):
    visit_no = road.brought(desk, "settled", stay=True)
    with pytest.raises(Refused, match="依次"):
        desk.stays.cancel_admission(visit_no, road.WHY)
    road.back(desk, visit_no)


def test_some_of_a_stays_registration_may_change(desk):
    visit_no = road.brought(desk, "upload_fees", stay=True)
    fields = {item.field: item for item in desk.stays.changeable(visit_no)}
    assert fields["bed"].allowed and not fields["person_no"].allowed
    touchable = desk.centre.capabilities.change_fields
    assert fields["diagnosis_code"].allowed is not bool(touchable)
    result = desk.stays.change(visit_no, {"bed": "88"})
    assert isinstance(result.outcome, Accepted)
    assert result.visit.registration.bed == "88"
    road.back(desk, visit_no)
