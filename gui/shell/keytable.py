"""F1: the table of keys, laid over the window; made from the action table, so it is always true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QWidget

from core.words import say
from gui.actions import EVERYWHERE, Action, ActionTable
from gui.screens.registry import ScreenSpec, rail_key
from gui.theme import theme
from gui.widgets.labels import ElidedLabel, Label
from gui.widgets.overlay import Overlay

COLUMNS = 2


class KeyTable(Overlay):
    """Shows what can be pressed here first, then everywhere, then the screens."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, 860)
        self.card.column.addWidget(Label(say("keytable.title"), "heading"))
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setProperty("page", True)
        self.card.column.addWidget(self._area, 1)
        self.card.column.addWidget(Label(say("keytable.foot"), "muted"))

    def show_keys(self, table: ActionTable, screen: str, rail: Sequence[ScreenSpec]) -> None:
        """Open it for the screen that is shown."""
        here = [row for row in table.of(screen) if row.key]
        everywhere = [row for row in table.of(EVERYWHERE) if row.key]
        pages = [
            Action(spec.name, spec.label, rail_key(place))
            for place, spec in enumerate(rail)
            if rail_key(place)
        ]
        waiting = list(table.of("wait"))
        self._area.setWidget(
            _grid(
                (
                    (say("keytable.here"), here),
                    (say("keytable.everywhere"), everywhere),
                    (say("keytable.waiting"), waiting),
                    (say("keytable.screens"), pages),
                    (say("keytable.always"), _habits()),
                )
            )
        )
        inner = self._area.widget().sizeHint().height()
        self._area.setMinimumHeight(min(inner, round(self._host.height() * 0.66)))
        self.open()


def _habits() -> list[Action]:
    return [
        Action(name, say(f"keytable.{name}"), say(f"keytable.{name}_key"))
        for name in ("enter", "esc")
    ]


def _grid(parts: Iterable[tuple[str, Sequence[Action]]]) -> QWidget:
    inner = QWidget()
    grid = QGridLayout(inner)
    grid.setContentsMargins(0, 0, theme.u(8), 0)
    grid.setHorizontalSpacing(theme.u(12))
    grid.setVerticalSpacing(theme.u(6))
    for column in range(COLUMNS):
        grid.setColumnStretch(column * 2 + 1, 1)
    line = 0
    for title, rows in parts:
        if rows:
            line = _part(grid, line, title, rows)
    return inner


def _words(row: Action) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(theme.u(12))
    line.addWidget(Label(row.label))
    line.addWidget(ElidedLabel(row.hint, "faint"), 1)
    return line


def _part(grid: QGridLayout, line: int, title: str, rows: Sequence[Action]) -> int:
    grid.addWidget(Label(title, "section"), line, 0, 1, COLUMNS * 2)
    for place, row in enumerate(rows):
        at, column = line + 1 + place // COLUMNS, place % COLUMNS * 2
        cap = Label(row.key, "keycap")
        cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        grid.addWidget(cap, at, column)
        grid.addLayout(_words(row), at, column + 1)
    return line + 2 + (len(rows) - 1) // COLUMNS
