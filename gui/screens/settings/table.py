"""The table of the settings screen, read once:
sections, fields, and what counts after a restart."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from gui.forms.spec import FieldSpec

KEYS = "keys"
SECRETS = "secrets"  # rows of this table are kept in the system's keyring, never in a file


@dataclass(frozen=True, slots=True)
class Row:
    """One setting: ``name`` is ``table.key``; ``exact`` its length where it is fixed."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    length: int = 0
    exact: int = 0
    low: float | None = None
    high: float | None = None
    whole: bool = False
    path: bool = False
    restart: bool = False

    @property
    def secret(self) -> str:
        """The name it is kept under in the keyring, or empty for an ordinary setting."""
        table, key = self.place
        return key if table == SECRETS else ""

    @property
    def place(self) -> tuple[str, str]:
        """Table and key."""
        table, _, key = self.name.partition(".")
        return table, key

    def spec(self, *, read_only: bool, choices: Mapping[str, str] | None = None) -> FieldSpec:
        """The form's view of this row."""
        return FieldSpec(
            self.name,
            self.label,
            self.kind,
            self.length,
            self.required,
            self.choices if choices is None else choices,
            self.hint,
            "utf-8",
            self.low,
            self.high,
            read_only,
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A page of settings; ``owners``: the roles that may change it (empty: everybody)."""

    name: str
    label: str
    hint: str = ""
    owners: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


@cache
def sections() -> tuple[Section, ...]:
    """All sections of ``resources/tables/settings.toml``."""
    file = resources.files("resources") / "tables" / "settings.toml"
    return tuple(_section(row) for row in tomllib.loads(file.read_text("utf-8"))["section"])


def _section(row: Mapping[str, Any]) -> Section:
    rows = tuple(Row(**item) for item in row["field"])
    owners = tuple(row.get("owners", ()))
    return Section(row["name"], row["label"], row.get("hint", ""), owners, rows)


def all_rows() -> dict[str, Row]:
    """Every setting by name."""
    return {row.name: row for section in sections() for row in section.rows}
