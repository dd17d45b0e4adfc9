"""Fees from a file in the real window: preview, mapping, rejected lines; nothing sent until F5."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from core.domain import Stage
from gui.cashier import Cashier
from tests.helpers.training import at_the_desk, case, desk_of, scan, waiting_number

HEADS = "处方号,处方流水号,中心编码,名称,单价,数量,金额,时间"
GOOD = "RX9,{id},{code},{name},{price},1,{amount},2026-03-01 08:00:00"


@pytest.fixture
def cashier(tmp_path: Path, qapp: QApplication) -> Iterator[Cashier]:
    with at_the_desk(tmp_path / "home") as made:
        made.do("patient")
        yield made


def fee_file(path: Path, rows: int = 3, *extra: str, heads: str = HEADS) -> Path:
    """A small export in the centre's own codes."""
    from core.money import line_amount, yuan
    from core.simulator.world import catalogue

    lines = [heads]
    for number, item in enumerate(catalogue()[:rows], 1):
        amount = yuan(line_amount(item.price, type(item.price)(1)))
        lines.append(GOOD.format(id=f"F{number}", code=item.centre_code, name=item.name,
                                 price=item.price, amount=amount))  # fmt: skip
    path.write_text("\n".join([*lines, *extra]) + "\n", "utf-8")
    return path


def read(cashier: Cashier, path: Path) -> None:
    """Ctrl+O, the path, Enter."""
    cashier.act("import_fees")
    assert cashier.page.importer.path.hasFocus()
    cashier.type(str(path))
    cashier.press("Return")
    cashier.idle()


def test_a_file_takes_the_place_of_the_hospitals_lines(cashier: Cashier, tmp_path: Path) -> None:
    read(cashier, fee_file(tmp_path / "fees.csv"))
    page = cashier.page.importer
    assert page.presenter.preview.usable
    assert not page.rejected.isVisible() and page.yes.isEnabled()
    cashier.tab_to(page.yes)
    cashier.press("Space")
    cashier.idle()
    assert not page.isVisible()
    visit = case(cashier).visit
    assert [line.line_id for line in visit.lines] == ["F1", "F2", "F3"]
    assert visit.uploaded == () and visit.stage is Stage.NEW
    steps = {row.step for row in desk_of(cashier).history.find(visit.visit_no)}
    assert steps == set()
    cashier.do("register")
    cashier.do("presettle")
    assert case(cashier).stage is Stage.PRESETTLED


def test_rejected_lines_are_listed_and_block(cashier: Cashier, tmp_path: Path) -> None:
    bad = "RX9,F9,D9900001,坏行,12.3400,2,99.99,2026-03-01 08:00:00"
    none = "RX9,F8,D9900001,坏行,abc,2,24.68,2026-03-01 08:00:00"
    read(cashier, fee_file(tmp_path / "fees.csv", 2, bad, none))
    page = cashier.page.importer
    rejected = page.presenter.rejected()
    assert [row.row_number for row in rejected] == [4, 5]
    assert page.rejected.isVisible() and page.rejected.rows.rowCount() == 2
    assert not page.yes.isEnabled() and "2 行" in page.yes.toolTip()
    page._use()
    assert page.isVisible()
    cashier.press("Escape")
    assert not page.isVisible()
    assert not case(cashier).imported


def test_own_headers_are_mapped_and_remembered(cashier: Cashier, tmp_path: Path) -> None:
    own = "甲,乙,丙,丁,戊,己,庚,辛"
    path = fee_file(tmp_path / "own.csv", heads=own)
    read(cashier, path)
    page = cashier.page.importer
    assert page.presenter.preview.missing
    assert not page.yes.isEnabled()
    wanted = (
        "rx_no",
        "line_id",
        "centre_code",
        "name",
        "price",
        "quantity",
        "amount",
        "occurred_at",
    )
    for field, head in zip(wanted, own.split(","), strict=True):
        page.mapping.boxes[field].setText(head)
        cashier.idle()
    assert page.presenter.mapping["price"] == "戊"
    assert page.presenter.preview.usable
    page.keep.click()
    cashier.idle()
    cashier.press("Escape")
    read(cashier, path)
    assert page.presenter.preview.usable


def test_a_file_that_is_no_table_is_a_sentence_in_the_card(
    cashier: Cashier, tmp_path: Path
) -> None:
    read(cashier, tmp_path / "missing.csv")
    page = cashier.page.importer
    assert page.said.text() and page.presenter.preview is None
    assert not page.yes.isEnabled()


@pytest.mark.parametrize("name", ["gbk_own_headers.csv", "utf8_bom_semicolon.csv"])
def test_the_samples_are_read(cashier: Cashier, name: str) -> None:
    with resources.as_file(resources.files("resources") / "samples" / name) as path:
        read(cashier, path)
    preview = cashier.page.importer.presenter.preview
    assert preview is not None and preview.headers


def test_a_dialog_gives_its_path(cashier: Cashier, tmp_path: Path) -> None:
    path = fee_file(tmp_path / "fees.csv")
    cashier.act("import_fees")
    cashier.page.importer.chose(str(path))
    cashier.idle()
    assert cashier.page.importer.path.text() == str(path)
    assert cashier.page.importer.presenter.preview.usable


def test_lines_at_the_centre_are_not_replaced(cashier: Cashier, tmp_path: Path) -> None:
    cashier.do("register")
    cashier.do("presettle")
    read(cashier, fee_file(tmp_path / "fees.csv"))
    cashier.page.importer.yes.click()
    cashier.idle()
    assert cashier.kinds() == ["warning"]
    assert not case(cashier).imported


def test_without_a_visit_there_is_nothing_to_import_for(cashier: Cashier) -> None:
    cashier.do("next_patient")
    cashier.act("import_fees")
    assert not cashier.page.importer.isVisible()
    assert cashier.kinds() == ["warning"]
    scan(cashier, waiting_number(cashier, "贺喆堃"))
    cashier.act("import_fees")
    assert cashier.page.importer.isVisible()
    cashier.press("Escape")


def test_a_grid_from_the_clipboard_goes_the_same_way(cashier: Cashier, tmp_path: Path) -> None:
    path = fee_file(tmp_path / "fees.csv")
    grid = path.read_text("utf-8").replace(",", "\t")
    cashier.act("import_fees")
    page = cashier.page.importer
    clipboard = QApplication.clipboard()
    clipboard.setText(str(path))
    cashier.press("Ctrl+V")
    assert page.path.text() == str(path)  # a path is no grid
    clipboard.setText("")
    page.paste_button.click()
    assert "剪贴板里没有文字" in page.said.text()
    clipboard.setText(grid.replace("处方流水号", "甲"))
    page.path.setFocus()
    cashier.press("Ctrl+V")
    cashier.idle()
    assert page.path.text() == "" and page.presenter.preview.source == "粘贴的表格"
    assert page.presenter.preview.delimiter == "\t"
    made = [line.line_id for line in page.presenter.lines()]
    page.presenter.map("line_id", "甲")
    cashier.idle()
    assert [line.line_id for line in page.presenter.lines()] == ["F1", "F2", "F3"] != made
    page.yes.click()
    cashier.idle()
    assert [line.line_id for line in case(cashier).visit.lines] == ["F1", "F2", "F3"]
