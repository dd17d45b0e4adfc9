"""The operators of one desk in the journal's file: who they are and the hashes of their passwords.

Nothing is ever deleted here: an operator who is gone is disabled, so that old entries keep a name.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from core.database import Database
from core.domain import Operator, Role

TABLE = """
CREATE TABLE IF NOT EXISTS operator (
    id TEXT PRIMARY KEY COLLATE NOCASE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    history TEXT NOT NULL DEFAULT '[]',
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT,
    disabled INTEGER NOT NULL DEFAULT 0,
    training INTEGER NOT NULL DEFAULT 0,
    changed_at TEXT NOT NULL,
    seen_at TEXT
) WITHOUT ROWID
"""
COLUMNS = (
    "id", "name", "role", "password", "history", "failures", "locked_until", "disabled",
    "training", "changed_at", "seen_at",
)  # fmt: skip


class Keeper(Protocol):
    """What the store needs of the journal: its file and its way to commit."""

    @property
    def db(self) -> Database: ...

    def commit(self) -> AbstractContextManager[None]:
        """One writing transaction, alone on the file."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """An operator with everything kept of him; ``history`` holds the hashes of former passwords."""

    operator: Operator
    password: str
    changed_at: datetime
    history: tuple[str, ...] = ()
    failures: int = 0
    locked_until: datetime | None = None
    seen_at: datetime | None = None
    disabled: bool = False
    training: bool = False


def create_tables(db: Database) -> None:
    """Make the table where it is missing."""
    db.conn.execute(TABLE)


class OperatorStore:
    """Reads and writes accounts; every change is one commit of the journal."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        with keeper.commit():
            create_tables(keeper.db)

    def all(self) -> list[Account]:
        """Every account, disabled ones too, by id."""
        return self._find("ORDER BY id", ())

    def get(self, operator_id: str) -> Account | None:
        """The account of that id, in any letter case."""
        return next(iter(self._find("WHERE id = ?", (operator_id,))), None)

    def _find(self, where: str, values: tuple[Any, ...]) -> list[Account]:
        sql = f"SELECT {', '.join(COLUMNS)} FROM operator {where}"
        with self._keeper.commit():
            return [_account(row) for row in self._keeper.db.conn.execute(sql, values)]

    def add(self, account: Account) -> bool:
        """Keep a new account; False when the id is taken."""
        holes = ", ".join("?" for _ in COLUMNS)
        sql = f"INSERT OR IGNORE INTO operator ({', '.join(COLUMNS)}) VALUES ({holes})"
        with self._keeper.commit():
            return bool(self._keeper.db.conn.execute(sql, _row(account)).rowcount)

    def change(self, operator_id: str, **changes: Any) -> Account:
        """Change fields of an account as it is now; ``KeyError`` when there is none."""
        with self._keeper.commit():
            return self._change(operator_id, changes)

    def count_failure(self, operator_id: str, limit: int, locked_until: datetime) -> Account:
        """One more wrong password, counted in the file: several windows may be guessing at once."""
        with self._keeper.commit():
            failures = self._get(operator_id).failures + 1
            locked = {"locked_until": locked_until, "failures": 0} if failures >= limit else {}
            return self._change(operator_id, {"failures": failures, **locked})

    def _get(self, operator_id: str) -> Account:
        sql = f"SELECT {', '.join(COLUMNS)} FROM operator WHERE id = ?"
        row = self._keeper.db.conn.execute(sql, (operator_id,)).fetchone()
        if row is None:
            raise KeyError(operator_id)
        return _account(row)

    def _change(self, operator_id: str, changes: dict[str, Any]) -> Account:
        account = replace(self._get(operator_id), **changes)
        holes = ", ".join(f"{name} = ?" for name in COLUMNS)
        sql = f"UPDATE operator SET {holes} WHERE id = ?"
        self._keeper.db.conn.execute(sql, (*_row(account), operator_id))
        return account


def _account(row: tuple[Any, ...]) -> Account:
    found = dict(zip(COLUMNS, row, strict=True))
    return Account(
        operator=Operator(id=found["id"], name=found["name"], role=Role(found["role"])),
        password=found["password"],
        history=tuple(json.loads(found["history"])),
        failures=found["failures"],
        locked_until=_moment(found["locked_until"]),
        disabled=bool(found["disabled"]),
        training=bool(found["training"]),
        changed_at=datetime.fromisoformat(found["changed_at"]),
        seen_at=_moment(found["seen_at"]),
    )


def _row(account: Account) -> tuple[Any, ...]:
    who = account.operator
    return (
        who.id, who.name, who.role.value, account.password, json.dumps(account.history),
        account.failures, _text(account.locked_until), int(account.disabled),
        int(account.training), account.changed_at.isoformat(), _text(account.seen_at),
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
