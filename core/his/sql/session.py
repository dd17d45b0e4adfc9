"""How a connection to each kind of database is opened and bounded: nothing waits for ever.

A reading session may not write, where the database can promise that; every session has a time for
a statement and for a lock, and counts its moments in China Standard Time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.his.sql.settings import SqlSettings

ZONE = "+08:00"
MS = 1000


@dataclass(frozen=True, slots=True)
class Session:
    """``arguments`` of the driver's connect; ``opening`` statements once a connection, ``begin``
    statements of every transaction; ``prepare`` gets the driver's connection."""

    arguments: dict[str, Any]
    opening: tuple[str, ...] = ()
    begin: tuple[str, ...] = ()
    prepare: Callable[[Any], None] | None = None


def session(dialect: str, limits: SqlSettings, writes: bool) -> Session:
    """The session of a dialect for reading, or for writing back."""
    return MAKERS[dialect](limits, writes)


def _postgresql(limits: SqlSettings, writes: bool) -> Session:
    return Session(
        {"connect_timeout": max(2, limits.seconds), "application_name": "gsdesk"},
        (
            f"SET statement_timeout = {limits.seconds * MS}",
            f"SET lock_timeout = {limits.lock_seconds * MS}",
            f"SET default_transaction_read_only = {'off' if writes else 'on'}",
            f"SET TIME ZONE INTERVAL '{ZONE}' HOUR TO MINUTE",
        ),
    )


def _mssql(limits: SqlSettings, writes: bool) -> Session:
    arguments = {
        "login_timeout": limits.seconds, "timeout": limits.seconds, "appname": "gsdesk",
        "arraysize": 1000,
    }  # fmt: skip
    return Session(arguments, (f"SET LOCK_TIMEOUT {limits.lock_seconds * MS}",))


def _oracle(limits: SqlSettings, writes: bool) -> Session:
    def prepare(connection: Any) -> None:
        connection.call_timeout = limits.seconds * MS

    begin = () if writes else ("SET TRANSACTION READ ONLY",)
    opening = (f"ALTER SESSION SET TIME_ZONE = '{ZONE}'",)
    return Session({"tcp_connect_timeout": limits.seconds}, opening, begin, prepare)


def _mysql(limits: SqlSettings, writes: bool) -> Session:
    arguments = {
        "connect_timeout": limits.seconds, "read_timeout": limits.seconds,
        "write_timeout": limits.seconds, "local_infile": False, "charset": "utf8mb4",
    }  # fmt: skip
    return Session(arguments, (
        f"SET SESSION TRANSACTION {'READ WRITE' if writes else 'READ ONLY'}",
        f"SET SESSION innodb_lock_wait_timeout = {limits.lock_seconds}",
        f"SET time_zone = '{ZONE}'",
    ))  # fmt: skip


def _sqlite(limits: SqlSettings, writes: bool) -> Session:
    return Session({}, () if writes else ("PRAGMA query_only = ON",), ("BEGIN IMMEDIATE",) * writes)


MAKERS: dict[str, Callable[[SqlSettings, bool], Session]] = {
    "postgresql": _postgresql, "mssql": _mssql, "oracle": _oracle, "mysql": _mysql,
    "sqlite": _sqlite,
}  # fmt: skip


def sqlite_opener(path: Path, limits: SqlSettings, writes: bool) -> Callable[[], Any]:
    """Opens the file as it is, never makes one; reading it cannot change it."""
    import sqlite3

    address = f"{path.resolve().as_uri()}?mode={'rw' if writes else 'ro'}"

    def connect() -> Any:
        return sqlite3.connect(
            address, uri=True, timeout=limits.lock_seconds, check_same_thread=False,
            isolation_level=None,
        )  # fmt: skip

    return connect
