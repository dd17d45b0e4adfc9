"""The operators of training mode: their password is no secret, so its hash may lie in a table."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from core.domain import Operator, Role


@cache
def _table() -> dict[str, Any]:
    file = resources.files("resources") / "tables" / "training_operators.toml"
    return tomllib.loads(file.read_text("utf-8"))


def trainers() -> tuple[tuple[Operator, str], ...]:
    """Every training operator with the Argon2id hash of the training password."""
    return tuple(
        (Operator(id=row["id"], name=row["name"], role=Role(row["role"])), _table()["hash"])
        for row in _table()["operator"]
    )


def stand_in() -> str:
    """A hash for names that do not exist: looking at it takes the time that a real one takes."""
    return str(_table()["hash"])


def training_password() -> str:
    """What all training operators log in with; the log-in screen says it."""
    return str(_table()["password"])
