"""The journal's file goes wrong while the desk works, or between two starts."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from core.app import Desk
from core.errors import DeskError, SetupError
from core.journal import store
from core.outcome import Accepted
from tests.helpers.agreement import assert_agree
from tests.helpers.flows import brought, do, settled
from tests.helpers.inprocess import World

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps an open file")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "home")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program holds the file for itself."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def nothing_sent(world: World, desk: Desk, visit_no: str, says: str) -> None:
    """A settlement is refused with a sentence before anything leaves."""
    sent = len(world.gateway.sent)
    with pytest.raises(DeskError, match=says):
        do(desk, "settle", visit_no)
    assert world.gateway.sent[sent:] == []


def test_a_journal_another_program_holds_stops_nothing_half_way(world, monkeypatch):
    monkeypatch.setattr(store, "BUSY_MS", 50)
    with world.desk() as desk:
        visit_no = brought(desk, "settle")
        with locked(desk.journal.path):
            nothing_sent(world, desk, visit_no, "locked")
        assert isinstance(do(desk, "settle", visit_no).outcome, Accepted)
        assert_agree(desk, world.books(), visit_no)


def test_a_journal_that_may_only_be_read(world):
    with world.desk() as desk:
        visit_no = brought(desk, "settle")
        desk.journal.db.execute("PRAGMA query_only = 1")
        nothing_sent(world, desk, visit_no, "readonly")
        assert desk.visits.read(visit_no).presettlement is not None
        desk.journal.db.execute("PRAGMA query_only = 0")
        assert isinstance(do(desk, "settle", visit_no).outcome, Accepted)


@posix
@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_journal_deleted_under_our_feet_stops_the_desk(world, suffix):
    with world.desk() as desk:
        visit_no = brought(desk, "settle")
        Path(f"{desk.journal.path}{suffix}").unlink()
        nothing_sent(world, desk, visit_no, "删除或替换")
    with world.desk() as desk:  # without its log the file is whole: closing folded the log in
        assert bool(desk.safekeeping.blocked) is (suffix == "")


@posix
def test_a_journal_replaced_under_our_feet_stops_the_desk(world):
    with world.desk() as desk:
        visit_no = brought(desk, "settle")
        copy = desk.journal.path.with_suffix(".copy")
        shutil.copyfile(desk.journal.path, copy)
        copy.replace(desk.journal.path)
        nothing_sent(world, desk, visit_no, "删除或替换")
    assert not any(row["visit_no"] == visit_no for row in world.books()["settlements"])
    with world.desk() as desk:  # beside the copy its log was left, so it is whole
        assert desk.safekeeping.blocked == "" and desk.journal.verify() is None
        assert isinstance(do(desk, "settle", visit_no).outcome, Accepted)
        assert_agree(desk, world.books(), visit_no)


def test_a_page_that_rots_while_the_desk_works_is_a_sentence(world, strays):
    strays.expected = ("malformed",)
    with world.desk() as desk:
        visit_no = brought(desk, "settle")
        desk.journal.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        data = bytearray(desk.journal.path.read_bytes())
        data[4096:] = bytes(len(data) - 4096)
        with desk.journal.path.open("r+b") as file:
            file.write(data)
        desk.journal.db.execute("PRAGMA shrink_memory")
        with pytest.raises((DeskError, sqlite3.DatabaseError)):
            do(desk, "settle", visit_no)
    with world.desk() as desk:
        assert "日志" in desk.safekeeping.blocked


def test_a_log_that_was_lost_with_its_commits_is_noticed(world, tmp_path):
    with world.desk() as desk:
        visit_no = settled(desk)
        shutil.copytree(world.home, tmp_path / "crashed")  # as after a power cut: not closed
    crashed = World(tmp_path / "crashed")
    crashed.gateway, crashed.clock = world.gateway, world.clock
    world.clock.advance(60)
    for name in ("journal.db-wal", "journal.db-shm"):
        (crashed.home / "training" / name).unlink(missing_ok=True)
    with crashed.desk() as desk:
        assert desk.safekeeping.blocked
        with pytest.raises(DeskError):
            do(desk, "settle", brought(desk, "settle"))
        [found] = desk.health.compare().only_there
        assert found.visit_no == visit_no


def test_a_restored_backup_is_found_older_and_the_comparison_explains_it(world):
    with world.desk() as desk:
        before = settled(desk)
        backup = desk.safekeeping.backup()
        after = settled(desk)
    world.clock.advance(60)
    shutil.copyfile(backup, world.home / "training" / "journal.db")
    with world.desk() as desk:
        assert desk.safekeeping.blocked
        there = [row.visit_no for row in desk.health.compare().only_there]
        assert after in there and before not in there


@pytest.mark.parametrize("seconds", [-3 * 3600, 3 * 3600])
def test_a_clock_that_was_set_moves_no_money_until_it_is_right(world, seconds):
    with world.desk() as desk:
        visit_no = brought(desk, "settle")
        world.order("CLOCK", offset=-seconds)  # the centre stays where it was
        world.clock.advance(seconds)
        desk.session.compare_clocks()
        nothing_sent(world, desk, visit_no, "时间|时钟")
        world.clock.advance(-seconds)
        world.order("CLOCK", offset=0)
        desk.session.compare_clocks()
        assert isinstance(do(desk, "settle", visit_no).outcome, Accepted)
        assert_agree(desk, world.books(), visit_no)


def test_another_time_zone_of_the_machine_changes_nothing(world, monkeypatch):
    import time

    with world.desk() as desk:
        visit_no = settled(desk)
        shown = desk.history.settlements(visit_no)
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        with world.desk() as desk:
            assert desk.history.settlements(visit_no) == shown
            another = settled(desk)
            assert_agree(desk, world.books(), another)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_journal_that_cannot_be_opened_is_a_sentence(world):
    (world.home / "training" / "journal.db").mkdir(parents=True)
    with pytest.raises(SetupError):
        world.desk()
