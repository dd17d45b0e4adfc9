"""Tables as XLSX, read back by another library: amounts exact, texts never formulas."""

from __future__ import annotations

import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from core.errors import Refused, SetupError
from core.service import sheets
from core.service.sheets import Sheet, SheetColumn, write_book

DANGEROUS = ("=1+1", "+86", "-5", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "-2+3+cmd|'x'!A1")


def written(path: Path, *columns: SheetColumn, rows: Any) -> Any:
    """The one sheet of a book that was written, as openpyxl reads it."""
    write_book(path, [Sheet("表", columns, rows)])
    return load_workbook(path).worksheets[0]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula(tmp_path: Path, text: str) -> None:
    page = written(tmp_path / "a.xlsx", SheetColumn("名"), rows=[(text,)])
    cell = page["A2"]
    assert cell.value == text and cell.data_type == "s"
    assert cell.quotePrefix and cell.number_format == "@"
    inside = zipfile.ZipFile(tmp_path / "a.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in inside


def test_an_ordinary_text_carries_no_prefix(tmp_path: Path) -> None:
    page = written(tmp_path / "a.xlsx", SheetColumn("=头"), rows=[("沈建国",), ("2026-03-02",)])
    assert not page["A2"].quotePrefix and page["A3"].value == "2026-03-02"
    assert page["A1"].value == "=头" and page["A1"].data_type == "s" and page["A1"].font.bold


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (0, "0"), (1, "0.01"), (-1, "-0.01"), (123450, "1234.50"),
        (9_999_999_999_999, "99999999999.99"),
    ],
)  # fmt: skip
def test_amounts_are_exact_numbers(tmp_path: Path, fen: int, shown: str) -> None:
    page = written(tmp_path / "a.xlsx", SheetColumn("额", "amount"), rows=[(fen,)])
    cell = page["A2"]
    assert cell.data_type == "n" and cell.number_format == "#,##0.00"
    assert Decimal(str(cell.value)) == Decimal(shown)
    inside = zipfile.ZipFile(tmp_path / "a.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r"<v>(.*?)</v>", inside) == [f"{Decimal(shown):.2f}"]


def test_counts_rates_and_empty_cells(tmp_path: Path) -> None:
    columns = (SheetColumn("笔", "count"), SheetColumn("率", "rate"), SheetColumn("无"))
    page = written(tmp_path / "a.xlsx", *columns, rows=[(12, 1234, None)])
    assert (page["A2"].value, page["A2"].number_format) == (12, "#,##0")
    assert Decimal(str(page["B2"].value)) == Decimal("0.1234")
    assert page["B2"].number_format == "0.00%" and page["C2"].value is None


def test_unprintable_signs_are_left_out(tmp_path: Path) -> None:
    page = written(tmp_path / "a.xlsx", SheetColumn("名"), rows=[("a\x00b\x07c\nd",)])
    assert page["A2"].value == "abc\nd"


def test_the_head_stays_in_sight_and_columns_have_widths(tmp_path: Path) -> None:
    page = written(
        tmp_path / "a.xlsx", SheetColumn("因", width=40), SheetColumn("额", "amount"), rows=[]
    )
    assert page.freeze_panes == "A2"
    assert page.column_dimensions["A"].width == 40
    assert page.column_dimensions["B"].width == sheets.WIDTHS["amount"]


def test_titles_are_made_acceptable(tmp_path: Path) -> None:
    title = "2026/03 [按:日]*?" + "长" * 40
    write_book(tmp_path / "a.xlsx", [Sheet(title, [SheetColumn("名")], [])])
    (name,) = load_workbook(tmp_path / "a.xlsx").sheetnames
    assert len(name) == 31 and not set(name) & sheets.NOT_IN_TITLES


def test_too_many_rows_are_refused_and_leave_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    with pytest.raises(Refused, match="3 行"):
        written(tmp_path / "a.xlsx", SheetColumn("名"), rows=[("x",)] * 4)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fails_is_told_with_the_path(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(SetupError, match="taken"):
        written(tmp_path / "taken" / "a.xlsx", SheetColumn("名"), rows=[("x",)])


def test_a_second_book_takes_the_place_of_the_first(tmp_path: Path) -> None:
    for words in ("一", "二"):
        page = written(tmp_path / "a.xlsx", SheetColumn("名"), rows=[(words,)])
    assert page["A2"].value == "二" and [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]


def test_wide_blanks_of_names_stay(tmp_path: Path) -> None:
    names = ("张\u3000三", "Li\u00a0Si", "欧阳\u2028甲\u200b")
    page = written(tmp_path / "a.xlsx", SheetColumn("名"), rows=[(name,) for name in names])
    assert [page[f"A{row}"].value for row in (2, 3, 4)] == [*names[:2], "欧阳甲"]


def test_a_disk_that_fails_half_way_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"what was there")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(SetupError, match=r"a\.xlsx.*No space left"):
        written(tmp_path / "a.xlsx", SheetColumn("名"), rows=[("x",)])
    assert [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]
    assert (tmp_path / "a.xlsx").read_bytes() == b"what was there"
