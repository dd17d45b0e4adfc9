"""The only door to the Chinese texts: every sentence a person reads lives in ``resources``.

``resources/labels/*.toml`` are merged into one table of dotted keys (``[settle] open = "…"`` is
``settle.open``); ``{name}`` holes are filled by ``say``. A missing key is a programming error and
raises ``KeyError``; a test walks every key that the code names.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


def _flatten(table: dict[str, Any], prefix: str, into: dict[str, str]) -> None:
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            _flatten(value, f"{name}.", into)
        elif name in into:
            raise ValueError(f"text {name} is defined twice in resources/labels")
        else:
            into[name] = str(value)


@cache
def texts() -> dict[str, str]:
    """All texts by dotted key, read once."""
    found: dict[str, str] = {}
    folder = resources.files("resources") / "labels"
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".toml"):
            _flatten(tomllib.loads(file.read_text("utf-8")), "", found)
    return found


def say(key: str, **holes: object) -> str:
    """The Chinese text of ``key`` with its holes filled."""
    return texts()[key].format(**holes)
