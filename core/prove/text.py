"""The tables of a database as one text, in which moments do not count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

MOMENTS = re.compile(  # begins with plain digits, which are found fast
    r"20(?:\d\d-\d\d-\d\dT[\d:.]+(?:\+\d\d:\d\d)?|(?<!\d20)\d{12}(?!\d))"
)
ALL_ROWS: Mapping[str, str] = {}


class Tables:
    """Some tables of one database, read in one statement; ``only``: which rows of a table."""

    def __init__(self, db: Any, names: Iterable[str], only: Mapping[str, str] = ALL_ROWS) -> None:
        self._db = db
        parts = (_whole(db, name, only.get(name, "1")) for name in names)
        self._sql = f"SELECT {', '.join(parts)}"

    def text(self) -> str:
        """All rows, in the order of their first columns, without the moments in them."""
        return MOMENTS.sub("T", "\n".join(map(str, self._db.conn.execute(self._sql).fetchone())))


def _whole(db: Any, name: str, only: str) -> str:
    columns = [row[1] for row in db.conn.execute(f"PRAGMA table_info({name})")]
    row = "||'|'||".join(f"quote({column})" for column in columns)
    return (
        f"(SELECT group_concat({row}, ';') FROM (SELECT * FROM {name} WHERE {only} ORDER BY 1, 2))"
    )
