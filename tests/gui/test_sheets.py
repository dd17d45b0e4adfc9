"""Sheets on paper: every text on every paper, as many pages as needed, forms laid over ours."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QPdfWriter

from core.domain.slip import SlipRow
from core.errors import SetupError
from core.settings import Settings
from gui.sheet_form import Sheet, SheetTable, column, sheet_forms
from gui.sheet_page import Block, SheetPage, paged
from gui.sheet_printing import print_sheet, sheet_pdf
from tests.helpers.paper import sheets

PAPERS = {"A4": (210, 297), "A5": (210, 148), "roll": (80, 0)}
HEADS = {"label": "项目", "count": "笔数", "total": "合计", "fund": "基金", "personal": "个人"}
ROW = {
    "label": "结算", "count": "12", "total": "98,765.43", "fund": "90,000.00",
    "personal": "8,765.43",
}  # fmt: skip


def row(name: str, label: str, value: str) -> SlipRow:
    return SlipRow(name=name, label=label, value=value)


def sheet(cases: int = 0) -> Sheet:
    case = {"label": "H990000000012026030213", "value": "MZ-1 · 61.70 · 中心未答复 · 未移交"}
    return Sheet(
        number="000007", title="收费员轧账单", hospital="东湖示例医院", code="ZZ000007",
        head=(row("number", "编号", "000007"), row("begin", "起", "2026-03-02 00:00:00"),
              row("end", "止", "2026-03-02 18:00:00"), row("note", "备注", "零钱另存")),
        tables=(
            SheetTable("sums", "收费汇总", HEADS, (ROW, {**ROW, "label": "净额"}), sums=1),
            SheetTable("kinds", "按医疗类别", HEADS, (ROW,)),
            SheetTable("cash", "现金", {"label": "项目", "value": "金额"},
                       ({"label": "应交现金", "value": "8,765.43"},)),
            SheetTable("unresolved", "未决事项", {"label": "交易", "value": "情况"},
                       (case,) * cases, "没有未决事项"),
        ),
        signatures=("收费员", "财务", "复核"), foot=(row("anchor", "日志校验", "ABCDEF"),),
        marks=("培训样张无效",), notes=("差错请当日说明",), print_note="补打第1次",
    )  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS)
def test_every_text_stands_on_every_paper(qapp, paper):
    [page] = sheets(sheet_pdf(sheet(), sheet_forms()[paper]))
    wide, high = PAPERS[paper]
    assert page.width == pytest.approx(wide, abs=0.5)
    assert not high or page.height == pytest.approx(high, abs=0.5)
    said = ["收费员轧账单", "东湖示例医院", "000007", "2026-03-0200:00:00", "零钱另存", "收费汇总",
            "98,765.43", "应交现金", "没有未决事项", "财务", "ABCDEF", "培训样张无效", "补打第1次",
            "差错请当日说明", "第1页共1页"]  # fmt: skip
    assert [text for text in said if text not in page.text] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_is_drawn_into_the_margins(qapp, paper):
    form = sheet_forms()[paper]
    for page in sheets(sheet_pdf(sheet(60), form)):
        left, top, right, bottom = page.ink()
        assert left >= form.margin - 1 and top >= form.margin - 1
        assert right <= page.width - form.margin + 1
        assert bottom <= page.height - form.margin + 1


@pytest.mark.parametrize("paper", ["A4", "A5"])
def test_a_long_list_goes_on_with_its_head_repeated(qapp, paper):
    pages = sheets(sheet_pdf(sheet(80), sheet_forms()[paper]))
    assert len(pages) > 1
    assert sum(page.text.count("H990000000012026030213") for page in pages) == 80
    for number, page in enumerate(pages, 1):
        assert f"第{number}页共{len(pages)}页" in page.text and "培训样张无效" in page.text
    for page in pages[1:-1]:
        assert "未决事项" in page.text and "情况" in page.text
    assert "财务" in pages[-1].text and "差错请当日说明" in pages[-1].text


def test_a_roll_is_as_long_as_what_stands_on_it(qapp):
    form = sheet_forms()["roll"]
    [short], [long] = (sheets(sheet_pdf(sheet(n), form)) for n in (1, 40))
    assert long.height > short.height + 100


def test_a_void_is_red(qapp):
    form = sheet_forms()["A5"]
    black, red = (
        sheets(sheet_pdf(replace(sheet(), marks=(), refund=refund), form))[0]
        for refund in (False, True)
    )

    def reddish(page):
        dots = (dot for line in page.rows for dot in zip(line[0::4], line[1::4], strict=True))
        return sum(1 for red_part, green in dots if red_part > green + 60)

    assert reddish(red) > 500 > reddish(black)


def test_a_heading_is_never_alone_at_the_end_of_a_page():
    drawn: list[float] = []
    title = Block(2, drawn.append, keep=3)
    line = Block(3, drawn.append, again=(title,))
    pages = paged((Block(6, drawn.append), title, line, line), 10)
    assert [[block for _, block in page] for page in pages[1:]] == [[title, line, line]]
    assert [at for at, _ in pages[1]] == [0, 2, 5]


def test_without_an_end_there_is_one_page():
    assert len(paged([Block(50, lambda y: None)] * 9, 0)) == 1


def test_a_table_that_the_form_leaves_out_is_left_out(qapp, tmp_path):
    (tmp_path / "sheet.toml").write_text("[A5.tables]\nkinds = ['label 1']\n", "utf-8")
    form = sheet_forms(tmp_path)["A5"]
    other = form.model_copy(update={"tables": {"cash": form.tables["cash"]}})
    page = SheetPage(sheet(), other, QPdfWriter(str(tmp_path / "unused.pdf")))
    assert len(page.pages()[0]) < len(SheetPage(sheet(), form, page.ink.device).pages()[0])


class TestForms:
    @pytest.fixture
    def lay(self, tmp_path):
        def write(text):
            (tmp_path / "sheet.toml").write_text(text, "utf-8")
            return sheet_forms(tmp_path)

        return write

    def test_only_what_differs_is_written(self, lay):
        found = lay('[A4]\nsize = 8\n[A4.tables]\nkinds = ["label 3", "total 2 right"]\n')
        assert found["A4"].size == 8 and found["A4"].head == sheet_forms()["A4"].head
        assert [item.name for item in found["A4"].columns("kinds")] == ["label", "total"]
        assert found["A4"].columns("sums") == sheet_forms()["A4"].columns("sums")
        assert found["A5"] == sheet_forms()["A5"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[A6]\nsize = 8\n", "A6"),
            ("size = 8\n", "size"),
            ("[A4]\nsize = 99\n", "A4.size"),
            ("[A4]\nsizes = 9\n", "A4.sizes"),
            ("[A4]\ntables = 3\n", "A4.tables"),
            ("[A4.tables]\nkinds = ['label']\n", "label"),
            ("[A4.tables]\nkinds = ['label 3 left']\n", "left"),
            ("[A4.tables]\nkinds = ['label 0']\n", "label 0"),
            ("[A4.tables]\nkinds = ['']\n", "A4.tables"),
            ("[A4.tables]\nkinds = []\n", "A4.tables"),
            ("[A4\n", "sheet.toml"),
        ],
    )
    def test_what_is_wrong_is_named(self, lay, text, said):
        with pytest.raises(SetupError) as caught:
            lay(text)
        assert said in str(caught.value)

    def test_a_column_is_a_name_a_width_and_perhaps_a_side(self):
        assert (column("total 3 right").right, column("total 3").right) == (True, False)


def test_without_a_printer_it_is_a_file_below_the_home(qapp, tmp_path):
    desk = SimpleNamespace(home=tmp_path, settings=Settings())
    place = print_sheet(desk, sheet(), "000007-1")
    assert place == str(tmp_path / "sheets" / "000007-1.pdf")
    assert "轧账单" in sheets(tmp_path / "sheets" / "000007-1.pdf")[0].text


def test_a_folder_that_cannot_be_made_is_a_sentence(qapp, tmp_path):
    (tmp_path / "sheets").write_text("a file in the way")
    desk = SimpleNamespace(home=tmp_path, settings=Settings())
    with pytest.raises(SetupError, match="轧账已经生效"):
        print_sheet(desk, sheet(), "000007-1")
