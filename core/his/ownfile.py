"""The file that a way to the hospital keeps for itself: SQLite, one connection for all threads.

What such a file holds can be had again, so that a damaged one is moved aside, never deleted, and
begun anew.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.database import Database
from core.errors import SetupError, fault

WRITING = "BEGIN IMMEDIATE"


class OwnFile:
    """Raises ``SetupError`` with the file's name whenever it fails. ``tables``: statements that
    make what is missing; ``synchronous`` as SQLite has it."""

    def __init__(self, path: Path, tables: str, synchronous: str) -> None:
        self._path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = _open_or_renew(path, tables, synchronous)
        except (OSError, sqlite3.DatabaseError) as error:
            raise self._broken(error) from error

    def _broken(self, error: BaseException) -> SetupError:
        return SetupError(fault("hospital.unreadable", path=self._path, error=error))

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._lock:
            self._db.close()

    @contextmanager
    def working(self, begin: str = "BEGIN") -> Iterator[Database]:
        """The database within one transaction."""
        with self._lock:
            try:
                self._db.conn.execute(begin)
                yield self._db
                self._db.conn.execute("COMMIT")
            except BaseException as error:
                self._roll_back()
                if isinstance(error, sqlite3.DatabaseError):
                    raise self._broken(error) from error
                raise

    def _roll_back(self) -> None:
        """Also right when the file is closed or the error has ended the transaction already."""
        with suppress(sqlite3.ProgrammingError):
            if self._db.conn.in_transaction:
                self._db.conn.execute("ROLLBACK")

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """All rows of one query."""
        with self._lock:
            try:
                return self._db.conn.execute(sql, values).fetchall()
            except sqlite3.DatabaseError as error:
                raise self._broken(error) from error


def _open_or_renew(path: Path, tables: str, synchronous: str) -> Database:
    try:
        return _open(path, tables, synchronous)
    except sqlite3.OperationalError:  # locked, or no place for a file: nothing is damaged
        raise
    except sqlite3.DatabaseError:
        path.replace(path.with_suffix(f".damaged-{path.stat().st_mtime_ns}"))
        for tail in ("-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        return _open(path, tables, synchronous)


def _open(path: Path, tables: str, synchronous: str) -> Database:
    conn = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
    try:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute(f"PRAGMA synchronous = {synchronous}")
        conn.executescript(tables)
    except sqlite3.DatabaseError:
        conn.close()
        raise
    return Database(conn)
