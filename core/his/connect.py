"""Which ways to a hospital there are, and how the chosen ones become one hospital.

A new adapter is one row of ``ADAPTERS``: ``module:call``, imported when it is used. The call gets
the settings of its own table and the place, and gives a ``core.his.port.Hospital`` back; it opens
nothing yet, so that a dead hospital does not keep the desk from starting.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.clock import Clock
from core.his.port import Hospital
from core.his.several import Several
from core.secrets import Secrets
from core.settings import HisSettings

ADAPTERS = {
    "folder": "core.his.folder:connect",
    "sql": "core.his.sql.hospital:connect",
}


@dataclass(frozen=True, slots=True)
class Place:
    """What an adapter stands on: ``home`` of the settings, ``data`` of the journal."""

    home: Path
    data: Path
    clock: Clock
    secrets: Secrets


Connect = Callable[[Any, Place], Hospital]


def adapter(name: str, settings: Any, place: Place) -> Hospital:
    """One adapter with settings of its own table, perhaps not saved yet (a test button)."""
    module, _, call = ADAPTERS[name].partition(":")
    connect: Connect = getattr(importlib.import_module(module), call)
    return connect(settings, place)


def connected(settings: HisSettings, place: Place) -> Hospital:
    """All that are in use, as one; raises ``SetupError`` for a table that cannot work at all."""
    ways: Sequence[Hospital] = [
        adapter(name, getattr(settings, name), place) for name in dict.fromkeys(settings.use)
    ]
    return ways[0] if len(ways) == 1 else Several(ways)
