"""Outcomes that wait for the next intent: never lost unseen, always on the disk before a call."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.domain import State
from core.errors import SetupError
from core.journal import Journal, Lease, OpenTransaction
from core.journal.store import Change
from tests.helpers.journals import begin, child, draft, ended, messages, said

DONE = [State.ACCEPTED, State.SETTLED]


def on_disk(journal: Journal) -> dict[str, str]:
    """Visits and states as another process sees them."""
    with closing(sqlite3.connect(journal.path)) as other:
        return dict(other.execute("SELECT visit, state FROM txn").fetchall())


def settle(journal: Journal, visit: str, effect: Callable[..., None] | None = None) -> str:
    row = begin(journal, visit)
    journal.change(row.msgid, Change(DONE, [("outcome", "成功", "")], effect=effect))
    return row.msgid


def spoil(journal: Journal) -> None:
    """Let every further page be refused, as a full disk does."""
    pages = journal.db.conn.execute("PRAGMA page_count").fetchone()[0]
    journal.db.conn.execute(f"PRAGMA max_page_count = {pages}")


def test_alone_every_outcome_is_on_the_disk_at_once(journal: Journal) -> None:
    settle(journal, "A")
    assert on_disk(journal) == {"A": "settled"}


def test_together_an_outcome_comes_with_the_next_intent(journal: Journal) -> None:
    with journal.together():
        settle(journal, "A")
        assert on_disk(journal) == {"A": "intent"}
        assert [row.state for row in journal.all()] == [State.SETTLED]
        begin(journal, "B")
        assert on_disk(journal) == {"A": "settled", "B": "intent"}


def test_the_intent_is_on_the_disk_before_intend_returns_whatever_waits(journal: Journal) -> None:
    with journal.together():
        for visit in "ABC":
            row = begin(journal, visit)
            assert on_disk(journal)[visit] == "intent"
            journal.change(row.msgid, Change(DONE))


def test_the_end_of_together_commits_what_waits(journal: Journal) -> None:
    with journal.together():
        settle(journal, "A")
    assert on_disk(journal) == {"A": "settled"}
    assert journal.verify() is None


def test_it_is_committed_also_when_the_work_breaks_off(journal: Journal) -> None:
    with pytest.raises(ZeroDivisionError), journal.together():
        settle(journal, "A")
        raise ZeroDivisionError
    assert on_disk(journal) == {"A": "settled"}


def test_several_changes_may_wait(journal: Journal) -> None:
    with journal.together():
        row = begin(journal, "A")
        journal.change(row.msgid, Change([State.ACCEPTED]))
        journal.change(row.msgid, Change([State.SETTLED]))
        assert on_disk(journal) == {"A": "intent"}
    assert on_disk(journal) == {"A": "settled"}


def test_a_refused_intent_leaves_what_waits_untouched(journal: Journal) -> None:
    begin(journal, "B")
    with journal.together():
        settle(journal, "A")
        with pytest.raises(OpenTransaction):
            begin(journal, "B")
        assert on_disk(journal)["A"] == "intent"
    assert on_disk(journal) == {"A": "settled", "B": "intent"}
    assert journal.entry_count() == 3


def test_a_failing_effect_leaves_what_waits_untouched(journal: Journal) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError

    with journal.together():
        settle(journal, "A")
        row = begin(journal, "B")
        journal.change(row.msgid, Change([State.ACCEPTED]))
        with pytest.raises(ZeroDivisionError):
            journal.change(row.msgid, Change([State.SETTLED], effect=broken))
    assert on_disk(journal) == {"A": "settled", "B": "accepted"}


def test_another_thread_never_waits_and_takes_along_what_does(journal: Journal) -> None:
    with journal.together():
        settle(journal, "A")
        other = threading.Thread(target=settle, args=(journal, "B"))
        other.start()
        other.join()
        assert on_disk(journal) == {"A": "settled", "B": "settled"}
    assert journal.verify() is None


def test_a_disk_that_fails_loses_no_outcome_unseen(tmp_path: Path, clock: ManualClock) -> None:
    lease = Lease(tmp_path / "leases")
    journal = Journal(tmp_path / "journal.db", clock, lease)
    text = '{"body": "' + "满" * 20_000 + '"}'
    with journal.together():
        waiting = settle(journal, "A")
        spoil(journal)
        with pytest.raises(SetupError):
            journal.intend(draft("B"), messages(clock, text=text))
        journal.db.conn.execute("PRAGMA max_page_count = 1000000")
    assert on_disk(journal) == {"A": "intent"}
    assert [row.msgid for row in journal.left_behind()] == [waiting]
    journal.change(waiting, Change([State.UNKNOWN]))
    assert journal.left_behind() == []
    journal.close()
    lease.release()


def test_a_disk_that_fails_at_the_end_says_that_the_centre_may_have_it(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    lease = Lease(tmp_path / "leases")
    journal = Journal(tmp_path / "journal.db", clock, lease)
    with pytest.raises(SetupError) as failed, journal.together():
        waiting = settle(journal, "A")
        monkeypatch.setattr(journal._commits, "_commit", fail)
    assert failed.value.faults[0].key == "journal.outcome_lost"
    assert [row.msgid for row in journal.left_behind()] == [waiting]
    journal.close()
    lease.release()


DYING = """
import os, sys
from pathlib import Path
from core.clock import ManualClock
from core.domain import State
from core.journal import Journal, Lease
from core.journal.store import Change
from tests.helpers.journals import begin
folder = Path(sys.argv[1])
journal = Journal(folder / "journal.db", ManualClock(), Lease(folder / "leases"))
with journal.together():
    row = begin(journal, "A")
    journal.change(row.msgid, Change([State.ACCEPTED, State.SETTLED]))
    sys.stdout.write(row.msgid + "\\n")
    sys.stdout.flush()
    os.kill(os.getpid(), 9)
"""


def test_a_process_that_dies_while_an_outcome_waits_leaves_its_intent(
    tmp_path: Path, clock: ManualClock
) -> None:
    other = child(DYING, tmp_path)
    msgid = said(other)
    assert ended(other) == -9
    lease = Lease(tmp_path / "leases")
    journal = Journal(tmp_path / "journal.db", clock, lease)
    assert [row.msgid for row in journal.left_behind()] == [msgid]
    assert journal.verify() is None
    journal.close()
    lease.release()
