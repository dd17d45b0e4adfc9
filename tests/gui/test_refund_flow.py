"""退费撤销 in the real window: find, reason, red amounts, F2 twice with the focus on cancel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from core.domain import Stage
from core.money import show
from gui.cashier import Cashier
from tests.helpers.training import (
    at_the_desk,
    case,
    control,
    desk_of,
    fault,
    go,
    live_settlements,
    presettled,
    printed,
    settle,
)


@pytest.fixture
def cashier(tmp_path: Path, qapp: QApplication) -> Iterator[Cashier]:
    with at_the_desk(tmp_path / "home") as made:
        presettled(made)
        settle(made)
        printed(made)
        made.idle()
        yield made


def refund_page(cashier: Cashier):  # type: ignore[no-untyped-def]
    """F8 from the visit: found, chosen, the cursor in the reason."""
    cashier.do("refund")
    cashier.wait(lambda: cashier.page.reason.hasFocus(), "the cursor in the reason")
    return cashier.page


def test_a_settlement_and_its_registration_are_undone_by_keyboard_alone(cashier: Cashier) -> None:
    paid = case(cashier).visit.settlement
    page = refund_page(cashier)
    assert page.presenter.row.settlement == paid
    assert page.money.shown_personal().startswith("退")
    assert show(-paid.amounts.personal) in page.money.shown_personal()
    assert page.money.property("refund") is True
    cashier.press("Down")
    cashier.do("confirm_refund")
    assert page.no.hasFocus() and page.presenter.armed
    cashier.do("confirm_refund")
    visit = desk_of(cashier).history.visit(paid.visit_no)
    assert visit.stage is Stage.CANCELLED
    assert live_settlements(cashier, paid.visit_no) == []
    undone = page.presenter.undone
    cashier.wait(lambda: desk_of(cashier).documents.prints(undone), "the red slip")
    slip = desk_of(cashier).documents.slip(undone)
    assert slip.refund
    steps = [row.step for row in desk_of(cashier).history.find(paid.visit_no)]
    assert steps[:3] == ["cancel_registration", "cancel_fees", "cancel_settlement"]


def test_enter_on_cancel_undoes_nothing(cashier: Cashier) -> None:
    number = case(cashier).visit.visit_no
    page = refund_page(cashier)
    cashier.press("Down")
    cashier.do("confirm_refund")
    cashier.press("Space")
    assert not page.presenter.armed
    cashier.idle()
    assert len(live_settlements(cashier, number)) == 1


def test_esc_cancels_and_then_goes_to_the_search_box(cashier: Cashier) -> None:
    page = refund_page(cashier)
    cashier.press("Down")
    cashier.do("confirm_refund")
    cashier.press("Escape")
    assert not page.presenter.armed
    cashier.press("Escape")
    assert page.box.hasFocus()


def test_without_a_reason_f2_says_so(cashier: Cashier) -> None:
    page = refund_page(cashier)
    cashier.act("confirm_refund")
    assert "原因" in cashier.banners()[0].text and not page.presenter.armed


def test_other_reasons_have_to_be_written_out(cashier: Cashier) -> None:
    page = refund_page(cashier)
    cashier.press("End")
    assert page.presenter.reason == "other"
    cashier.act("confirm_refund")
    assert "写明" in cashier.banners()[0].text
    cashier.press("Tab")
    cashier.type("患者要求改日结算")
    cashier.do("confirm_refund")
    assert page.presenter.armed
    assert page.presenter.sentence() == "患者要求改日结算"


def test_only_the_settlement_is_undone_and_settled_again(cashier: Cashier) -> None:
    number = case(cashier).visit.visit_no
    page = refund_page(cashier)
    cashier.act("cancel_settlement")
    assert page.only.isChecked()
    assert [step.step for step in page.presenter.plan()] == ["cancel_settlement"]
    cashier.press("Down")
    cashier.do("confirm_refund")
    cashier.do("confirm_refund")
    assert desk_of(cashier).history.visit(number).stage is Stage.UPLOADED
    go(cashier, "outpatient")
    cashier.wait(lambda: case(cashier).stage is Stage.UPLOADED, "the visit read again")
    cashier.do("presettle")
    settle(cashier)
    printed(cashier)
    assert len(live_settlements(cashier, number)) == 1
    assert case(cashier).visit.settlement.bill_no.endswith("-2")


def test_a_lost_answer_leaves_it_to_the_tray(cashier: Cashier) -> None:
    number = case(cashier).visit.visit_no
    page = refund_page(cashier)
    cashier.window.frame.sweeper.stop()
    fault(cashier, "request_lost", "settlement_list", 100, ending="status")
    fault(cashier, "reply_lost", "cancel_settlement", ending="status")
    cashier.press("Down")
    cashier.do("confirm_refund")
    cashier.do("confirm_refund")
    assert cashier.kinds()[0] == "unknown"
    assert not page.keys.action("confirm_refund").isEnabled()
    assert desk_of(cashier).history.visit(number).open_msgid
    control(cashier).clear()
    tray = go(cashier, "pending")
    assert tray.presenter.rows()[0].negative
    cashier.do("ask_now")
    cashier.wait(lambda: not tray.presenter.rows(), "an empty tray")
    go(cashier, "refund")
    assert live_settlements(cashier, number) == []


def test_found_by_bill_number_and_by_name(cashier: Cashier) -> None:
    paid = case(cashier).visit.settlement
    page = go(cashier, "refund")
    for text in (paid.bill_no, "沈建国", ""):
        cashier.act("find_refund")
        cashier.press("Ctrl+A")
        cashier.press("Backspace")
        cashier.type(text)
        cashier.press("Return")
        cashier.idle()
        assert [row.bill_no for row in page.presenter.rows] == [paid.bill_no], text


def test_what_is_cancelled_is_shown_so_and_not_cancelled_again(cashier: Cashier) -> None:
    page = refund_page(cashier)
    cashier.press("Down")
    cashier.do("confirm_refund")
    cashier.do("confirm_refund")
    assert page.presenter.rows[0].state == "已撤销"
    undone = page.presenter.undone
    cashier.wait(lambda: desk_of(cashier).documents.prints(undone) == 1, "the red slip")
    cashier.idle()
    cashier.act("confirm_refund")
    assert cashier.kinds()[0] == "warning"
    cashier.do("print_refund")
    cashier.wait(lambda: desk_of(cashier).documents.prints(undone) == 2, "the second red slip")


def test_keys_during_the_undoing_are_swallowed(cashier: Cashier) -> None:
    number = case(cashier).visit.visit_no
    refund_page(cashier)
    cashier.press("Down")
    cashier.do("confirm_refund")
    fault(cashier, "slow", "cancel_settlement", seconds=0.7)
    for _ in range(10):
        cashier.act("confirm_refund")
        cashier.press("Return")
    assert not cashier.window.close()
    cashier.idle()
    rows = [row.step for row in desk_of(cashier).history.find(number)]
    assert rows.count("cancel_settlement") == 1
