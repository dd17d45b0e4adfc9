"""Files that are made to hurt: too large, unfolding, full of formulas, or named to lead astray."""

from __future__ import annotations

import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from core.errors import InvalidInput
from core.his import plainsheet, workbook
from core.his.importer import FeeImporter
from core.his.records import read_records
from core.service.sheets import Sheet, SheetColumn, write_book
from tests.architecture.source import files, name
from tests.helpers.his import fee_line, rows_of, text_of

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0")
MILLION = 1_000_000
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
PARTS = {
    "[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>",
    "xl/_rels/workbook.xml.rels": b"<Relationships/>",
}  # fmt: skip


def book(sheet: bytes) -> bytes:
    """A workbook of one sheet with these rows."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part, content in PARTS.items():
            archive.writestr(part, content)
        archive.writestr("xl/worksheets/sheet1.xml", SHEET + sheet + b"</sheetData></worksheet>")
    return stream.getvalue()


ROWS = b"<row><c><v>1</v></c></row>"
CORNERS = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="%d"><c r="%s"><v>1</v></c></row>'
HOSTILE = {
    "a million rows": book(ROWS * MILLION),
    "a million rows with addresses": book(CORNERS % (MILLION, b"A1000000")),
    "two corners far apart": book(CORNERS % (199_999, b"SA199999")),
    "too many columns": book(CORNERS % (2, b"XFD2")),
    "one endless row": book(b"<row>" + b"<c/>" * 10_001 + b"</row>"),
    "half a workbook": book(ROWS)[:-40],
    "no workbook": b"PK\x03\x04" + b"\0" * 100,
}


@pytest.fixture
def importer(tmp_path):
    return FeeImporter(tmp_path)


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_workbook_is_refused_with_a_sentence_before_it_unfolds(
    importer, tmp_path, what, monkeypatch
):
    if what == "one endless row":
        monkeypatch.setattr(workbook, "MOST_CELLS", 10_000)
    path = tmp_path / "lines.xlsx"
    path.write_bytes(HOSTILE[what])
    monkeypatch.setattr(CalamineWorkbook, "from_filelike", lambda data: pytest.fail("unfolded"))
    for read in (importer.preview, lambda one: read_records(one, ())):
        with pytest.raises(InvalidInput) as caught:
            read(path)
        assert str(caught.value).endswith("。")


def test_a_text_of_a_million_rows_is_refused_without_reading_it_all(importer, tmp_path):
    path = tmp_path / "lines.csv"
    head, row = text_of(rows_of([fee_line()])).splitlines()
    path.write_text(head + "\n" + "1,2\n" * MILLION, "utf-8")
    with pytest.raises(InvalidInput, match="200000 行") as caught:
        importer.preview(path)
    assert str(caught.value).endswith("。") and row


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_in_a_sheet(tmp_path, text):
    from openpyxl import load_workbook

    path = write_book(tmp_path / "a.xlsx", [Sheet(text, [SheetColumn(text)], [[text]])])
    for (cell,) in load_workbook(path).active.iter_rows():
        assert cell.data_type in ("s", "inlineStr") and cell.quotePrefix
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    (line,) = plainsheet.text_of([["x", text]]).splitlines()
    assert line.startswith(("x,'", "x,\"'", "x, ")), line


def test_numbers_of_ours_stay_numbers_in_a_plain_sheet():
    assert plainsheet.text_of([[plainsheet.Plain("-12.50"), "-12.50"]]) == "-12.50,'-12.50\r\n"


def test_sheets_are_written_where_formulas_are_thought_of():
    """Nothing else in the program writes CSV or XLSX."""
    allowed = {"core/service/sheets.py", "core/his/plainsheet.py", "core/bench/upload.py"}
    written = {name(path): path.read_text("utf-8") for path in files("core", "gui")}
    marks = ("csv.writer(", "csv.DictWriter(", "import Workbook")
    writers = {where for where, text in written.items() if any(mark in text for mark in marks)}
    assert writers - allowed <= {"gui/flows/cashier.py"}  # invented lines of a tour
