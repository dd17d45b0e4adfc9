"""Versions of a list: kept, compared, in force by day, brought back, and nothing overwritten."""

from __future__ import annotations

import sqlite3
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue.entries import Entry, by_key, difference, key_of
from core.catalogue.store import SCHEMA, CodeStore
from core.catalogue.versions import MOST_ROWS, ListBook
from core.clock import ManualClock
from core.errors import InvalidInput, Refused, SetupError
from tests.helpers.codes import BONES, DAY, Lists

MONTH = timedelta(days=30)


@pytest.fixture
def lists(tmp_path: Path):
    made = Lists(tmp_path)
    yield made
    made.store.close()


def keys(error: pytest.ExceptionInfo) -> list[str]:
    return [item.key for item in error.value.faults]


def test_nothing_is_there_and_nothing_is_made_by_looking(lists: Lists) -> None:
    assert lists.book.versions("diagnosis") == ()
    assert lists.book.in_force("diagnosis", DAY) is None
    assert lists.book.compare("diagnosis", BONES).added == BONES
    assert lists.book.newest("centre", "x") is None
    assert not lists.store.path.exists()


def test_the_first_version(lists: Lists) -> None:
    made = lists.book.take("diagnosis", BONES, DAY, "信息科", "icd.csv", "ab")
    assert (made.number, made.rows, made.added, made.changed, made.gone) == (1, 5, 5, 0, 0)
    assert (made.author, made.source, made.digest) == ("信息科", "icd.csv", "ab")
    assert made.made == lists.clock.now()
    assert lists.book.versions("diagnosis") == (made,)
    assert set(lists.book.entries("diagnosis", 1)) == set(BONES)
    assert lists.book.versions("item") == ()


def test_a_second_version_keeps_the_first(lists: Lists) -> None:
    lists.take("diagnosis", BONES)
    renamed = BONES[0]._replace(name="锁骨闭合性骨折")
    after = (renamed, *BONES[2:], Entry("T99", "新的"))
    made = lists.book.take("diagnosis", after, DAY + MONTH, "主管", "b.csv")
    assert (made.number, made.added, made.changed, made.gone) == (2, 1, 1, 1)
    assert set(lists.book.entries("diagnosis", 1)) == set(BONES)
    assert set(lists.book.entries("diagnosis", 2)) == set(after)
    change = lists.book.difference("diagnosis", 2)
    assert change.added == (Entry("T99", "新的"),)
    assert change.changed == ((BONES[0], renamed),)
    assert change.gone == (BONES[1],)
    assert [one.number for one in lists.book.versions("diagnosis")] == [2, 1]


def test_the_version_of_a_day(lists: Lists) -> None:
    lists.take("diagnosis", BONES)
    lists.take("diagnosis", BONES[1:], DAY + MONTH)
    book = lists.book
    assert book.in_force("diagnosis", DAY - timedelta(days=1)) is None
    assert book.in_force("diagnosis", DAY).number == 1
    assert book.in_force("diagnosis", DAY + MONTH - timedelta(days=1)).number == 1
    assert book.in_force("diagnosis", DAY + MONTH).number == 2


def test_an_older_version_comes_back_as_a_new_one(lists: Lists) -> None:
    lists.take("diagnosis", BONES)
    lists.take("diagnosis", BONES[:2], DAY)
    made = lists.book.restore("diagnosis", 1, DAY, "主管")
    assert (made.number, made.restores, made.added, made.rows) == (3, 1, 3, 5)
    assert set(lists.book.entries("diagnosis", 3)) == set(BONES)
    assert len(lists.book.entries("diagnosis", 2)) == 2
    with pytest.raises(Refused) as same:
        lists.book.restore("diagnosis", 3, DAY, "主管")
    assert keys(same) == ["codes.same"]
    with pytest.raises(Refused) as none:
        lists.book.restore("diagnosis", 9, DAY, "主管")
    assert keys(none) == ["codes.no_such_version"]


def test_letter_case_and_width_make_no_other_code(lists: Lists) -> None:
    assert key_of("S52.500X001") == key_of("ｓ52.500x001")
    lists.take("diagnosis", BONES)
    change = lists.book.compare("diagnosis", [BONES[2]._replace(code="S52.500X001")])
    assert len(change.changed) == 1 and not change.added


@pytest.mark.parametrize(
    ("name", "entries", "day", "key"),
    [
        ("bones", BONES, DAY, "codes.no_such_list"),
        ("diagnosis", (), DAY, "codes.empty_list"),
        ("diagnosis", BONES * (MOST_ROWS // 5 + 1), DAY, "codes.too_many"),
        ("diagnosis", BONES, date(1999, 1, 1), "codes.strange_day"),
        ("diagnosis", BONES, date(2100, 1, 1), "codes.strange_day"),
    ],
)
def test_what_is_not_taken(lists: Lists, name: str, entries: tuple, day: date, key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        lists.book.take(name, entries, day, "x", "y")
    assert keys(refused) == [key]
    assert lists.book.versions("diagnosis") == ()


def test_a_day_before_the_last_version_is_refused(lists: Lists) -> None:
    lists.take("diagnosis", BONES)
    with pytest.raises(InvalidInput) as refused:
        lists.take("diagnosis", BONES[1:], DAY - timedelta(days=1))
    assert keys(refused) == ["codes.day_before"]
    assert "2026-03-02" in str(refused.value)


def test_the_same_again_makes_no_version(lists: Lists) -> None:
    lists.take("diagnosis", BONES)
    with pytest.raises(Refused) as refused:
        lists.take("diagnosis", tuple(reversed(BONES)))
    assert keys(refused) == ["codes.same"]
    assert len(lists.book.versions("diagnosis")) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM version",
        "UPDATE version SET author = 'x'",
        "DELETE FROM entry",
        "UPDATE entry SET name = 'x'",
        "UPDATE entry SET since = 7",
        "UPDATE entry SET until = 9 WHERE until IS NOT NULL",
        "DELETE FROM mapping",
        "UPDATE mapping SET author = 'x'",
    ],
)
def test_the_file_itself_refuses_to_be_rewritten(lists: Lists, statement: str) -> None:
    lists.take("diagnosis", BONES)
    lists.take("diagnosis", BONES[1:])
    with lists.store.writing() as db:
        db.execute(
            "INSERT INTO mapping VALUES (1, 'h', 'H', 'C', 'mapped', '2026-01-01', 'x', 'y', 1, '')"
        )
    with pytest.raises(SetupError), lists.store.writing() as db:
        db.execute(statement)
    assert set(lists.book.entries("diagnosis", 1)) == set(BONES)


def test_a_failure_in_the_middle_leaves_nothing(lists: Lists, monkeypatch) -> None:
    lists.take("diagnosis", BONES)

    def broken(*_: object) -> None:
        raise RuntimeError("power")

    monkeypatch.setattr("core.catalogue.versions._keep_version", broken)
    with pytest.raises(RuntimeError):
        lists.take("diagnosis", BONES[:1])
    monkeypatch.undo()
    assert set(lists.book.entries("diagnosis", 1)) == set(BONES)
    lists.take("diagnosis", BONES[:1])
    assert len(lists.book.entries("diagnosis", 2)) == 1


def test_a_newer_file_and_a_damaged_one_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "codes.db"
    with sqlite3.connect(path) as conn:
        conn.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    conn.close()
    with pytest.raises(SetupError) as newer:
        Lists(tmp_path).book.versions("item")
    assert keys(newer) == ["codes.newer"]
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(SetupError) as damaged:
        Lists(tmp_path).book.versions("item")
    assert keys(damaged) == ["codes.unreadable"]
    assert path.read_bytes().startswith(b"no database")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SetupError) as refused, CodeStore(tmp_path / "file" / "c.db").reading():
        pass
    assert keys(refused) == ["codes.unreadable"]


def test_two_processes_begin_together_and_see_each_other(tmp_path: Path) -> None:
    one, other = Lists(tmp_path), Lists(tmp_path)
    threads = [
        threading.Thread(target=lambda made=made: made.book.versions("item") or made.store.stamp())
        for made in (one, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    before = other.store.stamp()
    one.take("diagnosis", BONES)
    assert other.store.stamp() != before
    assert len(other.book.entries("diagnosis", 1)) == 5
    one.store.close()
    other.store.close()


def test_the_stamp_never_waits_for_somebody_else(lists: Lists) -> None:
    lists.take("diagnosis", BONES)
    seen: list[object] = []
    with lists.store.reading():
        thread = threading.Thread(target=lambda: seen.append(lists.store.stamp_now()))
        thread.start()
        thread.join()
    assert seen == [None]
    assert lists.store.stamp_now() == lists.store.stamp()


ROWS = st.dictionaries(
    st.sampled_from([f"K{n}" for n in range(8)]), st.sampled_from(["甲", "乙", "丙"]), min_size=1
)


@settings(max_examples=25)
@given(st.lists(ROWS, min_size=1, max_size=5))
def test_every_version_can_be_read_again(states: list[dict[str, str]]) -> None:
    """Whatever came later, a version gives back exactly what was taken in."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        store = CodeStore(Path(folder) / "codes.db")
        book = ListBook(store, ManualClock())
        kept: list[dict[str, Entry]] = []
        for state in states:
            rows = by_key(Entry(code, name) for code, name in state.items())
            if kept and not _differ(kept[-1], rows):
                continue
            made = book.take("item", tuple(rows.values()), DAY, "x", "y")
            change = difference(kept[-1] if kept else {}, rows)
            assert (made.added, made.changed, made.gone) == tuple(
                map(len, (change.added, change.changed, change.gone))
            )
            kept.append(rows)
        for number, rows in enumerate(kept, 1):
            assert by_key(book.entries("item", number)) == rows
        store.close()


def _differ(one: dict[str, Entry], other: dict[str, Entry]) -> bool:
    return not difference(one, other).empty
