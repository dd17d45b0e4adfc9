"""Headers and mappings: aliases, the header row, what is saved on site."""

import pytest

from core.domain import FeeLine
from core.errors import InvalidInput
from core.his.headers import (
    Header,
    HeaderFinder,
    MappingBook,
    checked,
    guess,
    trimmed,
    unique_names,
)
from core.his.tables import bare, label, tables

NAMES = ("就诊号", "品名", "零售价", "发药数量", "应收", "收费时间")


@pytest.fixture
def book(tmp_path) -> MappingBook:
    return MappingBook(tmp_path / "mappings")


@pytest.fixture
def finder(book) -> HeaderFinder:
    return HeaderFinder(book)


def test_every_column_of_the_table_is_a_field_of_the_line() -> None:
    extra = {"occurred_time", "refund"}
    assert set(tables().columns) - extra == set(FeeLine.model_fields)


def test_every_column_has_a_label_and_aliases() -> None:
    for name, column in tables().columns.items():
        assert label(name) and column.aliases, name


@pytest.mark.parametrize(
    ("written", "plain"),
    [("单价(元)", "单价"), ("单价（元）", "单价"), (" 项目 名称：", "项目名称"),
     ("MED_List-Codg", "medlistcodg"), ("ＸＭＢＭ", "xmbm"), ("[金额]", "金额"), ("", "")],
)  # fmt: skip
def test_headers_are_compared_bare(written: str, plain: str) -> None:
    assert bare(written) == plain


def test_the_guess_takes_the_best_alias_and_each_header_once() -> None:
    mapping = guess(("编码", "项目编码", "医保编码", "单价", "日期", "时间"))
    assert mapping == {
        "hosp_code": "项目编码", "centre_code": "医保编码", "price": "单价", "occurred_at": "日期",
        "occurred_time": "时间",
    }  # fmt: skip


def test_a_header_is_found_below_titles(finder) -> None:
    rows = [
        ["东湖示例医院费用清单"],
        [],
        ["就诊号", "项目名称", "单价", "数量"],
        ["1", "2", "3", "4"],
    ]
    assert finder.find(rows) == Header(2, ("就诊号", "项目名称", "单价", "数量"))
    assert finder.score(rows) == 4


def test_own_words_make_a_header_when_nothing_is_known(finder) -> None:
    assert finder.find([["清单"], ["甲", "乙", "丙"], ["1", "2", "3"]]).index == 1


def test_a_file_of_numbers_has_no_header(finder) -> None:
    with pytest.raises(InvalidInput, match="表头"):
        finder.find([["1", "2", "3"], ["4", "5", "6"]])


def test_names_are_unique_and_never_empty() -> None:
    assert unique_names(["金额", "", "金额", " 项目  名称 "]) == (
        "金额",
        "第2列",
        "金额 #3",
        "项目 名称",
    )


def test_empty_cells_at_the_end_are_no_columns() -> None:
    assert trimmed(["a", "", "b", "", None, " "]) == ["a", "", "b"]


def test_a_saved_mapping_goes_before_the_guess(book, finder) -> None:
    mapping = {"price": "应收", "quantity": "发药数量"}
    book.keep(NAMES, mapping)
    assert book.find(NAMES) == mapping
    assert finder.mapping(Header(0, NAMES)) == mapping
    assert finder.score([["x"], list(NAMES)]) > 1000


def test_other_headers_have_no_saved_mapping(book) -> None:
    book.keep(NAMES, {"price": "应收"})
    assert book.find(NAMES[:-1]) is None


def test_a_mapping_can_be_replaced(book) -> None:
    book.keep(NAMES, {"price": "应收"})
    book.keep(NAMES, {"price": "零售价"})
    assert book.find(NAMES) == {"price": "零售价"}


@pytest.mark.parametrize(
    ("mapping", "key"),
    [({"prize": "应收"}, "field"), ({"price": "没有"}, "header"),
     ({"price": "应收", "amount": "应收"}, "twice")],
)  # fmt: skip
def test_a_mapping_that_does_not_fit_is_refused(mapping, key: str, book) -> None:
    with pytest.raises(InvalidInput) as error:
        checked(NAMES, mapping)
    assert error.value.faults[0].key == f"import.mapping.{key}"
    with pytest.raises(InvalidInput):
        book.keep(NAMES, mapping)
    assert book.find(NAMES) is None


def test_a_damaged_mapping_counts_as_absent(book, tmp_path) -> None:
    book.keep(NAMES, {"price": "应收"})
    saved = next((tmp_path / "mappings").glob("*.toml"))
    for text in ("not toml =", "[columns]\nprice = '没有'\n", "", "x" * 70_000):
        saved.write_text(text, "utf-8")
        assert book.find(NAMES) is None


def test_old_mappings_make_room(book, monkeypatch) -> None:
    monkeypatch.setattr("core.his.headers.MOST_KEPT", 3)
    for number in range(6):
        book.keep((*NAMES, str(number)), {"price": "应收"})
    assert sum(book.find((*NAMES, str(number))) is not None for number in range(6)) == 3
