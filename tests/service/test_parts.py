"""Refunds in part, netted lines, sums that break, and what else only some centres want."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.domain import FeeLine, Registration, Stage
from core.domain.centrefacts import PartialStage
from core.errors import Refused
from core.outcome import Accepted, NotSent, Unknown
from core.service.categories import category_codes, fitted
from core.service.line_ids import fitting, own_ids
from core.service.netting import netted
from core.service.refund import turned
from tests.helpers import stays
from tests.helpers.inprocess import World
from tests.service import road

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def desk(platform):
    with platform.desk() as opened:
        yield opened


def paid(desk) -> str:
    """A settled visit of several lines."""
    while True:
        visit_no = road.brought(desk, "settled")
        if len(desk.partial_refunds.lines(visit_no)) > 2:
            return visit_no


def test_some_lines_are_refunded_and_the_rest_is_charged_anew(platform, desk):
    visit_no = paid(desk)
    lines = desk.partial_refunds.lines(visit_no)
    shown = desk.partial_refunds.start(visit_no, [lines[0].line_id], "退药").visit
    (one,) = desk.partial_refunds.unfinished()
    assert (one.stage, one.visit_no) == (PartialStage.REFUNDED, visit_no) and one.says
    assert shown.presettlement.total == one.kept_total == sum(x.amount for x in lines[1:])
    assert lines[0].line_id not in {line.line_id for line in shown.lines}
    result = desk.settle.settle(visit_no, shown.presettlement)
    assert isinstance(result.outcome, Accepted) and desk.partial_refunds.unfinished() == ()
    (one,) = desk.partial_refunds.all(visit_no)
    rows = {row.msgid: row.facts.get("partial") for row in desk.journal.of_visit(visit_no)}
    assert one.stage is PartialStage.DONE and rows[one.refund] == rows[one.charge] == one.number
    (there,) = road.standing(platform, desk, visit_no)
    assert there["total"] == one.kept_total
    road.back(desk, visit_no)
    assert len(desk.visits.read(visit_no).lines) >= len(lines), "nothing is gone any more"


def test_a_crash_in_the_middle_is_found_and_finished(platform):
    with platform.desk() as desk:
        visit_no = paid(desk)
        first = desk.partial_refunds.lines(visit_no)[0].line_id
        platform.fault("http_error", "never")
        refund, after = desk.gateway.call, []

        def dies(code, payload, deadline):
            after.append(code)
            if len(after) > 2:  # the lines were fetched and refunded; then the power fails
                raise KeyboardInterrupt
            return refund(code, payload, deadline)

        desk.gateway.call = dies
        with pytest.raises(KeyboardInterrupt):
            desk.partial_refunds.start(visit_no, [first], "退药")
        desk.gateway.call = refund
    with platform.desk() as desk:
        one = desk.partial_refunds.unfinished_of(visit_no)
        assert one.stage is PartialStage.REFUNDED
        shown = desk.partial_refunds.go_on(visit_no).visit.presettlement
        assert shown.total == one.kept_total
        assert isinstance(desk.settle.settle(visit_no, shown).outcome, Accepted)
        assert desk.partial_refunds.unfinished_of(visit_no) is None
        road.back(desk, visit_no)


def test_a_refund_in_part_that_failed_changed_nothing(platform, desk):
    visit_no = paid(desk)
    first = desk.partial_refunds.lines(visit_no)[0].line_id
    platform.gateway.unsent = True
    assert isinstance(desk.partial_refunds.start(visit_no, [first], "退药").outcome, NotSent)
    platform.gateway.unsent = False
    platform.fault("refuse", road.code(desk, "cancel_settlement"))
    desk.partial_refunds.start(visit_no, [first], "退药")
    tried = desk.partial_refunds.all(visit_no)[:2]
    assert [one.stage for one in tried] == [PartialStage.FAILED, PartialStage.FAILED]
    assert desk.visits.read(visit_no).settlement
    platform.fault("reply_lost", road.code(desk, "refund_data"))
    result = desk.partial_refunds.start(visit_no, [first], "退药")
    assert isinstance(result.outcome, Unknown) and result.visit.open_msgid == ""
    road.back(desk, visit_no)


def test_a_person_may_leave_the_rest_uncharged(platform, desk):
    visit_no = paid(desk)
    first = desk.partial_refunds.lines(visit_no)[0].line_id
    desk.partial_refunds.start(visit_no, [first], "退药")
    one = desk.partial_refunds.unfinished_of(visit_no)
    with pytest.raises(Refused, match="原因"):
        desk.partial_refunds.leave(one.number, " ")
    left = desk.partial_refunds.leave(one.number, "患者全部退费")
    assert left.stage is PartialStage.LEFT and "患者全部退费" in left.says
    with pytest.raises(Refused):
        desk.partial_refunds.go_on(visit_no)
    road.back(desk, visit_no)


def test_what_may_be_refunded_in_part(desk):
    visit_no = paid(desk)
    ids = [line.line_id for line in desk.partial_refunds.lines(visit_no)]
    for gone, word in (([], "没有选择"), (ids, "整笔"), (["x"], "没有明细")):
        with pytest.raises(Refused, match=word):
            desk.partial_refunds.start(visit_no, gone, "退药")
    with pytest.raises(Refused, match="原因"):
        desk.partial_refunds.start(visit_no, ids[:1], "")
    with pytest.raises(Refused, match="编号"):
        desk.partial_refunds.leave(999, "x")
    road.back(desk, visit_no)


def test_a_trial_that_breaks_a_sum_is_not_settled(platform, desk):
    visit_no = road.brought(desk, "presettle")
    platform.fault("wrong_amounts", road.code(desk, "presettle"), where="broken")
    result = road.do(desk, "presettle", visit_no)
    assert result.warnings and result.visit.presettlement is None
    assert any("个人" in item.text or "总费用" in item.text for item in result.warnings), [
        item.text for item in result.warnings
    ]
    with pytest.raises(AssertionError):
        road.do(desk, "settle", visit_no)
    assert desk.visits.read(visit_no).stage is Stage.UPLOADED
    road.back(desk, visit_no)


def test_lines_may_be_taken_back_by_lines_where_nothing_is_deleted(tmp_path):
    world = World(tmp_path, "gd", '[capabilities]\ndelete_fees = "counter_entry"\n')
    world.order("RULE", name="delete_fees", value=False)
    with world.desk() as desk:
        visit_no = road.brought(desk, "discharge", stay=True)
        with pytest.raises(Refused, match="退费行"):
            desk.stays.cancel_admission(visit_no, "x")
        step = next(step for step in desk.stays.way_back(visit_no) if step.next)
        assert (step.step, "冲减" in step.text) == ("cancel_fees", True)
        done = desk.stays.counter(visit_no, "取消入院")
        assert isinstance(done.outcome, Accepted), done.outcome
        with pytest.raises(Refused, match="都已冲减"):
            desk.stays.counter(visit_no, "再次")
        assert isinstance(desk.stays.cancel_admission(visit_no, "x").outcome, Accepted)


def test_data_of_a_settlement_are_kept_and_shown(platform, desk):
    visit_no = road.brought(desk, "settled", stay=True)
    assert desk.settlement_data.offered
    outcome, data = desk.settlement_data.fetch(visit_no)
    assert isinstance(outcome, Accepted) and data.warnings == ()
    shown = {fact.name: fact.value for fact in data.facts}
    total = desk.visits.read(visit_no).settlement.amounts.total
    assert shown["total"].replace(",", "") == f"{total // 100}.{total % 100:02}"
    assert len(data.shares) == 2 and len(data.shares[0]) == len(data.columns)
    msgid = desk.visits.read(visit_no).settlement.msgid
    assert desk.settlement_data.kept(msgid) == data
    platform.order("SHIFT", fen=100)
    _, data = desk.settlement_data.fetch(visit_no)
    assert data.warnings and data.warnings[0].field == "total"
    road.back(desk, visit_no)
    with pytest.raises(Refused, match="没有有效的结算"):
        desk.settlement_data.fetch(visit_no)


def test_the_form_of_a_discharge_asks_what_the_centre_asks(desk):
    names = {view.name for view in desk.stays.discharge_fields()}
    assert {"admission_way", "admission_state"} <= names
    assert not {"outcome_code", "discharged_at", "operator_id", "centre_visit_no"} & names
    visit_no = road.brought(desk, "discharge", stay=True)
    end = road.ending(desk, visit_no).model_copy(update={"extra": {"admission_way": "2"}})
    kept = desk.stays.discharge(visit_no, end).visit.discharge
    assert kept.extra == {"admission_way": "2"} and kept.outcome_code == end.outcome_code
    there = desk.stays.open(stays.number(desk, stays.LONG)).hospital_discharge
    assert there is None or there.outcome_code == ""
    road.back(desk, visit_no)


def test_categories_are_the_centres(desk):
    assert "410" in category_codes(desk.centre, stay=False)
    assert set(category_codes(desk.centre, stay=True)) == set(
        desk.centre.capabilities.stay_categories
    )
    stay = fitted(desk.centre, Registration(visit_no="1", med_type="21"))
    assert (stay.med_type, stay.inpatient_no, stay.is_inpatient) == ("420", "1", True)
    assert fitted(desk.centre, Registration(visit_no="1", med_type="11")).med_type == "410"
    with pytest.raises(Refused, match="住院类别"):
        desk.stays.admit(Registration(visit_no="1", med_type="410"), None, None)


def line(number, quantity, price="1.25", ref="", code="A") -> FeeLine:
    """A line whose amount is price × quantity."""
    from core.money import line_amount

    one, many = Decimal(price), Decimal(quantity)
    return FeeLine(
        visit_no="1", line_id=number, rx_no="1", hosp_code=code, price=one, quantity=many,
        amount=line_amount(one, many), occurred_at=NOON, ref_line_id=ref,
    )  # fmt: skip


def test_what_was_taken_back_before_is_netted():
    lines = [line("1", 3), line("2", 2), line("3", 1, code="B"), line("4", -1, ref="1"),
             line("5", -2, ref="2"), line("6", -1, code="B")]  # fmt: skip
    left = netted(lines)
    assert [(one.line_id, one.quantity, one.amount) for one in left] == [("1", 2, 250)]
    with pytest.raises(Refused, match="收费行"):
        netted([line("1", 1), line("2", -2, ref="1")])


def test_ids_that_are_too_long_become_short_ones_and_back():
    long = "MZ20260302000100001T1"
    short = fitting(long, 20)
    assert len(short) == 16 and short == fitting(long, 20) != fitting(long + "2", 20)
    assert fitting("short", 20) == "short" and fitting(long, 0) == long
    assert own_ids([long, "short"], 20) == {short: long, "short": "short"}


def test_lines_come_back_with_the_opposite_sign():
    rows = [{"amount": 100, "quantity": Decimal(2)}, {"amount": -30, "quantity": Decimal(-1)}]
    assert [row["amount"] for row in turned(rows)] == [-100, 30]
    assert turned([{"amount": -5, "quantity": Decimal(-1)}])[0]["amount"] == -5


def test_a_batch_that_the_centre_says_is_refunded_is_not_refunded_again(platform, desk):
    visit_no = road.brought(desk, "settled")
    platform.fault("refuse", road.code(desk, "refund_data"), text="已经办理过退费，不能重复退费")
    with pytest.raises(Refused, match="日终对账"):
        road.do(desk, "cancel_settlement", visit_no)
    assert desk.visits.read(visit_no).settlement
    road.back(desk, visit_no)
