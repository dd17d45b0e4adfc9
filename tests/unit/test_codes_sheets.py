"""The sheet of mappings: out, corrected, back; no formulas, every fault with its row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from core.catalogue.entries import Entry
from core.errors import InvalidInput, Refused
from tests.helpers.codes import CASHIER, CHIEF, DAY, ITEMS, Lists, write_csv


@pytest.fixture
def lists(tmp_path: Path):
    made = Lists(tmp_path)
    made.stock()
    yield made
    made.store.close()


def sheet(path: Path, *rows: tuple[object, ...], heads: tuple[str, ...] = ()) -> Path:
    """A small workbook."""
    book = Workbook()
    page = book.active
    assert page is not None
    for row in (heads or ("院内编码", "中心编码", "状态", "生效日期", "说明"), *rows):
        page.append(list(row))
    book.save(path)
    return path


def cells(path: Path) -> list[list[object]]:
    return [[cell.value for cell in row] for row in load_workbook(path).active.iter_rows()]


def test_all_rows_go_out_with_their_suggestions(lists: Lists, tmp_path: Path) -> None:
    lists.mappings.map("H001", "C1001", DAY, CHIEF, 90)
    lists.mappings.suggest()
    path = lists.sheets.write(tmp_path / "out.xlsx", lists.mappings.table())
    rows = cells(path)
    assert rows[0][:3] == ["院内编码", "院内名称", "院内规格"]
    assert len(rows) == 1 + len(ITEMS)
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["状态"], first["中心编码"], first["中心名称"]) == (
        "已对照",
        "C1001",
        "布洛芬缓释胶囊",
    )
    assert (first["对照人"], first["生效日期"]) == (CHIEF.name, DAY.isoformat())
    second = dict(zip(rows[0], rows[2], strict=True))
    assert (second["状态"], second["建议编码"], second["相似度"]) == ("有建议", "C2001", "100")


def test_no_cell_is_a_formula(lists: Lists, tmp_path: Path) -> None:
    lists.take("item", (*ITEMS, Entry("=1+1", "=HYPERLINK(1)", "+5", "-", "@x")))
    path = lists.sheets.write(tmp_path / "out.xlsx", lists.mappings.table())
    page = load_workbook(path).active
    assert page is not None
    evil = [cell for row in page.iter_rows() for cell in row if str(cell.value or "")[:1] in "=+@"
            and cell.value]  # fmt: skip
    assert len(evil) == 4
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in evil)


def test_what_was_corrected_becomes_records(lists: Lists, tmp_path: Path) -> None:
    lists.mappings.map("H001", "C1001", DAY, CHIEF)
    path = sheet(
        tmp_path / "in.xlsx",
        ("H001", "C1001", "已对照", None, None), ("H002", "C2001", None, None, None),
        ("H003", None, "停用", "2026-04-01", "不用了"), ("H004", None, None, None, None),
        ("Z1", "C3001", "已对照", date(2026, 5, 1), None), ("H009", None, "未对照", None, None),
    )  # fmt: skip
    read = lists.sheets.read(path, DAY, CHIEF)
    assert read.preview.faulty == ()
    assert [
        (one.hosp_code, one.state, one.centre_code, one.valid_from) for one in read.records
    ] == [
        ("H002", "mapped", "C2001", DAY),
        ("H003", "disabled", "", date(2026, 4, 1)),
        ("Z1", "mapped", "C3001", date(2026, 5, 1)),
    ]
    assert lists.mappings.history("H002") == ()
    assert lists.sheets.take(read, CHIEF) == 3
    (record,) = lists.mappings.history("H002")
    assert record.author == CHIEF.name and "in.xlsx" in record.note
    assert lists.mappings.history("H003")[0].note == "不用了"


def test_what_went_out_changes_nothing_when_it_comes_back(lists: Lists, tmp_path: Path) -> None:
    lists.mappings.map("H001", "C1001", DAY, CHIEF)
    lists.mappings.disable("H003", DAY, CHIEF, "停售")
    lists.mappings.suggest()
    path = lists.sheets.write(tmp_path / "out.xlsx", lists.mappings.table())
    read = lists.sheets.read(path, DAY, CHIEF)
    assert read.preview.faulty == () and read.records == ()
    assert lists.sheets.take(read, CHIEF) == 0


def test_every_fault_with_its_row(lists: Lists, tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "in.xlsx", ("H001", "C9999", None, None, None), ("", "C1001", None, None, None),
        ("H002", "C2001", "也许", None, None), ("H003", None, "停用", None, None),
        ("H004", "C1002", None, "某天", None), ("H004", "C1002", None, None, None),
        ("H004", "C1001", None, None, None), ("H005", None, "已对照", None, None),
    )  # fmt: skip
    read = lists.sheets.read(path, DAY, CHIEF)
    assert [(row.row_number, row.faults[0].key) for row in read.preview.faulty] == [
        (2, "codes.mapping.strange_code"), (3, "codes.mapping.no_item"), (4, "codes.sheet.state"),
        (6, "import.cell.moment"), (8, "codes.sheet.twice"), (9, "codes.mapping.no_code"),
    ]  # fmt: skip
    with pytest.raises(Refused):
        lists.sheets.take(read, CHIEF)
    assert lists.mappings.history("H004") == ()


def test_a_text_file_serves_too(lists: Lists, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "in.csv", "院内编码,中心编码", "H002,C2001", encoding="gbk")
    assert len(lists.sheets.read(path, DAY, CHIEF).records) == 1


def test_what_is_no_such_sheet(lists: Lists, tmp_path: Path) -> None:
    path = sheet(tmp_path / "in.xlsx", ("H001", "甲"), heads=("院内编码", "名称"))
    with pytest.raises(InvalidInput) as refused:
        lists.sheets.read(path, DAY, CHIEF)
    assert refused.value.faults[0].key == "import.mapping.missing"


def test_a_cashier_reads_no_sheet(lists: Lists, tmp_path: Path) -> None:
    path = sheet(tmp_path / "in.xlsx", ("H002", "C2001", None, None, None))
    with pytest.raises(Refused):
        lists.sheets.read(path, DAY, CASHIER)
