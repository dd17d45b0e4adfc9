"""The only door to the Chinese texts: every sentence a person reads lives in ``resources``.

``resources/labels/*.toml`` are one table of dotted keys (``[settle] open = "…"`` is
``settle.open``); ``{name}`` holes are filled by ``say``. A missing key is a programming error and
raises ``KeyError``; a test walks every key that the code names.

A file is parsed when one of its areas (the first word of a key) is first spoken of: the log-in
needs a tenth of them.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

AREA = re.compile(r"^\[(\w+)", re.MULTILINE)  # in the header of a table


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
def _sources() -> dict[str, tuple[str, ...]]:
    """Every area with the files that have tables of it, as they are."""
    found: dict[str, tuple[str, ...]] = {}
    folder = resources.files("resources") / "labels"
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".toml"):
            text = file.read_text("utf-8")
            for area in dict.fromkeys(AREA.findall(text)):
                found[area] = (*found.get(area, ()), text)
    return found


@cache
def _parsed(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


@cache
def _texts_of(area: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in _sources().get(area, ()):
        _flatten({area: _parsed(text)[area]}, "", found)
    return found


@cache
def texts() -> dict[str, str]:
    """All texts by dotted key, read once."""
    return {key: text for area in _sources() for key, text in _texts_of(area).items()}


def say(key: str, **holes: object) -> str:
    """The Chinese text of ``key`` with its holes filled."""
    return _texts_of(key.partition(".")[0])[key].format(**holes)
