"""The window of a desk that cannot be opened: the sentence, where to look, nothing to break."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.words import say
from gui.theme import theme
from gui.widgets.icons import icon
from gui.widgets.labels import Card, Label, wrapped


class TroubleWindow(QWidget):
    """Says why, offers to copy it and to close."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.setWindowTitle(say("product.name"))
        self.setProperty("ground", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(theme.u(640), theme.u(360))
        self.sentence = sentence
        card = Card()
        mark = QLabel()
        mark.setPixmap(icon("danger", "danger").pixmap(theme.u(40), theme.u(40)))
        for part in (mark, Label(say("trouble.title"), "title"), wrapped(sentence)):
            card.column.addWidget(part)
        card.column.addWidget(wrapped(say("trouble.hint"), "muted"))
        card.column.addLayout(self._buttons())
        box = QVBoxLayout(self)
        edge = theme.u(32)
        box.setContentsMargins(edge, edge, edge, edge)
        box.addWidget(card)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        copy, close = QPushButton(say("trouble.copy")), QPushButton(say("trouble.close"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.sentence))
        close.clicked.connect(self.close)
        row.addStretch(1)
        row.addWidget(copy)
        row.addWidget(close)
        return row
