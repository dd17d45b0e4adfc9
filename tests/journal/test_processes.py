"""Several processes on one file: leases tell the living from the dead, the index rules them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.clock import ManualClock
from core.domain import State
from core.errors import SetupError
from core.journal import Journal, Lease, OpenTransaction
from tests.helpers.journals import begin, bring, child, ended, killed, said

HEAD = """
import sys
from pathlib import Path
from core.clock import ManualClock
from core.journal import Journal, Lease, OpenTransaction
from tests.helpers.journals import begin
folder = Path(sys.argv[1])
lease = Lease(folder / "leases")
journal = Journal(folder / "journal.db", ManualClock(), lease)
def say(text):
    sys.stdout.write(text + "\\n")
    sys.stdout.flush()
"""
HOLD = HEAD + "say(begin(journal, sys.argv[2]).msgid)\nsys.stdin.readline()\n"
MANY = (
    HEAD
    + """
say("ready")
sys.stdin.readline()
won = 0
for number in range(int(sys.argv[2])):
    try:
        begin(journal, f"MZ{number}")
        won += 1
    except OpenTransaction:
        pass
say(str(won))
journal.close()
lease.release()
"""
)


def test_an_intent_of_a_killed_process_is_left_behind(tmp_path: Path, clock: ManualClock) -> None:
    other = child(HOLD, tmp_path, "MZ1")
    msgid = said(other)
    lease = Lease(tmp_path / "leases")
    journal = Journal(tmp_path / "journal.db", clock, lease)
    assert journal.left_behind() == []
    assert lease.others()
    killed(other)
    assert [row.msgid for row in journal.left_behind()] == [msgid]
    assert not lease.others()
    with pytest.raises(OpenTransaction):
        begin(journal, "MZ1")
    journal.close()
    lease.release()


def test_an_intent_of_a_process_that_ended_by_itself_is_left_behind(
    tmp_path: Path, clock: ManualClock
) -> None:
    other = child(HOLD, tmp_path, "MZ1")
    msgid = said(other)
    assert ended(other) == 0
    lease = Lease(tmp_path / "leases")
    journal = Journal(tmp_path / "journal.db", clock, lease)
    assert [row.msgid for row in journal.left_behind()] == [msgid]
    journal.close()
    lease.release()


def test_our_own_intents_are_not_left_behind_and_answered_ones_never(
    tmp_path: Path, clock: ManualClock
) -> None:
    lease = Lease(tmp_path / "leases")
    journal = Journal(tmp_path / "journal.db", clock, lease)
    begin(journal, "MZ1")
    bring(journal, "MZ2", State.UNKNOWN)
    assert journal.left_behind() == []
    journal.close()
    lease.release()
    without = Journal(tmp_path / "journal.db", clock)
    assert [row.visit for row in without.left_behind()] == ["MZ1"]
    without.close()


def test_two_processes_share_a_file_and_no_visit_is_begun_twice(
    tmp_path: Path, clock: ManualClock
) -> None:
    visits = 40
    others = [child(MANY, tmp_path, visits) for _ in range(2)]
    assert [said(other) for other in others] == ["ready", "ready"]
    for other in others:
        assert other.stdin is not None
        other.stdin.write("\n")
        other.stdin.flush()
    won = [int(said(other)) for other in others]
    assert [ended(other) for other in others] == [0, 0]
    journal = Journal(tmp_path / "journal.db", clock)
    rows = journal.all()
    journal_is_whole = journal.verify() is None
    journal.close()
    assert sum(won) == len(rows) == visits
    assert len({row.msgid for row in rows}) == visits
    assert journal_is_whole


def test_a_lease_lives_as_long_as_its_process(tmp_path: Path) -> None:
    one, other = Lease(tmp_path), Lease(tmp_path)
    assert one.alive(one.token)
    assert one.alive(other.token)
    assert other.others()
    token = other.token
    other.release()
    assert not one.alive(token)
    assert not one.others()
    one.release()
    one.release()
    assert list(tmp_path.glob("*.lock")) == []


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file in the way")
    with pytest.raises(SetupError, match="home"):
        Lease(tmp_path / "home" / "leases")


@pytest.mark.parametrize("token", ["", "nobody"])
def test_a_token_nobody_holds_is_dead(tmp_path: Path, token: str) -> None:
    lease = Lease(tmp_path)
    assert not lease.alive(token)
    lease.release()


def test_a_dead_lease_is_swept_when_asked_for(tmp_path: Path) -> None:
    lease = Lease(tmp_path)
    (tmp_path / "gone.lock").touch()
    assert not lease.others()
    assert (tmp_path / "gone.lock").exists()
    assert not lease.alive("gone")
    assert not (tmp_path / "gone.lock").exists()
    lease.release()
