"""The action table: what can be pressed, with which key, where; data of ``resources/tables``.

Qt-free. Keys are portable texts (``F2``, ``Ctrl+Alt+L``); ``settings.keys`` lays its own over them.
Two actions may share a key when they can never be meant at the same time (different screens).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from core.errors import Fault, fault
from core.words import say
from gui.abilities import able

EVERYWHERE = "window"


@dataclass(frozen=True, slots=True)
class Action:
    """One row: ``scope`` is ``window`` or the name of the screen (or panel) it belongs to.

    ``needs``: words of ``gui.abilities``; an action that the centre lacks is not shown.
    """

    name: str
    label: str
    key: str
    scope: str = EVERYWHERE
    hint: str = ""
    needs: tuple[str, ...] = ()


@cache
def shipped() -> tuple[Action, ...]:
    """The table as it is shipped, in the order of the key overlay."""
    file = resources.files("resources") / "tables" / "actions.toml"
    rows = tomllib.loads(file.read_text("utf-8"))["action"]
    return tuple(Action(**{**row, "needs": tuple(row.get("needs", ()))}) for row in rows)


class ActionTable:
    """The shipped actions with the desk's own keys over them; ``centre`` says what it lacks."""

    def __init__(self, keys: Mapping[str, str] | None = None, centre: Any = None) -> None:
        own = keys or {}
        rows = (replace(row, key=own.get(row.name, row.key)) for row in shipped())
        self._rows = {row.name: row for row in rows}
        self._lacking = {
            row.name for row in self._rows.values() if centre and not able(centre, row.needs)
        }

    def __getitem__(self, name: str) -> Action:
        return self._rows[name]

    def lacks(self, name: str) -> bool:
        """Whether the centre has no use for an action."""
        return name in self._lacking

    def all(self) -> tuple[Action, ...]:
        """Every action that the centre does not lack, in table order."""
        return tuple(row for row in self._rows.values() if not self.lacks(row.name))

    def of(self, scope: str) -> tuple[Action, ...]:
        """The actions of one scope."""
        return tuple(row for row in self.all() if row.scope == scope)


def key_faults(rows: Iterable[Action], reserved: Iterable[str] = ()) -> tuple[Fault, ...]:
    """Keys that would mean two things at once, told at both; ``field`` names the action."""
    rail = tuple(Action("", say("actions.rail"), key) for key in reserved)
    used = [row for row in (*rows, *rail) if row.key]
    return tuple(_clash(row, other) for row in used for other in used if _clashes(row, other))


def _clashes(row: Action, other: Action) -> bool:
    together = row.scope == other.scope or EVERYWHERE in (row.scope, other.scope)
    same_key = row.key.casefold() == other.key.casefold()
    return bool(row.name) and row is not other and together and same_key


def _clash(row: Action, other: Action) -> Fault:
    return fault("actions.taken", row.name, press=row.key, label=row.label, other=other.label)
