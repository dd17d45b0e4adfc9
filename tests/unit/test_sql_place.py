"""Where a hospital's database is: URLs, sessions of each kind, and how a form writes them."""

from __future__ import annotations

import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from core.clock import CHINA
from core.errors import SetupError
from core.his.sql.dialects import DIALECTS, compose, parts, place
from core.his.sql.gate import Gate
from core.his.sql.session import session
from core.his.sql.settings import SqlSettings, WriteSettings

URLS = [
    "postgresql://a%40b@h:5432/his?sslmode=require", "mssql://sa@10.0.0.1/db?charset=cp936",
    "oracle://u@h:1521/?service_name=ORCL", "mysql://u@[::1]:3306/x", "sqlite:////tmp/a b.db",
    "sqlite:///his.db", "postgresql://u@/his?host=%2Ftmp", "postgresql://h/his",
]  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_a_url_and_the_fields_of_a_form_are_the_same_place(url):
    dialect, found = place(url)
    assert found.get_driver_name() == dialect.driver
    assert place(compose(parts(url), url))[1] == found


@pytest.mark.parametrize(("url", "key"), [
    ("", "empty"), ("his", "unreadable"), ("postgresql://u:geheim@h/d", "password"),
    ("postgresql://u:@h/d", "password"), ("db2://u@h/d", "dialect"), ("postgresql:///d", "host"),
    ("access+pyodbc://x", "dialect"), ("sqlite://", "file"), ("mysql://h:port/d", "unreadable"),
    ("postgresql://u@h/d?password=geheim", "option"), ("mysql://u@h/d?local_infile=1", "option"),
    ("postgresql://u@h/d?options=-c%20x", "option"), ("mysql://u@h/d?init_command=x", "option"),
    ("sqlite:///x?mode=rwc", "option"), ("postgresql://u@h/d?passfile=/etc/x", "option"),
    ("oracle://u@h/d?wallet_location=/x", "option"), ("sqlite+aiosqlite:///x?uri=true", "option"),
])  # fmt: skip
def test_a_url_that_may_not_be_used(url, key):
    with pytest.raises(SetupError) as caught:
        place(url)
    assert caught.value.faults[0].key == f"sql.url.{key}"
    assert "geheim" not in str(caught.value)


def test_another_driver_is_not_taken():
    assert place("postgresql+asyncpg://u@h/d")[1].get_driver_name() == "psycopg"


def test_options_stay_while_the_kind_of_database_does():
    fields = {"dialect": "postgresql", "host": "h", "port": "", "database": "d", "user": ""}
    before = "postgresql://u@x/y?sslmode=require"
    assert compose(fields, before) == "postgresql://h/d?sslmode=require"
    assert compose(fields | {"dialect": "mysql"}, before) == "mysql://h/d"
    assert compose(dict.fromkeys(fields, "")) == ""


@pytest.mark.parametrize("writes", [False, True])
@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_every_session_is_bounded(dialect, writes):
    limits = SqlSettings(seconds=7, lock_seconds=2)
    made = session(dialect, limits, writes)
    said = " ".join([*made.opening, *made.begin, *map(str, made.arguments.items())])
    if dialect != "sqlite":
        assert "7" in said or made.prepare is not None
        assert "+08:00" in said or dialect == "mssql"
    promised = "READ ONLY" in said or "read_only = on" in said or "query_only" in said
    assert promised is (not writes and dialect != "mssql")
    if made.prepare is not None:
        connection = SimpleNamespace()
        made.prepare(connection)
        assert connection.call_timeout == 7000


def test_the_gate_opens_nothing_before_it_is_used_and_asks_for_the_password_then():
    asked = []
    settings = SqlSettings(url="postgresql://u@127.0.0.1:1/his", seconds=30)
    gate = Gate(settings, lambda: asked.append(1) or "geheim", Path())
    assert gate.dialect.name == "postgresql" and not asked
    with pytest.raises(SetupError, match="连不上") as caught:
        gate.reach()
    assert asked == [1]
    assert "geheim" not in str(caught.value)
    gate.close()


def test_a_driver_that_is_not_there_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymysql", None)
    gate = Gate(SqlSettings(url="mysql://h/d"), str, Path())
    with pytest.raises(SetupError, match="驱动 pymysql"):
        gate.reach()
    gate.close()


def test_a_password_never_stands_in_a_sentence(tmp_path):
    gate = Gate(SqlSettings(url="sqlite:///x.db"), str, tmp_path)
    gate._password = "geheim"
    error = RuntimeError("login of u with geheim failed\nline two")
    assert str(gate._sentence("visit", error, 1e12)).count("***") == 1


def test_values_are_what_the_columns_of_each_database_take():
    at = datetime(2026, 3, 2, 1, 30, 0, 999, tzinfo=CHINA)
    there = Gate(SqlSettings(url="postgresql://h/d"), str, Path())
    here = Gate(SqlSettings(url="sqlite:///x"), str, Path())
    assert there.fitting(at) == datetime(2026, 3, 2, 1, 30)
    assert there.fitting(Decimal("1.20")) == Decimal("1.20")
    assert here.fitting(at) == "2026-03-02 01:30:00"
    assert here.fitting(Decimal("1.20")) == "1.20"
    assert here.fitting("x") == "x"


@pytest.mark.parametrize("table", [
    {"queries": {"delete": "SELECT 1"}}, {"columns": {"nonsense": {}}}, {"rows": 0},
    {"seconds": 10_000}, {"connections": 100}, {"password": "geheim"},
    {"write": {"receipts": "x; DROP TABLE y"}}, {"write": {"statements": {"pay": "UPDATE"}}},
    {"write": {"statements": {"settle": ["UPDATE"] * 9}}}, {"write": {"on": True, "strange": 1}},
])  # fmt: skip
def test_settings_that_are_refused(table):
    with pytest.raises(ValidationError):
        SqlSettings.model_validate(table)


def test_one_statement_stands_for_a_list_of_one():
    write = WriteSettings.model_validate({"statements": {"settle": "UPDATE x", "register": [" "]}})
    assert write.statements == {"settle": ("UPDATE x",), "register": ()}
    assert SqlSettings(queries={"visit": " ", "stay": "SELECT 1"}).queries == {"stay": "SELECT 1"}
