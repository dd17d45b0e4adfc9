"""Workbooks: real dates and numbers, the right sheet, and the guards against hostile files."""

import zipfile
from datetime import date, datetime, time
from io import BytesIO

import pytest

from core.clock import CHINA
from core.errors import InvalidInput
from core.his import workbook
from core.his.importer import FeeImporter
from core.his.workbook import column_number, is_workbook, read_workbook
from tests.helpers.his import (
    HEADERS,
    LEAST,
    VISIT,
    fee_line,
    one_row,
    rows_of,
    write_workbook,
)


@pytest.fixture
def importer(tmp_path) -> FeeImporter:
    return FeeImporter(tmp_path)


def width(rows) -> int:
    return max(map(len, rows), default=0)


def refused(data: bytes) -> str:
    with pytest.raises(InvalidInput) as error:
        read_workbook(data, width, 1000)
    return error.value.faults[0].key


def test_dates_and_numbers_are_read_as_what_they_are(importer, tmp_path) -> None:
    cells = {"price": 18.6, "quantity": 2, "amount": 37.2, "line_id": 100001, "centre_code": "001"}
    rows = one_row(**cells, occurred_at=datetime(2026, 3, 2, 9, 30, 5))
    found = importer.preview(write_workbook(tmp_path / "a.xlsx", rows))
    line = found.lines[0]
    assert (str(line.price), str(line.quantity), line.amount) == ("18.6", "2", 3720)
    assert (line.line_id, line.centre_code) == ("100001", "001")
    assert line.occurred_at == datetime(2026, 3, 2, 9, 30, 5, tzinfo=CHINA)
    assert (found.encoding, found.delimiter, found.sheet) == ("workbook", "", "Sheet")


def test_a_serial_day_without_a_format_is_a_day(importer, tmp_path) -> None:
    found = importer.preview(
        write_workbook(tmp_path / "a.xlsx", one_row(occurred_at=46083.395833333336))
    )
    assert found.lines[0].occurred_at == datetime(2026, 3, 2, 9, 30, tzinfo=CHINA)


def test_day_and_time_in_two_columns(importer, tmp_path) -> None:
    rows = one_row(occurred_at=date(2026, 3, 2))
    rows[0].append("时刻")
    rows[1].append(time(14, 5, 9))
    found = importer.preview(write_workbook(tmp_path / "a.xlsx", rows))
    assert found.lines[0].occurred_at == datetime(2026, 3, 2, 14, 5, 9, tzinfo=CHINA)


def test_titles_sums_and_empty_rows_are_no_lines(importer, tmp_path) -> None:
    lines = [fee_line(1), fee_line(2, quantity="-1")]
    total = sum(line.amount for line in lines) / 100
    rows = [["东湖示例医院费用清单"], [], *rows_of(lines, LEAST), ["合 计："], [None, " "], []]
    rows[-3] += [""] * (LEAST.index("amount") - 1) + [total]
    found = importer.preview(write_workbook(tmp_path / "a.xlsx", rows))
    assert [line.line_id for line in found.lines] == ["L0001", "L0002"]
    assert found.stated_total == found.total == 1860
    assert found.header_row == 3
    assert [fault.key for fault in found.remarks] == ["import.remark.footer"]


def test_row_numbers_are_those_of_the_spreadsheet(importer, tmp_path) -> None:
    rows = [[], ["清单"], *rows_of([fee_line(1)], LEAST), [], *rows_of([fee_line(2)], LEAST)[1:]]
    rows[-1][LEAST.index("price")] = "?"
    found = importer.preview(write_workbook(tmp_path / "a.xlsx", rows))
    assert [faulty.row_number for faulty in found.faulty] == [6]


def test_the_sheet_with_the_header_is_taken(importer, tmp_path) -> None:
    def shape(book) -> None:
        second = book.create_sheet("明细")
        for row in rows_of([fee_line(1)], LEAST):
            second.append(row)

    path = write_workbook(tmp_path / "a.xlsx", [["说明", "这里没有明细", "请看第二页"]], shape)
    found = importer.preview(path)
    assert (found.sheet, len(found.lines)) == ("明细", 1)


def test_a_long_number_in_a_number_cell_is_not_trusted(importer, tmp_path) -> None:
    found = importer.preview(
        write_workbook(tmp_path / "a.xlsx", one_row(line_id=202603020900001234))
    )
    assert found.faulty[0].faults[0].key == "import.cell.digits_lost"


def test_the_name_of_the_file_says_nothing(importer, tmp_path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", one_row())
    assert importer.preview(path.rename(tmp_path / "a.csv")).lines[0].visit_no == VISIT


def test_an_empty_workbook_says_so(tmp_path) -> None:
    assert refused(write_workbook(tmp_path / "a.xlsx", []).read_bytes()) == "import.file.empty"


def test_a_damaged_workbook_says_so(tmp_path) -> None:
    data = write_workbook(tmp_path / "a.xlsx", one_row()).read_bytes()
    assert refused(data[: len(data) // 2]) == "import.file.workbook"
    assert refused(b"PK\x03\x04" + b"junk" * 50) == "import.file.workbook"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)) == "import.file.workbook"


def archive(**parts: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return stream.getvalue()


def test_another_archive_is_no_workbook() -> None:
    assert refused(archive(readme=b"hello")) == "import.file.not_xlsx"


def test_a_bomb_is_refused_before_it_unfolds(monkeypatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 1_000_000)
    data = archive(xl__workbook_dot_xml=b"x", xl__worksheets__sheet1_dot_xml=bytes(2_000_000))
    assert len(data) < 10_000
    assert refused(data) == "import.file.bomb"


def test_too_many_parts_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(workbook, "MOST_PARTS", 3)
    assert refused(archive(xl__workbook_dot_xml=b"x", a=b"", b=b"", c=b"")) == "import.file.bomb"


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(archive(xl__workbook_dot_xml=b"x" * 500))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        place = data.index(mark) + (22 if mark == b"PK\x03\x04" else 24)
        data[place : place + 4] = (5).to_bytes(4, "little")
    assert refused(bytes(data)) == "import.file.workbook"


@pytest.mark.parametrize(
    ("address", "key"),
    [("XFD1", "too_many_columns"), ("A1048576", "too_many_rows"), ("B1001", "too_many_rows")],
)
def test_a_far_cell_is_refused_before_the_sheet_is_laid_out(address: str, key: str) -> None:
    sheet = f'<c r="A1"/>{" " * (1024 * 1024 - 20)}<x:c s="1" r="{address}"><v>1</v></x:c>'.encode()
    data = archive(xl__workbook_dot_xml=b"x", xl__worksheets__sheet1_dot_xml=sheet)
    assert refused(data) == f"import.file.{key}"


def test_columns_count_like_a_spreadsheet() -> None:
    assert [column_number(name) for name in (b"A", b"Z", b"AA", b"XFD")] == [1, 26, 27, 16384]


def test_workbooks_are_known_by_their_first_bytes() -> None:
    assert is_workbook(b"PK\x03\x04...") and is_workbook(b"\xd0\xcf\x11\xe0...")
    assert not is_workbook(",".join(HEADERS.values()).encode("gbk"))
