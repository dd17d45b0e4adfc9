"""Reading and writing the read models' rows; the ground under ``Ledger``."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from core.clock import Clock
from core.database import Database

Values = Sequence[Any] | dict[str, Any]  # by place or by name


class Tables:
    """One connection, one lock; writes belong inside ``Journal.commit``."""

    def __init__(self, db: Database, lock: threading.RLock, clock: Clock) -> None:
        self._db = db
        self._lock = lock
        self._clock = clock

    def _all(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.conn.execute(sql, values).fetchall()

    def _one(self, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
        return next(iter(self._all(sql, values)), None)

    def _write(self, sql: str, values: Sequence[Any] = ()) -> None:
        with self._lock:
            self._db.conn.execute(sql, values)

    def _touch(self, visit_no: str) -> None:
        self._write("INSERT INTO visit (visit_no) VALUES (?) ON CONFLICT DO NOTHING", (visit_no,))

    def _set(self, visit_no: str, **values: Any) -> None:
        self._touch(visit_no)
        columns = ", ".join(f"{name} = ?" for name in values)
        self._write(f"UPDATE visit SET {columns} WHERE visit_no = ?", (*values.values(), visit_no))
