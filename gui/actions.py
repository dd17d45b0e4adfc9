"""The action table: what can be pressed, with which key, where; data of ``resources/tables``.

Qt-free. Keys are portable texts (``F2``, ``Ctrl+Alt+L``); ``settings.keys`` lays its own over them.
Two actions may share a key when they can never be meant at the same time (different screens).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
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
    """The shipped actions with the desk's own keys over them; ``centre`` says what it lacks.

    Put together when first asked: the log-in page stands before any key of the table counts.
    """

    def __init__(self, keys: Mapping[str, str] | None = None, centre: Any = None) -> None:
        self._own, self._centre = keys or {}, centre

    @cached_property
    def _rows(self) -> dict[str, Action]:
        rows = (replace(row, key=self._own.get(row.name, row.key)) for row in shipped())
        return {row.name: row for row in rows}

    @cached_property
    def _lacking(self) -> set[str]:
        centre, rows = self._centre, self._rows.values()
        return {row.name for row in rows if centre and not able(centre, row.needs)}

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
