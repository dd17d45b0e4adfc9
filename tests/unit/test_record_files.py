"""Files of medical records as people make them: every shape is values or a sentence."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from core.centre.views import FieldView
from core.errors import InvalidInput
from core.his import records
from core.his.records import RecordFile, read_records

YES_NO = {"0": "否", "1": "是"}
FIELDS = (
    FieldView("visit_no", "医药机构就诊流水号", "text", 30, True),
    FieldView("complaint", "主诉", "text", 2000, True),
    FieldView("visited_at", "就诊时间", "moment", 0, False),
    FieldView("born", "出生日期", "day", 0, False),
    FieldView("allergic", "过敏", "text", 1, False, codes=YES_NO),
    FieldView("diagnoses", "诊断列表", "rows", 0, True, fields=(
        FieldView("code", "诊断编码", "text", 20, True),
        FieldView("main", "主诊断", "text", 1, True, codes=YES_NO),
    )),
)  # fmt: skip


def read(path: Path, content: Any, name: str = "a.json") -> RecordFile:
    """What is read of a file with this content: bytes, or a value as JSON."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    (path / name).write_bytes(data)
    return read_records(path / name, FIELDS)


def sentences(file: RecordFile) -> str:
    return "\n".join(item.text for item in file.faults)


@pytest.mark.parametrize("key", ["就诊号", "visit_no", "医药机构就诊流水号"])
def test_the_visit_number_has_three_names(tmp_path: Path, key: str) -> None:
    found = read(tmp_path, {key: " ＭＺ１ ", "主诉": "夹伤"})
    assert (found.records, found.faults) == ({"MZ1": {"complaint": "夹伤"}}, ())


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("主诉", "  夹伤 ", "夹伤"),
        ("complaint", 38.5, "38.5"),
        ("complaint", 120, "120"),
        ("complaint", True, "1"),
        ("complaint", 1e30, "1" + "0" * 30),
        ("visited_at", "2026/3/2 9:05", "2026-03-02T09:05:00+08:00"),
        ("visited_at", "2026年3月2日", "2026-03-02T00:00:00+08:00"),
        ("born", "19700501", "1970-05-01"),
        ("born", "1970-05-01 08:00:00", "1970-05-01"),
        ("allergic", "是", "1"),
        ("allergic", "０", "0"),
        ("allergic", "也许", "也许"),
    ],
)
def test_a_cell_is_read_by_the_type_of_its_field(
    tmp_path: Path, field: str, value: object, kept: str
) -> None:
    found = read(tmp_path, {"就诊号": "MZ1", field: value})
    assert found.faults == ()
    assert list(found.records["MZ1"].values()) == [kept]


@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_cell_is_no_value(tmp_path: Path, empty: object) -> None:
    assert read(tmp_path, {"就诊号": "MZ1", "主诉": empty}).records == {"MZ1": {}}


@pytest.mark.parametrize(
    ("field", "label", "value", "shown"),
    [
        ("complaint", "主诉", {"text": "夹伤"}, "夹伤"),
        ("complaint", "主诉", ["夹伤"], "夹伤"),
        ("complaint", "主诉", "长" * 20_001, "长长"),
        ("visited_at", "就诊时间", "昨天上午", "昨天上午"),
        ("visited_at", "就诊时间", ["2026-03-02"], "2026-03-02"),
        ("born", "出生日期", "1970-02-30", "1970-02-30"),
        ("born", "出生日期", 12, "12"),
        ("diagnoses", "诊断列表", "S62.601", "S62.601"),
        ("diagnoses", "诊断列表", ["S62.601"], "S62.601"),
        ("diagnoses", "诊断列表", [{"code": "S62.601"}, 3], "S62.601"),
    ],
)
def test_what_cannot_be_understood_is_named_and_the_rest_is_kept(
    tmp_path: Path, field: str, label: str, value: object, shown: str
) -> None:
    found = read(tmp_path, [{"就诊号": "MZ1", field: value}, {"就诊号": "MZ2", "主诉": "好"}])
    [said] = found.faults
    assert said.field == field and said.text.startswith(f"就诊 MZ1 的「{label}」的内容“")
    assert shown in said.text and "看不懂；请改成正确的格式后重新导入" in said.text
    assert len(said.text) < 120
    assert found.records == {"MZ1": {}, "MZ2": {"complaint": "好"}}


def test_endless_numbers_of_json_are_text_like_any_other(tmp_path: Path) -> None:
    found = read(tmp_path, b'{"visit_no": "MZ1", "complaint": 1e999, "visited_at": NaN}')
    assert found.records["MZ1"] == {"complaint": "Infinity"}
    assert "NaN".casefold() in sentences(found).casefold() and "就诊时间" in sentences(found)


def test_a_list_of_one_may_stand_without_brackets(tmp_path: Path) -> None:
    found = read(tmp_path, {"就诊号": "MZ1", "诊断列表": {"诊断编码": "S62", "主诊断": "是"}})
    assert found.records == {"MZ1": {"diagnoses": [{"code": "S62", "main": "1"}]}}


def test_a_strange_field_within_a_list_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, {"就诊号": "MZ1", "诊断列表": [{"诊断编码": "S62", "等级": "重"}]})
    assert found.records == {"MZ1": {"diagnoses": [{"code": "S62"}]}}
    assert "就诊 MZ1 的「等级」不是病历上传的字段" in sentences(found)


def test_a_visit_that_stands_twice_is_read_once_and_named(tmp_path: Path) -> None:
    rows = [{"就诊号": "MZ1", "主诉": text} for text in ("甲", "乙")]
    found = read(tmp_path, [*rows, {"就诊号": "MZ2", "主诉": "丙"}])
    assert found.records == {"MZ1": {"complaint": "甲"}, "MZ2": {"complaint": "丙"}}
    assert sentences(found).startswith("第 2 份病历的就诊号 MZ1 前面已经有一份")


def test_records_without_a_number_are_counted_from_one(tmp_path: Path) -> None:
    found = read(tmp_path, [{"主诉": "甲"}, {"就诊号": " ", "主诉": "乙"}])
    assert found.records == {}
    assert [item.text[:6] for item in found.faults] == ["第 1 份病历"[:6], "第 2 份病历"[:6]]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"visit_no": "\\ud83d"}', "读不出病历"),
        (b'[{"visit_no": "MZ1", "complaint": "\\udc00"}]', "读不出病历"),
        (b"[" * 100_000, "读不出病历"),
        (b'"MZ1"', "一份病历，或不超过"),
        (b"[[]]", "一份病历，或不超过"),
        (b"null", "一份病历，或不超过"),
        (b"", "读不出病历"),
        ("就诊号".encode("gbk"), "读不出病历"),
    ],
)
def test_what_is_no_record_at_all_is_one_sentence(
    tmp_path: Path, content: bytes, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        read(tmp_path, content)


def test_a_byte_order_mark_harms_nobody(tmp_path: Path) -> None:
    text = '{"就诊号": "MZ1", "主诉": "夹伤"}'
    assert read(tmp_path, b"\xef\xbb\xbf" + text.encode()).records == {"MZ1": {"complaint": "夹伤"}}


def test_limits_are_told_with_their_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_RECORDS", 2)
    with pytest.raises(InvalidInput, match="不超过 2 份病历"):
        read(tmp_path, [{"就诊号": f"MZ{n}"} for n in range(3)])
    monkeypatch.setattr(records, "LARGEST_FILE", 1024 * 1024)
    with pytest.raises(InvalidInput, match="文件超过 1 MB"):
        read(tmp_path, b" " * (1024 * 1024 + 1))


def test_a_folder_and_a_missing_file_are_sentences(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "没有.json"):
        with pytest.raises(InvalidInput, match="读不出病历"):
            read_records(path, FIELDS)


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    """A workbook with these sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path / "a.xlsx")
    return path / "a.xlsx"


def test_dates_and_numbers_of_a_workbook(tmp_path: Path) -> None:
    head = ["就诊号", "主诉", "就诊时间", "出生日期", None]
    row = [10023, 38.5, datetime(2026, 3, 2, 9, 5), datetime(1970, 5, 1), "无表头"]
    found = read_records(workbook(tmp_path, 病历=[head, [], row]), FIELDS)
    assert found.faults == ()
    assert found.records == {"10023": {
        "complaint": "38.5", "visited_at": "2026-03-02T09:05:00+08:00", "born": "1970-05-01",
    }}  # fmt: skip


def test_every_visit_gets_its_rows_of_a_list_and_other_sheets_are_left_alone(
    tmp_path: Path,
) -> None:
    path = workbook(
        tmp_path, 病历=[["就诊号", "主诉"], ["MZ1", "甲"], ["MZ2", "乙"]], 说明=[["随便"], ["写"]],
        诊断列表=[["就诊号", "诊断编码"], ["MZ2", "S1"], ["MZ1", "S2"], ["MZ2", "S3"]],
    )  # fmt: skip
    found = read_records(path, FIELDS)
    assert found.faults == ()
    codes = {no: [row["code"] for row in one["diagnoses"]] for no, one in found.records.items()}
    assert codes == {"MZ1": ["S2"], "MZ2": ["S1", "S3"]}


def test_an_empty_workbook_has_no_records(tmp_path: Path) -> None:
    for rows in ([], [["就诊号", "主诉"]]):
        with pytest.raises(InvalidInput, match="没有病历"):
            read_records(workbook(tmp_path, 病历=rows), FIELDS)


SIGNS = st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp"))
WORDS = st.text(SIGNS, min_size=1, max_size=20)
NUMBERS = st.integers(0, 99).map("MZ{}".format)


@settings(max_examples=30)
@given(found=st.dictionaries(NUMBERS, WORDS, min_size=1, max_size=4))
def test_texts_come_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, found: dict[str, str]
) -> None:
    rows = [{"visit_no": number, "complaint": text} for number, text in found.items()]
    back = read(tmp_path_factory.getbasetemp(), rows)
    wanted = {number: {"complaint": text.strip()} for number, text in found.items()}
    assert (back.records, back.faults) == (wanted, ())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["就诊号", "主诉", "code", "诊断列表", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60)
@given(value=VALUES)
def test_whatever_json_comes_is_records_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    try:
        found = read(tmp_path_factory.getbasetemp(), value)
    except InvalidInput as error:
        assert all(item.text for item in error.faults)
    else:
        assert found.records or found.faults
        assert all(number.strip() == number != "" for number in found.records)
