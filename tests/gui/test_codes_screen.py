"""目录对照 in the real window, by keys: map, suggest, accept, import, bring back, and look only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from core.domain import Stage
from core.simulator.world import persons
from gui.cashier import Cashier
from tests.helpers.codes import CASHIER, write_csv
from tests.helpers.training import (
    SUPERVISOR,
    at_the_desk,
    case,
    control,
    desk_of,
    go,
    nameless,
    scan,
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory, qapp: QApplication) -> Iterator[Cashier]:
    """One desk for all tests of this file; each finds its own items in it."""
    with at_the_desk(tmp_path_factory.mktemp("codes") / "home", who=SUPERVISOR) as made:
        yield made


@pytest.fixture
def cashier(shop: Cashier) -> Cashier:
    """On the screen, with all items shown and nothing said."""
    open_codes(shop)
    page = shop.page
    page.show_page("mappings")
    page.mappings.box.clear()
    page.presenter.show("all")
    page.hush()
    return shop


def open_codes(cashier: Cashier) -> None:
    """To the screen; a long rail has no key for its foot."""
    cashier.window.frame.navigate("codes")
    cashier.idle()


def said(cashier: Cashier) -> list[str]:
    return [message.key for message in cashier.banners()]


def read_file(cashier: Cashier, path: Path) -> None:
    """Ctrl+O, the path, Enter."""
    cashier.act("import_list")
    assert cashier.page.importer.path.hasFocus()
    cashier.type(str(path))
    cashier.press("Return")
    cashier.idle()


def test_bulk_acceptance_asks_first(cashier: Cashier) -> None:
    page = cashier.page
    cashier.act("accept_items")
    assert cashier.kinds() == ["warning"] and not page.question.isVisible()
    cashier.do("suggest_items")
    count = len(page.presenter.clear())
    cashier.act("accept_items")
    assert str(count) in page.question._text.text() and page.question.no.hasFocus()
    cashier.press("Escape")
    assert page.presenter.counts()["mapped"] < count
    cashier.act("accept_items")
    page.question.yes.click()
    cashier.idle()
    assert page.presenter.counts()["mapped"] > count
    page.mappings.least.setText("85")
    assert page.presenter.least == 85
    page.presenter.show("suggested")
    assert page.mappings.table.rows.rowCount() == page.presenter.counts()["suggested"]


def test_items_are_found_mapped_and_disabled_by_keys(cashier: Cashier) -> None:
    """Comes second: what was taken in bulk before is taken back where it is needed."""
    page = cashier.page
    assert page.mappings.box.hasFocus() and len(page.presenter.rows) > 300
    assert nameless(page) == []
    lit = [name for name, one in cashier.window.frame.rail._buttons.items() if one.isChecked()]
    assert lit == ["codes"]
    cashier.do("suggest_items")
    assert said(cashier) == ["codes.screen.done.suggested"]
    cashier.type("xgjctps")
    cashier.idle()
    assert page.presenter.row.item.name.startswith("膝关节CT平扫")
    cashier.tab_to(page.mappings.table)
    cashier.press("Return")
    assert page.mappings.suggestions.hasFocus()
    assert page.mappings.code_name.whole() == "膝关节CT平扫"
    cashier.press("Return")
    cashier.idle()
    assert said(cashier) == ["codes.screen.done.mapped"]
    assert page.presenter.row.state == "mapped"
    cashier.act("disable_item")
    assert page.question.isVisible() and page.question.no.hasFocus()
    page.question.reason.setFocus()
    cashier.type("不再开展")
    page.question.yes.click()
    cashier.idle()
    assert page.presenter.row.state == "disabled"
    assert len(page.mappings.history.moments()) >= 2


def test_the_centres_list_is_searched_by_letters(cashier: Cashier) -> None:
    page = cashier.page
    code = page.mappings.code
    page.presenter.choose("yc00276")
    cashier.idle()
    cashier.tab_to(code)
    cashier.idle()
    cashier.press("Ctrl+A")
    cashier.type("tdhxbl")
    assert [hit.key for hit in code.hits()] == []
    cashier.press("Ctrl+A")
    cashier.type("kxld")
    assert code.hits()
    cashier.press("Return")
    cashier.idle()
    assert page.mappings.code_name.whole().startswith("空心螺钉")
    cashier.do("map_item")
    assert said(cashier) == ["codes.screen.done.mapped"]


def test_a_list_is_imported_compared_and_brought_back(cashier: Cashier, tmp_path: Path) -> None:
    page = cashier.page
    path = write_csv(
        tmp_path / "k.csv", "科室代码,科室名称", "K0101,骨科一门诊", "K9,新科室", encoding="gbk"
    )
    cashier.do("switch_codes")
    page.lists.choose("department")
    cashier.idle()
    read_file(cashier, path)
    importer = page.importer
    assert "新增 1，变化 1" in importer.summary.text() and importer.yes.isEnabled()
    assert importer.sample.isVisible() and not importer.rejected.isVisible()
    cashier.tab_to(importer.yes)
    cashier.press("Space")
    cashier.idle()
    assert not importer.isVisible() and said(cashier) == ["codes.screen.done.taken"]
    assert page.lists.version.number == 2 and page.lists.counts()["gone"] > 10
    page.versions.parts._take("changed")
    assert page.versions.entries.rows.rowCount() == 1
    page.versions.versions.choose(1)
    cashier.idle()
    assert page.lists.number == 1
    cashier.act("restore_version")
    page.question.yes.click()
    cashier.idle()
    assert page.lists.version.number == 3 and page.lists.version.restores == 1
    assert desk_of(cashier).catalogue.load("department").entry("K9") is None


def test_wrong_rows_are_shown_and_may_be_skipped(cashier: Cashier, tmp_path: Path) -> None:
    page = cashier.page
    read_file(cashier, write_csv(tmp_path / "i.csv", "甲,乙", "A1,项目", ",无码"))
    importer = page.importer
    assert not importer.yes.isEnabled() and importer.mapping.boxes["code"].accessibleDescription()
    importer.mapping.boxes["code"].setText("甲")
    cashier.idle()
    importer.mapping.boxes["name"].setText("乙")
    cashier.idle()
    assert importer.rejected.rows.rowCount() == 1 and importer.skip.isVisible()
    assert not importer.yes.isEnabled()
    importer.skip.click()
    assert importer.yes.isEnabled()
    importer.list.setText("doctor")
    cashier.idle()
    assert importer.presenter.list == "doctor"
    importer.day.setText("某天")
    assert not importer.yes.isEnabled()
    cashier.press("Escape")
    assert not importer.isVisible()


def test_sheets_go_out_and_come_back(cashier: Cashier, tmp_path: Path) -> None:
    page = cashier.page
    page.presenter.export(str(tmp_path / "out.xlsx"))
    cashier.idle()
    assert (tmp_path / "out.xlsx").stat().st_size > 5000
    page.read_sheet(str(tmp_path / "out.xlsx"))
    cashier.idle()
    assert said(cashier) == ["codes.screen.sheet_same"]
    page.read_sheet(str(write_csv(tmp_path / "bad.csv", "院内编码,中心编码", "YP0001,XX")))
    cashier.idle()
    assert cashier.kinds() == ["danger"]
    code = desk_of(cashier).catalogue.index("centre").entries[0].code
    page.read_sheet(str(write_csv(tmp_path / "in.csv", "院内编码,中心编码", f"NEW1,{code}")))
    cashier.idle()
    assert page.question.isVisible()
    page.question.yes.click()
    cashier.idle()
    assert any(row.item.code == "NEW1" for row in page.presenter.rows)


def test_an_unmapped_item_blocks_leads_here_and_then_goes(cashier: Cashier) -> None:
    go(cashier, "outpatient")
    hospital = desk_of(cashier).hospital
    number = hospital.find("no_centre_code")
    name = hospital.visit(number).person_name
    scan(cashier, number)
    control(cashier).card(next(one.key for one in persons() if one.name == name))
    cashier.act("patient")
    cashier.do("patient")
    if case(cashier).qualification is None:
        cashier.act("qualification")
        cashier.press("Return")
    cashier.do("register")
    cashier.do("presettle")
    assert "99999" in cashier.banners()[0].text and case(cashier).stage is Stage.REGISTERED
    link = cashier.page.banners.banners()[0].link
    cashier.tab_to(link)
    cashier.press("Space")
    cashier.idle()
    page = cashier.page
    assert page.name == "codes" and [row.item.code for row in page.presenter.shown] == ["99999"]
    assert number in page.mappings.warning.whole()
    cashier.do("suggest_items")
    cashier.do("map_item")
    assert page.presenter.shown == ()
    go(cashier, "outpatient")
    assert case(cashier).faulty == {}
    cashier.do("presettle")
    assert case(cashier).stage is Stage.PRESETTLED


def test_a_cashier_may_look(cashier: Cashier) -> None:
    session, page = desk_of(cashier).session, cashier.page
    chief = session.operator
    session.take_over(CASHIER)
    try:
        page.refresh()
        assert page.presenter.rows and not page.keys.action("map_item").isEnabled()
        cashier.act("map_item")
        assert "主管" in cashier.banners()[0].text
        cashier.act("import_list")
        assert not page.importer.isVisible()
        cashier.do("switch_codes")
        assert page.versions.isVisible() and page.lists.version is not None
        assert nameless(page) == []
        cashier.press("Escape")
        assert page.mappings.box.hasFocus()
    finally:
        session.take_over(chief)
