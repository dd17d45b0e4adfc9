"""统计 in the real window: charts beside the numbers, periods, groupings, sheet and picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.money import show
from gui.application import make_window
from gui.cashier import Cashier
from gui.theme import theme
from tests.helpers.audits import Audited
from tests.helpers.training import CASHIER, HEIGHT, WIDTH, desk_of, enter, go, nameless


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    made = Audited(tmp_path_factory.mktemp("desk"))
    made.listed(500)
    yield made
    made.close()


@pytest.fixture(scope="module")
def cashier(audited: Audited, qapp: QApplication) -> Iterator[Cashier]:
    """The real window over a desk whose centre answers in this process."""
    window = make_window(audited.desk)
    window.resize(WIDTH, HEIGHT)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    made = Cashier(window)
    enter(made, CASHIER)
    yield made
    window.frame.sweeper.stop()
    made.idle()
    window.context.bridge.detach()
    window.hide()
    window.deleteLater()
    theme.apply()


@pytest.fixture
def page(cashier: Cashier) -> Any:
    """The page over today, by day."""
    found = cashier.page if cashier.page.name == "statistics" else go(cashier, "statistics")
    found.presenter.preset("month")
    found.group.setText("day")
    cashier.idle()
    found.quiet()
    return found


def typed(cashier: Cashier, page: Any, begin: str, end: str) -> None:
    """A period by keys: F6, two days, Enter."""
    cashier.act("statistics_period")
    assert page.begin.hasFocus()
    for text in (begin, end):
        cashier.press("Ctrl+A")
        cashier.type(text)
        cashier.press("Return")
    cashier.idle()


def test_todays_settlement_stands_in_table_and_chart(audited: Audited, page: Any) -> None:
    paid = audited.desk.visits.read(audited.visit_no).settlement.amounts
    whole = page.table.rows.rows()[-1]
    assert (whole.settlements, whole.total, whole.fund) == (1, paid.total, paid.fund)
    today = audited.today
    assert [row.key for row in page.table.rows.rows()][-2] == f"{today}"
    page.upper.choose(len(page.upper.data.groups) - 1)
    assert show(paid.fund) in page.upper.caption.whole()
    assert nameless(page) == []


@pytest.mark.parametrize("by", ["month", "dept", "operator", "kind"])
def test_every_grouping_shows_one_row_and_the_sum(cashier: Cashier, page: Any, by: str) -> None:
    page.group.setText(by)
    cashier.idle()
    row, whole = page.table.rows.rows()
    assert row.total == whole.total > 0 and row.label and whole.label == "合计"
    assert page.table.rows.columns[0].title in page.head.whole()
    assert page.upper.data.groups == (row.label,)
    assert page.upper.data.lying is (by != "month")


def test_a_row_of_the_table_is_lit_in_both_charts(cashier: Cashier, page: Any) -> None:
    page.table.setFocus()
    cashier.press("Ctrl+Home")
    cashier.press("Down")
    assert page.upper.place == page.lower.place == page.table.currentIndex().row() == 1


def test_the_second_chart_shows_other_figures(cashier: Cashier, page: Any) -> None:
    names = []
    for which in ("counts", "refunds", "rates"):
        page.which.setText(which)
        names.append((page.lower.data.unit, page.lower.data.kind))
    assert names == [("count", "bars"), ("yuan", "bars"), ("rate", "lines")]


def test_a_period_is_typed_and_its_faults_are_told(cashier: Cashier, page: Any) -> None:
    typed(cashier, page, "2020-01-01", "20200131")
    assert page.presenter.rows() == () and "没有结算" in page.empty.accessibleName()
    cashier.act("export_statistics")
    assert "没有可导出" in cashier.banners()[0].text
    typed(cashier, page, "元旦", "2020-01-31")
    assert "元旦" in cashier.banners()[0].text


def test_presets_fill_the_period(cashier: Cashier, page: Any) -> None:
    from PySide6.QtWidgets import QPushButton

    buttons = {button.text(): button for button in page.findChildren(QPushButton)}
    for name in ("上月", "今年", "本月"):
        buttons[name].click()
        cashier.idle()
        assert page.begin.text() == f"{page.presenter.begin:%Y-%m-%d}"
    assert page.presenter.rows()


def test_the_numbers_are_taken_along_as_a_sheet(cashier: Cashier, page: Any) -> None:
    from openpyxl import load_workbook

    cashier.do("export_statistics")
    (path,) = (desk_of(cashier).home / "exports").glob("*.xlsx")
    sheet = load_workbook(path).worksheets[0]
    assert sheet.max_row == 1 + len(page.table.rows.rows())
    total = sheet.cell(sheet.max_row, 3)
    assert round(total.value * 100) == page.presenter.report.sum.total
    assert total.number_format == "#,##0.00" and path.name in cashier.banners()[0].text


def test_the_charts_are_taken_along_as_a_picture(cashier: Cashier, page: Any) -> None:
    cashier.act("export_picture")
    (path,) = (desk_of(cashier).home / "exports").glob("*.png")
    image = QImage(str(path))
    assert image.width() > 600 and path.name in cashier.banners()[0].text


@pytest.mark.parametrize("palette", ["contrast"])
def test_charts_follow_the_palette(cashier: Cashier, page: Any, palette: str) -> None:
    theme.apply(palette)
    QApplication.processEvents()
    image = page.upper.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    seen = {f"#{pixel & 0xFFFFFF:06x}" for pixel in set(memoryview(image.constBits()).cast("I"))}
    assert {theme.hue("card"), theme.hue("primary")} <= seen


def test_f5_counts_again_and_esc_goes_to_the_period(cashier: Cashier, page: Any) -> None:
    before = page.presenter.report
    cashier.do("statistics_again")
    cashier.wait(lambda: page.presenter.report is not before, "counted again")
    assert page.presenter.report == before
    page.table.setFocus()
    cashier.press("Escape")
    assert page.begin.hasFocus()
