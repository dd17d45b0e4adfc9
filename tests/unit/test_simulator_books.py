"""The books: rows found and changed, all or nothing, kept over a restart, told as plain values."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from core.simulator.books import TABLES, VERSION, Books
from core.simulator.office import Office, in_order
from core.simulator.wire import Call, Refusal
from core.simulator.world import read_table
from tests.helpers.centre import Counter, line


@pytest.fixture
def books(tmp_path: Path) -> Any:
    books = Books(tmp_path / "deep" / "centre.sqlite")
    yield books
    books.close()


def sign_in(books: Books, number: str, **changes: str) -> int:
    """A row of the smallest table with constraints."""
    row = {"hospital": "H", "operator": "1", "day": "20260302", "at": "20260302090000"}
    return books.add("sign_in", sign_no=number, **(row | changes))


def test_rows_are_found_by_any_columns_oldest_first(books: Books) -> None:
    for number, operator in (("a", "1"), ("b", "2"), ("c", "1")):
        sign_in(books, number, operator=operator)
    assert [row["sign_no"] for row in books.find("sign_in", operator="1")] == ["a", "c"]
    assert [row["sign_no"] for row in books.find("sign_in")] == ["a", "b", "c"]
    assert books.find("sign_in", operator="1", day="x") == []


def test_one_is_the_newest_or_nothing(books: Books) -> None:
    assert books.one("sign_in") is None
    sign_in(books, "a")
    sign_in(books, "b")
    found = books.one("sign_in", hospital="H")
    assert found is not None and found["sign_no"] == "b"


def test_nothing_is_found_as_nothing(books: Books) -> None:
    counter = Counter()
    counter.settled()
    assert counter.books.find("line", settlement_id=None) == []
    counter.cancel(keep="1")
    assert len(counter.books.find("line", settlement_id=None)) == 2


def test_rows_are_changed_one_or_many(books: Books) -> None:
    first, _ = sign_in(books, "a"), sign_in(books, "b")
    books.change("sign_in", first, ended_at="1")
    assert [row["ended_at"] for row in books.find("sign_in")] == ["1", ""]
    books.change_all("sign_in", {"hospital": "H", "ended_at": ""}, ended_at="2", day="x")
    assert [row["ended_at"] for row in books.find("sign_in")] == ["1", "2"]


def test_a_serial_is_the_next_number(books: Books) -> None:
    assert books.serial("sign_in") == 1
    assert sign_in(books, "a") == 1
    assert books.serial("sign_in") == 2


def test_all_or_nothing(books: Books) -> None:
    with pytest.raises(ZeroDivisionError), books.atomic():
        sign_in(books, "a")
        raise ZeroDivisionError
    assert books.find("sign_in") == []


def test_the_inner_part_may_fail_alone(books: Books) -> None:
    with books.atomic():
        sign_in(books, "a")
        with pytest.raises(ZeroDivisionError), books.atomic():
            sign_in(books, "b")
            raise ZeroDivisionError
    assert [row["sign_no"] for row in books.find("sign_in")] == ["a"]


@pytest.mark.parametrize("value", ["", "990010001", {"page_size": 3}, None, True, 7])
def test_settings_outlive_the_process(tmp_path: Path, value: Any) -> None:
    file = tmp_path / "centre.sqlite"
    first = Books(file)
    assert first.setting("x", "default") == "default"
    first.set("x", "before")
    first.set("x", value)
    first.close()
    second = Books(file)
    assert second.setting("x", "default") == value
    second.close()


def test_the_books_refuse_what_must_not_be(books: Books) -> None:
    sign_in(books, "a")
    with pytest.raises(sqlite3.IntegrityError):
        sign_in(books, "a")
    with pytest.raises(sqlite3.IntegrityError):
        books.add("line", visit_id=99)


def test_two_live_visits_of_one_number_are_impossible() -> None:
    counter = Counter()
    counter.register()
    row = counter.books.find("visit")[0]
    twin = {name: value for name, value in row.items() if name != "id"}
    with pytest.raises(sqlite3.IntegrityError):
        counter.books.add("visit", **twin)
    counter.books.add("visit", **(twin | {"state": "cancelled"}))


def test_two_active_settlements_of_one_visit_are_impossible() -> None:
    counter = Counter()
    counter.settled()
    row = counter.books.find("settlement")[0]
    twin = {name: value for name, value in row.items() if name != "id"} | {"bill_no": "B2"}
    with pytest.raises(sqlite3.IntegrityError):
        counter.books.add("settlement", **twin)
    counter.books.add("settlement", **(twin | {"cancelled_by": "X"}))


def test_a_dump_is_plain_json_with_plural_names(books: Books) -> None:
    dump = books.dump()
    assert set(dump) == {f"{table}s" for table in TABLES}
    assert json.loads(json.dumps(dump)) == dump


def test_the_version_is_in_the_file(books: Books) -> None:
    assert books.rows("PRAGMA user_version")[0]["user_version"] == VERSION


def test_every_call_leaves_a_line() -> None:
    counter = Counter()
    counter.register()
    refused = counter.refused("2202", {"ipt_otp_no": "MZ9"})
    calls = counter.books.find("call")
    assert [(row["code"], row["infcode"]) for row in calls] == [
        ("9001", 0),
        ("2201", 0),
        ("2202", -1),
    ]
    assert calls[2]["text"] == refused
    assert calls[2]["msgid"] == counter.teller.msgid


def test_a_refused_call_changes_nothing_else() -> None:
    counter = Counter()
    counter.register()
    before = counter.books.dump(table for table in TABLES if table != "call")
    rows = [line(counter.now, number=f"L{n}") for n in range(3)]
    counter.refused("2204", [*rows, line(counter.now, number="L9", code="X1")])
    assert counter.books.dump(table for table in TABLES if table != "call") == before


# --- the office ---------------------------------------------------------------------------------


def test_habits_come_from_the_table_and_the_books(books: Books) -> None:
    office = Office(books)
    assert office.rules == read_table("simulator_rules")
    office.rule("page_size", 7)
    office.rule("batch", 3)
    assert Office(books).rules["page_size"] == 7
    assert Office(books).rules["batch"] == 3
    assert read_table("simulator_rules")["page_size"] == 50


@pytest.mark.parametrize(
    ("count", "page", "shown", "pages"),
    [(0, "", 0, 1), (5, "", 5, 1), (6, "1", 5, 2), (6, "2", 1, 2), (6, "3", 0, 2), (11, "3", 1, 3)],
)
def test_pages(books: Books, count: int, page: str, shown: int, pages: int) -> None:
    office = Office(books)
    office.rules = office.rules | {"page_size": 5}
    call = Call("9105", "", "", "", "", "", body={"pageNumber": page})
    found = office.page_of(call, [{"n": n} for n in range(count)])
    assert len(found) == shown
    assert {row["pageCount"] for row in found} <= {f"\x00{pages}"}


@pytest.mark.parametrize(("begin", "end"), [("1", "2"), ("1", "1"), ("2", ""), ("", "")])
def test_a_period_in_order(begin: str, end: str) -> None:
    in_order(begin, end)


def test_a_period_out_of_order() -> None:
    with pytest.raises(Refusal):
        in_order("2", "1")


def test_the_card_of_new_books_is_a_habit(books: Books) -> None:
    counter = Counter()
    counter.centre.office.rule("default_card", "luo")
    assert counter.done("1101")["psn_name"] == "罗秀英"
    counter.centre.office.rule("default_card", "nobody")
    assert "没有卡" in counter.refused("1101")
