"""扣款申诉 in the real window, by keyboard alone: fetch, write, attach, send, count, take along.

One desk serves all tests of the file: each makes a deduction of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from core.domain.deduction import AppealState
from gui.cashier import Cashier
from tests.helpers.audits import PDF, WORDS
from tests.helpers.training import (
    at_the_desk,
    case,
    control,
    desk_of,
    fault,
    go,
    nameless,
    presettled,
    printed,
    settle,
)


@pytest.fixture(scope="module")
def cashier(tmp_path_factory: pytest.TempPathFactory, qapp: QApplication) -> Iterator[Cashier]:
    with at_the_desk(tmp_path_factory.mktemp("desk")) as made:
        presettled(made)
        settle(made)
        printed(made)
        made.idle()
        yield made


@pytest.fixture(autouse=True)
def calm(cashier: Cashier) -> Iterator[None]:
    """No order of one test reaches the next; the page is where it began."""
    yield
    control(cashier).clear()
    cashier.idle()
    if cashier.page.name == "appeals":
        cashier.press("Escape")
        cashier.page.quiet()


def deducted(cashier: Cashier, fen: int = 100, reason: str = "超范围", line: int = 0) -> str:
    """The audit takes something off; gives the number."""
    visit = case(cashier).visit
    lines, bill = visit.lines, visit.settlement.bill_no
    return str(control(cashier).deduct(visit.visit_no, bill, lines[line].line_id, fen, reason))


def listed(cashier: Cashier, fen: int = 100, reason: str = "超范围", line: int = 0) -> Any:
    """Fetched by F5 and chosen in the list with the arrow keys; gives the page."""
    ded_id = deducted(cashier, fen, reason, line)
    page = go(cashier, "appeals") if cashier.page.name != "appeals" else cashier.page
    cashier.do("fetch_deductions")
    ids = [row.ded_id for row in page.presenter.rows]
    page.list.table.setFocus()
    cashier.press("Ctrl+Home")
    for _ in range(ids.index(ded_id)):
        cashier.press("Down")
    cashier.idle()
    assert page.presenter.chosen == ded_id
    return page


def written(cashier: Cashier, page: Any, words: str = WORDS) -> str:
    """F4 and the words, kept by themselves; gives the deduction's number."""
    cashier.act("write_appeal")
    assert page.editor.text.hasFocus()
    cashier.type(words)
    number = str(page.presenter.chosen)
    cashier.wait(lambda: desk_of(cashier).appeals.draft(number).reason == words, "the draft kept")
    cashier.idle()
    return number


def state(cashier: Cashier, ded_id: str) -> AppealState:
    """Where the desk believes it stands."""
    found: AppealState = desk_of(cashier).appeals.item(ded_id).state
    return found


def test_before_anything_is_fetched_the_page_says_what_to_press(cashier: Cashier) -> None:
    page = go(cashier, "appeals")
    assert page.presenter.rows == () and not page.list.table.isVisible()
    assert "F5" in page.list.empty.accessibleName()
    cashier.act("send_appeal")
    assert "选择" in cashier.banners()[0].text
    assert nameless(page) == []


def test_a_deduction_is_fetched_and_shown_beside_our_line(cashier: Cashier) -> None:
    page = listed(cashier, 100, "与工伤部位无关")
    row = page.presenter.item
    assert (row.reason, row.deducted) == ("与工伤部位无关", 100)
    assert page.due.text() == "还有 30 天" and page.why.text() == "与工伤部位无关"
    cashier.act("appeal_lines")
    lines = page.lines.table.rows.rows()
    assert page.lines.table.hasFocus() and page.lines.table.current().deducted
    assert len(lines) == len(case(cashier).visit.lines)
    assert nameless(page) == []


def test_a_line_is_cited_with_enter(cashier: Cashier) -> None:
    page = listed(cashier, line=1)
    cashier.act("appeal_lines")
    cashier.press("Return")
    assert page.editor.text.hasFocus()
    assert case(cashier).visit.lines[1].name in page.editor.text.toPlainText()


def test_what_is_written_is_kept_without_a_key(cashier: Cashier) -> None:
    page = listed(cashier)
    number = written(cashier, page, "写到一半")
    go(cashier, "history")
    page = go(cashier, "appeals")
    assert page.presenter.chosen == number
    assert page.editor.text.toPlainText() == "写到一半"
    assert "已自动保存" in page.editor.saved.text()


def test_leaving_the_page_keeps_the_last_letters_too(cashier: Cashier) -> None:
    page = listed(cashier)
    number = page.presenter.chosen
    cashier.act("write_appeal")
    cashier.type("未等保存就走")
    go(cashier, "history")
    assert desk_of(cashier).appeals.draft(number).reason == "未等保存就走"
    go(cashier, "appeals")


def test_an_appeal_is_sent_by_f2_twice_with_a_file(cashier: Cashier, tmp_path: Any) -> None:
    page = listed(cashier, 120)
    number = written(cashier, page)
    path = tmp_path / "病历.pdf"
    path.write_bytes(PDF + number.encode())
    cashier.act("attach_file")
    assert page.editor.path.hasFocus()
    cashier.type(str(path))
    cashier.press("Return")
    cashier.idle()
    assert page.editor.files.count() == 1 and page.editor.path.text() == ""
    cashier.act("send_appeal")
    assert page.presenter.armed and page.no.hasFocus() and "1.20" in page.prompt.text()
    cashier.do("send_appeal")
    assert cashier.kinds() == ["done"] and state(cashier, number) is AppealState.WAITING
    booked = [row for row in control(cashier).books("appeal")["appeals"] if row["ded_id"] == number]
    assert [(row["amount"], row["attachments"], row["reason"]) for row in booked] == [
        (120, 1, WORDS)
    ]
    assert page.presenter.chosen == number == page.list.table.current().ded_id
    assert page.editor.text.isReadOnly() and not page.keys.action("send_appeal").isEnabled()
    cashier.do("fetch_deductions")
    assert state(cashier, number) is AppealState.WAITING


def test_a_template_a_smaller_amount_and_a_telephone(cashier: Cashier) -> None:
    page = listed(cashier, 100)
    number = page.presenter.chosen
    cashier.act("write_appeal")
    cashier.tab_to(page.editor.template)
    cashier.press("Down")
    cashier.press("Return")
    assert page.editor.use.hasFocus()
    cashier.press("Space")
    assert case(cashier).visit.visit_no in page.editor.text.toPlainText()
    cashier.tab_to(page.editor.amount)
    cashier.press("Ctrl+A")
    cashier.type("0.40")
    cashier.press("Return")
    assert page.editor.phone.hasFocus()
    cashier.type("0990-123")
    cashier.wait(lambda: desk_of(cashier).appeals.draft(number).phone == "0990-123", "it kept")
    assert desk_of(cashier).appeals.draft(number).amount == 40


def test_too_many_letters_are_counted_and_told(cashier: Cashier) -> None:
    page = listed(cashier)
    cashier.act("write_appeal")
    page.editor.text.setPlainText("长" * 501)
    assert page.editor.room.text() == "超出 2 字节" and page.editor.text.property("fault") is True
    cashier.act("send_appeal")
    assert "超出 2 字节" in cashier.banners()[0].text and not page.presenter.armed
    page.editor.text.setPlainText("𠮷")
    assert "𠮷" in page.editor.room.text()
    page.editor.text.setPlainText("好")
    assert page.editor.room.text() == "还可写 998 字节"


def test_a_file_is_taken_off_with_delete(cashier: Cashier, tmp_path: Any) -> None:
    page = listed(cashier)
    path = tmp_path / "扫描.pdf"
    path.write_bytes(PDF + b"off")
    page.presenter.attach(str(path))
    cashier.idle()
    cashier.act("write_appeal")
    cashier.tab_to(page.editor.files)
    cashier.press("Delete")
    cashier.idle()
    assert page.editor.files.count() == 0 and not page.editor.detach.isVisible()


def test_a_file_that_is_none_is_told(cashier: Cashier, tmp_path: Any) -> None:
    page = listed(cashier)
    path = tmp_path / "程序.pdf"
    path.write_bytes(b"MZ\x90\x00")
    cashier.act("attach_file")
    cashier.type(str(path))
    cashier.act("attach_file")
    cashier.idle()
    assert "PDF" in cashier.banners()[0].text and page.editor.files.count() == 0


def test_a_text_is_kept_as_template_and_dropped(cashier: Cashier) -> None:
    page = listed(cashier)
    written(cashier, page, "常用的话")
    cashier.act("keep_template")
    assert page.naming.edit.hasFocus()
    cashier.press("Return")
    assert page.naming.isVisible()
    cashier.type("我的")
    cashier.press("Return")
    cashier.idle()
    page.editor.template.setText("own:我的")
    assert page.editor.drop.isVisible()
    page.editor.drop.click()
    cashier.idle()
    assert page.editor.template.findData("own:我的") < 0 and not page.editor.drop.isVisible()


def test_esc_goes_back_step_by_step(cashier: Cashier) -> None:
    page = listed(cashier)
    written(cashier, page)
    cashier.act("send_appeal")
    cashier.press("Escape")
    assert not page.presenter.armed and page.editor.text.hasFocus()
    cashier.press("Escape")
    assert page.list.table.hasFocus()
    cashier.press("Escape")
    assert page.list.box.hasFocus()
    cashier.act("appeal_sums")
    assert page.sums.chart.hasFocus()
    cashier.press("Escape")
    assert page.list.table.hasFocus()


def test_a_lost_answer_is_found_by_the_tray(cashier: Cashier) -> None:
    page = listed(cashier)
    number = written(cashier, page)
    cashier.window.frame.sweeper.stop()
    fault(cashier, "request_lost", "deduction_list", 100, ending="status")
    fault(cashier, "reply_lost", "appeal", ending="status")
    cashier.act("send_appeal")
    cashier.do("send_appeal")
    assert cashier.kinds()[0] == "unknown" and page.editor.text.isReadOnly()
    control(cashier).clear()
    tray = go(cashier, "pending")
    cashier.do("ask_now")
    cashier.wait(lambda: not tray.presenter.rows(), "an empty tray")
    go(cashier, "appeals")
    assert state(cashier, number) is AppealState.WAITING


def test_without_the_centre_everything_kept_is_still_there(cashier: Cashier) -> None:
    page = listed(cashier)
    number = page.presenter.chosen
    fault(cashier, "request_lost", "deduction_list", 5, ending="status")
    cashier.do("fetch_deductions")
    assert cashier.kinds() == ["warning"] and "照常" in cashier.banners()[0].text
    assert number in [row.ded_id for row in page.presenter.rows]
    written(cashier, page, "离线也能写")


def test_filter_search_and_period(cashier: Cashier) -> None:
    page = listed(cashier, 66, "床位费")
    cashier.act("find_appeal")
    cashier.type("床位费")
    cashier.press("Return")
    cashier.idle()
    assert {row.reason for row in page.presenter.rows} == {"床位费"}
    page.list.filter.setText("gone")
    cashier.idle()
    assert page.presenter.rows == () and "没有符合" in page.list.empty.accessibleName()
    page.list.filter.setText("all")
    cashier.act("find_appeal")
    cashier.press("Ctrl+A")
    cashier.press("Backspace")
    cashier.press("Return")
    page.list.end.setFocus()
    cashier.press("Ctrl+A")
    cashier.type("明天")
    cashier.press("Return")
    cashier.idle()
    assert "明天" in cashier.banners()[0].text
    cashier.press("Ctrl+A")
    cashier.type(f"{page.presenter.end:%Y-%m-%d}")
    cashier.press("Return")
    cashier.idle()
    assert page.presenter.rows and cashier.kinds() == []


def test_sums_stand_as_bars_and_numbers(cashier: Cashier) -> None:
    page = listed(cashier, 300, "重复收费")
    cashier.act("appeal_sums")
    cashier.idle()
    sums = page.presenter.sums
    assert page.sums.table.rows.rows() == sums and sums[0].deducted >= sums[-1].deducted
    place = [row.reason for row in sums].index("重复收费")
    for _ in range(place + 1):
        cashier.press("Down")
    assert "重复收费：扣款" in page.sums.chart.caption.whole()
    assert "合计" in page.sums.whole.text() and nameless(page) == []
    cashier.act("appeal_sums")
    assert page.list.table.hasFocus()


def test_the_list_is_taken_along(cashier: Cashier) -> None:
    from openpyxl import load_workbook

    page = listed(cashier, 5, "=1+1")
    cashier.do("export_appeals")
    newest = max((desk_of(cashier).home / "exports").glob("*.xlsx"))
    assert newest.name in cashier.banners()[0].text
    sheet = load_workbook(newest).worksheets[0]
    assert sheet.max_row == 1 + len(page.presenter.rows)
    assert "=1+1" in {cell.value for cell in sheet["I"] if cell.data_type == "s"}
