"""A database whose commits are layers: any earlier moment comes back, and nothing else is lost."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ManualClock
from core.domain import State
from core.journal import Draft
from core.prove import layers
from core.prove.layers import Layers, UndoneBooks
from core.prove.memory import Memory, Pulse
from core.simulator.gd.books import PLAN
from tests.helpers.journals import messages


@pytest.fixture
def conn():
    made = layers.opened()
    made.execute("CREATE TABLE t (n INTEGER)")
    made.start()
    yield made
    made.close()


def numbers(conn):
    return [row[0] for row in conn.execute("SELECT n FROM t ORDER BY n")]


def put(conn, number, end="COMMIT"):
    conn.execute("BEGIN IMMEDIATE")
    conn.execute("INSERT INTO t VALUES (?)", (number,))
    conn.execute(end)


def test_a_transaction_is_kept_or_taken_back_as_ever(conn):
    put(conn, 1)
    put(conn, 2, "ROLLBACK")
    put(conn, 3)
    assert numbers(conn) == [1, 3] and not conn.in_transaction


def test_what_is_begun_is_told_and_cannot_begin_twice(conn):
    conn.execute("BEGIN")
    assert conn.in_transaction
    with pytest.raises(sqlite3.OperationalError):
        conn.execute("BEGIN IMMEDIATE")
    conn.execute("ROLLBACK")
    assert not conn.in_transaction


def test_a_moment_comes_back_as_often_as_it_is_wanted(conn):
    put(conn, 1)
    mark = conn.keep()
    for number in (2, 3, 4):
        put(conn, number)
        assert numbers(conn) == [1, number]
        conn.back(mark)
        assert numbers(conn) == [1]


def test_a_later_moment_is_gone_once_an_earlier_one_came_back(conn):
    first = conn.keep()
    put(conn, 1)
    second = conn.keep()
    put(conn, 2)
    conn.back(second)
    assert numbers(conn) == [1]
    conn.back(first)
    assert numbers(conn) == []
    with pytest.raises(ValueError, match="not in tuple"):
        conn.back(second)


def test_what_was_open_when_a_moment_comes_back_is_not_done(conn):
    mark = conn.keep()
    conn.execute("BEGIN IMMEDIATE")
    conn.execute("INSERT INTO t VALUES (9)")
    conn.back(mark)
    assert numbers(conn) == [] and not conn.in_transaction
    put(conn, 1)
    assert numbers(conn) == [1]


@given(st.lists(st.sampled_from(["put", "lost", "keep", "back"]), max_size=25), st.data())
def test_any_walk_is_as_copies_of_the_rows_would_have_it(steps, data):
    conn: Layers = layers.opened()
    conn.execute("CREATE TABLE t (n INTEGER)")
    conn.start()
    right, kept = [], []
    for number, step in enumerate(steps):
        if step == "put":
            put(conn, number)
            right.append(number)
        elif step == "lost":
            put(conn, number, "ROLLBACK")
        elif step == "keep":
            kept.append((conn.keep(), list(right)))
        elif kept:
            place = data.draw(st.integers(0, len(kept) - 1))
            conn.back(kept[place][0])
            right = list(kept[place][1])
            del kept[place + 1 :]
        assert numbers(conn) == right
    conn.close()


def test_books_of_both_centres_go_back_whole():
    for books in (UndoneBooks(), UndoneBooks(PLAN)):
        mark = books.db.conn.keep()
        books.add("sign_in", sign_no="1", hospital="H", operator="O", day="20260302", at="1")
        assert books.one("sign_in", sign_no="1") is not None
        books.db.conn.back(mark)
        assert books.one("sign_in", sign_no="1") is None and books.serial("sign_in") == 1


# -- a journal in memory


@pytest.fixture
def memory():
    return Memory(ManualClock())


def begun(journal, clock, visit="V1"):
    draft = Draft(step="settle", visit=visit, blocks=True)
    return journal.intend(draft, messages(clock))[0]


def test_an_intent_outlives_the_desk_that_died_after_it():
    clock, living = ManualClock(), set()
    memory = Memory(clock)
    lease = Pulse("a", living)
    row = begun(memory.journal(lease), clock)
    memory.lose()
    lease.release()
    other = memory.journal(Pulse("b", living))
    assert other.transaction(row.msgid).state is State.INTENT
    assert not Pulse("c", living).alive("a")


def test_what_was_not_committed_is_lost_with_the_desk(memory):
    journal = memory.journal(Pulse("a", set()))
    memory.db.conn.execute("BEGIN IMMEDIATE")
    journal.ledger.remember("half", "1")
    memory.lose()
    assert journal.ledger.recall("half") in ("", None)
    assert not memory.db.conn.in_transaction


def test_a_journal_goes_back_to_before_a_transaction_and_numbers_begin_again(memory):
    clock = ManualClock()
    journal = memory.journal(Pulse("a", set()))
    mark = memory.keep()
    first = begun(journal, clock)
    memory.back(mark)
    with pytest.raises(KeyError):
        journal.transaction(first.msgid)
    assert begun(journal, clock).msgid == first.msgid


def test_closing_a_desk_closes_nobody_elses_memory(memory):
    journal = memory.journal(Pulse("a", set()))
    row = begun(journal, ManualClock())
    journal.close()
    assert memory.journal(Pulse("b", set())).transaction(row.msgid).msgid == row.msgid


def test_who_lives_is_known_by_the_others():
    living = set()
    one, two = Pulse("1", living), Pulse("2", living)
    assert one.alive("2") and two.others()
    two.release()
    two.release()
    assert not one.alive("2") and not one.others()
