"""Letters to the hospital as the journal keeps them: order of a visit, states, never taken out."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.domain import Amounts
from core.domain.writeback import LetterState, WriteBack
from core.journal import Journal

PAID = Amounts(total=300, fund=200, personal=100)
DEAD, WAITING = LetterState.DEAD, LetterState.WAITING
DELIVERED, BY_HAND = LetterState.DELIVERED, LetterState.BY_HAND


@pytest.fixture
def outbox(journal):
    return journal.ledger.outbox


def told(msgid, visit="V1", step="settle", **more):
    return WriteBack(msgid=msgid, step=step, visit_no=visit, amounts=PAID, **more)


@pytest.fixture
def enter(journal, outbox):
    """Letters entered in one commit."""

    def add(*letters):
        with journal.commit():
            for letter in letters:
                outbox.add(letter)

    return add


@pytest.fixture
def end(journal, outbox):
    def ended(msgid, state=DELIVERED):
        with journal.commit():
            outbox.ended(msgid, state)

    return ended


@pytest.fixture
def fail(journal, outbox, clock):
    def failed(msgid, state=WAITING, tries=1, wait=60):
        when = None if state is DEAD else clock.now() + timedelta(seconds=wait)
        with journal.commit():
            outbox.failed(msgid, state, tries, when, "连不上")

    return failed


def ids(letters):
    return [letter.told.msgid for letter in letters]


def test_a_letter_is_read_back_whole(outbox, enter, clock):
    letter = told("M1", bill_no="B", at=clock.now(), operator="1", corrects="M0")
    enter(letter)
    found = outbox.letter("M1")
    assert found is not None and found.told == letter
    assert (found.state, found.tries, found.error, found.behind) == (WAITING, 0, "", "")
    assert found.made == clock.now() and found.next_try is found.ended is None
    assert outbox.letter("M2") is None


def test_a_letter_entered_twice_stays_as_it_was(outbox, enter, fail):
    enter(told("M1"))
    fail("M1", tries=3)
    enter(told("M1", bill_no="OTHER"))
    found = outbox.letter("M1")
    assert (found.told.bill_no, found.tries) == ("", 3)
    assert outbox.counts() == (1, 0)


def test_only_the_first_open_letter_of_a_visit_may_go(outbox, enter, end):
    enter(told("M1"), told("M2"), told("M3", "V2"), told("M4"))
    assert ids(outbox.deliverable()) == ["M1", "M3"]
    assert [letter.behind for letter in outbox.open()] == ["", "M1", "", "M1"]
    end("M1")
    assert ids(outbox.deliverable()) == ["M2", "M3"]
    assert outbox.letter("M4").behind == "M2"


@pytest.mark.parametrize("state", [DELIVERED, BY_HAND])
def test_whatever_closes_a_letter_lets_the_next_one_go(outbox, enter, end, state):
    enter(told("M1"), told("M2"))
    end("M1", state)
    assert ids(outbox.deliverable()) == ["M2"] and outbox.letter("M2").behind == ""
    assert outbox.letter("M1").state is state


def test_a_dead_letter_holds_back_its_visit_and_nobody_else(outbox, enter, fail):
    enter(told("M1"), told("M2"), told("M3", "V2"))
    fail("M1", DEAD, tries=60)
    assert ids(outbox.deliverable()) == ["M3"] and outbox.counts() == (2, 1)
    assert outbox.letter("M2").behind == "M1"


def test_what_was_never_tried_goes_before_what_failed_and_the_longest_waiting_first(
    outbox, enter, fail
):
    enter(*(told(f"M{n}", f"V{n}") for n in range(4)))
    fail("M0", wait=600)
    fail("M1", wait=60)
    assert ids(outbox.deliverable()) == ["M2", "M3", "M1", "M0"]
    assert ids(outbox.deliverable(2)) == ["M2", "M3"]


def test_a_late_failure_does_not_open_a_closed_letter(outbox, enter, end, fail):
    """Told and noted by one desk, while another still waited for its own try to end."""
    enter(told("M1"))
    end("M1")
    fail("M1", DEAD)
    found = outbox.letter("M1")
    assert (found.state, found.error, found.tries) == (DELIVERED, "", 0)


def test_a_letter_ends_once(outbox, enter, end, clock):
    enter(told("M1"))
    end("M1", BY_HAND)
    at = clock.now()
    clock.advance(60)
    end("M1", DELIVERED)
    found = outbox.letter("M1")
    assert (found.state, found.ended) == (BY_HAND, at)


def test_a_repair_is_told_again_as_it_is_now_with_all_its_tries(journal, outbox, enter, fail, end):
    enter(told("M1"), told("M2"))
    fail("M1", tries=5)
    end("M1")
    with journal.commit():
        outbox.add_again(told("M1", bill_no="NEW"))
    found = outbox.letter("M1")
    assert (found.state, found.tries, found.told.bill_no) == (WAITING, 0, "NEW")
    assert found.ended is found.next_try is None
    assert ids(outbox.deliverable()) == ["M1"], "it keeps its place before what came later"


def test_a_repair_nobody_was_told_of_before_is_entered(journal, outbox):
    with journal.commit():
        outbox.add_again(told("R1"))
    assert ids(outbox.deliverable()) == ["R1"]


def test_closed_letters_newest_first_and_no_more_than_asked_for(outbox, enter, end):
    enter(*(told(f"M{n}") for n in range(5)))
    for n in range(4):
        end(f"M{n}")
    assert ids(outbox.closed()) == ["M3", "M2", "M1", "M0"]
    assert ids(outbox.closed(2)) == ["M3", "M2"] and ids(outbox.open()) == ["M4"]
    assert ids(outbox.open(0)) == []


def test_no_letter_is_ever_taken_out_and_no_state_is_invented(journal, outbox, enter):
    enter(told("M1"))
    with pytest.raises(sqlite3.DatabaseError, match="never taken out"):
        journal.db.conn.execute("DELETE FROM outbox")
    with pytest.raises(sqlite3.IntegrityError):
        journal.db.conn.execute("UPDATE outbox SET state = 'gone'")
    assert outbox.counts() == (1, 0)


def test_a_commit_that_fails_enters_nothing(journal, outbox):
    with pytest.raises(RuntimeError), journal.commit():
        outbox.add(told("M1"))
        raise RuntimeError
    assert outbox.letter("M1") is None and outbox.counts() == (0, 0)


def test_letters_outlive_the_desk(tmp_path):
    clock = ManualClock()
    first = Journal(tmp_path / "other.db", clock)
    with first.commit():
        first.ledger.outbox.add(told("M1"))
        first.ledger.outbox.failed("M1", WAITING, 2, clock.now(), "连不上")
    first.close()
    again = Journal(tmp_path / "other.db", clock)
    (letter,) = again.ledger.outbox.deliverable()
    assert (letter.tries, letter.error, letter.next_try) == (2, "连不上", clock.now())
    again.close()
