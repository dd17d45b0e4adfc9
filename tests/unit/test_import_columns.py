"""Rows to columns to lines: the parts between a file and its preview."""

from datetime import date, time
from decimal import Decimal

import pytest

from core.his import lines as assembly
from core.his.columns import Table, is_sum, read_table, sort_rows
from core.his.headers import Header
from core.his.tables import tables
from tests.helpers.his import AT, VISIT

HEADER = Header(0, ("编号", "单价", "数量", "时间"))
PLACES = {"line_id": 0, "price": 1, "quantity": 2, "occurred_at": 3}
GOOD = ["L1", "1.5", "2", "2026-03-02 09:30:00"]


def sheet_of(*rows):
    return sort_rows([list(HEADER.names), *rows], HEADER, PLACES)


def test_lines_keep_the_numbers_of_their_rows() -> None:
    sheet = sheet_of(GOOD, [], GOOD, ["合计", "", "4", ""], GOOD)
    assert sheet.numbers == [2, 4, 6]
    assert list(sheet.footers) == [5]


@pytest.mark.parametrize("row", [[], ["", ""], [" ", "\t", "", " "], [None, None], ["　"]])
def test_rows_of_nothing_are_no_lines(row) -> None:
    assert sheet_of(row).rows == []


def test_short_and_long_rows_are_fitted() -> None:
    sheet = sheet_of(GOOD[:2], [*GOOD, "", " "], [*GOOD, "more"])
    assert [len(row) for row in sheet.rows] == [4, 4, 5]
    assert sheet.too_wide == {2}


def test_a_header_on_every_page_is_passed_over() -> None:
    assert sheet_of(GOOD, list(HEADER.names), [*HEADER.names, ""], GOOD).numbers == [2, 5]


@pytest.mark.parametrize("word", ["合计", "合 计：", "总　计", "TOTAL", "共计 3 条", "本次合计"])
def test_words_of_a_sum(word: str) -> None:
    assert is_sum(["", None, word, "1"])


@pytest.mark.parametrize("word", ["小计", "制表人", "第 1 页", ""])
def test_other_footers_are_no_sum(word: str) -> None:
    assert not is_sum([word, "1"])


def test_a_footer_with_everything_filled_in_is_a_line() -> None:
    assert sheet_of(["合计", "1", "1", "2026-03-02"]).footers == {}


def test_a_line_that_lacks_its_price_is_a_faulty_line_and_no_footer() -> None:
    table = read_table(sheet_of(["L1", "", "2", "2026-03-02"]), PLACES, ",")
    assert [fault.key for fault in table.faults[0]] == ["import.cell.empty"]


def test_equal_cells_are_read_once_and_blamed_each_time() -> None:
    table = read_table(sheet_of(["L1", "x", *GOOD[2:]], ["L2", "x", *GOOD[2:]]), PLACES, ",")
    assert table.columns["price"] == [None, None]
    assert [[fault.field for fault in table.faults[n]] for n in (0, 1)] == [["price"], ["price"]]


def test_no_rows_make_empty_columns() -> None:
    table = read_table(sheet_of(), PLACES, ",")
    assert table.height == 0 and table.columns["price"] == []


def test_a_time_column_belongs_to_the_day() -> None:
    header = Header(0, (*HEADER.names, "时刻"))
    places = PLACES | {"occurred_time": 4}
    rows = [[*GOOD[:3], date(2026, 3, 2), time(9, 30)], [*GOOD[:3], "x", "9:30"], [*GOOD, ""]]
    table = read_table(sort_rows([list(header.names), *rows], header, places), places, ",")
    assert table.columns["occurred_at"] == [AT, None, AT]
    assert "occurred_time" not in table.columns


def test_values_in_sentences_are_short() -> None:
    table = read_table(sheet_of(["L1", "长" * 500, *GOOD[2:]]), PLACES, ",")
    assert len(table.faults[0][0].text) < 120


# -- lines


def table_of(**columns) -> Table:
    """A table of one or more rows; every column is a list."""
    good = {"line_id": ["L1"], "price": [Decimal(3)], "quantity": [Decimal(2)], "occurred_at": [AT]}
    filled = good | columns
    height = max(map(len, filled.values()))
    return Table(height, {name: (values * height)[:height] for name, values in filled.items()})


def test_what_a_file_lacks_is_filled_in() -> None:
    table = table_of()
    assembly.complete(table, VISIT)
    (line,) = assembly.fee_lines(table, [0])
    assert (line.visit_no, line.rx_no, line.amount, line.list_type) == (VISIT, "20260302", 600, "1")
    assert not table.faults


def test_a_stated_amount_is_never_replaced() -> None:
    table = table_of(amount=[601])
    assembly.complete(table, VISIT)
    assert table.columns["amount"] == [601] and table.faults[0][0].key == "import.row.amount"


def test_one_empty_amount_among_others_is_not_computed() -> None:
    table = table_of(amount=[600, None], line_id=["L1", "L2"])
    assembly.complete(table, VISIT)
    assert table.columns["amount"] == [600, None]


def test_unreadable_cells_stop_nothing() -> None:
    table = table_of(price=[None, Decimal(1)], quantity=[Decimal(1), None], occurred_at=[None])
    assembly.complete(table, VISIT)
    assert table.columns["rx_no"] == ["", ""]


def test_equal_rows_have_different_ids_and_other_rows_others() -> None:
    row = ("MZ1", Decimal("1.50"))
    ids = list(assembly.content_ids([row, row, ("MZ1", Decimal("1.51")), ("MZ1", Decimal("1.5"))]))
    assert ids[1] == f"{ids[0]}-2" and ids[3] == f"{ids[0]}-3" and ids[2][:21] != ids[0]
    assert all(one.startswith("F") and one.isascii() for one in ids)


def test_values_do_not_run_into_each_other() -> None:
    one, two = assembly.content_ids([("ab", "c"), ("a", "bc")])
    assert one != two


def test_duplicates_are_counted_within_a_visit() -> None:
    table = table_of(visit_no=["A", "B", "A", "A"], line_id=["1", "1", "1", ""])
    assembly.blame_duplicates(table, [2, 3, 4, 5])
    assert {index: [fault.field for fault in faults] for index, faults in table.faults.items()} == {
        2: ["line_id"]
    }


def test_two_empty_ids_are_not_duplicates() -> None:
    table = table_of(visit_no=["A"], line_id=["", ""])
    assembly.blame_duplicates(table, [2, 3])
    assert not table.faults


def test_only_the_wanted_rows_become_lines() -> None:
    table = table_of(line_id=["1", "2", "3"])
    assembly.complete(table, VISIT)
    assert [line.line_id for line in assembly.fee_lines(table, [0, 2])] == ["1", "3"]
    assert assembly.fee_lines(table, []) == ()


def test_the_moment_words_are_replaced_longest_first() -> None:
    lengths = [len(word) for word, _ in tables().moment_words]
    assert lengths == sorted(lengths, reverse=True)
