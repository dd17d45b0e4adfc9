"""The five code lists and their columns, from ``resources/tables/code_headers.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from core.errors import InvalidInput, fault
from core.his.tables import Column, bare
from core.words import say

DIAGNOSIS, ITEM, DEPARTMENT, DOCTOR, CENTRE = LISTS = (
    "diagnosis", "item", "department", "doctor", "centre",
)  # fmt: skip

TABLE = "table:"  # the centre's own code tables stand under this and the centre's name of them


@cache
def _table() -> dict[str, Any]:
    file = resources.files("resources") / "tables" / "code_headers.toml"
    return tomllib.loads(file.read_text("utf-8"))


@cache
def columns(name: str) -> dict[str, Column]:
    """The columns of the list ``name`` in their order; its own aliases go before the common ones.

    Raises ``InvalidInput`` for a list that there is not.
    """
    if name.startswith(TABLE):
        return {field: _column(field, []) for field in ("code", "name")}
    if name not in LISTS:
        raise InvalidInput(fault("codes.no_such_list", "list", given=name, known="、".join(LISTS)))
    own = _table()["lists"][name]
    return {field: _column(field, own.get(field, [])) for field in own["fields"]}


def _column(field: str, own: list[str]) -> Column:
    row = _table()["fields"][field]
    aliases = tuple(dict.fromkeys(bare(alias) for alias in (*own, *row["aliases"])))
    return Column(field, row["label"], row["kind"], row.get("required", False), aliases)


def title(name: str) -> str:
    """What people call a list."""
    return name.removeprefix(TABLE) if name.startswith(TABLE) else say(f"codes.list.{name}")
