"""Is this file a whole journal of ours? Looks and never writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from core.errors import SetupError, fault
from core.journal import chain, schema
from core.words import say

NEEDED = frozenset({"meta", "txn", "entry", "visit", "uploaded", "settlement", "memory"})
NOT_OURS = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
BUSY_SECONDS = 30.0


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only looks and leaves the log alone; raises ``sqlite3.DatabaseError``."""
    place = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(place, timeout=BUSY_SECONDS, uri=True)) as conn:
        yield conn


def damage(path: Path, deep: bool = False) -> str:
    """Why the file cannot be relied on, as a sentence, or empty.

    ``deep`` follows the whole hash chain too. Raises ``SetupError`` where the file may be whole but
    cannot be opened now (rights, a failing disk): then nobody may move it.
    """
    return _asked(path, lambda conn: _damage(conn, deep))


def version(path: Path) -> int:
    """Number of upgrades the file has seen; raises as ``damage``."""
    found = _asked(path, lambda conn: str(conn.execute("PRAGMA user_version").fetchone()[0]))
    return int(found) if found.isdigit() else 0


def _asked(path: Path, ask: Callable[[sqlite3.Connection], str]) -> str:
    try:
        with reading(path) as conn:
            return ask(conn)
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in NOT_OURS:
            return say("safekeeping.damage.unreadable", error=error)
        raise SetupError(fault("journal.unreadable", path=path, error=error)) from error


def _damage(conn: sqlite3.Connection, deep: bool) -> str:
    if conn.execute("PRAGMA user_version").fetchone()[0] > schema.CURRENT:
        return ""  # a newer program's: refused later with its own sentence, left untouched
    said = str(conn.execute("PRAGMA quick_check(1)").fetchone()[0])
    if said != "ok":
        return say("safekeeping.damage.check", error=said)
    tables = {row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return say("safekeeping.damage.empty")
    if not tables >= NEEDED:
        return say("safekeeping.damage.foreign")
    broken = chain.first_break(_entries(conn)) if deep else None
    return "" if broken is None else say("safekeeping.damage.chain", number=broken)


def _entries(conn: sqlite3.Connection) -> sqlite3.Cursor:
    sql = "SELECT number, msgid, kind, at, text, payload, hash FROM entry ORDER BY number"
    return conn.execute(sql)


def last_mark(path: Path) -> tuple[int, str]:
    """Number and hash of a backup's last entry; (0, …) where it has none or cannot be read."""
    try:
        with reading(path) as conn:
            sql = "SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1"
            row = conn.execute(sql).fetchone()
    except sqlite3.DatabaseError:
        row = None
    return (int(row[0]), str(row[1])) if row else (0, chain.FIRST)


def rows(path: Path, table: str) -> list[dict[str, Any]]:
    """All rows of a table of a journal or backup; empty where there is none or it is unreadable."""
    try:
        with reading(path) as conn:
            conn.row_factory = sqlite3.Row
            return [dict(row) for row in conn.execute(f"SELECT * FROM {table}").fetchall()]
    except sqlite3.DatabaseError:
        return []
