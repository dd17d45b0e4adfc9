"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.files import whole, write_whole


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.txt"


def names(path):
    return [one.name for one in path.parent.iterdir()]


def full(*_):
    raise OSError(28, "No space left on device")


def test_a_file_comes_to_be_and_another_takes_its_place(path):
    for content in (b"first", b"", b"\x00\r\n last"):
        write_whole(path, content)
        assert path.read_bytes() == content and names(path) == ["a.txt"]


def test_it_is_on_the_disk_before_it_counts(path, monkeypatch):
    path.write_bytes(b"old")
    seen, real = [], os.fsync

    def looks(handle):
        seen.append((path.read_bytes(), os.fstat(handle).st_size))
        real(handle)

    monkeypatch.setattr(os, "fsync", looks)
    write_whole(path, b"fresh")
    assert seen == [(b"old", 5)] and path.read_bytes() == b"fresh"


@pytest.mark.parametrize(("where", "what"), [(os, "fsync"), (Path, "replace"), (Path, "open")])
def test_a_disk_that_fails_leaves_the_old_one_and_nothing_beside_it(path, monkeypatch, where, what):
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(where, what, full)
        with pytest.raises(OSError, match="No space left"):
            write_whole(path, b"fresh")
    assert path.read_bytes() == b"old" and names(path) == ["a.txt"]


def test_whoever_is_interrupted_while_writing_leaves_nothing(path):
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), whole(path) as fresh:
        fresh.write_bytes(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old" and names(path) == ["a.txt"]


def test_what_a_dead_process_left_is_written_over(path):
    path.with_suffix(".new").write_bytes(b"half of something longer")
    write_whole(path, b"fresh")
    assert path.read_bytes() == b"fresh" and names(path) == ["a.txt"]


def test_the_place_beside_it_may_be_chosen(path):
    beside = path.with_name(".a.txt.tmp")
    with whole(path, beside) as fresh:
        assert fresh == beside
        fresh.write_bytes(b"x")
        assert names(path) == [".a.txt.tmp"]
    assert names(path) == ["a.txt"]


def test_where_nothing_was_written_nothing_changes(path):
    path.write_bytes(b"old")
    with pytest.raises(FileNotFoundError), whole(path):
        pass
    assert path.read_bytes() == b"old"
    with pytest.raises(OSError):
        write_whole(path / "b.txt", b"x")  # no folder, but a file
