"""日终对账 in the real window: compare, match, repair, confirm, undo, cut, void, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from core.domain import State
from gui.cashier import Cashier
from tests.helpers import flows
from tests.helpers.paper import sheets
from tests.helpers.training import (
    SUPERVISOR,
    at_the_desk,
    control,
    desk_of,
    fault,
    go,
    nameless,
    training_password,
)

VISITS = 3


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, qapp: QApplication) -> Iterator[Any]:
    """One desk with three settlements for all of the file; every test leaves the books equal."""
    with at_the_desk(tmp_path_factory.mktemp("dayend") / "home") as made:
        visits = [flows.settled(desk_of(made)) for _ in range(VISITS)]
        made.idle()
        yield made, visits


@pytest.fixture
def cashier(opened: Any) -> Cashier:
    found: Cashier = opened[0]
    page = go(found, "dayend")
    if page.presenter.section != "books":
        found.do("switch_day")
    page.presenter.books.take(name="today")
    found.do("compare_day")
    return found


@pytest.fixture
def visits(opened: Any) -> list[str]:
    found: list[str] = opened[1]
    return found


def books(cashier: Cashier) -> Any:
    return cashier.page.presenter.books


def answer(cashier: Cashier, *, second: bool = False, words: str = "") -> None:
    """The card over the page: first reason, words, second person, the button; by keys."""
    card = cashier.page.reason
    cashier.wait(card.isVisible, "the card")
    cashier.press("Down")
    if words:
        cashier.tab_to(card.form.fields["words"].editor)
        cashier.type(words)
    if second:
        cashier.tab_to(card.form.fields["second"].editor)
        cashier.type(SUPERVISOR)
        cashier.press("Return")
        cashier.type(training_password())
    cashier.tab_to(card.yes)
    cashier.press("Space")
    cashier.idle()


def repair(cashier: Cashier) -> None:
    """F2 on the chosen pair, its proposal taken as it is."""
    second = cashier.page.presenter.pairs.pair.needs_second
    cashier.act("confirm_day")
    answer(cashier, second=second)


def test_what_the_centre_lost_and_moved_is_repaired_to_equal(
    cashier: Cashier, visits: list[str]
) -> None:
    assert books(cashier).verdict() == "equal"
    control(cashier).mismatch("lose", visit=visits[0])
    control(cashier).mismatch("move", visit=visits[1], seconds=-86_400)
    cashier.do("compare_day")
    page = cashier.page
    assert books(cashier).verdict() == "unequal"
    assert page.books.compare.texts()[0][-1] == "不符"
    cashier.do("match_day")
    assert page.books.pairs.table.hasFocus()
    assert page.presenter.pairs.counts()["open"] == 2
    assert page.books.go.text().startswith("修复这一笔")
    while page.presenter.repairs():
        left = page.presenter.pairs.counts()["open"]
        repair(cashier)
        assert page.presenter.pairs.counts()["open"] < left, cashier.banners()
    assert books(cashier).verdict() == "equal", cashier.banners()
    assert page.books.compare.texts()[0][-1] == "相符"


def test_enter_on_a_pair_asks_and_esc_leaves_it(cashier: Cashier, visits: list[str]) -> None:
    control(cashier).mismatch("shift", visit=visits[2], fen=100)
    cashier.do("compare_day")
    cashier.do("match_day")
    page = cashier.page
    pair = page.presenter.pairs.pair
    assert pair.centre.total - pair.journal.total == 100
    marks = [line.label for line in page.presenter.pairs.sides() if line.differs]
    assert marks == ["合计", "个人"]
    cashier.press("Return")
    assert page.reason.isVisible()
    cashier.press("Escape")
    assert not page.reason.isVisible() and page.books.pairs.table.hasFocus()
    cashier.press("Return")
    cashier.tab_to(page.reason.yes)
    cashier.press("Space")
    assert "原因" in page.reason.form.fields["reason"].fault() and page.reason.isVisible()
    cashier.press("End")
    cashier.tab_to(page.reason.yes)
    cashier.press("Space")
    assert "写明" in page.reason.form.fields["words"].fault()
    cashier.press("Escape")
    control(cashier).mismatch("shift", visit=visits[2], fen=-100)
    cashier.do("compare_day")
    assert books(cashier).verdict() == "equal"


def test_confirmed_locked_undone_with_a_supervisor(cashier: Cashier) -> None:
    cashier.do("confirm_day")
    assert books(cashier).armed and cashier.page.books.prompt.isVisible()
    cashier.press("Escape")
    assert not books(cashier).armed
    cashier.do("confirm_day")
    cashier.do("confirm_day")
    assert books(cashier).verdict() == "confirmed"
    assert not cashier.page.keys.action("match_day").isEnabled()
    cashier.act("match_day")
    assert "F8" in cashier.banners()[0].text
    cashier.act("undo_day")
    answer(cashier, second=True, words="晚到的退费")
    assert books(cashier).verdict() == "equal", cashier.banners()
    rows = control(cashier).books("confirmation")["confirmations"]
    assert [bool(row["undone_by"]) for row in rows] == [True]
    assert books(cashier).former()[0].state == "已撤销"


def test_a_silent_centre_is_a_sentence(cashier: Cashier) -> None:
    fault(cashier, "request_lost", "totals", ending="status")
    cashier.do("compare_day")
    assert cashier.kinds()[0] == "warning" and "总额" in cashier.banners()[0].text
    assert not cashier.page.presenter.busy


def test_periods_and_operators_by_keys(cashier: Cashier) -> None:
    page, choosing = cashier.page, cashier.page.books.choosing
    cashier.tab_to(choosing.chips.chips["today"])
    cashier.press("Right")
    cashier.idle()
    assert books(cashier).choice.name == "yesterday" and books(cashier).heading()
    cashier.press("Right")
    cashier.press("Right")
    cashier.press("Tab")
    assert choosing.begin.hasFocus()
    cashier.type("1.1.")
    cashier.press("Return")
    cashier.idle()
    assert "1.1." in cashier.banners()[0].text
    cashier.tab_to(choosing.chips.chips["own"])
    cashier.press("Right")
    cashier.idle()
    assert books(cashier).choice.name == "today" and not choosing.begin.isVisible()
    cashier.tab_to(page.books.chips.chips["operators"])
    cashier.press("Right")
    assert page.books.which == "kinds" and page.books.parts.rows.rowCount() > 0
    assert nameless(page) == []


def test_a_cut_its_sheet_its_void_and_a_reprint(cashier: Cashier) -> None:
    cashier.do("switch_day")
    page, desk = cashier.page, desk_of(cashier)
    cuts = page.presenter.cuts
    assert page.cuts.counted.hasFocus() and nameless(page) == []
    cash = cuts.cash()
    cashier.type("1.00")
    assert "短款" in page.cuts.over.text()
    cashier.press("Return")
    cashier.type("夜班")
    cashier.do("confirm_day")
    assert cuts.armed and page.cuts.prompt.isVisible()
    cashier.do("confirm_day")
    number = cuts.chosen
    cashier.wait(lambda: desk.closings.prints(number) == 1, "the sheet")
    cashier.idle()
    [paper] = sheets(desk.home / "sheets" / f"{number:06d}-1.pdf")
    assert cash in paper.text and "夜班" in paper.text and "短款" in paper.text
    assert "补打" not in paper.text and page.cuts.note.text() == ""
    cashier.do("preview_day")
    assert page.sheet.isVisible() and page.sheet.count == 1
    cashier.press("PgDown")
    cashier.press("Escape")
    cashier.do("print_day")
    cashier.wait(lambda: desk.closings.prints(number) == 2, "the sheet again")
    cashier.idle()
    assert "补打第1次" in sheets(desk.home / "sheets" / f"{number:06d}-2.pdf")[0].text
    cashier.act("undo_day")
    answer(cashier)
    void = desk.closings.closings()[0]
    assert void.voids == number
    cashier.wait(lambda: desk.closings.prints(void.number) == 1, "the void sheet")
    cashier.idle()
    [red] = sheets(desk.home / "sheets" / f"{void.number:06d}-1.pdf")
    assert "作废" in red.text and cash in red.text
    assert cuts.cash() == cash


def test_open_cases_are_shown_and_handed_over(cashier: Cashier, visits: list[str]) -> None:
    desk = desk_of(cashier)
    cashier.window.frame.sweeper.stop()
    fault(cashier, "request_lost", "settlement_list", 100, ending="status")
    fault(cashier, "reply_lost", "cancel_settlement", ending="status")
    desk.refund.cancel_settlement(visits[1], "患者要求")
    cashier.do("compare_day")
    assert cashier.page.presenter.books.comparison.unresolved == 1
    cashier.do("switch_day")
    page = cashier.page
    assert page.cuts.open.rows.rowCount() == 1 and "1 笔" in page.cuts.open_head.text()
    cashier.act("hand_over_day")
    cashier.type(SUPERVISOR)
    cashier.press("Return")
    cashier.type("falsch")
    cashier.tab_to(page.hand.yes)
    cashier.press("Space")
    cashier.idle()
    assert cashier.kinds()[0] == "warning" and desk.closings.hand_overs() == ()
    cashier.act("hand_over_day")
    cashier.type(SUPERVISOR)
    cashier.press("Return")
    cashier.type(training_password())
    cashier.tab_to(page.hand.yes)
    cashier.press("Space")
    cashier.idle()
    [made] = desk.closings.hand_overs()
    assert made.taken_by == SUPERVISOR
    control(cashier).clear()
    [row] = desk.resolve.pending()
    assert desk.resolve.look(row.msgid).state is State.SETTLED
    cashier.idle()


def test_the_table_stands_a_hundred_thousand_pairs(cashier: Cashier) -> None:
    """Nothing is built a row: a chip filters, the last row is reached at once."""
    from core.domain.dayend import MatchSheet, PairClass, Proposal
    from tests.helpers.fake_dayend import pair

    many = (pair(PairClass.CENTRE_ONLY, Proposal.COMPLETE, "MZ-1"),) * 100_000
    presenter = cashier.page.presenter
    sheet = MatchSheet.model_construct(listed=100_000, matched=0, pairs=many, hospital=True)
    presenter.books.comparison = presenter.books.comparison.model_copy(update={"sheet": sheet})
    cashier.page.refresh()
    table = cashier.page.books.pairs.table
    assert table.rows.rowCount() == 100_000
    table.setFocus()
    cashier.press("Ctrl+End")
    assert table.currentIndex().row() == 99_999
    model = table.rows
    assert model.data(model.index(99_999, 0), Qt.ItemDataRole.DisplayRole) == "中心有、医院无"
    cashier.do("compare_day")


def test_the_desk_is_left_through_the_sign_out(cashier: Cashier) -> None:
    window = cashier.window
    cashier.do("leave")
    panel = window.frame._late["leaving"]
    assert panel.isVisible() and "没有轧账" in panel._uncut.text()
    assert panel.yes.hasFocus() and not panel.form.isVisible()
    cashier.press("Escape")
    assert not panel.isVisible() and window.frame is not None
    cashier.do("leave")
    cashier.press("Space")
    cashier.idle()
    assert window.frame is None and desk_of(cashier).session.operator is None
    rows = control(cashier).books("sign_in")["sign_ins"]
    assert rows and all(row["ended_at"] for row in rows)
