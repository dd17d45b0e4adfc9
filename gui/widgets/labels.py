"""Labels with a role that the style sheet knows, and the small helpers that every page needs."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import theme


class Label(QLabel):
    """Plain text with a ``role``: text · muted · faint · heading · title · strong · mono ·
    danger …"""

    def __init__(self, text: str = "", role: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)

    def set_role(self, role: str) -> None:
        """Another role from now on."""
        if self.property("role") != role:
            restyle(self, "role", role)


class ElidedLabel(Label):
    """A label that gives way: what does not fit ends in … and is whole in the tool tip."""

    def __init__(self, text: str = "", role: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(text, role, parent)
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        hint = super().sizeHint()
        hint.setWidth(self.fontMetrics().horizontalAdvance(self._whole) + theme.u(4))
        return hint

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        hint = super().minimumSizeHint()
        hint.setWidth(min(theme.u(24), self.sizeHint().width()))
        return hint

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self._fit()

    def whole(self) -> str:
        """The text without the dots."""
        return self._whole

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fitted = self.fontMetrics().elidedText(
            self._whole, Qt.TextElideMode.ElideRight, self.contentsRect().width()
        )
        super().setText(fitted)


def wrapped(text: str = "", role: str = "text") -> Label:
    """A label of several lines whose text can be selected and copied."""
    label = Label(text, role)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and have it looked at again if it changed."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class Card(QFrame):
    """A white sheet with a hairline round it; ``column`` is its layout."""

    def __init__(self, parent: QWidget | None = None, margin: int = 16, gap: int = 12) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.column = QVBoxLayout(self)
        edge = theme.u(margin)
        self.column.setContentsMargins(edge, edge, edge, edge)
        self.column.setSpacing(theme.u(gap))


def centred(widget: QWidget, above: int = 1, below: int = 1) -> QVBoxLayout:
    """A layout with ``widget`` in the middle; unlike an alignment it lets wrapped text grow."""
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(widget)
    row.addStretch(1)
    column = QVBoxLayout()
    column.addStretch(above)
    column.addLayout(row)
    column.addStretch(below)
    return column


def rule() -> QFrame:
    """A horizontal hairline."""
    line = QFrame()
    line.setProperty("rule", True)
    line.setFixedHeight(theme.u(1))
    return line
