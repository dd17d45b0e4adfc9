"""The common ground of all screens: layout, banners, actions, focus,
and the lock while it waits."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gui.bridge import lives
from gui.messages import Message
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.banner import BannerArea
from gui.widgets.keys import PageKeys
from gui.widgets.overlay import Overlay


class Screen(QWidget):
    """Subclasses set ``name``, build into ``top`` and ``body`` and override the hooks they need."""

    name = ""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setObjectName(f"screen-{self.name}")
        self.keys = PageKeys(self, context.actions)
        self.home_field: QWidget | None = None
        self._last_focus: QWidget | None = None
        self._lay_out()

    def _lay_out(self) -> None:
        """Top and banners stand still; the work below scrolls when the window is too small for
        it."""
        self.top, self.body = QVBoxLayout(), QVBoxLayout()
        self.banners = BannerArea(self.context.messages, self.name, go=self._go)
        inner = QWidget()
        inner.setLayout(self.body)
        self.body.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.u(16), theme.u(12), theme.u(16), theme.u(12))
        column.setSpacing(theme.u(12))
        column.addLayout(self.top)
        column.addWidget(self.banners)
        column.addWidget(scrolled(inner), 1)

    def _go(self, screen: str, argument: Any = None) -> None:
        """To the screen that a banner leads to."""
        self.context.navigate(screen, argument)

    def entered(self, argument: Any = None) -> None:
        """The page is shown (again), perhaps with something from the screen before."""

    def left(self) -> None:
        """Another page is shown."""

    def back(self) -> None:
        """Esc reached the page: nothing inner wanted it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and not self.keys.locked():
            self.back()
        event.accept()

    def closing_fault(self) -> str:
        """A sentence why the desk should not be closed now, or nothing."""
        return ""

    def tell(self, message: Message) -> None:
        """A banner on this page."""
        self.context.messages.say(self.name, message)

    def quiet(self) -> None:
        """Take all banners of this page away."""
        self.context.messages.clear(self.name)

    def remember_focus(self) -> None:
        """The page goes away: where was the cashier?"""
        self._last_focus = self.focusWidget()

    def take_focus(self) -> None:
        """The focus goes where the cashier left it, else to the home field."""
        last, self._last_focus = self._last_focus, None
        usable = lives(last) and last.isVisible() and last.isEnabled()
        over = [one for one in self.findChildren(Overlay) if one.isVisible()]
        if over and not (usable and over[-1].isAncestorOf(last)):
            over[-1].take_focus()
            return
        target = last if usable else self.home_field
        if target is not None:
            target.setFocus()


def scrolled(inner: QWidget) -> QScrollArea:
    """A page that is larger than the window scrolls instead of being cut off."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setMinimumWidth(theme.u(120))
    area.setWidget(inner)
    area.setProperty("page", True)
    return area
