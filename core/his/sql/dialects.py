"""The databases a hospital may have: their drivers, and what a connection may be told in a URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import SetupError, fault

if TYPE_CHECKING:
    from sqlalchemy import URL


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of database.

    ``driver``: package that is loaded by this name; ``grammar``: what the statement checker calls
    it; ``options``: keys that a URL may carry behind its question mark; ``port``: the usual one.
    """

    name: str
    driver: str
    grammar: str
    port: int = 0
    options: frozenset[str] = frozenset()


DIALECTS: Mapping[str, Dialect] = {
    item.name: item
    for item in (
        Dialect("postgresql", "psycopg", "postgres", 5432, frozenset({"sslmode", "host", "port"})),
        Dialect("mssql", "pymssql", "tsql", 1433, frozenset({"charset", "tds_version"})),
        Dialect("oracle", "oracledb", "oracle", 1521, frozenset({"service_name"})),
        Dialect("mysql", "pymysql", "mysql", 3306, frozenset({"charset"})),
        Dialect("sqlite", "pysqlite", "sqlite"),
    )
}
LONGEST_URL = 500


def place(url: str) -> tuple[Dialect, URL]:
    """The dialect of a URL, and the URL with its driver.

    Raises ``SetupError`` naming what is wrong: a password in it, another database, other options.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    if not url.strip():
        raise SetupError(fault("sql.url.empty", "url"))
    try:
        found = make_url(url.strip()[:LONGEST_URL])
        backend = found.get_backend_name()
    except (ArgumentError, ValueError, TypeError):
        raise SetupError(fault("sql.url.unreadable", "url")) from None
    if found.password is not None:
        raise SetupError(fault("sql.url.password", "url"))
    dialect = DIALECTS.get(backend)
    if dialect is None:
        known = "、".join(DIALECTS)
        raise SetupError(fault("sql.url.dialect", "url", given=backend, known=known))
    _refuse_options(dialect, found.query)
    _refuse_gaps(dialect, found.host or found.query.get("host"), found.database)
    return dialect, found.set(drivername=f"{dialect.name}+{dialect.driver}")


def _refuse_options(dialect: Dialect, given: Mapping[str, object]) -> None:
    strange = sorted(set(given) - dialect.options)
    if strange:
        known = "、".join(sorted(dialect.options)) or "-"
        raise SetupError(fault("sql.url.option", "url", given=strange[0], known=known))


def _refuse_gaps(dialect: Dialect, host: object, database: str | None) -> None:
    if dialect.name != "sqlite" and not host:
        raise SetupError(fault("sql.url.host", "url"))
    if dialect.name == "sqlite" and not database:
        raise SetupError(fault("sql.url.file", "url"))


def compose(dialect: str, host: str, port: str, database: str, user: str) -> str:
    """A URL out of a form's fields; raises ``SetupError`` for a port that is no number."""
    from sqlalchemy import URL

    if port.strip() and not (port.strip().isdigit() and 0 < int(port) < 65536):
        raise SetupError(fault("sql.url.port", "port", value=port.strip()))
    if dialect == "sqlite":
        return str(URL.create("sqlite", database=database.strip()))
    service = {"service_name": database.strip()} if dialect == "oracle" else {}
    made = URL.create(
        dialect, user.strip() or None, None, host.strip() or None, int(port) if port.strip() else
        None, None if service else database.strip() or None, service,
    )  # fmt: skip
    return made.render_as_string(hide_password=True)


def parts(url: str) -> dict[str, str]:
    """The fields of a URL for a form; empty ones where it is empty or cannot be read."""
    empty = {"dialect": "", "host": "", "port": "", "database": "", "user": ""}
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        return empty
    return {
        "dialect": found.get_backend_name(), "host": found.host or _first(found.query, "host"),
        "port": str(found.port or ""), "user": found.username or "",
        "database": found.database or _first(found.query, "service_name"),
    }  # fmt: skip


def _first(query: Mapping[str, object], name: str) -> str:
    value = query.get(name, "")
    return value if isinstance(value, str) else ""
