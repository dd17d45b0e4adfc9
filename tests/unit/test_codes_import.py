"""Code lists from files: encodings, headers, mappings kept, every fault with its row."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from core.catalogue.importer import LONGEST, CodeImporter, CodePreview
from core.catalogue.kinds import LISTS, columns, title
from core.errors import InvalidInput
from tests.helpers.codes import write_csv


def read(tmp_path: Path, *lines: str, name: str = "diagnosis", **more: object) -> CodePreview:
    """The preview of a small file."""
    path = write_csv(tmp_path / "list.csv", *lines, **more)  # type: ignore[arg-type]
    return CodeImporter(tmp_path, name).preview(path)


def faults(preview: CodePreview) -> list[tuple[int, str]]:
    return [(row.row_number, item.key) for row in preview.faulty for item in row.faults]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_knows_its_columns(name: str) -> None:
    known = columns(name)
    assert list(known)[:2] == ["code", "name"]
    assert known["code"].required and known["name"].required
    assert title(name) and all(column.label for column in known.values())


def test_there_is_no_other_list(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        CodeImporter(tmp_path, "../item")
    assert refused.value.faults[0].key == "codes.no_such_list"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    found = read(tmp_path, "诊断编码,诊断名称", "S52.500,桡骨骨折", encoding=encoding)
    assert found.usable
    assert [(row.code, row.name) for row in found.entries] == [("S52.500", "桡骨骨折")]


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_delimiters(tmp_path: Path, sign: str) -> None:
    found = read(tmp_path, sign.join(("科室代码", "科室名称")), sign.join(("01", "骨科")),
                 name="department")  # fmt: skip
    assert [(row.code, row.name) for row in found.entries] == [("01", "骨科")]


@pytest.mark.parametrize(
    ("name", "heads", "row", "field", "value"),
    [
        ("diagnosis", "ICD编码,疾病名称,五笔码", "A,甲,WB", "wubi", "WB"),
        ("diagnosis", "医保版诊断代码,诊断代码,诊断名称", "A,B,甲", "code", "A"),
        ("item", "项目编码,项目名称,规格,单位,单价", "A,甲,5g,盒,12.50", "price", "12.50"),
        ("item", "院内编码,收费项目,三大目录类别", "A,甲,诊疗项目", "list_type", "2"),
        ("doctor", "工号,姓名,科室编码", "0012,章甲,K01", "belongs", "K01"),
        ("centre", "国家编码,注册名称,规格型号,限价", "A,甲,大,1.5", "spec", "大"),
        ("department", "部门编码,部门名称,拼音码", "A,甲,J", "pinyin", "J"),
    ],
)
def test_headers_as_hospitals_write_them(
    tmp_path: Path, name: str, heads: str, row: str, field: str, value: str
) -> None:
    found = read(tmp_path, heads, row, name=name)
    assert found.usable, (found.faulty, found.missing)
    assert getattr(found.entries[0], field) == value


def test_a_title_above_the_header_and_a_footer_below(tmp_path: Path) -> None:
    found = read(tmp_path, "疾病目录,", "诊断编码,诊断名称", "A,甲", ",", "制表人：某,")
    assert found.header_row == 2 and len(found.entries) == 1 and found.usable
    assert [item.key for item in found.remarks] == ["codes.remark.no_row"]


def test_every_fault_with_its_row(tmp_path: Path) -> None:
    found = read(
        tmp_path, "项目编码,项目名称,单价,目录类别", "A,甲,1,1", ",乙,1,1", "C,,1,1", "D,丁,一元,1",
        "E,戊,1,别的", "A,不同,1,1", f"F,{'长' * (LONGEST['name'] + 1)},1,1", "G,庚,1,1,多",
        "1E+5,辛,1,1", name="item",
    )  # fmt: skip
    assert faults(found) == [
        (3, "import.cell.empty"), (4, "import.cell.empty"), (5, "import.cell.number"),
        (6, "import.cell.list"), (7, "codes.row.twice"), (8, "codes.row.too_long"),
        (9, "import.row.too_wide"), (10, "import.cell.digits_lost"),
    ]  # fmt: skip
    assert found.wrong == 8 and found.partly and not found.usable
    assert [row.code for row in found.entries] == ["A"]


def test_the_same_row_again_is_said_and_not_wrong(tmp_path: Path) -> None:
    found = read(tmp_path, "编码,名称", "A,甲", "编码,名称", "A,甲")
    assert found.usable and len(found.entries) == 1
    assert [item.key for item in found.remarks] == ["codes.remark.twice"]


def test_letter_case_makes_a_double(tmp_path: Path) -> None:
    found = read(tmp_path, "编码,名称", "S52.500x001,甲", "S52.500X001,乙")
    assert faults(found) == [(3, "codes.row.twice")]
    assert "第 2 行" in found.faulty[0].faults[0].text


def test_a_header_without_rows(tmp_path: Path) -> None:
    found = read(tmp_path, "编码,名称")
    assert not found.usable and [item.key for item in found.remarks] == ["codes.remark.none"]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "import.file.empty"),
        (b"1,2\n3,4\n", "codes.file.no_header"),
        (b"<html><table>", "import.file.markup"),
        (b"PK\x03\x04broken", "import.file.workbook"),
        (b"a,b\n\xff\xfe\xff", "import.file.encoding"),
    ],
)
def test_what_is_no_list_at_all(tmp_path: Path, data: bytes, key: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    with pytest.raises(InvalidInput) as refused:
        CodeImporter(tmp_path, "item").preview(path)
    assert refused.value.faults[0].key == key


def test_a_file_with_too_many_rows(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("core.catalogue.importer.MOST_ROWS", 3)
    with pytest.raises(InvalidInput) as refused:
        read(tmp_path, "编码,名称", "A,甲", "B,乙", "C,丙", "D,丁")
    assert refused.value.faults[0].key == "codes.file.too_many_rows"


def test_own_headers_are_mapped_and_remembered(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "own.csv", "甲列,乙列,丙列", "A,骨折,WB")
    importer = CodeImporter(tmp_path, "diagnosis")
    first = importer.preview(path)
    assert first.missing == ("code", "name") and not first.usable
    assert [item.key for item in first.remarks] == ["import.mapping.missing"] * 2
    mapping = {"code": "甲列", "name": "乙列", "wubi": "丙列"}
    mapped = importer.preview(path, mapping)
    assert mapped.usable and mapped.entries[0].wubi == "WB"
    importer.keep(mapped, mapping)
    again = CodeImporter(tmp_path, "diagnosis").preview(path)
    assert again.mapping == mapping and again.usable
    assert CodeImporter(tmp_path, "item").preview(path).missing == ("code", "name")


def test_a_mapping_that_does_not_fit(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "own.csv", "编码,名称", "A,甲")
    importer = CodeImporter(tmp_path, "diagnosis")
    for mapping in ({"price": "编码"}, {"code": "没有"}, {"code": "编码", "name": "编码"}):
        with pytest.raises(InvalidInput):
            importer.preview(path, mapping)


def test_a_workbook_keeps_codes_as_they_are(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("编码", "名称", "规格"), ("0012", "甲", "=1+1"), (7, "乙", None)):
        sheet.append(row)
    book.save(tmp_path / "list.xlsx")
    found = CodeImporter(tmp_path, "item").preview(tmp_path / "list.xlsx")
    assert found.encoding == "workbook"
    assert [row.code for row in found.entries] == ["0012", "7"]
    assert len(found.digest) == 64


def test_faults_are_bounded(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("core.catalogue.importer.MOST_FAULTY", 2)
    found = read(tmp_path, "编码,名称", *(f",名{n}" for n in range(9)))
    assert found.wrong == 9 and len(found.faulty) == 2 and not found.partly
