"""Files by their hash: kept once, read back whole, and never trusted when changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from core.errors import Refused, SetupError
from core.journal import archive
from core.journal.archive import Archive


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    kept = Archive(tmp_path / "archive")
    digest = kept.keep(b"%PDF slip")
    assert digest == hashlib.sha256(b"%PDF slip").hexdigest()
    assert kept.keep(b"%PDF slip") == digest
    assert kept.read(digest) == b"%PDF slip" and kept.holds(digest)
    assert len([path for path in (tmp_path / "archive").rglob("*") if path.is_file()]) == 1


def test_a_changed_or_missing_file_is_a_sentence(tmp_path: Path) -> None:
    kept = Archive(tmp_path)
    digest = kept.keep(b"one")
    (tmp_path / digest[:2] / digest).write_bytes(b"two")
    with pytest.raises(SetupError, match="已被改动"):
        kept.read(digest)
    with pytest.raises(SetupError, match="读不到"):
        kept.read("0" * 64)
    assert not kept.holds("0" * 64)


def test_too_large_a_file_and_a_full_disk_are_sentences(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(archive, "LARGEST", 3)
    with pytest.raises(Refused, match="3"):
        Archive(tmp_path).keep(b"four")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SetupError, match="存不下"):
        Archive(tmp_path / "file").keep(b"abc")
