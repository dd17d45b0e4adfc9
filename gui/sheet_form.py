"""What stands on a printed sheet, and the forms of the papers it is laid in; without Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import field_validator

from core.domain.slip import SlipRow
from core.words import say
from gui.paper_form import PaperForm, laid_over

FILE = "sheet.toml"
RIGHT = "right"
WIDEST = 100


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table by ``name``: ``heads`` and every row map a column to its text.

    ``empty`` stands there when it has no rows; the last ``sums`` rows are printed bold.
    """

    name: str
    title: str
    heads: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...]
    empty: str = ""
    sums: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that stands on a sheet, as text; ``refund`` prints it in red.

    ``code``: what the square code carries; ``marks`` stand across every page.
    """

    number: str
    title: str
    hospital: str
    code: str
    head: tuple[SlipRow, ...]
    tables: tuple[SheetTable, ...]
    signatures: tuple[str, ...] = ()
    foot: tuple[SlipRow, ...] = ()
    marks: tuple[str, ...] = ()
    print_note: str = ""
    notes: tuple[str, ...] = field(default=())
    refund: bool = False


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A printed column: its part of the width, and whether its texts stand at the right."""

    name: str
    part: int
    right: bool = False


def column(text: str) -> SheetColumn:
    """The column of ``"total 3 right"``; ``ValueError`` with a sentence where it is none."""
    name, *rest = text.split()
    known = rest[:1] and rest[0].isdecimal() and 1 <= int(rest[0]) <= WIDEST
    if not known or rest[1:] not in ([], [RIGHT]):
        raise ValueError(say("sheet.bad_column", text=text))
    return SheetColumn(name, int(rest[0]), rest[1:] == [RIGHT])


class SheetForm(PaperForm):
    """A form of ``resources/print/sheet.toml``."""

    tables: dict[str, tuple[str, ...]]

    @field_validator("tables")
    @classmethod
    def _columns(cls, given: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for texts in given.values():
            if not texts:
                raise ValueError(say("sheet.bad_column", text=""))
            for text in texts:
                column(text or "-")
        return given

    def columns(self, table: str) -> tuple[SheetColumn, ...]:
        """The printed columns of a table; none where the form leaves it out."""
        return tuple(column(text) for text in self.tables.get(table, ()))


def sheet_forms(home: Path | None = None) -> dict[str, SheetForm]:
    """Every form by the name of its paper; see ``laid_over``."""
    return laid_over(SheetForm, FILE, home)
