"""The databases a hospital may have: their drivers, and what a connection may be told in a URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode

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


def compose(fields: Mapping[str, str], before: str = "") -> str:
    """A URL out of a form's fields ``dialect`` · ``host`` · ``port`` · ``database`` · ``user``.

    Options of the URL ``before`` stay while the kind of database does. Nothing filled in gives an
    empty text. Whether the URL may be used, ``place`` says.
    """
    given = {name: text.strip() for name, text in fields.items()}
    dialect, host, database = given["dialect"], given["host"], given["database"]
    if not host and not database:
        return ""
    if dialect == "sqlite":
        return f"sqlite:///{database}"
    options = _options(before) if parts(before)["dialect"] == dialect else {}
    if dialect == "oracle":
        options, database = options | {"service_name": database}, ""
    if host.startswith("/"):  # the folder of a local socket
        options, host = options | {"host": host}, ""
    user = f"{quote(given['user'], safe='')}@" if given["user"] else ""
    host = f"[{host}]" if ":" in host else host
    port = f":{given['port']}" if given["port"] else ""
    more = f"?{urlencode(options)}" if options else ""
    return f"{dialect}://{user}{host}{port}/{database}{more}"


def parts(url: str) -> dict[str, str]:
    """The fields of a URL for a form; as far as it can be read."""
    head, _, _ = url.partition("?")
    scheme, _, rest = head.partition("://")
    server, _, database = rest.partition("/")
    user, _, place = server.rpartition("@")
    host, _, port = place.rpartition(":") if not place.endswith("]") else (place, "", "")
    if not host:
        host, port = place, ""
    options = _options(url)
    return {
        "dialect": scheme.partition("+")[0], "host": host.strip("[]") or options.get("host", ""),
        "port": port, "database": database or options.get("service_name", ""),
        "user": unquote(user.partition(":")[0]),
    }  # fmt: skip


def _options(url: str) -> dict[str, str]:
    return dict(parse_qsl(url.partition("?")[2]))
