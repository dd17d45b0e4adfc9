"""The sheet of a closing, or of its void, as a printed form takes it."""

from __future__ import annotations

from collections.abc import Iterable

from core.domain.dayend import ClosingSheet, SheetSum
from core.domain.slip import SlipRow
from core.money import show
from core.words import say
from gui.sheet_form import Sheet, SheetTable

AMOUNTS = ("total", "fund", "personal")


def sheet_of(made: ClosingSheet, print_note: str = "") -> Sheet:
    """Head, sums, kinds, cash and open cases; ``print_note`` says that it is a reprint."""
    tables = (
        _sums("sums", made.sums, 1),
        _sums("kinds", made.by_kind),
        _rows("cash", made.cash),
        _rows("unresolved", made.unresolved),
    )
    return Sheet(
        number=made.number, title=made.title, hospital=made.hospital, code=made.code,
        head=made.head, tables=tables, signatures=made.signatures, foot=made.foot,
        marks=made.marks, print_note=print_note, refund=made.void,
    )  # fmt: skip


def _sums(name: str, rows: Iterable[SheetSum], bold: int = 0) -> SheetTable:
    heads = {"label": say(f"sheet.{name}_head"), "count": say("sheet.count")}
    heads |= {amount: say(f"sheet.{amount}") for amount in AMOUNTS}
    lines = tuple(_sum(row) for row in rows)
    return SheetTable(name, say(f"sheet.{name}"), heads, lines, say("sheet.nothing"), bold)


def _sum(row: SheetSum) -> dict[str, str]:
    amounts = {amount: show(getattr(row.sums, amount)) for amount in AMOUNTS}
    return {"label": row.label, "count": str(row.sums.count), **amounts}


def _rows(name: str, rows: Iterable[SlipRow]) -> SheetTable:
    heads = {part: say(f"sheet.{name}_{part}") for part in ("label", "value")}
    lines = tuple({"label": row.label, "value": row.value} for row in rows)
    return SheetTable(name, say(f"sheet.{name}"), heads, lines, say(f"sheet.no_{name}"))
