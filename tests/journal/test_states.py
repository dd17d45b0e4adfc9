"""The state table: every move it has is possible, every other is a programming error."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from core.clock import ManualClock
from core.domain import CLOSED_STATES, OPEN_STATES, State
from core.domain.transaction import NEXT_STATES
from core.journal import Journal
from core.journal.store import Change, after, due
from tests.helpers.journals import bring

PAIRS = list(product(sorted(State), sorted(State)))
# architecture.md "States", written out once more by hand
TABLE = {
    "intent": {"accepted", "rejected", "not_sent", "unknown"},
    "unknown": {"accepted", "voiding", "void", "manual"},
    "accepted": {"settled", "voiding"},
    "voiding": {"void", "manual"},
    "manual": {"accepted", "voiding", "void"},
    "settled": set(), "rejected": set(), "not_sent": set(), "void": set(),
}  # fmt: skip


def test_the_table_is_the_one_of_the_architecture() -> None:
    assert {str(state): {str(n) for n in after} for state, after in NEXT_STATES.items()} == TABLE


def test_closed_states_lead_nowhere_and_open_ones_somewhere() -> None:
    assert all(not NEXT_STATES[state] for state in CLOSED_STATES)
    assert all(NEXT_STATES[state] for state in OPEN_STATES)
    assert not CLOSED_STATES & OPEN_STATES
    assert set(State) == CLOSED_STATES | OPEN_STATES


@pytest.mark.parametrize(("here", "there"), PAIRS)
def test_every_move(journal: Journal, here: State, there: State) -> None:
    row = bring(journal, "MZ1", here)
    assert row.state is here
    if there in NEXT_STATES[here]:
        assert journal.change(row.msgid, Change([there])).state is there
    else:
        with pytest.raises(ValueError, match="no way"):
            journal.change(row.msgid, Change([there], [("note", "不该有", "")]))
        there = here
        assert all(entry.kind == "intent" for entry in journal.entries(row.msgid))
    assert journal.transaction(row.msgid).state is there


def test_a_road_is_checked_at_every_step(journal: Journal) -> None:
    row = bring(journal, "MZ1", State.INTENT)
    with pytest.raises(ValueError, match="no way"):
        journal.change(row.msgid, Change([State.UNKNOWN, State.SETTLED]))
    assert journal.transaction(row.msgid).state is State.INTENT


def test_a_state_the_table_does_not_know_is_refused_by_the_file(journal: Journal) -> None:
    row = bring(journal, "MZ1", State.INTENT)
    with pytest.raises(Exception, match="CHECK"):
        journal.db.conn.execute("UPDATE txn SET state = 'lost' WHERE msgid = ?", (row.msgid,))


def test_a_change_without_a_state_stays_and_remembers(journal: Journal) -> None:
    row = bring(journal, "MZ1", State.UNKNOWN)
    changed = journal.change(row.msgid, Change(notes=[("look", "没有答复", "")], attempts=3))
    assert (changed.state, changed.attempts) == (State.UNKNOWN, 3)
    assert journal.change(row.msgid, Change(known="")).known == ""


def test_a_transaction_nobody_knows_is_a_key_error(journal: Journal) -> None:
    with pytest.raises(KeyError):
        journal.change("nobody", Change([State.ACCEPTED]))
    with pytest.raises(KeyError):
        journal.transaction("nobody")


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 0), (1, 5), (2, 15), (3, 60), (4, 60), (999, 60)]
)
def test_the_waits_grow_and_then_stay(clock: ManualClock, attempts: int, seconds: int) -> None:
    now = clock.now()
    assert after(now, (5, 15, 60), attempts) - now == timedelta(seconds=seconds)


def test_a_row_is_due_when_its_time_has_come(journal: Journal, clock: ManualClock) -> None:
    row = bring(journal, "MZ1", State.UNKNOWN)
    assert due(row, clock.now())
    later = journal.change(row.msgid, Change(next_try=clock.now() + timedelta(seconds=5)))
    assert not due(later, clock.now())
    clock.advance(5)
    assert due(later, clock.now())
