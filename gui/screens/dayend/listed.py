"""A table that says what to press while it is empty."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from core.words import say
from gui.shell.context import Context
from gui.widgets.empty_state import EmptyState
from gui.widgets.table import Column, DataTable


def ask_no_room(widget: QWidget) -> None:
    """Within a stack the widget takes what the others leave it."""
    widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)


class Listed(QStackedWidget):
    """A table, or what to do while it is empty."""

    def __init__(self, columns: tuple[Column, ...], name: str, context: Context, key: str) -> None:
        super().__init__()
        self.setProperty("page", True)
        self.table = DataTable(columns, f"dayend-{name}", context.memory, context.user)
        hint = say(f"dayend.view.{key}_hint")
        self.empty = EmptyState(say(f"dayend.view.{key}"), hint, "dayend")
        ask_no_room(self.empty)
        self.addWidget(self.empty)
        self.addWidget(self.table)
        self._filled: Any = None

    def fill(self, rows: tuple[Any, ...], place: int = -1) -> None:
        """Other rows; ``place`` is the chosen one."""
        if rows != self._filled:
            self._filled = rows
            self.table.blockSignals(True)
            self.table.set_rows(rows)
            self.table.blockSignals(False)
        if rows and 0 <= place != self.table.currentIndex().row():
            self.table.choose(place)
        self.setCurrentWidget(self.table if rows else self.empty)
