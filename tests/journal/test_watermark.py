"""The mark beside a journal, and files that are taken away while we work in them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.errors import SetupError
from core.journal import Journal
from core.journal.watermark import NOTHING, WIDTH, Watermark, mark_file, read_mark
from tests.helpers.journals import begin


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    found = Journal(path, ManualClock())
    yield found
    found.close()


def last(journal: Journal) -> tuple[int, str]:
    """Number and hash of the last entry."""
    sql = "SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1"
    number, digest = journal.db.conn.execute(sql).fetchone()
    return int(number), str(digest)


def test_the_mark_follows_every_commit(journal: Journal, path: Path) -> None:
    for number in range(3):
        begin(journal, f"MZ{number}")
        assert read_mark(path) == last(journal)
    assert mark_file(path).stat().st_size == WIDTH


def test_a_shorter_mark_leaves_nothing_of_a_longer_one(path: Path) -> None:
    mark_file(path).write_text(f"{10**30} {'f' * 64}", "ascii")
    journal = Journal(path, ManualClock())
    begin(journal)
    journal.close()
    number, digest = read_mark(path)
    assert number < 10 and len(digest) == 64


@pytest.mark.parametrize(
    "content", [b"", b"12", b"a b", b"1 2 3", b"\xff\xfe", "一 二".encode(), b"1.5 abc"]
)
def test_what_is_no_mark_is_nothing(path: Path, content: bytes) -> None:
    mark_file(path).write_bytes(content)
    assert read_mark(path) == NOTHING


def test_no_file_and_a_folder_are_nothing(path: Path) -> None:
    assert read_mark(path) == NOTHING
    mark_file(path).mkdir()
    assert read_mark(path) == NOTHING


def test_a_mark_that_cannot_be_written_harms_nobody(journal: Journal, path: Path) -> None:
    mark_file(path).unlink(missing_ok=True)
    mark_file(path).mkdir()
    assert begin(journal).visit == "MZ1"
    mark_file(path).rmdir()
    begin(journal, "MZ2")
    assert read_mark(path) == last(journal)


def test_files_that_are_still_there_are_no_news(journal: Journal, path: Path) -> None:
    mark = Watermark(journal.db.conn, path)
    for number in range(3):
        before = sorted(path.parent.iterdir())
        mark.still_there()
        assert sorted(path.parent.iterdir()) == before
        assert begin(journal, f"MZ{number}").visit == f"MZ{number}"
    journal.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    mark.still_there()
    assert read_mark(path) == last(journal) != NOTHING


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_file_that_was_deleted_is_named(journal: Journal, path: Path, suffix: str) -> None:
    begin(journal)
    mark, file = Watermark(journal.db.conn, path), Path(f"{path}{suffix}")
    mark.still_there()
    kept = file.rename(file.with_name("kept"))
    with pytest.raises(SetupError, match=file.name):
        mark.still_there()
    kept.rename(file)
    mark.still_there()


def test_another_file_of_the_same_content_is_another_file(journal: Journal, path: Path) -> None:
    begin(journal)
    mark = Watermark(journal.db.conn, path)
    kept = path.rename(path.with_name("kept"))
    shutil.copyfile(kept, path)
    with pytest.raises(SetupError, match=r"journal\.db"):
        mark.still_there()
    path.unlink()
    kept.rename(path)


def test_a_side_file_that_comes_later_is_known_from_then_on(journal: Journal, path: Path) -> None:
    other = path.with_name("other.db")
    other.write_bytes(b"")
    mark = Watermark(journal.db.conn, other)
    mark.still_there()
    side = Path(f"{other}-wal")
    side.write_bytes(b"1")
    mark.still_there()
    side.rename(side.with_name("away"))
    with pytest.raises(SetupError, match=r"other\.db-wal"):
        mark.still_there()


def test_a_journal_in_memory_leaves_no_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    journal = Journal(Path(":memory:"), ManualClock())
    begin(journal)
    journal.close()
    assert list(tmp_path.iterdir()) == []
