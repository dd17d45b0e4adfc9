"""What a page shows when there is nothing: a drawing, a sentence, and what to press next."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.theme import theme
from gui.widgets.icons import icon
from gui.widgets.labels import Label


class EmptyState(QWidget):
    """``show_words`` changes it; ``column`` takes a button below."""

    def __init__(self, text: str, hint: str = "", name: str = "empty") -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setSpacing(theme.u(8))
        self._mark, self._text, self._hint = QLabel(), Label("", "heading"), Label("", "muted")
        self.column.addStretch(2)
        for part in (self._mark, self._text, self._hint):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.column.addWidget(part)
        self._hint.setWordWrap(True)
        self.column.addStretch(3)
        self.show_words(text, hint, name)

    def show_words(self, text: str, hint: str = "", name: str = "empty") -> None:
        """Another sentence, another next key."""
        self._mark.setPixmap(icon(name, "line_strong").pixmap(theme.u(56), theme.u(56)))
        self._text.setText(text)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(f"{text} {hint}".strip())
