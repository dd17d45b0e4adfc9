"""How far the journal has come, kept beside it; and whether its files are still the ones we opened.

The mark is written after each commit and never synced: it may be behind the journal, never ahead of
what is safe. A journal that lacks the marked entry has lost commits: an older copy was put in its
place, or its log was taken away.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from pathlib import Path

from core.errors import SetupError, fault
from core.journal import chain

log = logging.getLogger(__name__)
WIDTH = 100
NOTHING = (0, chain.FIRST)
LAST = "SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1"


def mark_file(journal: Path) -> Path:
    """Where the mark of a journal is kept."""
    return journal.with_suffix(".mark")


def read_mark(journal: Path) -> tuple[int, str]:
    """Number and hash of the last entry that was ever committed; (0, …) where nobody knows."""
    try:
        number, digest = mark_file(journal).read_text("ascii").split()
        return int(number), digest
    except (OSError, ValueError):
        return NOTHING


class Watermark:
    """The mark of one open journal, and the identity of its files."""

    def __init__(self, conn: sqlite3.Connection, path: Path) -> None:
        self._conn = conn
        self._path = path
        self._files = {place: _identity(place) for place in (path, Path(f"{path}-wal"))}
        self._written = NOTHING

    def still_there(self) -> None:
        """Raise ``SetupError`` where a file was deleted or replaced while we work in it.

        What is written then would be gone with the next start.
        """
        for place, known in self._files.items():
            found = _identity(place)
            if known is None:
                self._files[place] = found
            elif found != known:
                raise SetupError(fault("journal.gone_underneath", path=place))

    def note(self) -> None:
        """After a commit: write down how far the journal has come; a failure harms nobody."""
        if self._files[self._path] is None:
            return  # a journal in memory
        last = self._conn.execute(LAST).fetchone()
        if last is None or tuple(last) == self._written:
            return
        try:
            _put(mark_file(self._path), f"{last[0]} {last[1]}")
            self._written = tuple(last)
        except OSError as error:
            log.info("the mark of %s was not written: %s", self._path, error)


def _put(path: Path, text: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        os.write(file, text.ljust(WIDTH).encode("ascii"))
    finally:
        os.close(file)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
