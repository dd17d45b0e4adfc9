"""Something laid over a page or the window: a card in the middle, no window of its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from gui.theme import theme
from gui.widgets.keys import cover
from gui.widgets.labels import Card, centred


class Overlay(QWidget):
    """Covers ``host`` while it is open; keeps the focus inside;
    Esc closes it unless it is ``firm``."""

    def __init__(self, host: QWidget, width: int = 480, *, firm: bool = False) -> None:
        super().__init__(host)
        self._host, self._firm = host, firm
        self._before: QWidget | None = None
        self._card_width = width
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.card = Card(self, margin=20)
        self.card.setProperty("raised", True)
        self.setLayout(centred(self.card))
        host.installEventFilter(self)
        self.hide()

    def open(self, focus: QWidget | None = None) -> None:
        """Lay it over the host; the focus goes to ``focus`` or to itself."""
        self._cover()
        if self.isHidden():
            self._before = QApplication.focusWidget()
            cover(self._host, +1)
        self.show()
        self.raise_()
        (focus or self).setFocus()

    def take_focus(self) -> None:
        """The page is shown again with this still open: the keys are meant for it."""
        self.setFocus()
        self._wrap(forward=True)

    def close_overlay(self) -> None:
        """Take it away and give the focus back."""
        if not self.isHidden():
            cover(self._host, -1)
        inside = self.isAncestorOf(QApplication.focusWidget() or self) or self.hasFocus()
        self.hide()
        if inside:
            self._give_back()
        self._before = None

    def _give_back(self) -> None:
        """To another overlay that still lies there, else to where the focus was before."""
        below = [one for one in self.window().findChildren(Overlay) if one.isVisible()]
        before = self._before if self._before is not None and self._before.isVisible() else None
        if below and not (before and below[-1].isAncestorOf(before)):
            below[-1].take_focus()
        elif before is not None:
            before.setFocus()

    def _cover(self) -> None:
        self.setGeometry(self._host.rect())
        room = max(self._host.width() - theme.u(24), theme.u(120))
        self.card.setFixedWidth(min(theme.u(self._card_width), room))
        self.card.setMaximumHeight(max(self._host.height() - theme.u(24), theme.u(120)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._cover()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and not self._firm:
            self.close_overlay()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt's name
        super().focusNextPrevChild(forward)
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self._wrap(forward)
        return True

    def _wrap(self, forward: bool) -> None:
        takers = [child for child in self.findChildren(QWidget) if _takes_tab(child)]
        if takers:
            takers[0 if forward else -1].setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        QPainter(self).fillRect(self.rect(), theme.veil())


def _takes_tab(widget: QWidget) -> bool:
    tabs = Qt.FocusPolicy.TabFocus.value
    return bool(widget.focusPolicy().value & tabs) and widget.isVisible() and widget.isEnabled()
