"""查询补打 in the real window: lists, masked messages, reprints with their count, the way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gui.cashier import Cashier
from tests.helpers.training import at_the_desk, case, desk_of, go, presettled, printed, settle


@pytest.fixture
def cashier(tmp_path: Path, qapp: QApplication) -> Iterator[Cashier]:
    with at_the_desk(tmp_path / "home") as made:
        presettled(made)
        settle(made)
        printed(made)
        made.idle()
        yield made


def test_todays_settlement_with_its_timeline(cashier: Cashier) -> None:
    paid = case(cashier).visit.settlement
    page = go(cashier, "history")
    assert [row.msgid for row in page.presenter.rows] == [paid.msgid]
    assert page.presenter.row.name == "沈建国"
    assert len(page.timeline.moments()) >= 3
    assert "1 次" in page.note.whole()


def test_messages_are_masked(cashier: Cashier) -> None:
    person = case(cashier).person
    page = go(cashier, "history")
    page.presenter.show("transactions")
    cashier.idle()
    cards = [row for row in page.presenter.rows if row.title.startswith("1101")]
    page.presenter.choose(cards[0].msgid)
    cashier.idle()
    payloads = [str(moment.payload) for moment in page.timeline.moments()]
    assert any(payloads)
    assert not any(person.id_no in text for text in payloads)
    assert page.payload.toPlainText() == next(text for text in payloads if text)
    assert page.payload.isReadOnly()


def test_reprint_is_counted(cashier: Cashier) -> None:
    paid = case(cashier).visit.settlement
    page = go(cashier, "history")
    cashier.do("reprint")
    cashier.wait(lambda: desk_of(cashier).documents.prints(paid.msgid) == 2, "the second slip")
    cashier.wait(lambda: "2 次" in page.note.whole(), "the count")
    assert "第 2 次" in desk_of(cashier).documents.slip(paid.msgid).print_note


def test_f9_puts_the_cursor_into_the_box(cashier: Cashier) -> None:
    cashier.do("find_bill")
    assert cashier.page.name == "history" and cashier.page.box.hasFocus()
    cashier.type("沈建")
    cashier.press("Return")
    cashier.idle()
    assert len(cashier.page.presenter.rows) == 1
    cashier.type("没有这个人")
    cashier.press("Return")
    cashier.idle()
    assert cashier.page.presenter.rows == () and cashier.page.empty.isVisible()


def test_enter_opens_the_visit(cashier: Cashier) -> None:
    number = case(cashier).visit.visit_no
    go(cashier, "outpatient")
    cashier.do("next_patient")
    page = go(cashier, "history")
    cashier.tab_to(page.table)
    cashier.press("Return")
    cashier.idle()
    assert cashier.page.name == "outpatient"
    assert case(cashier).visit.visit_no == number
    assert cashier.page.presenter.money().final


def test_the_lists_are_chosen_by_keyboard(cashier: Cashier) -> None:
    page = go(cashier, "history")
    buttons = {button.property("what"): button for button in page.whats.buttons()}
    cashier.tab_to(buttons["settlements"])
    cashier.press("Right")
    cashier.idle()
    assert page.presenter.what == "transactions"
    assert buttons["transactions"].isChecked() and not buttons["settlements"].isChecked()
    titles = [row.title[:4] for row in page.presenter.rows]
    assert "2207" in titles and "2206" in titles
    page.presenter.show("to_print")
    cashier.idle()
    assert page.presenter.rows == ()


def test_days_are_turned(cashier: Cashier) -> None:
    page = go(cashier, "history")
    page.presenter.step_day(-1)
    cashier.idle()
    assert page.presenter.rows == () and page.empty.isVisible()
    page.presenter.on_day(None)
    cashier.idle()
    assert len(page.presenter.rows) == 1
    assert page.day.text() == "不限日期"


def test_a_new_transaction_appears_by_itself(cashier: Cashier) -> None:
    page = go(cashier, "history")
    page.presenter.show("transactions")
    cashier.idle()
    before = len(page.presenter.rows)
    desk_of(cashier).lanes.centre(desk_of(cashier).identify.read_card).result(30)
    cashier.wait(lambda: len(page.presenter.rows) > before, "the new row")
    assert len(page.presenter.rows) == before + 1
    assert page.presenter.rows[0].title.startswith("1101")
