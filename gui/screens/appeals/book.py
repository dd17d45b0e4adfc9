"""The listed deductions as an XLSX book: one sheet a row each, one the sums by reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from core.domain.deduction import Deduction, ReasonSum
from core.service.sheets import Sheet, SheetColumn, write_book
from core.words import say
from gui.screens.appeals.faces import AppealRow, day

AMOUNTS = frozenset({"amount", "deducted", "appealed", "upheld"})
LISTED = (
    "ded_id", "name", "visit_no", "bill_no", "line_id", "centre_code", "amount", "deducted",
    "reason", "audited", "until", "state", "appeal_no",
)  # fmt: skip
SUMMED = ("reason", "count", "deducted", "appealed", "upheld")


def export_book(
    folder: Path, now: datetime, items: Sequence[Deduction], rows: Sequence[AppealRow],
    sums: Sequence[ReasonSum],
) -> Path:  # fmt: skip
    """Write the book into ``folder``; gives its path."""
    path = folder / say("appeals.book.file", stamp=f"{now:%Y%m%d-%H%M%S}")
    listed = [_row(item, row) for item, row in zip(items, rows, strict=True)]
    summed = [tuple(getattr(row, name) for name in SUMMED) for row in sums]
    return write_book(path, [
        Sheet(say("appeals.book.listed"), [_column(name) for name in LISTED], listed),
        Sheet(say("appeals.book.sums"), [_column(name) for name in SUMMED], summed),
    ])  # fmt: skip


def _column(name: str) -> SheetColumn:
    title = say(f"appeals.book.column.{name}")
    if name in AMOUNTS:
        return SheetColumn(title, "amount")
    wide = {"reason": 40}.get(name, 0)
    return SheetColumn(title, "count" if name == "count" else "text", wide)


def _row(item: Deduction, row: AppealRow) -> tuple[object, ...]:
    until = item.appeal_until
    known = {
        "name": item.person_name, "audited": day(item.audited_at), "state": row.state,
        "until": f"{until:%Y-%m-%d %H:%M}" if until else "",
    }  # fmt: skip
    return tuple(known[name] if name in known else getattr(item, name) for name in LISTED)
