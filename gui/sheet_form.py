"""What stands on a printed sheet, and the forms of the papers it is laid in; without Qt.

A hospital lays its own ``sheet.toml`` (in the home folder) over the shipped forms: a table for each
paper, with just the keys that differ.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from core.domain.base import Model
from core.domain.slip import SlipRow
from core.errors import SetupError, fault
from core.words import say

LOCAL = "sheet.toml"
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


class SheetForm(Model):
    """A form of ``resources/print/sheet.toml``: millimetres, and points for ``size``."""

    width: float = Field(ge=50, le=450)
    height: float = Field(ge=0, le=600)
    margin: float = Field(ge=0, le=40)
    size: float = Field(ge=5, le=20)
    row: float = Field(ge=2, le=40)
    pad: float = Field(ge=0, le=10)
    code: float = Field(ge=8, le=50)
    head: tuple[tuple[str, ...], ...] = Field(max_length=40)
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


@cache
def _shipped() -> dict[str, dict[str, Any]]:
    file = resources.files("resources") / "print" / "sheet.toml"
    return tomllib.loads(file.read_text("utf-8"))


def sheet_forms(home: Path | None = None) -> dict[str, SheetForm]:
    """Every form by the name of its paper, the hospital's own keys laid over the shipped ones.

    Raises ``SetupError`` naming file, paper and key of whatever is wrong in ``sheet.toml``.
    """
    path = home / LOCAL if home else Path(LOCAL)
    local = _local(path) if home and path.exists() else {}
    unknown = [name for name in local if name not in _shipped() or not _is_table(local[name])]
    if unknown:
        names = " · ".join(_shipped())
        raise SetupError(fault("slip.no_paper", path=path, paper=unknown[0], names=names))
    return {paper: _form(path, paper, local.get(paper, {})) for paper in _shipped()}


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _local(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SetupError(fault("slip.unreadable_form", path=path, error=error)) from error


def _form(path: Path, paper: str, local: dict[str, Any]) -> SheetForm:
    shipped = _shipped()[paper]
    tables = local.get("tables", {})
    laid = shipped["tables"] | tables if _is_table(tables) else tables
    try:
        return SheetForm.model_validate(shipped | local | {"tables": laid})
    except ValidationError as error:
        raise SetupError([_explain(path, paper, item) for item in error.errors()]) from error


def _explain(path: Path, paper: str, item: Any) -> Any:
    where = ".".join(str(part) for part in (paper, *item["loc"]))
    said = item["msg"].removeprefix("Value error, ")
    return fault("slip.bad_form", path=path, where=where, error=said)
