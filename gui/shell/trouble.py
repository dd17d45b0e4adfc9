"""What is shown when the desk cannot be opened: the sentence, where to look, nothing to break."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from core.words import say
from gui.theme import theme
from gui.widgets.icons import icon
from gui.widgets.labels import Card, Label, centred, wrapped


class Trouble(QWidget):
    """Says why, offers to copy it and to close."""

    def __init__(self, sentence: str, close: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("ground", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sentence = sentence
        card = Card(margin=24)
        card.setFixedWidth(theme.u(560))
        mark = QLabel()
        mark.setPixmap(icon("danger", "danger").pixmap(theme.u(40), theme.u(40)))
        for part in (mark, Label(say("trouble.title"), "title"), wrapped(sentence)):
            card.column.addWidget(part)
        card.column.addWidget(wrapped(say("trouble.hint"), "muted"))
        card.column.addLayout(self._buttons(close))
        self.setLayout(centred(card))

    def _buttons(self, leave: Callable[[], object]) -> QHBoxLayout:
        row = QHBoxLayout()
        copy, close = QPushButton(say("trouble.copy")), QPushButton(say("trouble.close"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.sentence))
        close.clicked.connect(lambda: leave())
        row.addStretch(1)
        row.addWidget(copy)
        row.addWidget(close)
        return row
