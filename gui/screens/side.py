"""Sheets of a page: two beside (or below) each other; one of several, with its own room."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QStackedWidget, QWidget

from gui.theme import theme

UNBOUND = 16_777_215


class SideBySide(QBoxLayout):
    """``main`` takes the room, ``side`` is ``width`` units wide (0: it takes its share too)."""

    def __init__(self, main: QWidget, side: QWidget, width: float, stacked_below: float) -> None:
        super().__init__(QBoxLayout.Direction.LeftToRight)
        self._main, self._side, self._width, self._below = main, side, width, stacked_below
        self.setSpacing(theme.u(12))
        self.setContentsMargins(0, 0, 0, 0)
        self.addWidget(main, 3)
        self.addWidget(side, 0 if width else 2)
        self.fit(UNBOUND)

    def fit(self, page_width: int) -> None:
        """Follow the page's width in pixels."""
        stacked = page_width < theme.u(self._below)
        way = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        self.setDirection(way)
        if self._width:
            wide = theme.u(self._width)
            self._side.setMinimumWidth(0 if stacked else wide)
            self._side.setMaximumWidth(UNBOUND if stacked else wide)


class OnePage(QStackedWidget):
    """Needs the room of the page that is shown, not of the largest one."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().minimumSizeHint()

    def turn(self, page: QWidget) -> None:
        """Show ``page``."""
        if page is not self.currentWidget():
            self.setCurrentWidget(page)
            self.updateGeometry()


def bring_into_sight(widget: QWidget) -> None:
    """Scroll the page so that ``widget`` is seen."""
    place: QWidget | None = widget
    while place is not None and not isinstance(place, QScrollArea):
        place = place.parentWidget()
    if place is not None:
        place.ensureWidgetVisible(widget)
