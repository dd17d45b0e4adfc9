"""The money of a stay: trial, discharge, deposit, two presses, slip, and what may surprise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.domain import Amounts, Stage
from core.domain.stay import Balance
from core.outcome import Accepted
from core.service.result import StepResult
from gui.screens.inpatient.facts import discharge_line
from gui.screens.inpatient.rules import next_action, step_line
from gui.screens.refund.presenter import RefundPresenter
from tests.helpers.fake_desk import FakePage
from tests.helpers.ward import Ward, a_ward

AMOUNTS = Amounts(total=10_000, fund=6_000, personal=4_000)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    with a_ward(tmp_path_factory.mktemp("ward")) as made:
        yield made


def shown(deposit: int, personal: int = 4_000) -> Balance:
    due = personal - deposit
    return Balance(deposit=deposit, total=10_000, fund=6_000, personal=personal,
                   to_collect=max(0, due), to_return=max(0, -due))  # fmt: skip


def test_the_whole_end_of_a_stay(ward: Ward) -> None:
    presenter, page = ward.uploaded("石宝珍")
    assert next_action(presenter.case) == "discharge"  # the hospital has let the patient go
    presenter.presettle()
    trial = presenter.case.shown
    assert trial is not None and presenter.money().headline == "中途试算"
    assert presenter.why_not("stay_settle").key == "inpatient.why.not_discharged"
    presenter.discharge(presenter.discharge_values())
    case = presenter.case
    assert case.discharge is not None and case.shown is None and page.kinds == ["done"]
    assert "已办出院" in discharge_line(case, {"01": "治愈"})
    for action in ("stay_change", "remove_fees"):
        assert presenter.why_not(action).key == "inpatient.why.discharged"
    assert presenter.primary() == "stay_presettle"
    presenter.presettle()
    assert case.shown == trial and presenter.primary() == "stay_settle"
    presenter.confirm()
    assert case.armed and "F2" in presenter.money().headline
    presenter.confirm()
    assert case.settled and page.slips == [case.to_print]
    assert presenter.primary() == "print_stay"
    assert presenter.printed(case.to_print, "slips/1.pdf")
    assert not presenter.printed(case.to_print, "slips/1.pdf")
    assert "退还" in page.text and presenter.primary() == "next_stay"
    assert {step.mark for step in step_line(case)} == {"done"}
    assert presenter.why_not("stay_refund") is None


def test_the_settlement_is_undone_from_the_refund_page_step_by_step(ward: Ward) -> None:
    number = ward.row("石宝珍").visit_no
    if ward.desk.history.visit(number).stage is not Stage.SETTLED:
        presenter, _ = ward.left("石宝珍")
        presenter.confirm()
        presenter.confirm()
    page = FakePage()
    refund = RefundPresenter(ward.desk, page)
    refund.show_visit(number)
    assert refund.stay and not refund.wholly and "当日" in refund.period.text
    assert [step.step for step in refund.plan()] == ["cancel_settlement"]
    refund.whole(True)
    assert [step.step for step in refund.plan()] == [
        "cancel_settlement", "undo_discharge", "cancel_fees", "cancel_registration"
    ]  # fmt: skip
    refund.because("wrong_fee")
    refund.confirm()
    refund.confirm()
    assert ward.desk.history.visit(number).stage is Stage.CANCELLED, page.text
    assert "预交金" in page.text and page.slips == [refund.undone]


def test_a_discharge_is_taken_back_with_a_reason(ward: Ward) -> None:
    presenter, page = ward.left("孔令辉")
    assert presenter.case.shown is not None
    presenter.undo_discharge("")
    assert presenter.case.discharge is not None and page.kinds == ["warning"]
    presenter.undo_discharge("病情变化，继续住院")
    assert presenter.case.discharge is None and presenter.case.shown is None
    assert presenter.why_not("stay_change") is None


def test_a_discharge_before_the_admission_is_refused(ward: Ward) -> None:
    presenter, page = ward.uploaded("孔令辉")
    if presenter.case.discharge is not None:
        presenter.undo_discharge("重办")
    values = {**presenter.discharge_values(), "outcome_code": "01"}
    presenter.discharge({**values, "discharged_at": "2020-01-01 08:00:00"})
    assert presenter.case.discharge is None and "早于入院" in page.text


def test_lines_must_be_whole_before_the_discharge(ward: Ward) -> None:
    presenter, _ = ward.admitted("向文斌")
    assert presenter.why_not("discharge").key == "inpatient.why.missing"
    assert presenter.why_not("stay_presettle").key == "inpatient.why.nothing_uploaded"


@pytest.mark.parametrize(
    ("deposit", "way", "word"), [(1_000, "collect", "补收"), (9_000, "return", "退还"),
                                 (4_000, "even", "抵清")],
)  # fmt: skip
def test_the_deposit_decides_who_pays_whom(ward: Ward, deposit: int, way: str, word: str) -> None:
    presenter, _ = ward.left("田广林")
    case = presenter.case
    case.balance = shown(deposit)
    assert presenter._way() == way
    presenter.confirm()
    assert word in presenter.money().headline
    assert presenter.disarm() and not presenter.disarm()


def test_nothing_is_settled_before_the_deposit_is_known(ward: Ward) -> None:
    presenter, _ = ward.left("田广林")
    presenter.case.balance = None
    assert presenter.why_not("stay_settle").key == "inpatient.why.reading"


def test_too_little_money_stops_the_settlement(ward: Ward) -> None:
    presenter, page = ward.left("田广林")
    presenter.case.balance = shown(1_000)
    presenter.receive("29.99")
    assert presenter.why_not("stay_settle").key == "inpatient.why.short"
    presenter.receive("abc")
    assert "不是金额" in presenter.why_not("stay_settle").text
    presenter.confirm()
    assert not presenter.case.armed and "不是金额" in page.text
    presenter.receive("30")
    assert presenter.why_not("stay_settle") is None
    presenter.receive("")
    assert presenter.case.received is None


def surprised(presenter: Any) -> None:
    visit = presenter.case.visit
    other = AMOUNTS.model_copy(update={"total": 10_001})
    paid = StepResult(
        Accepted(),
        visit.model_copy(update={"settlement": settlement(visit.visit_no, other)}), "M-9",
    )  # fmt: skip
    presenter._settled(paid, AMOUNTS)


def settlement(number: str, amounts: Amounts) -> Any:
    from core.domain import Settlement
    from tests.helpers.fake_desk import NOON

    return Settlement(
        visit_no=number, bill_no=f"{number}-1", msgid="M-9", amounts=amounts, settled_at=NOON
    )


def test_other_amounts_than_shown_stop_everything(ward: Ward) -> None:
    presenter, page = ward.left("田广林")
    surprised(presenter)
    assert page.kinds == ["danger"] and page.slips == []
    assert "100.01" in page.text and "100.00" in page.text


def test_a_settlement_that_ends_after_the_page_went_on_is_printed(ward: Ward) -> None:
    presenter, page = ward.left("田广林")
    page.hold = True
    presenter.confirm()
    presenter.confirm()
    presenter.close()
    page.finish()
    assert presenter.case is None and len(page.slips) == 1
    assert "田广林" in page.text


def test_the_discharge_form_starts_with_what_is_known(ward: Ward) -> None:
    presenter, _ = ward.admitted("段丽华")
    values = presenter.discharge_values()
    assert values["outcome_code"] and values["diagnosis_code"]
    assert presenter.case.stay.hospital_discharge is not None
    assert "请按 Ctrl+D" in discharge_line(presenter.case, {})


def test_an_old_card_is_read_again_before_money(ward: Ward) -> None:
    presenter, _ = ward.left("段丽华")
    ward.world.clock.advance(2 * 3600)
    presenter.look_again()
    reason = presenter.why_not("stay_settle")
    assert reason is not None and "读卡" in reason.text
    ward.lay("段丽华")
    presenter.read_card()
    assert presenter.why_not("stay_settle") is None
