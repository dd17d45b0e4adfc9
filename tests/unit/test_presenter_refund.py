"""退费撤销 without a window: the plan, the reason, the two presses, the red slip."""

from __future__ import annotations

import pytest

from core.domain import Settlement, Stage, State
from core.events import TransactionChanged
from core.outcome import Rejected, Unknown
from gui.screens.refund.presenter import MOST_REASON, RefundPresenter
from tests.helpers.fake_desk import NOON, SHOWN, FakeDesk, FakePage, result_of

PAID = Settlement(visit_no="MZ-1", bill_no="MZ-1-1", msgid="M-7", amounts=SHOWN, settled_at=NOON)


def settled() -> tuple[RefundPresenter, FakeDesk, FakePage]:
    desk, page = FakeDesk(), FakePage()
    done = tuple(result_of(item) for item in desk.kept.lines)
    desk.kept = desk.kept.model_copy(
        update={"settlement": PAID, "uploaded": done, "stage": Stage.SETTLED}
    )
    return RefundPresenter(desk, page), desk, page


def test_one_hit_is_chosen_by_itself_and_shown_in_red() -> None:
    presenter, _, _ = settled()
    presenter.find("MZ-1")
    assert presenter.row is not None and presenter.row.name == "沈示例"
    money = presenter.money()
    assert money.refund and money.total == -SHOWN.total and money.personal == -SHOWN.personal


def test_the_plan_undoes_the_road_backwards() -> None:
    presenter, _, _ = settled()
    presenter.find("")
    assert [step.step for step in presenter.plan()] == [
        "cancel_settlement", "cancel_fees", "cancel_registration"
    ]  # fmt: skip
    assert presenter.plan()[0].amount == -SHOWN.total
    presenter.whole(False)
    assert [step.step for step in presenter.plan()] == ["cancel_settlement"]


def test_nothing_is_undone_without_a_reason() -> None:
    presenter, desk, page = settled()
    presenter.find("MZ-1")
    presenter.confirm()
    assert "原因" in page.text and not presenter.armed
    presenter.because("other")
    presenter.confirm()
    assert "写明" in page.text and not presenter.armed
    presenter.because("other", "患者改日再来")
    presenter.confirm()
    assert presenter.armed and desk.calls == []
    assert "F2" in presenter.money().headline


def test_f2_twice_cancels_settlement_and_registration_and_prints_in_red() -> None:
    presenter, desk, page = settled()
    presenter.find("MZ-1")
    presenter.because("wrong_fee", "少一行")
    presenter.confirm()
    presenter.confirm()
    assert [call for call in desk.calls if isinstance(call, str)] == [
        "cancel_settlement", "cancel_registration"
    ]  # fmt: skip
    assert ("reason", "费用有误：少一行") in desk.calls
    assert page.slips == [presenter.undone]
    assert "11.70" in page.text


def test_only_the_settlement_may_be_undone() -> None:
    presenter, desk, _ = settled()
    presenter.find("MZ-1")
    presenter.whole(False)
    presenter.because("twice")
    presenter.confirm()
    presenter.confirm()
    assert "cancel_registration" not in desk.calls
    assert presenter.visit is not None and presenter.visit.stage is Stage.UPLOADED
    assert presenter.why_not("print_refund") is None


def test_cancel_takes_the_first_press_back() -> None:
    presenter, desk, _ = settled()
    presenter.find("MZ-1")
    presenter.because("twice")
    presenter.confirm()
    assert presenter.disarm() and not presenter.disarm()
    presenter.confirm()
    assert "cancel_settlement" not in desk.calls


@pytest.mark.parametrize("change", ["because", "whole", "choose"])
def test_any_change_takes_the_first_press_back(change: str) -> None:
    presenter, _, _ = settled()
    presenter.find("MZ-1")
    presenter.because("twice")
    presenter.confirm()
    row = presenter.row
    {"because": lambda: presenter.because("patient"), "whole": lambda: presenter.whole(False),
     "choose": lambda: presenter.choose(row)}[change]()  # fmt: skip
    assert not presenter.armed


def test_a_refusal_stops_before_the_registration() -> None:
    presenter, desk, page = settled()
    desk.next["cancel_settlement"] = Rejected("-1", "已对账，不能撤销")
    presenter.find("MZ-1")
    presenter.because("twice")
    presenter.confirm()
    presenter.confirm()
    assert page.said[-1].text == "已对账，不能撤销"
    assert "cancel_registration" not in desk.calls and page.slips == []


def test_an_unknown_cancellation_goes_to_the_tray() -> None:
    presenter, desk, page = settled()
    desk.next["cancel_settlement"] = Unknown("deadline", "")
    presenter.find("MZ-1")
    presenter.because("twice")
    presenter.confirm()
    presenter.confirm()
    assert page.kinds == ["unknown"]
    reason = presenter.why_not("confirm_refund")
    assert reason is not None and "未定" in reason.text
    desk.kept = desk.kept.model_copy(update={"open_msgid": ""})
    presenter.changed(TransactionChanged("M", "MZ-1", State.VOID))
    assert presenter.why_not("confirm_refund") is None


def test_a_cancelled_settlement_is_not_cancelled_again() -> None:
    presenter, desk, _ = settled()
    gone = PAID.model_copy(update={"cancelled_by": "M-9"})
    desk.kept = desk.kept.model_copy(update={"settlement": gone})
    presenter.find("MZ-1")
    assert presenter.row is not None and presenter.row.state == "已撤销"
    reason = presenter.why_not("confirm_refund")
    assert reason is not None and "已经撤销" in reason.text


def test_a_registration_without_settlement_is_found_by_its_visit() -> None:
    presenter, desk, page = settled()
    desk.kept = desk.kept.model_copy(update={"settlement": None, "stage": Stage.UPLOADED})
    presenter.find("MZ-1")
    assert [step.step for step in presenter.plan()] == ["cancel_fees", "cancel_registration"]
    presenter.because("patient")
    presenter.confirm()
    presenter.confirm()
    assert desk.calls == ["cancel_registration"] and page.slips == []


def test_nothing_found_says_so() -> None:
    presenter, desk, _ = settled()
    desk.kept = desk.kept.model_copy(update={"settlement": None, "stage": Stage.NEW})
    presenter.find("MZ-1")
    assert presenter.searched and presenter.rows == ()
    assert presenter.why_not("confirm_refund") is not None


def test_free_words_are_bounded() -> None:
    presenter, _, _ = settled()
    presenter.because("other", "长" * 1000)
    assert len(presenter.sentence()) == MOST_REASON


def test_keys_during_the_call_do_nothing() -> None:
    presenter, desk, page = settled()
    presenter.find("MZ-1")
    presenter.because("twice")
    presenter.confirm()
    page.hold = True
    for _ in range(20):
        presenter.confirm()
    page.finish()
    assert desk.calls.count("cancel_settlement") == 1
