"""Banners in the page: the headline, our advice below it, code and message id to copy."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.words import say
from gui.messages import Message, Messages
from gui.theme import theme
from gui.widgets.icons import icon
from gui.widgets.labels import Label, wrapped
from gui.widgets.layouts import emptied

MARKS = {
    "info": ("info", "link"),
    "done": ("done", "done"),
    "warning": ("warning", "amber"),
    "danger": ("danger", "danger"),
    "unknown": ("unknown", "amber"),
}
SHOWN_AT_ONCE = 3


class Banner(QFrame):
    """One message; ``closed`` is called when the cashier puts it away, ``go`` with screen and
    argument when he goes to where the remedy is."""

    def __init__(
        self, message: Message, closed: object = None, go: Callable[..., None] | None = None
    ) -> None:
        super().__init__()
        self.message, self._go = message, go
        self.setProperty("banner", message.kind)
        self.setAccessibleName(f"{say('banner.' + message.kind)}：{message.text}")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.u(12), theme.u(8), theme.u(8), theme.u(8))
        row.setSpacing(theme.u(8))
        row.addWidget(self._mark(), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._words(), 1)
        row.addLayout(self._buttons(closed))

    def _mark(self) -> QLabel:
        name, token = MARKS[self.message.kind]
        mark = QLabel()
        size = theme.u(20)
        mark.setPixmap(icon(name, token).pixmap(size, size))
        return mark

    def _words(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.u(2))
        head = wrapped(self.message.text, f"banner-{self.message.kind}")
        head.setFont(theme.font(strong=True))
        column.addWidget(head)
        sentences = self.message.advice.sentences()
        if sentences:
            column.addWidget(wrapped("　".join(sentences), "text"))
        if self._reference():
            column.addWidget(Label(self._reference(), "muted"))
        return column

    def _reference(self) -> str:
        parts = []
        if self.message.code:
            parts.append(say("banner.code", code=self.message.code))
        if self.message.msgid:
            parts.append(say("banner.msgid", msgid=self.message.msgid))
        return "　".join(parts)

    def _buttons(self, closed: object) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(4))
        if self.message.leads[0] and self._go is not None:
            row.addWidget(self._link())
        if self._reference():
            row.addWidget(_tool("copy", say("banner.copy"), self.copy))
        if callable(closed):
            row.addWidget(_tool("close", say("banner.close"), closed))
        row.setAlignment(Qt.AlignmentFlag.AlignTop)
        return row

    def _link(self) -> QPushButton:
        screen, argument = self.message.leads
        link = self.link = QPushButton(say("banner.leads", screen=say(f"screens.{screen}")))
        link.setAutoDefault(True)
        link.clicked.connect(lambda: self._go(screen, argument) if self._go else None)
        return link

    def copy(self) -> None:
        """Headline, advice, code and message id to the clipboard."""
        lines = (self.message.text, *self.message.advice.sentences(), self._reference())
        QGuiApplication.clipboard().setText("\n".join(line for line in lines if line))


def _tool(name: str, label: str, slot: object) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name, "muted"))
    button.setToolTip(label)
    button.setAccessibleName(label)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.clicked.connect(lambda: slot())
    return button


class BannerArea(QWidget):
    """The banners of one page, newest on top; takes no room when there are none."""

    def __init__(
        self, messages: Messages, page: str, parent: QWidget | None = None,
        go: Callable[..., None] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._messages, self._page, self._go = messages, page, go
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.u(8))
        self.setVisible(False)
        unlisten = messages.listen(page, self.show_all)
        self.destroyed.connect(lambda: unlisten())

    def show_all(self, messages: tuple[Message, ...]) -> None:
        """Show the newest few."""
        emptied(self._column)
        for message in messages[:SHOWN_AT_ONCE]:
            self._column.addWidget(Banner(message, self._closer(message), self._go))
        self.setVisible(bool(messages))

    def banners(self) -> tuple[Banner, ...]:
        """What stands there now."""
        items = (self._column.itemAt(place) for place in range(self._column.count()))
        return tuple(item.widget() for item in items)

    def _closer(self, message: Message) -> object:
        return lambda: self._messages.withdraw(self._page, message)
