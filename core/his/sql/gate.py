"""The way to the hospital's database: few connections, each bounded, opened anew after a loss.

Reading and writing have connections of their own. Whatever the driver raises becomes a
``SetupError`` with a sentence; no parameter and no password stands in it.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.clock import CHINA
from core.errors import DeskError, SetupError, fault
from core.his.sql.check import Checked
from core.his.sql.dialects import Dialect, place
from core.his.sql.session import Session, session, sqlite_opener
from core.his.sql.settings import SqlSettings

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

SHOWN = 160  # characters of a driver's words
MOST_AT_ONCE = 10_000
TURNS = 2  # a connection found dead is opened anew once
NEARLY = 0.9  # of the time a statement has: what ended so late was cut off
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave: the names of its columns and its rows; ``more``: there were still others
    than the ``most`` that were asked for."""

    names: tuple[str, ...]
    rows: list[Sequence[Any]]
    more: bool = False


class Gate:
    """One hospital's database; for all threads of a process. Nothing is opened before it is used.

    Every method raises ``SetupError`` when the URL is not one that may be used. ``password`` is
    asked for when an account first connects; ``home``: where a relative path of SQLite begins.
    """

    def __init__(self, settings: SqlSettings, password: Callable[[], str], home: Path) -> None:
        self._limits, self._ask_password, self._home = settings, password, home
        self._password = ""
        self._place: tuple[Dialect, URL] | None = None
        self._engines: dict[bool, Engine] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._compiled: dict[Checked, Any] = {}

    @property
    def dialect(self) -> Dialect:
        """The kind of database."""
        return self._placed()[0]

    def _placed(self) -> tuple[Dialect, URL]:
        if self._place is None:
            self._place = place(self._limits.url)
        return self._place

    def close(self) -> None:
        """Let go of every connection, for good."""
        self._closed = True
        self.drop()

    def drop(self) -> None:
        """Let go of every connection; one that is in use ends with its statement."""
        with self._lock:
            engines, self._engines = list(self._engines.values()), {}
        for engine in engines:
            engine.dispose()

    # -- reading

    def reach(self) -> None:
        """Open a reading connection, or raise why it cannot be."""
        began = self._begin(False)
        try:
            with self._connected(False, began):
                return
        except Exception as error:
            raise self._sentence(self.dialect.name, error, began) from error

    def read(self, name: str, query: Checked, values: Values, most: int) -> Answer:
        """The first ``most`` rows; ``name`` is what a sentence calls the query."""
        for turn in range(TURNS):
            began = self._begin(False)
            try:
                with self._connected(False, began) as connection:
                    return self._rows(connection, query, values, most)
            except Exception as error:
                last = turn == TURNS - 1
                if last or not _lost(error) or self._is_late(began):
                    raise self._sentence(name, error, began) from error
        raise AssertionError(name)

    def _rows(self, connection: Connection, query: Checked, values: Values, most: int) -> Answer:
        """Read by the driver's own cursor, which is closed whatever happens."""
        words, given = self._worded(connection, query, values)
        with _cursor(connection, self.dialect.name) as cursor:
            cursor.arraysize = min(most + 1, MOST_AT_ONCE)
            cursor.execute(words, given)
            if cursor.description is None:
                raise SetupError(fault("sql.no_rows"))
            names = tuple(str(column[0]) for column in cursor.description)
            rows: list[Sequence[Any]] = list(cursor.fetchmany(most + 1))
        if len(rows) > most:
            connection.invalidate()  # a driver may have still others on the way
        return Answer(names, rows[:most], len(rows) > most)

    def _worded(self, connection: Connection, query: Checked, values: Values) -> tuple[str, Any]:
        """The statement and its parameters as the driver takes them."""
        given = {name: self.fitting(values[name]) for name in query.names}
        if query not in self._compiled:
            from sqlalchemy import text

            self._compiled[query] = text(query.text).compile(dialect=connection.dialect)
        compiled: Any = self._compiled[query]
        if compiled.positional:
            return compiled.string, tuple(given[name] for name in compiled.positiontup)
        return compiled.string, given

    # -- writing

    @contextmanager
    def writing(self, name: str) -> Iterator[Connection]:
        """A connection in one transaction, committed at the end; errors as sentences."""
        began = self._begin(True)
        try:
            with self._connected(True, began) as connection:
                yield connection
                connection.commit()
        except Exception as error:
            raise self._sentence(name, error, began) from error

    def run(self, connection: Connection, statement: Checked, values: Values) -> int:
        """One statement of a write-back; gives how many rows it changed (-1: not told)."""
        from sqlalchemy import text

        given = {name: self.fitting(values[name]) for name in statement.names}
        return connection.execute(text(statement.text), given).rowcount

    # -- both

    def _begin(self, writes: bool) -> float:
        """When the database's time begins: with the driver loaded."""
        try:
            self._engine(writes)
        except ImportError as error:
            raise self._sentence("", error, time.monotonic()) from error
        return time.monotonic()

    @contextmanager
    def _connected(self, writes: bool, began: float) -> Iterator[Connection]:
        engine = self._engine(writes)
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            with _cut_off(self.dialect.name, raw, began + self._limits.seconds + 1):
                for statement in self._session(writes).begin:
                    connection.exec_driver_sql(statement)
                yield connection

    def _session(self, writes: bool) -> Session:
        return session(self.dialect.name, self._limits, writes)

    def _engine(self, writes: bool) -> Engine:
        with self._lock:
            if self._closed:
                raise SetupError(fault("sql.closed"))
            if writes not in self._engines:
                self._engines[writes] = self._make(writes)
            return self._engines[writes]

    def _make(self, writes: bool) -> Engine:
        from sqlalchemy import create_engine, event

        how = self._session(writes)
        options: dict[str, Any] = {
            "pool_size": self._limits.connections, "max_overflow": 0, "pool_recycle": 1800,
            "pool_timeout": self._limits.seconds, "hide_parameters": True, "logging_name": "his",
        }  # fmt: skip
        if self.dialect.name == "sqlite":
            from sqlalchemy.pool import QueuePool

            path = self._home / str(self._placed()[1].database)
            options |= {
                "creator": sqlite_opener(path, self._limits, writes), "poolclass": QueuePool,
            }  # fmt: skip
        url = self._placed()[1]
        if url.username:
            self._password = self._ask_password()
            url = url.set(password=self._password or None)
        engine = create_engine(url, connect_args=how.arguments, **options)
        event.listen(engine, "connect", partial(_open, how))
        return engine

    def fitting(self, value: object) -> object:
        """A value as the database's columns have it: moments of China without a zone."""
        if isinstance(value, datetime):
            value = value.astimezone(CHINA).replace(tzinfo=None, microsecond=0)
        if self.dialect.name == "sqlite" and isinstance(value, datetime | date | Decimal):
            return str(value)
        return value

    # -- sentences

    def _is_late(self, began: float) -> bool:
        return time.monotonic() - began >= self._limits.seconds * NEARLY

    def _sentence(self, name: str, error: Exception, began: float) -> Exception:
        """What is said of an error; what says it already stays as it is."""
        if isinstance(error, DeskError):
            return error
        if isinstance(error, ImportError):
            return SetupError(fault("sql.driver", name=self.dialect.driver, error=error))
        words = self._words(error)
        if self._is_late(began):
            return SetupError(
                fault("sql.slow", query=name, seconds=self._limits.seconds, error=words)
            )
        key = "sql.unreachable" if _unopened(error) else "sql.failed"
        return SetupError(fault(key, query=name, error=words))

    def _words(self, error: Exception) -> str:
        """The driver's own first words, without the password."""
        found = str(getattr(error, "orig", None) or error)
        if self._password:
            found = found.replace(self._password, "***")
        line = " ".join(found.split())
        return line[:SHOWN] or type(error).__name__


def _open(how: Session, connection: Any, _record: object) -> None:
    """A new connection is bounded before it is used."""
    if how.prepare is not None:
        how.prepare(connection)
    cursor = connection.cursor()
    try:
        for statement in how.opening:
            cursor.execute(statement)
    finally:
        cursor.close()
    connection.commit()


@contextmanager
def _cursor(connection: Connection, dialect: str) -> Iterator[Any]:
    """A cursor that fetches as it is read, so that a million rows do not come at once.

    A connection that dies meanwhile is given up, with all its like.
    """
    raw = connection.connection
    if dialect == "postgresql":
        cursor = raw.cursor(name="gsdesk")
    elif dialect == "mysql":
        from pymysql.cursors import SSCursor

        cursor = raw.cursor(SSCursor)
    else:
        cursor = raw.cursor()
    try:
        yield cursor
    except Exception as error:
        known = connection.dialect.dbapi
        if known is not None and isinstance(error, known.Error):
            driver = raw.driver_connection
            if connection.dialect.is_disconnect(error, driver, cursor):
                connection.invalidate(error)
                raise _Lost(error) from error
        raise
    finally:
        cursor.close()


class _Lost(Exception):
    """A connection was found dead; ``orig`` is what the driver raised."""

    def __init__(self, error: Exception) -> None:
        self.orig = error
        super().__init__(str(error))


def _lost(error: Exception) -> bool:
    """The connection was dead: nothing came back, and nothing was changed by reading."""
    return isinstance(error, _Lost) or bool(getattr(error, "connection_invalidated", False))


def _unopened(error: Exception) -> bool:
    """The way itself is shut: no connection, or one that broke."""
    from sqlalchemy.exc import DBAPIError

    return _lost(error) or (isinstance(error, DBAPIError) and error.statement is None)


@contextmanager
def _cut_off(dialect: str, raw: Any, deadline: float) -> Iterator[None]:
    """Ends a wait that the server itself does not end: a machine that hangs, a network that drops.

    Drivers with a time of their own need none of it.
    """
    if dialect == "sqlite":
        raw.set_progress_handler(lambda: time.monotonic() > deadline, 20_000)
        yield
        return
    if dialect != "postgresql":
        yield
        return
    timer = threading.Timer(max(0.0, deadline - time.monotonic()), _shut, [raw])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(raw: Any) -> None:
    """Shut the connection's socket from aside; whoever waits for it is woken with an error."""
    with suppress(OSError, ValueError, AttributeError):
        line = socket.fromfd(raw.pgconn.socket, socket.AF_INET, socket.SOCK_STREAM)
        with line:
            line.shutdown(socket.SHUT_RDWR)
