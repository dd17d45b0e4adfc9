"""When something is on the disk: one commit with fsync each, or an outcome with the next intent.

Within ``together`` an outcome waits, written but not committed, for the intent that follows it:
both reach the disk in one commit, still before that intent's message leaves. A process that dies
between finds the earlier intent at its next start and asks the centre, as after any lost answer.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from core.errors import SetupError, fault
from core.journal.watermark import Watermark

DISK_FAILURES = frozenset({sqlite3.OperationalError, sqlite3.DatabaseError})  # full, torn, gone


class Commits:
    """The transactions of one connection that all threads of a process share."""

    def __init__(self, conn: sqlite3.Connection, lock: threading.RLock, path: Path) -> None:
        self.lost: set[str] = set()  # message ids whose outcome waited when the disk failed
        self._conn = conn
        self._lock = lock
        self._path = path
        self._watermark = Watermark(conn, path)
        self._waiting: list[str] = []
        self._thread = 0

    @contextmanager
    def commit(self, outcome_of: str = "") -> Iterator[None]:
        """One transaction, nothing half-done; with fsync unless an outcome may wait.

        What waits is committed with it. Raises ``SetupError`` when the disk fails.
        """
        with self._lock:
            inner = bool(self._waiting)
            try:
                self._conn.execute("SAVEPOINT inner_part" if inner else "BEGIN IMMEDIATE")
                self._watermark.still_there()
                yield
                if outcome_of and self._thread == threading.get_ident():
                    self._wait(outcome_of, inner)
                else:
                    self._commit()
            except BaseException as error:
                self._undo(error, inner)
                raise

    def _wait(self, msgid: str, inner: bool) -> None:
        if inner:
            self._conn.execute("RELEASE inner_part")
        self._waiting.append(msgid)

    def _commit(self) -> None:
        self._conn.execute("COMMIT")
        self._waiting.clear()
        self._watermark.note()

    def _undo(self, error: BaseException, inner: bool) -> None:
        failed = type(error) in DISK_FAILURES
        if inner and not failed and self._conn.in_transaction:
            self._conn.execute("ROLLBACK TO inner_part")
            self._conn.execute("RELEASE inner_part")
            return
        if self._conn.in_transaction:
            self._conn.execute("ROLLBACK")
        self.lost.update(self._waiting)
        self._waiting.clear()
        if failed:
            self._fail("journal.disk", error)

    def _fail(self, key: str, error: BaseException) -> NoReturn:
        raise SetupError(fault(key, path=self._path, error=error)) from error

    @contextmanager
    def together(self) -> Iterator[None]:
        """Outcomes of this thread wait for the next commit, at the latest for the end of this."""
        self._thread = threading.get_ident()
        try:
            yield
        finally:
            self._thread = 0
            self._flush()

    def _flush(self) -> None:
        with self._lock:
            try:
                if self._waiting:
                    self._commit()
            except sqlite3.DatabaseError as error:
                self.lost.update(self._waiting)
                self._waiting.clear()
                if self._conn.in_transaction:
                    self._conn.execute("ROLLBACK")
                self._fail("journal.outcome_lost", error)
