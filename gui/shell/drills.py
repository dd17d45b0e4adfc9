"""故障演练: in training mode the simulated centre is told to misbehave; the table is data."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from core.errors import DeskError, Refused, fault
from core.simulator.control import ControlError
from core.words import say
from gui.messages import Message
from gui.operation import Operation
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.labels import Label, wrapped
from gui.widgets.overlay import Overlay

Tell = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class Drill:
    """One bad day: ``step`` the business step whose next ``times`` calls are struck, or any.

    ``books``: not a call goes wrong, but the centre's books drift (for the end of the day).
    """

    name: str
    label: str
    hint: str
    kind: str
    step: str = ""
    times: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)
    books: bool = False


@cache
def drills() -> tuple[Drill, ...]:
    """The table of drills."""
    file = resources.files("resources") / "tables" / "drills.toml"
    return tuple(Drill(**row) for row in tomllib.loads(file.read_text("utf-8"))["drill"])


def order(desk: Any, drill: Drill) -> None:
    """Tell the simulated centre; needs a training desk.

    Raises ``Refused`` where its books hold nothing that could drift.
    """
    control = desk.training.control
    try:
        if drill.books:
            control.mismatch(drill.kind, **drill.options)
        else:
            code = desk.centre.rule(drill.step).code if drill.step else ""
            control.fault(drill.kind, code, drill.times, **drill.options)
    except ControlError as error:
        raise Refused(fault("drills.no_books", label=drill.label)) from error


class DrillPanel(Overlay):
    """The list of bad days laid over the desk: arrows and Enter, or a click; Esc goes back."""

    def __init__(self, frame: QWidget, context: Context, tell: Tell) -> None:
        super().__init__(frame, 620)
        self._frame, self._context, self._tell = frame, context, tell
        self.card.column.addWidget(Label(say("drills.title"), "heading"))
        self.card.column.addWidget(wrapped(say("drills.intro"), "muted"))
        self.list = QListWidget()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setProperty("nav", True)
        self.list.setAccessibleName(say("drills.title"))
        for drill in drills():
            self._add(drill.label, drill.hint)
        self._add(say("drills.clear"), "")
        self.list.itemActivated.connect(lambda item: self.choose(self.list.row(item)))
        self.list.itemClicked.connect(lambda item: self.choose(self.list.row(item)))
        self.card.column.addWidget(self.list, 1)
        self.card.column.addWidget(Label(say("drills.foot"), "faint"))

    def _add(self, label: str, hint: str) -> None:
        item = QListWidgetItem(f"{label}\n{hint}" if hint else label)
        item.setSizeHint(QSize(0, theme.u(50 if hint else 36)))
        self.list.addItem(item)

    def show_drills(self) -> None:
        """Open it on the first drill."""
        self.list.setCurrentRow(0)
        self.list.setMinimumHeight(min(theme.u(450), round(self._host.height() * 0.6)))
        self.open(self.list)

    def choose(self, place: int) -> None:
        """Order the drill, or the way back to ordinary days."""
        if not self.isVisible():
            return
        self.close_overlay()
        if place < len(drills()):
            drill = drills()[place]
            said = say("drills.ready", label=drill.label, hint=drill.hint)
            self._order(lambda: order(self._context.desk, drill), said)
        else:
            self._order(lambda: self._context.desk.training.control.clear(), say("drills.cleared"))

    def _order(self, call: Callable[[], None], said: str) -> None:
        work = Operation(self._frame, call, name="drill", lane="io").silent()
        work.on_success(lambda _: self._tell(Message("info", said, key="drill")))
        work.on_refused(self._refused).run()

    def _refused(self, error: DeskError) -> bool:
        self._tell(Message("warning", str(error), key="drill"))
        return True
