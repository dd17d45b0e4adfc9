"""Errands on the disk: one for each caller's key, never deleted; and the feed of what happened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.domain import Amounts, State
from core.domain.errand import ErrandAnswer, ErrandState, Reason, Wish
from core.journal import Journal
from tests.helpers.journals import begin, bring

WISH = Wish(
    step="settle", visit_no="MZ1", amounts=Amounts(total=3, fund=2, personal=1), reason="因为"
)


def test_an_errand_is_kept_whole(journal: Journal, clock: ManualClock, tmp_path: Path) -> None:
    table = journal.ledger.errands
    with journal.commit():
        made = table.add("his", "key-1", WISH, clock.now())
    assert made.state is ErrandState.WAITING and made.answer is None
    assert table.of_key("his", "key-1") == table.of_number(made.number) == made
    answer = ErrandAnswer(
        ending="accepted", msgid="M1", text="好", bill_no="B", amounts=WISH.amounts,
        reasons=(Reason(code="c", text="t", field="f"),),
    )  # fmt: skip
    with journal.commit():
        table.begun(made.number, 5)
        table.ended(made.number, answer)
    journal.close()
    again = Journal(tmp_path / "journal.db", clock)
    found = again.ledger.errands.of_number(made.number)
    assert found is not None
    assert (found.state, found.entries, found.answer) == (ErrandState.ENDED, 5, answer)
    assert (found.wish, found.at) == (WISH, clock.now())
    again.close()


def test_a_key_is_one_callers_and_counts_once(journal: Journal, clock: ManualClock) -> None:
    table = journal.ledger.errands
    with journal.commit():
        first = table.add("his", "key-1", WISH, clock.now())
        other = table.add("lis", "key-1", WISH, clock.now())
    assert first.number != other.number
    with pytest.raises(sqlite3.IntegrityError), journal.commit():
        table.add("his", "key-1", WISH, clock.now())
    assert table.of_key("his", "key-2") is None and table.of_number(99) is None


def test_no_errand_is_ever_deleted(journal: Journal, clock: ManualClock) -> None:
    with journal.commit():
        journal.ledger.errands.add("his", "key-1", WISH, clock.now())
    with pytest.raises(sqlite3.DatabaseError, match="append-only"):
        journal.db.conn.execute("DELETE FROM errand")
    assert journal.ledger.errands.of_key("his", "key-1") is not None


def test_what_does_not_reach_the_disk_was_not_asked(journal: Journal, clock: ManualClock) -> None:
    class Stopped(Exception):
        pass

    with pytest.raises(Stopped), journal.commit():
        journal.ledger.errands.add("his", "key-1", WISH, clock.now())
        raise Stopped
    assert journal.ledger.errands.of_key("his", "key-1") is None


def test_what_was_sent_since_an_errand_began(journal: Journal) -> None:
    table = journal.ledger.errands
    before = bring(journal, "MZ1", State.SETTLED, step="register")
    mark = table.last_notice()
    assert table.sent_since("MZ1", mark) == []
    begin(journal, "MZ2")
    mine = begin(journal, "MZ1", step="settle")
    assert table.sent_since("MZ1", mark) == [(mine.msgid, "settle")]
    assert [msgid for msgid, _ in table.sent_since("MZ1", 0)] == [before.msgid, mine.msgid]


def test_the_feed_goes_on_from_a_number_and_leaves_out_what_is_nobodys(journal: Journal) -> None:
    table = journal.ledger.errands
    assert table.last_notice() == 0 and table.notices(0, 10) == ()
    begin(journal, "", step="sign_in")  # of no visit
    row = bring(journal, "MZ1", State.SETTLED, step="register")
    journal.note(row.msgid, "note", "一个人写的话")
    found = table.notices(0, 100)
    assert {one.visit_no for one in found} == {"MZ1"} and found[0].kind == "intent"
    assert all(one.state == "settled" and one.step == "register" for one in found)
    assert "一个人写的话" not in [one.text for one in found]
    numbers = [one.number for one in found]
    assert numbers == sorted(set(numbers))
    assert [one.number for one in table.notices(numbers[0], 100)] == numbers[1:]
    assert [one.number for one in table.notices(0, 1)] == numbers[:1]
    assert table.notices(table.last_notice(), 100) == ()
