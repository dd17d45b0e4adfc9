"""The tables of a database as one text, in which moments do not count."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

MOMENTS = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:\+\d\d:\d\d)?|(?<!\d)20\d{12}(?!\d)")


class Tables:
    """Some tables of one database, read whole in one statement."""

    def __init__(self, db: Any, names: Iterable[str]) -> None:
        self._db = db
        self._sql = "SELECT " + ", ".join(_whole(db, name) for name in names)

    def text(self) -> str:
        """All rows, in the order of their first columns, without the moments in them."""
        return MOMENTS.sub("T", "\n".join(map(str, self._db.conn.execute(self._sql).fetchone())))


def _whole(db: Any, name: str) -> str:
    columns = [row[1] for row in db.conn.execute(f"PRAGMA table_info({name})")]
    row = "||'|'||".join(f"quote({column})" for column in columns)
    return f"(SELECT group_concat({row}, ';') FROM (SELECT * FROM {name} ORDER BY 1, 2))"
