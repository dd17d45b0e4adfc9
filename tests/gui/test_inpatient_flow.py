"""住院结算 in the real window, by keys: list and place, cards and reasons, money, reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from gui.cashier import Cashier
from gui.theme import theme
from tests.helpers.training import at_the_desk, control, desk_of, fault, go, nameless
from tests.helpers.ward import KEYS


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, qapp: QApplication) -> Iterator[Cashier]:
    with at_the_desk(tmp_path_factory.mktemp("stays") / "home") as made:
        yield made


@pytest.fixture
def cashier(desk: Cashier) -> Iterator[Cashier]:
    """On the list, nothing searched."""
    go(desk, "inpatient")
    desk.do("next_stay")
    desk.page.list.chips._take("all")
    yield desk
    control(desk).clear()


def case(cashier: Cashier) -> Any:
    return cashier.page.presenter.case


def opened(cashier: Cashier, name: str) -> Any:
    """The stay of a patient, the card read, registered if it can be."""
    control(cashier).card(KEYS[name])
    cashier.do("stay_card")
    assert case(cashier) is not None, cashier.banners()
    if not case(cashier).registered:
        cashier.do("admit")
    return cashier.page


def test_a_stay_is_found_admitted_uploaded_and_left_by_keys(cashier: Cashier) -> None:
    cashier.type("klh")
    assert [row.name for row in cashier.page.list.table.rows.rows()] == ["孔令辉"]
    cashier.press("Return")
    cashier.idle()
    page = cashier.page
    assert case(cashier).row.name == "孔令辉" and page.work.isVisible()
    cashier.act("stay_settle")
    assert cashier.kinds()[0] == "warning"
    control(cashier).card("kong")
    cashier.do("stay_card")
    assert page.sheet.form.first().hasFocus()
    cashier.do("admit")
    assert case(cashier).registered and not page.sheet.form_box.isVisible()
    cashier.do("stay_upload")
    assert case(cashier).missing == 0
    cashier.do("stay_presettle")
    assert page.money.amounts() is not None and "试算" in page.money._caption.text()
    cashier.press("Escape")
    cashier.idle()
    assert case(cashier) is None and page.list.box.text() == "klh"
    assert page.list.table.current().name == "孔令辉" and page.list.table.hasFocus()


def test_the_change_shows_reasons_and_sends_only_what_differs(cashier: Cashier) -> None:
    page = opened(cashier, "孔令辉")
    cashier.do("stay_change")
    card = page.overlays.card("change")
    fixed = card.form.fields["med_type"]
    assert fixed.spec.read_only and "资格" in fixed.spec.hint
    cashier.tab_to(card.yes)
    cashier.press("Space")
    cashier.idle()
    assert "没有改动" in cashier.banners()[0].text
    cashier.do("stay_change")
    cashier.tab_to(card.form.fields["bed"].editor)
    cashier.press("Ctrl+A")
    cashier.type("77")
    cashier.tab_to(card.yes)
    cashier.press("Space")
    cashier.idle()
    assert case(cashier).visit.registration.bed == "77" and cashier.kinds()[0] == "done"


def test_taking_lines_back_begins_on_cancel_and_asks_why(cashier: Cashier) -> None:
    page = opened(cashier, "孔令辉")
    before = len(case(cashier).visit.uploaded)
    page.sheet.table.setFocus()
    page.sheet.table.choose(0)
    cashier.wait(lambda: page.presenter.why_not("remove_fees") is None, "the key lit")
    cashier.do("remove_fees")
    card = page.overlays.card("remove")
    assert card.no.hasFocus()
    cashier.press("Space")
    assert not card.isVisible()
    cashier.do("remove_fees")
    cashier.tab_to(card.yes)
    cashier.press("Space")
    assert card.isVisible() and card.reason.hasFocus() and "原因" in card.said.text()
    cashier.type("记错")
    cashier.press("Return")
    cashier.tab_to(card.yes)
    cashier.press("Space")
    cashier.idle()
    assert len(case(cashier).visit.uploaded) == before - 1
    cashier.do("stay_upload")


def test_the_way_back_is_explained_and_taken(cashier: Cashier) -> None:
    page = opened(cashier, "向文斌")
    cashier.do("cancel_admission")
    card = page.overlays.card("way")
    assert "程序办理" in card.steps.text() and card.no.hasFocus()
    cashier.tab_to(card.reason)
    cashier.type("转自费")
    cashier.tab_to(card.yes)
    cashier.press("Space")
    cashier.idle()
    assert not case(cashier).registered


def test_a_filing_says_in_its_card_what_is_wrong_with_a_file(cashier: Cashier) -> None:
    page = cashier.page
    control(cashier).card("jia")
    cashier.do("stay_card")
    assert page.presenter.why_not("admit") is not None
    cashier.do("special_filing")
    card = page.overlays.card("filing")
    assert card.form.fields["name"].editor.text() == "贾云鹏"
    cashier.tab_to(card.path)
    cashier.type("nowhere.pdf")
    cashier.press("Return")
    cashier.idle()
    assert "找不到" in card.said.text() and card.isVisible()
    assert nameless(card) == []
    cashier.press("Escape")
    assert not card.isVisible()


def test_the_list_uploads_all_and_reports_each(cashier: Cashier) -> None:
    opened(cashier, "冷秋月")
    cashier.do("next_stay")
    cashier.do("upload_all")
    page = cashier.page
    card = page.overlays.card("report")
    assert card.isVisible() and card.table.hasFocus()
    assert card.table.current().name == "冷秋月"
    cashier.press("Return")
    cashier.idle()
    assert case(cashier).row.name == "冷秋月"
    assert page.sheet.table.rows.rows() and "有误" in page.sheet.counts.text()


def test_chips_and_empty_states(cashier: Cashier) -> None:
    page = cashier.page
    cashier.tab_to(page.list.chips.chips["all"])
    cashier.press("Left")
    assert page.presenter.chip == "not_printed"
    assert page.list.empty.isVisible() and "这一类" in page.list.empty.accessibleName()
    cashier.press("Right")
    page.list.box.setFocus()
    cashier.type("查无此人")
    assert "没有找到" in page.list.empty.accessibleName()
    cashier.press("Escape")
    assert page.presenter.text == ""


def test_the_parked_stay_leaves_the_list_free(cashier: Cashier) -> None:
    page = opened(cashier, "孔令辉")
    cashier.do("stay_upload")
    fault(cashier, "slow", "presettle", seconds=0.4)
    cashier.act("stay_presettle")
    cashier.wait(lambda: page.presenter.busy, "the question")
    cashier.act("park")
    assert case(cashier) is None and page.list.isVisible()
    cashier.idle()


def test_everything_has_a_name_and_fits(cashier: Cashier) -> None:
    page = cashier.page
    assert nameless(page) == []
    assert page.list.table.horizontalScrollBar().maximum() == 0
    opened(cashier, "田广林")
    assert nameless(page) == []
    assert page.sheet.table.horizontalScrollBar().maximum() == 0
    assert theme.u(1366) >= cashier.window.width()


def test_the_refund_page_knows_a_stay(cashier: Cashier) -> None:
    stay = opened(cashier, "孔令辉")
    cashier.do("stay_upload")
    cashier.do("discharge")
    card = stay.overlays.card("discharge")
    cashier.tab_to(card.form.fields["outcome_code"].editor)
    cashier.press("Down")
    cashier.tab_to(card.yes)
    cashier.press("Space")
    cashier.idle()
    cashier.do("stay_presettle")
    cashier.do("stay_settle")
    assert "F2" in stay.money._prompt.text()
    cashier.do("stay_settle")
    cashier.wait(lambda: case(cashier).printed, "the slip")
    paid = case(cashier).visit.settlement
    cashier.do("stay_refund")
    page = cashier.page
    assert page.name == "refund" and page.presenter.stay and page.only.isChecked()
    assert "当日" in page.period.text()
    page.reason.setFocus()
    cashier.press("Down")
    cashier.do("confirm_refund")
    cashier.do("confirm_refund")
    visit = desk_of(cashier).history.visit(paid.visit_no)
    assert visit.settlement is None and visit.discharge is not None
    assert any("预交金" in said.text for said in cashier.banners())
