"""The file ``codes.db``: opened when first needed, checked, and used by all threads in turn.

Only this package knows its tables (``versions``, ``mappings``). A file that cannot be read is never
replaced: mappings are somebody's work.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.database import Database
from core.errors import SetupError, fault

SCHEMA = 1
WAIT_SECONDS = 30
TABLES = """
CREATE TABLE version (
    list TEXT NOT NULL, number INTEGER NOT NULL, valid_from TEXT NOT NULL, made TEXT NOT NULL,
    author TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, rows INTEGER NOT NULL,
    added INTEGER NOT NULL, changed INTEGER NOT NULL, gone INTEGER NOT NULL,
    restores INTEGER NOT NULL, PRIMARY KEY (list, number)
);
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, list TEXT NOT NULL, key TEXT NOT NULL, code TEXT NOT NULL,
    name TEXT NOT NULL, spec TEXT NOT NULL, unit TEXT NOT NULL, price TEXT NOT NULL,
    list_type TEXT NOT NULL, belongs TEXT NOT NULL, pinyin TEXT NOT NULL, wubi TEXT NOT NULL,
    initials TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER
);
CREATE UNIQUE INDEX entry_now ON entry (list, key) WHERE until IS NULL;
CREATE INDEX entry_since ON entry (list, since);
CREATE INDEX entry_until ON entry (list, until);
CREATE TABLE used (
    operator TEXT NOT NULL, list TEXT NOT NULL, key TEXT NOT NULL, times INTEGER NOT NULL,
    last TEXT NOT NULL, PRIMARY KEY (operator, list, key)
) WITHOUT ROWID;
CREATE TABLE mapping (
    id INTEGER PRIMARY KEY, hosp_key TEXT NOT NULL, hosp_code TEXT NOT NULL,
    centre_code TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('mapped', 'disabled', 'unmapped')),
    valid_from TEXT NOT NULL, author TEXT NOT NULL, at TEXT NOT NULL, score INTEGER,
    note TEXT NOT NULL
);
CREATE INDEX mapping_of ON mapping (hosp_key, id);
CREATE TABLE suggestion (
    hosp_key TEXT NOT NULL, place INTEGER NOT NULL, centre_code TEXT NOT NULL,
    score INTEGER NOT NULL, PRIMARY KEY (hosp_key, place)
) WITHOUT ROWID;
CREATE TABLE met (
    hosp_key TEXT PRIMARY KEY, hosp_code TEXT NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL,
    unit TEXT NOT NULL, price TEXT NOT NULL, list_type TEXT NOT NULL, visit_no TEXT NOT NULL,
    at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER version_stays BEFORE UPDATE ON version BEGIN SELECT raise(ABORT, 'kept'); END;
CREATE TRIGGER version_kept BEFORE DELETE ON version BEGIN SELECT raise(ABORT, 'kept'); END;
CREATE TRIGGER entry_kept BEFORE DELETE ON entry BEGIN SELECT raise(ABORT, 'kept'); END;
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
    WHEN old.until IS NOT NULL OR new.since <> old.since OR new.key <> old.key
        OR new.name <> old.name OR new.code <> old.code OR new.spec <> old.spec
    BEGIN SELECT raise(ABORT, 'kept'); END;
CREATE TRIGGER mapping_stays BEFORE UPDATE ON mapping BEGIN SELECT raise(ABORT, 'kept'); END;
CREATE TRIGGER mapping_kept BEFORE DELETE ON mapping BEGIN SELECT raise(ABORT, 'kept'); END;
PRAGMA user_version = 1;
"""


class CodeStore:
    """One connection to ``path``; made at the first use, so that a desk that asks nothing opens
    nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._db: Database | None = None
        self._own = 0

    @property
    def exists(self) -> bool:
        """There is a file at all."""
        return self._db is not None or self.path.exists()

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database for looking; raises ``SetupError`` when the file fails."""
        with self._lock:
            try:
                yield self._opened()
            except sqlite3.DatabaseError as error:
                raise SetupError(fault("codes.unreadable", path=self.path, error=error)) from error

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """The database within one transaction, all or nothing; raises ``SetupError``."""
        with self.reading() as db:
            db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.conn.execute("COMMIT")
                self._own += 1
            except BaseException:
                with suppress(sqlite3.DatabaseError):
                    db.conn.execute("ROLLBACK")
                raise

    def stamp(self) -> tuple[int, int]:
        """Changes whenever anybody, here or in another process, has changed the file."""
        with self.reading() as db:
            row = db.execute("PRAGMA data_version").fetchone()
        return int(row[0]), self._own

    def stamp_now(self) -> tuple[int, int] | None:
        """As ``stamp``, without waiting: nothing while somebody works with the file."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            return self.stamp()
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the file; safe to call twice, and it may be opened again."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _opened(self) -> Database:
        if self._db is None:
            self._db = self._open()
        return self._db

    def _open(self) -> Database:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(fault("codes.unreadable", path=self.path, error=error)) from error
        conn = sqlite3.connect(
            self.path, timeout=WAIT_SECONDS, check_same_thread=False, isolation_level=None
        )
        try:
            conn.execute("PRAGMA journal_mode = WAL")
            conn.execute("PRAGMA synchronous = FULL")
            self._set_up(conn)
        except BaseException:
            conn.close()
            raise
        return Database(conn)

    def _set_up(self, conn: sqlite3.Connection) -> None:
        """Make the tables once, also when two processes begin together."""
        conn.execute("BEGIN IMMEDIATE")
        version = int(conn.execute("PRAGMA user_version").fetchone()[0])
        if version > SCHEMA:
            conn.execute("ROLLBACK")
            raise SetupError(fault("codes.newer", path=self.path))
        if version == 0:
            for statement in _statements(TABLES):
                conn.execute(statement)
        conn.execute("COMMIT")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: ``executescript`` would commit before it begins."""
    part = ""
    for line in script.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            yield part
            part = ""
