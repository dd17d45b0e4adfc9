"""The working screens at every size: they open, fit, have names and a Tab order."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea, QTableView

from gui.cashier import Cashier
from gui.theme import tokens
from tests.helpers.training import at_the_desk, case, go, nameless, presettled

SCREENS = ("outpatient", "inpatient", "refund", "pending", "history")


def overflow(cashier: Cashier) -> int:
    """How many pixels of the page lie beyond its right edge."""
    areas = [a for a in cashier.page.findChildren(QScrollArea) if a.property("page")]
    return max((area.horizontalScrollBar().maximum() for area in areas), default=0)


@pytest.mark.parametrize("scale", [100, 125, 150, 200])
def test_every_screen_opens_and_fits(tmp_path: Path, qapp: QApplication, scale: int) -> None:
    with at_the_desk(tmp_path / "home", scale=scale) as cashier:
        for name in SCREENS:
            go(cashier, name)
            assert overflow(cashier) == 0, name
            assert nameless(cashier.page) == [], name
            assert cashier.window.width() == 1366
        go(cashier, "outpatient")
        presettled(cashier)
        cashier.do("settle")
        assert overflow(cashier) == 0
        assert nameless(cashier.page) == []
        prompt = cashier.page.primaries["settle"]
        assert not prompt.visibleRegion().isEmpty()
        assert cashier.picture(tmp_path / "page.png").stat().st_size > 10_000


@pytest.mark.parametrize("scale", [100, 150])
def test_tables_show_their_state_without_scrolling(
    tmp_path: Path, qapp: QApplication, scale: int
) -> None:
    with at_the_desk(tmp_path / "home", scale=scale) as cashier:
        presettled(cashier)
        table = cashier.page.sheet.table
        assert table.horizontalScrollBar().maximum() == 0
        titles = [column.title for column in table.rows.columns]
        assert "上传" in titles and "金额" in titles
        for name in ("refund", "pending", "history"):
            page = go(cashier, name)
            views = [view for view in page.findChildren(QTableView) if view.isVisible()]
            assert all(view.horizontalScrollBar().maximum() == 0 for view in views), name


def test_tab_goes_round_and_the_dangerous_button_comes_last(
    tmp_path: Path, qapp: QApplication
) -> None:
    with at_the_desk(tmp_path / "home") as cashier:
        presettled(cashier)
        page = cashier.page
        page.sheet.box.setFocus()
        order = []
        for _ in range(60):
            cashier.press("Tab")
            if page.sheet.box.hasFocus():
                break
            order.append(cashier.focus())
        assert page.sheet.box.hasFocus()
        reached = [widget for widget in order if page.isAncestorOf(widget)]
        assert page.money.received in reached and page.primaries["settle"] in reached
        assert reached.index(page.money.received) < reached.index(page.primaries["settle"])


@pytest.mark.parametrize("palette", ["dark", "contrast"])
def test_other_palettes(tmp_path: Path, qapp: QApplication, palette: str) -> None:
    from gui.theme import theme

    with at_the_desk(tmp_path / "home") as cashier:
        theme.apply(palette)
        presettled(cashier)
        image = cashier.window.grab().toImage()
        ground = tokens()[palette]["ground"]
        corner = image.pixelColor(cashier.window.width() - 4, 4).name()
        assert corner == ground


def test_a_hidden_page_never_takes_the_focus(tmp_path: Path, qapp: QApplication) -> None:
    with at_the_desk(tmp_path / "home") as cashier:
        presettled(cashier)
        outpatient = cashier.page
        page = go(cashier, "history")
        page.box.setFocus()
        outpatient.presenter.next_patient()
        outpatient.presenter.open(case(cashier).visit.visit_no if case(cashier).visit else "")
        cashier.idle()
        assert page.box.hasFocus()


def test_widths_of_columns_are_kept(tmp_path: Path, qapp: QApplication) -> None:
    with at_the_desk(tmp_path / "home") as cashier:
        presettled(cashier)
        table = cashier.page.sheet.table
        place = [column.name for column in table.rows.columns].index("price")
        table.horizontalHeader().resizeSection(place, 140)
        memory = cashier.window.context.memory
        assert memory.get("trainer", "widths/fees")["price"] > 100
