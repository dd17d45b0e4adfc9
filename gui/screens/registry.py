"""Finds the screens: every folder below ``gui/screens`` with a ``spec`` module is one. Qt-free."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import gui.screens
from core.words import say
from gui.abilities import able

EVERYONE = ("cashier", "supervisor", "it")
MOST_RAIL_KEYS = 10


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    """One row of the table of screens.

    ``view`` is ``module:Class``, imported when first shown. ``order`` is the place on the rail
    (screens that are not on the rail have none). ``count`` names what the rail counts
    there (``pending``). ``foot`` puts it at the lower end of the rail. ``needs`` are words of
    ``gui.abilities``.
    """

    name: str
    view: str
    order: int | None = None
    icon: str = ""
    roles: tuple[str, ...] = EVERYONE
    count: str = ""
    foot: bool = False
    needs: tuple[str, ...] = ()

    def fits(self, centre: Any) -> bool:
        """Whether the centre has anything to do with the screen."""
        return centre is None or able(centre, self.needs)

    @property
    def label(self) -> str:
        """The name people know the screen by."""
        return say(f"screens.{self.name}")

    def load(self) -> type[Any]:
        """Import the view's class."""
        module, _, name = self.view.partition(":")
        loaded: type[Any] = getattr(importlib.import_module(module), name)
        return loaded


@cache
def screens() -> dict[str, ScreenSpec]:
    """All screens by name, in rail order."""
    found = [_spec(item.name) for item in pkgutil.iter_modules(gui.screens.__path__) if item.ispkg]
    present = [spec for spec in found if spec is not None]
    present.sort(key=lambda spec: (spec.order is None, spec.order or 0, spec.name))
    return {spec.name: spec for spec in present}


def _spec(folder: str) -> ScreenSpec | None:
    try:
        module = importlib.import_module(f"gui.screens.{folder}.spec")
    except ModuleNotFoundError as error:
        if error.name != f"gui.screens.{folder}.spec":
            raise
        return None
    spec: ScreenSpec = module.SPEC
    return spec


def on_rail(specs: Iterable[ScreenSpec], role: str, centre: Any = None) -> tuple[ScreenSpec, ...]:
    """The screens an operator of ``role`` finds on the rail of a desk of this ``centre``."""
    return tuple(
        spec for spec in specs
        if spec.order is not None and role in spec.roles and spec.fits(centre)
    )  # fmt: skip


def rail_key(place: int) -> str:
    """``Alt+1`` … ``Alt+9``, ``Alt+0`` for the tenth; none beyond."""
    return f"Alt+{(place + 1) % 10}" if place < MOST_RAIL_KEYS else ""
