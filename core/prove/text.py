"""The centre's books as one text, in which moments do not count."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

MOMENTS = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:\+\d\d:\d\d)?|(?<!\d)20\d{12}(?!\d)")
BOOKS = ("sign_in", "visit", "line", "settlement", "reversal", "confirmation")


def rows_text(rows: Iterable[Any]) -> str:
    """Rows without the moments in them."""
    return MOMENTS.sub("T", repr(list(rows)))


def books_text(db: Any) -> str:
    """All that counts in the books, without their diary of calls."""
    return "".join(rows_text(db.execute(f"SELECT * FROM {name} ORDER BY id")) for name in BOOKS)
