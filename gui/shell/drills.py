"""故障演练: in training mode the simulated centre is told to misbehave; the table is data."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from core.words import say
from gui.messages import Message
from gui.operation import Operation
from gui.shell.context import Context

Tell = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class Drill:
    """One bad day: ``step`` the business step whose next ``times`` calls are struck, or any."""

    name: str
    label: str
    hint: str
    kind: str
    step: str = ""
    times: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)


@cache
def drills() -> tuple[Drill, ...]:
    """The table of drills."""
    file = resources.files("resources") / "tables" / "drills.toml"
    return tuple(Drill(**row) for row in tomllib.loads(file.read_text("utf-8"))["drill"])


def order(desk: Any, drill: Drill) -> None:
    """Tell the simulated centre; needs a training desk."""
    code = desk.centre.rule(drill.step).code if drill.step else ""
    desk.training.control.fault(drill.kind, code, drill.times, **drill.options)


def drill_menu(frame: QWidget, context: Context, tell: Tell) -> QMenu:
    """The menu of all drills, with the way back to ordinary days."""
    menu = QMenu(frame)
    menu.setToolTipsVisible(True)
    for drill in drills():
        action = menu.addAction(drill.label)
        action.setToolTip(drill.hint)
        action.triggered.connect(_starter(frame, context, tell, drill))
    menu.addSeparator()
    clear = menu.addAction(say("drills.clear"))
    clear.triggered.connect(lambda: _clear(frame, context, tell))
    return menu


def _starter(frame: QWidget, context: Context, tell: Tell, drill: Drill) -> Callable[[], None]:
    def start() -> None:
        said = Message("info", say("drills.ready", label=drill.label, hint=drill.hint), key="drill")
        work = Operation(frame, lambda: order(context.desk, drill), name="drill", lane="io")
        work.silent().on_success(lambda _: tell(said)).run()

    return start


def _clear(frame: QWidget, context: Context, tell: Tell) -> None:
    said = Message("info", say("drills.cleared"), key="drill")
    work = Operation(frame, lambda: context.desk.training.control.clear(), name="drill", lane="io")
    work.silent().on_success(lambda _: tell(said)).run()
