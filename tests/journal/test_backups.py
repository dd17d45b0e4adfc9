"""Thirty generations, whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.errors import SetupError
from core.journal import backups as module
from core.journal.backups import GENERATIONS, Backups
from tests.helpers.journals import written


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A closed journal."""
    with written(tmp_path / "desk") as path:
        return path


def names(kept: Backups) -> list[str]:
    return [item.path.name for item in kept.all()]


def test_names_tell_moment_order_and_kind(tmp_path: Path, source: Path, clock: ManualClock) -> None:
    kept = Backups(tmp_path / "b", clock)
    kept.take(source, "start")
    kept.take(source, "demand")
    clock.advance(61)
    kept.take(source, "end")
    assert names(kept) == [
        "journal-20260302-090000-000-start.db", "journal-20260302-090000-001-demand.db",
        "journal-20260302-090101-000-end.db",
    ]  # fmt: skip
    newest = kept.newest()
    assert newest is not None
    assert (newest.kind, newest.made) == ("end", clock.now())
    assert kept.of_day(clock.now().date())
    assert not kept.of_day(clock.now().date() + timedelta(days=1))


def test_thirty_are_kept_and_strangers_left_alone(
    tmp_path: Path, source: Path, clock: ManualClock
) -> None:
    kept = Backups(tmp_path / "b", clock)
    first = kept.take(source, "start")
    for name in ("journal-old.db", "notes.txt", "journal-20260302-xx-000-start.db"):
        (kept.folder / name).write_text("mine")
    for _ in range(GENERATIONS + 4):
        clock.advance(3600)
        kept.take(source, "demand")
    assert len(kept.all()) == GENERATIONS
    assert not first.exists()
    assert (kept.folder / "notes.txt").read_text() == "mine"
    assert (kept.folder / "journal-old.db").exists()


def test_no_copies_no_newest(tmp_path: Path, clock: ManualClock) -> None:
    assert Backups(tmp_path / "none", clock).newest() is None
    assert Backups(tmp_path / "none", clock).all() == ()


def test_a_half_made_copy_is_none(
    tmp_path: Path, source: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError("disk full")

    kept = Backups(tmp_path / "b", clock)
    monkeypatch.setattr(module, "_copy", fail)
    with pytest.raises(SetupError, match="disk full"):
        kept.take(source, "start")
    assert kept.all() == ()
    monkeypatch.undo()
    kept.take(source, "start")
    assert len(kept.all()) == 1
    assert not list(kept.folder.glob("*.part"))


def test_a_copy_of_a_damaged_file_is_not_kept(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "bad.db").write_bytes(b"rubbish" * 1000)
    kept = Backups(tmp_path / "b", clock)
    with pytest.raises(SetupError):
        kept.take(tmp_path / "bad.db", "start")
    assert kept.all() == ()


def test_a_copy_is_a_whole_database(tmp_path: Path, source: Path, clock: ManualClock) -> None:
    path = Backups(tmp_path / "b", clock).take(source, "start")
    with closing(sqlite3.connect(path)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert copy.execute("SELECT count(*) FROM txn").fetchone()[0] == 3
