"""A table of which several lines are taken at once, for a card over a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView

from gui.theme import theme
from gui.widgets.table import Column, DataTable


class ManyLines(DataTable):
    """``pressed`` at Space with the chosen rows, ``picked`` whenever they are others."""

    pressed = Signal(object)
    picked = Signal(object)

    def __init__(
        self, columns: Sequence[Column], name: str, memory: Any, user: Callable[[], str]
    ) -> None:
        super().__init__(columns, name, memory, user)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.selectionModel().selectionChanged.connect(lambda *_: self.picked.emit(self.taken()))

    def taken(self) -> list[Any]:
        """The chosen rows from top to bottom."""
        places = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self.rows.row(place) for place in places]

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for ten lines where there is room."""
        return super().sizeHint().expandedTo(QSize(0, theme.u(330)))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Space:
            self.pressed.emit(self.taken())
        else:
            super().keyPressEvent(event)
