"""Accounts in the journal's file: kept, changed in one commit, counted across windows."""

import threading
from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.database import Database
from core.domain import Operator, Role
from core.journal import Journal
from core.journal.operators import Account, OperatorStore, create_tables

CLOCK = ManualClock()
NOW = CLOCK.now()


def account(number: str = "1", **changes) -> Account:
    who = Operator(id=number, name="甲", role=Role.CASHIER)
    return Account(who, "$argon2id$x", NOW, **changes)


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "journal.db", CLOCK)
    yield made
    made.close()


@pytest.fixture
def store(journal) -> OperatorStore:
    return OperatorStore(journal)


def test_what_is_added_comes_back_whole(store) -> None:
    full = account(
        history=("a", "b"), failures=3, locked_until=NOW + timedelta(minutes=1), seen_at=NOW,
        disabled=True, training=True,
    )  # fmt: skip
    assert store.add(full) and store.add(account("2"))
    assert store.all() == [full, account("2")]
    assert store.get("1") == full and store.get("3") is None


def test_an_id_is_taken_once_in_any_case(store) -> None:
    assert store.add(account("abc"))
    assert not store.add(account("ABC", failures=9))
    assert store.get("Abc") == account("abc")


def test_a_change_touches_what_it_names(store) -> None:
    store.add(account(history=("a",)))
    changed = store.change("1", disabled=True, failures=2)
    assert changed == store.get("1") == account(history=("a",), disabled=True, failures=2)


def test_nobody_cannot_be_changed(store) -> None:
    with pytest.raises(KeyError):
        store.change("9", disabled=True)
    with pytest.raises(KeyError):
        store.count_failure("9", 5, NOW)


def test_a_strange_field_is_a_mistake_and_changes_nothing(store) -> None:
    store.add(account())
    with pytest.raises(TypeError):
        store.change("1", nonsense=True)
    assert store.get("1") == account()


def test_failures_lock_at_the_limit_and_begin_anew(store) -> None:
    store.add(account())
    until = NOW + timedelta(minutes=15)
    assert [store.count_failure("1", 3, until).failures for _ in range(2)] == [1, 2]
    locked = store.count_failure("1", 3, until)
    assert (locked.failures, locked.locked_until) == (0, until)


def test_no_failure_is_lost_between_threads(store) -> None:
    store.add(account())
    threads = [
        threading.Thread(target=lambda: [store.count_failure("1", 999, NOW) for _ in range(10)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get("1").failures == 40


def test_two_windows_see_the_same_accounts(store, tmp_path) -> None:
    store.add(account())
    other = Journal(tmp_path / "journal.db", CLOCK)
    try:
        second = OperatorStore(other)
        second.change("1", disabled=True)
        assert store.get("1").disabled
    finally:
        other.close()


def test_making_the_table_twice_keeps_everybody(store, journal) -> None:
    store.add(account())
    create_tables(journal.db)
    assert OperatorStore(journal).all() == [account()]


def test_the_table_can_be_made_anywhere() -> None:
    db = Database(memory=True)
    create_tables(db)
    assert db["operator"].columns_dict["id"] is str
    db.close()


def test_the_table_is_no_part_of_the_chain(store, journal) -> None:
    store.add(account())
    assert journal.verify() is None and journal.all() == []
