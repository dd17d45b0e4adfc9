"""Discharge, pre-settlement, settlement, deposit and cancellation of a stay."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain import Amounts, Registration, Stage, Visit
from core.domain.stay import CancelPeriod
from core.errors import InvalidInput, Refused
from core.outcome import Accepted, Unknown
from core.service.stays import balance_of
from tests.helpers import stays as ward
from tests.helpers.agreement import assert_agree
from tests.helpers.flows import settled as settled_outpatient


def refused(call, *words):
    with pytest.raises((Refused, InvalidInput)) as caught:
        call()
    text = str(caught.value)
    assert all(word in text for word in words), text
    return caught.value.faults


# -- mid-stay


def test_in_the_middle_of_a_stay_a_missing_line_is_a_warning(world, desk):
    visit_no = ward.uploaded(desk, ward.LONG)
    world.clock.advance(86_400)
    ward.read_card(desk, ward.LONG)
    result = desk.stays.presettle(visit_no)
    assert isinstance(result.outcome, Accepted)
    assert [item.key for item in result.warnings] == ["settle.lines_missing"]
    refused(lambda: desk.stays.settle(visit_no, result.visit.presettlement), "办理出院")


def test_the_mid_stay_question_carries_today_and_no_outcome_of_the_ward(world, desk):
    visit_no = ward.uploaded(desk, ward.DISEASED)
    msgid = desk.stays.presettle(visit_no).msgid
    [intent] = [item for item in desk.journal.entries(msgid) if item.kind == "intent"]
    assert '"dscg_trt_rslt":"04"' in intent.payload and '"occupationalType":"1"' in intent.payload


# -- the card


def test_the_card_is_read_again_before_the_money_of_a_stay(world, desk):
    visit_no = ward.uploaded(desk, ward.LONG)
    assert desk.stays.needs_card("presettle") and desk.stays.needs_card("settle")
    assert not desk.stays.needs_card("upload_fees")
    assert desk.stays.card_fault(visit_no, "presettle") == ""
    world.clock.advance(601)
    refused(lambda: desk.stays.presettle(visit_no), "重新读卡")
    ward.read_card(desk, ward.SHORT)
    refused(lambda: desk.stays.presettle(visit_no), ward.SHORT, ward.LONG)
    assert ward.SHORT in desk.stays.card_fault(visit_no, "presettle")
    ward.read_card(desk, ward.LONG)
    ward.accepted(desk.stays.presettle(visit_no))
    world.clock.advance(-7200)  # a clock that was set back makes no card fresh
    refused(lambda: desk.stays.presettle(visit_no), "重新读卡")


def test_an_outpatient_and_a_profile_without_the_habit_need_no_second_card(desk, monkeypatch):
    visit_no = ward.uploaded(desk, ward.LONG)
    with desk.journal.commit():
        desk.journal.ledger.remember("person", "")
    assert "还没有读到卡" in desk.stays.card_fault(visit_no, "settle")
    can = desk.centre.profile.capabilities.model_copy(update={"card_again": ()})
    profile = desk.centre.profile.model_copy(update={"capabilities": can})
    monkeypatch.setattr(desk.centre, "profile", profile)
    assert desk.stays.card_fault(visit_no, "settle") == ""


# -- discharge


def test_a_discharge_is_kept_and_carried_by_the_settlement(world, desk):
    visit_no = ward.discharged(desk, ward.READY)
    stay = desk.stays.open(visit_no)
    assert stay.visit.stage is Stage.DISCHARGED and stay.discharge == stay.hospital_discharge
    assert stay.row.days == 9
    refused(lambda: desk.stays.upload(visit_no), "取消出院")
    refused(lambda: desk.stays.remove(visit_no), "取消出院")
    refused(lambda: desk.stays.discharge(visit_no, stay.discharge), "已办出院")
    shown = desk.stays.presettle(visit_no).visit.presettlement
    result = desk.stays.settle(visit_no, shown)
    [intent] = [item for item in desk.journal.entries(result.msgid) if item.kind == "intent"]
    assert f'"dscg_time":"{stay.discharge.discharged_at:%Y%m%d%H%M%S}"' in intent.payload
    assert '"dscg_trt_rslt":"01"' in intent.payload
    assert_agree(desk, world.books(), visit_no)


def test_a_discharge_forgets_what_was_shown_before_it(desk):
    visit_no = ward.uploaded(desk, ward.READY)
    shown = desk.stays.presettle(visit_no).visit.presettlement
    after = desk.stays.discharge(visit_no, ward.ending(desk, visit_no))
    assert after.visit.presettlement is None
    refused(lambda: desk.stays.settle(visit_no, shown), "重新预结算")
    assert desk.stays.undo_discharge(visit_no, "病情反复").visit.stage is Stage.UPLOADED
    notes = desk.journal.ledger.stays.notes(visit_no)
    assert [(bool(item.discharge), item.reason) for item in notes] == [
        (True, ""), (False, "病情反复"),
    ]  # fmt: skip
    refused(lambda: desk.stays.undo_discharge(visit_no, "再次"), "还没有办出院")
    told = [item.text for item in desk.history.timeline(desk.journal.of_visit(visit_no)[0].msgid)]
    assert any("办理出院" in text and "治愈" in text for text in told)
    assert any("取消出院：病情反复" in text for text in told) and desk.journal.verify() is None


def test_every_fault_of_a_discharge_is_told_at_once(world, desk):
    visit_no = ward.uploaded(desk, ward.LONG)
    world.clock.advance(86_400)
    begun = desk.visits.read(visit_no).registration.admitted_at
    wrong = ward.ending(
        desk, visit_no, discharged_at=begun - timedelta(hours=1), outcome_code="9",
        diagnosis_code=" ",
    )  # fmt: skip
    faults = refused(lambda: desk.stays.discharge(visit_no, wrong), "01 治愈", "14 行费用")
    assert [item.field for item in faults] == [
        "discharged_at", "outcome_code", "diagnosis_code", "",
    ]  # fmt: skip
    late = ward.ending(desk, visit_no, discharged_at=desk.clock.now() + timedelta(hours=1))
    refused(lambda: desk.stays.discharge(visit_no, late), "晚于现在")
    assert desk.journal.ledger.stays.notes(visit_no) == ()


def test_the_journal_of_discharges_only_grows(desk):
    ward.discharged(desk, ward.READY)
    for sql in ("DELETE FROM stay_note", "UPDATE stay_note SET reason = 'x'"):
        with pytest.raises(Exception, match="append-only"), desk.journal.commit():
            desk.journal.db.conn.execute(sql)


# -- settlement and deposit


@pytest.mark.parametrize(
    ("deposit", "collect", "give_back"), [(0, 300, 0), (300, 0, 0), (1000, 0, 700), (299, 1, 0)]
)
def test_the_deposit_is_set_against_the_patients_part(deposit, collect, give_back):
    visit = Visit(
        registration=Registration(visit_no="ZY1"),
        presettlement=Amounts(total=1000, fund=700, personal=300),
    )
    found = balance_of(deposit, visit)
    assert (found.to_collect, found.to_return, found.final) == (collect, give_back, False)
    assert found.personal == 300 == found.deposit + found.to_collect - found.to_return


def test_before_any_amount_there_is_only_the_deposit_and_after_the_settlement_it_is_final(desk):
    visit_no = ward.discharged(desk, ward.REHABILITATED)
    first = desk.stays.balance(visit_no)
    assert (first.deposit, first.personal, first.to_return) == (1_500_000, None, 0)
    shown = desk.stays.presettle(visit_no).visit.presettlement
    assert not desk.stays.balance(visit_no).final
    desk.stays.settle(visit_no, shown)
    last = desk.stays.balance(visit_no)
    assert last.final and last.personal == shown.personal
    assert last.deposit - last.to_return + last.to_collect == shown.personal


def test_a_settlement_that_hangs_blocks_the_stay_until_it_is_found(world, desk):
    visit_no = ward.discharged(desk, ward.READY)
    shown = desk.stays.presettle(visit_no).visit.presettlement
    world.fault("reply_lost", "2207")
    result = desk.stays.settle(visit_no, shown)
    assert isinstance(result.outcome, Unknown)
    assert desk.stays.open(visit_no).row.open_msgid == result.msgid
    refused(lambda: desk.stays.undo_discharge(visit_no, "x"), result.msgid)
    world.resolve(desk)
    assert desk.visits.read(visit_no).stage is Stage.SETTLED
    assert_agree(desk, world.books(), visit_no)


# -- cancelling


def test_the_day_of_a_cancellation_is_told(world, desk):
    visit_no = ward.settled(desk, ward.READY)
    assert desk.stays.cancellation(visit_no).period is CancelPeriod.SAME_DAY
    world.clock.advance(86_400)
    later = desk.stays.cancellation(visit_no)
    assert later.period is CancelPeriod.LATER_DAY and "红字记在今日" in later.text
    world.clock.advance(30 * 86_400)
    month = desk.stays.cancellation(visit_no)
    assert month.period is CancelPeriod.LATER_MONTH and "本月" in month.text
    result = desk.stays.cancel_settlement(visit_no, "家属要求")
    assert isinstance(result.outcome, Accepted) and result.visit.stage is Stage.DISCHARGED
    assert_agree(desk, world.books(), visit_no)


def test_after_a_confirmed_reconciliation_the_way_out_is_named(world, desk):
    stays = (ward.settled(desk, ward.READY), settled_outpatient(desk))
    world.clock.advance(60)
    outcome, made = desk.dayend.confirm(desk.dayend.compare(desk.dayend.period()))
    assert isinstance(outcome, Accepted)
    for visit_no in stays:
        found = desk.stays.cancellation(visit_no)
        assert found.refused and found.period is CancelPeriod.CONFIRMED
        refused(lambda no=visit_no: desk.refund.cancel_settlement(no, "有误"), "撤销对账确认")
        assert made.number in found.text
    assert "2208" not in world.gateway.sent


def test_nothing_settled_has_no_cancellation(desk):
    visit_no = ward.admitted(desk, ward.READY)
    refused(lambda: desk.stays.cancellation(visit_no), "没有结算")
