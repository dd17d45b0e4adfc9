"""The rows of an enquiry as XLSX: amounts as numbers, texts that never become formulas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.money import to_fen
from core.service.sheets import Sheet, SheetColumn, write_book
from core.words import say
from gui.screens.enquiry.faces import COLUMNS, Face, What

AMOUNTS = frozenset({"total", "fund", "personal", "our_amount", "their_amount"})


def write_faces(path: Path, what: What, rows: Sequence[Face]) -> Path:
    """Write one sheet with the columns of the screen; ``DeskError`` with a sentence otherwise."""
    names = [name for name, _, _ in COLUMNS[what]]
    columns = [
        SheetColumn(say(f"enquiry_view.column.{name}"), "amount" if name in AMOUNTS else "text")
        for name in names
    ]
    cells = ([_cell(name, face.cells[name]) for name in names] for face in rows)
    return write_book(path, [Sheet(say(f"enquiry_view.what.{what}"), columns, cells)])


def _cell(name: str, text: str) -> str | int | None:
    if name not in AMOUNTS:
        return text
    return to_fen(text.replace(",", "")) if text else None
