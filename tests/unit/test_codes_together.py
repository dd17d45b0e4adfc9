"""Code lists under hands that do several things at once, and properties of mappings over days."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.entries import Entry, key_of
from core.catalogue.mappings import Record, in_force
from core.clock import CHINA
from core.errors import Refused
from core.service.mapping import LEAST_BULK
from tests.helpers.codes import BONES, CENTRE, CHIEF, DAY, ITEMS, Lists

NOW = datetime(2026, 3, 2, 9, tzinfo=CHINA)
DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 20))
RECORDS = st.builds(
    lambda code, state, day: Record("H", code if state == "mapped" else "", state, day, "x", NOW),
    st.sampled_from(["C1", "C2", "C3"]), st.sampled_from(["mapped", "disabled", "unmapped"]), DAYS,
)  # fmt: skip


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Lists]:
    made = Lists(tmp_path)
    yield made
    made.store.close()


# many at once


def test_searching_goes_on_while_a_list_comes_in(lists: Lists) -> None:
    """A search sees the version before or the one after, never half of one."""
    lists.take("diagnosis", BONES)
    lists.catalogue.load("diagnosis")
    many = tuple(Entry(f"N{n:04}", f"骨折{n}") for n in range(1500))
    done, seen = threading.Event(), set()

    def search() -> None:
        while not done.is_set():
            seen.add(len(lists.catalogue.index("diagnosis")))
            assert lists.catalogue.find("diagnosis", "骨")

    searching = threading.Thread(target=search)
    searching.start()
    lists.take("diagnosis", many)
    lists.catalogue.load("diagnosis")
    done.set()
    searching.join()
    assert seen <= {len(BONES), len(many)}
    assert len(lists.catalogue.index("diagnosis")) == len(many)


def test_a_list_is_loaded_once_however_many_ask(lists: Lists, monkeypatch) -> None:
    lists.take("diagnosis", BONES)
    reads: list[int] = []
    read = lists.book.indexed

    def counted(name: str, number: int) -> list[tuple[Entry, str]]:
        reads.append(number)
        return read(name, number)

    monkeypatch.setattr(lists.catalogue.lists, "indexed", counted)
    asking = [threading.Thread(target=lists.catalogue.load, args=("diagnosis",)) for _ in range(8)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert reads == [1]


def test_the_same_file_from_two_desks_is_one_version(lists: Lists, tmp_path: Path) -> None:
    other = Lists(tmp_path)
    lists.book.versions("item")
    endings: list[str] = []

    def take(made: Lists) -> None:
        try:
            made.take("item", ITEMS)
            endings.append("taken")
        except Refused as error:
            endings.append(error.faults[0].key)

    threads = [threading.Thread(target=take, args=(made,)) for made in (lists, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(endings) == ["codes.same", "taken"]
    assert len(lists.book.versions("item")) == 1
    other.store.close()


def test_what_two_supervisors_write_is_all_kept(lists: Lists) -> None:
    lists.stock()
    codes = [entry.code for entry in CENTRE]

    def write(code: str) -> None:
        lists.mappings.map("H001", code, DAY, CHIEF)

    threads = [threading.Thread(target=write, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = lists.mappings.history("H001")
    assert sorted(one.centre_code for one in history) == sorted(codes)
    first = next(row for row in lists.mappings.table() if row.item.code == "H001")
    assert first.centre_code == history[0].centre_code


def test_a_file_that_is_closed_opens_again(lists: Lists) -> None:
    lists.stock()
    lists.store.close()
    lists.store.close()
    assert len(lists.mappings.table()) == len(ITEMS)


# over days


@given(st.lists(RECORDS, max_size=8), DAYS)
def test_the_last_record_whose_day_has_come_counts(records: list[Record], day: date) -> None:
    come = [one for one in records if one.valid_from <= day]
    assert in_force(records, day) is (come[-1] if come else None)


@given(st.lists(RECORDS, min_size=1, max_size=8), DAYS)
def test_a_later_record_never_changes_the_days_before_it(records: list[Record], day: date) -> None:
    newest = records[-1]
    before = newest.valid_from - timedelta(days=1)
    assert in_force(records, before) is in_force(records[:-1], before)
    assert in_force(records, max(day, newest.valid_from)) is newest


def test_suggestions_are_worked_out_anew_and_old_ones_go(lists: Lists) -> None:
    lists.stock()
    lists.mappings.suggest()
    assert set(lists.records.suggestions()) == {"h001", "h002", "h003"}
    lists.take("centre", CENTRE[:2])
    lists.mappings.suggest()
    assert set(lists.records.suggestions()) == {"h001"}


def test_only_named_items_are_suggested_for(lists: Lists) -> None:
    lists.stock()
    assert lists.mappings.suggest([ITEMS[1]]) == 1
    assert set(lists.records.suggestions()) == {key_of("H002")}


def test_what_is_mapped_is_not_suggested_again(lists: Lists) -> None:
    lists.stock()
    lists.mappings.map("H002", "C2002", DAY, CHIEF)
    lists.mappings.suggest()
    assert "h002" not in lists.records.suggestions()
    lists.mappings.accept(LEAST_BULK, DAY, CHIEF)
    found = next(row for row in lists.mappings.table() if row.item.code == "H002")
    assert found.centre_code == "C2002"


def test_a_bulk_acceptance_of_nothing_writes_nothing(lists: Lists) -> None:
    lists.stock()
    assert lists.mappings.accept(LEAST_BULK, DAY, CHIEF) == 0
    assert lists.mappings.write_all([], CHIEF) == 0
    assert lists.records.records() == {}
