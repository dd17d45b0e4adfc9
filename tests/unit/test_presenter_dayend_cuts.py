"""轧账 without a window: the cut, its sheet, its void, open cases handed on."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest

from core.clock import CHINA
from core.domain import Operator
from core.domain.dayend import Sum
from core.errors import Refused, fault
from gui.screens.dayend.presenter import CUTS, DayEndPresenter
from gui.screens.dayend.sheets import sheet_of
from tests.helpers.fake_dayend import NOON, OURS, DayEndPage, FakeDayEndDesk, open_case
from tests.helpers.fake_desk import CASHIER, CHIEF


def cutting(operator: Operator = CASHIER) -> tuple[DayEndPresenter, FakeDayEndDesk, DayEndPage]:
    desk, page = FakeDayEndDesk(operator), DayEndPage()
    presenter = DayEndPresenter(desk, page)
    presenter.show(CUTS)
    return presenter, desk, page


def closed() -> tuple[DayEndPresenter, FakeDayEndDesk, DayEndPage]:
    presenter, desk, page = cutting()
    presenter.confirm()
    presenter.confirm()
    return presenter, desk, page


def test_what_would_be_cut_stands_there() -> None:
    presenter, _, _ = cutting()
    cuts = presenter.cuts
    assert "王示例" in cuts.heading() and "2026-03-02 12:00:00" in cuts.heading()
    assert [row.total for row in cuts.sums()] == ["300.00", "-50.00", "250.00"]
    assert cuts.cash() == "50.00" and cuts.kinds()[0].name == "门诊肢体残"
    assert cuts.open() == () and cuts.history() == ()


def test_f2_twice_cuts_and_prints() -> None:
    presenter, desk, page = cutting()
    presenter.confirm()
    assert presenter.cuts.armed and not desk.asked("close")
    presenter.confirm()
    assert desk.asked("close") == [("close", "001", "001", None, "", None)]
    assert page.sheets == [1] and "第 1 号" in page.text
    [row] = presenter.cuts.history()
    assert (row.title, row.cash, row.state) == ("第 1 号", "50.00", "有效")


def test_what_was_typed_goes_into_the_cut_and_is_forgotten() -> None:
    presenter, desk, _ = cutting()
    presenter.cuts.typed(end="2026-03-02 11:00:00", counted="1,050.00", note="  零钱另存 ")
    assert "长款 1,000.00" in presenter.cuts.over()
    presenter.confirm()
    presenter.confirm()
    eleven = datetime(2026, 3, 2, 11, tzinfo=CHINA)
    assert desk.asked("close") == [("close", "001", "001", 105000, "零钱另存", eleven)]
    assert (presenter.cuts.end, presenter.cuts.counted, presenter.cuts.note) == ("", "", "")


def test_short_even_and_not_counted_are_words() -> None:
    presenter, _, _ = cutting()
    said = []
    for counted in ("", "49.50", "50", "neun"):
        presenter.cuts.typed(end="", counted=counted, note="")
        said.append(presenter.cuts.over())
    assert said[0] == "" and said[1] == "短款 0.50 元" and "一致" in said[2] and "neun" in said[3]


def test_wrong_fields_arm_nothing() -> None:
    presenter, desk, page = cutting()
    presenter.cuts.typed(end="", counted="neun", note="")
    presenter.confirm()
    assert not presenter.cuts.armed and "neun" in page.text
    presenter.cuts.typed(end="2027-01-01", counted="", note="")
    presenter.confirm()
    assert not presenter.cuts.armed and "将来" in page.text
    assert not desk.asked("close")


def test_typing_takes_the_first_press_back() -> None:
    presenter, _, _ = cutting()
    presenter.confirm()
    presenter.cuts.typed(end="", counted="50", note="")
    assert not presenter.cuts.armed
    presenter.confirm()
    assert presenter.disarm()


def test_right_after_a_cut_there_is_nothing_to_cut() -> None:
    presenter, desk, page = closed()

    def refuse(operator: Operator, end: object = None) -> None:
        raise Refused(fault("closing.order", "end", last="2026-03-02 12:00:00"))

    desk.closings.preview = refuse  # type: ignore[assignment]
    presenter.read()
    assert "刚刚轧过账" in presenter.cuts.heading() and presenter.cuts.sums() == ()
    assert presenter.why_not("confirm_day") is not None
    assert len(presenter.cuts.history()) == 1
    presenter.cuts.typed(end="2026-03-02 09:00:00", counted="", note="")
    assert "上次轧账" in page.text


def test_a_void_is_a_line_of_its_own_and_prints_its_sheet() -> None:
    presenter, desk, page = closed()
    assert presenter.cuts.voids_alone()
    presenter.cuts.void("现金点错")
    assert desk.asked("void") == [("void", 1, "现金点错", "001")]
    assert page.sheets == [1, 2]
    assert [row.state for row in presenter.cuts.history()] == ["作废第 1 号", "已由第 2 号作废"]
    assert "已经作废" in presenter.why_not("undo_day").text
    presenter.cuts.choose(1)
    assert "已经作废" in presenter.why_not("undo_day").text


def test_only_the_last_one_is_voided() -> None:
    presenter, desk, _ = closed()
    presenter.confirm()
    presenter.confirm()
    presenter.cuts.choose(1)
    assert "第 2 号" in presenter.why_not("undo_day").text
    presenter.cuts.void("现金点错")
    assert not desk.asked("void")


def test_another_cashiers_cut_is_voided_with_a_supervisor() -> None:
    presenter, desk, _ = closed()
    desk.session.operator = Operator(id="002", name="钱示例")
    assert not presenter.cuts.voids_alone()
    presenter.cuts.void("现金点错", CHIEF.id, "right")
    assert desk.asked("void")[0][-1] == CHIEF.id


def test_nothing_chosen_nothing_printed() -> None:
    presenter, _, page = cutting()
    for action in ("undo_day", "print_day"):
        assert "选择" in presenter.why_not(action).text
    presenter.cuts.print()
    assert page.sheets == []


def test_printing_again() -> None:
    presenter, _, page = closed()
    presenter.cuts.print()
    assert page.sheets == [1, 1]


def test_open_cases_are_listed_and_handed_on() -> None:
    presenter, desk, page = cutting()
    assert presenter.why_not("hand_over_day") is not None
    desk.closings.open = (open_case("M-1"), open_case("M-2"))
    presenter.read()
    first = presenter.cuts.open()[0]
    assert (first.title, first.amount, first.held_by) == ("2207 结算", "61.70", "未移交")
    assert presenter.why_not("hand_over_day") is None
    presenter.cuts.hand_over("900", "falsch", "")
    assert not desk.closings.handed
    presenter.cuts.hand_over("900", "right", "夜班跟进")
    assert desk.closings.handed[0].note == "夜班跟进"
    assert "2 笔" in page.text and presenter.cuts.open()[0].held_by == CHIEF.name


def test_a_supervisor_closes_for_a_cashier() -> None:
    presenter, desk, _ = cutting(CHIEF)
    presenter.cuts.for_operator(CASHIER)
    presenter.confirm()
    presenter.confirm()
    assert desk.asked("close")[0][1:3] == ("001", CHIEF.id)


def test_nobody_at_the_desk_reads_nothing() -> None:
    presenter, desk, _ = cutting()
    desk.session = SimpleNamespace(operator=None, centre_now=desk.clock.now)
    before = len(desk.calls)
    presenter.cuts.read()
    assert len(desk.calls) == before


def test_the_sheet_says_everything_and_a_void_is_red() -> None:
    presenter, desk, _ = closed()
    sheet = sheet_of(desk.closings.sheet(1), "补打 第 1 次")
    assert [table.name for table in sheet.tables] == ["sums", "kinds", "cash", "unresolved"]
    assert sheet.tables[0].rows[0]["total"] == "300.00"
    assert sheet.tables[2].rows[0] == {"label": "应交现金", "value": "50.00"}
    assert sheet.print_note == "补打 第 1 次" and not sheet.refund
    presenter.cuts.void("纸张损坏")
    assert sheet_of(desk.closings.sheet(2)).refund
    assert NOON.hour == 12


def test_what_came_in_late_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    presenter, desk, _ = cutting()
    assert presenter.cuts.late() == ""
    usual = desk.closings.preview
    late = Sum(count=2, total=12300)
    monkeypatch.setattr(
        desk.closings, "preview", lambda *a: usual(*a).model_copy(update={"late": late})
    )
    presenter.read()
    assert "2 笔" in presenter.cuts.late() and "123.00" in presenter.cuts.late()


def test_money_that_came_in_between_takes_the_first_press_back() -> None:
    presenter, desk, _ = cutting()
    presenter.confirm()
    presenter.read()
    assert presenter.cuts.armed
    usual = desk.closings.preview
    more = OURS.model_copy(update={"settled": Sum(count=9, total=99900)})
    desk.closings.preview = lambda *a: usual(*a).model_copy(update={"totals": more})  # type: ignore[method-assign]
    presenter.changed(object())
    assert not presenter.cuts.armed
