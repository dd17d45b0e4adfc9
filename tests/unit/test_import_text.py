"""Text files to rows: encodings, delimiters, quotes, and what is no text at all."""

import pytest

from core.errors import InvalidInput
from core.his.headers import HeaderFinder, MappingBook
from core.his.textfile import best_delimiter, decode, read_text, split

HEAD = "就诊号,项目名称,单价,数量,金额,费用时间"
LINE = "MZ1,布洛芬,18.60,2,37.20,2026-03-02"


@pytest.fixture
def score(tmp_path):
    return HeaderFinder(MappingBook(tmp_path)).score


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gbk", "gbk"), ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"),
    ],
)  # fmt: skip
def test_the_encoding_is_found(encoding: str, name: str) -> None:
    assert decode(f"{HEAD}\r\n{LINE}".encode(encoding)) == (f"{HEAD}\r\n{LINE}", name)


def test_gb18030_is_taken_where_gbk_does_not_reach() -> None:
    text = f"{HEAD}\r\n㛃䶮{LINE}"
    assert decode(text.encode("gb18030")) == (text, "gb18030")


def test_plain_ascii_is_utf_8() -> None:
    assert decode(b"a,b") == ("a,b", "utf-8")


def test_bytes_of_no_encoding_are_named_with_their_line() -> None:
    with pytest.raises(InvalidInput, match="第 2 行") as error:
        decode("单价\n".encode("gbk") + b"\xff\xff\xff")
    assert error.value.faults[0].key == "import.file.encoding"


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03", b"%PDF-1.4\x00\x00", b"abc\x00" * 3])
def test_a_binary_file_is_no_table(data: bytes) -> None:
    with pytest.raises(InvalidInput) as error:
        decode(data)
    assert error.value.faults[0].key in ("import.file.binary", "import.file.encoding")


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_the_one_that_shows_the_header(delimiter: str, score) -> None:
    text = f"{HEAD}\n{LINE}".replace(",", delimiter)
    assert best_delimiter(text, score) == delimiter


def test_commas_inside_a_semicolon_file_do_not_win(score) -> None:
    text = HEAD.replace(",", ";") + "\nMZ1;布洛芬,缓释,胶囊,盒,装,型,大;18.60;2;1,137.20;2026-03-02"
    assert best_delimiter(text, score) == ";"


def test_unknown_headers_still_fall_into_columns(score) -> None:
    assert best_delimiter("甲\t乙\t丙\n1\t2\t3", score) == "\t"


def test_quotes_hold_delimiters_and_line_ends() -> None:
    assert split('a,"b,\n""c""",d\r\n1,2,3', ",", 9) == [["a", 'b,\n"c"', "d"], ["1", "2", "3"]]


def test_quotes_that_do_not_pair_are_letters() -> None:
    rows = split('a\tb\n"伊利\t1\nx\t2', "\t", 9)
    assert rows == [["a", "b"], ['"伊利', "1"], ["x", "2"]]


def test_a_quoted_word_inside_a_name_is_kept() -> None:
    assert split('"伊利"牌,1', ",", 9) == [['"伊利"牌', "1"]]


def test_endless_cells_are_refused() -> None:
    with pytest.raises(InvalidInput) as error:
        split("x" * 200_000 + ',"y', ",", 9)
    assert error.value.faults[0].key == "import.file.cell_too_long"


def test_no_more_rows_than_one_beyond_the_limit() -> None:
    assert len(split("a,b\n" * 100, ",", 10)) == 11


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_all_line_ends(ends: str, score) -> None:
    found = read_text(ends.join((HEAD, LINE)).encode("gbk"), score, 10)
    assert [len(row) for row in found.rows] == [6, 6]
    assert (found.encoding, found.delimiter) == ("gbk", ",")


def test_the_end_mark_of_dos_is_no_row(score) -> None:
    assert len(read_text(f"{HEAD}\r\n{LINE}\r\n\x1a".encode("gbk"), score, 10).rows) == 2


@pytest.mark.parametrize(
    "head", ["<html><body><table>", "\r\n <TABLE border=1>", '<?xml version="1.0"?><Workbook>']
)
def test_a_web_page_that_calls_itself_a_workbook_is_told(head: str, score) -> None:
    with pytest.raises(InvalidInput) as error:
        read_text(f"{head}<tr><td>单价</td></tr>".encode("gbk"), score, 10)
    assert error.value.faults[0].key == "import.file.markup"


def test_a_comparison_sign_is_no_web_page(score) -> None:
    assert read_text(f"<3岁,{HEAD}\n".encode("gbk"), score, 10).rows[0][0] == "<3岁"
