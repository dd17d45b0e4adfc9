"""A small rounded word: the state of a thing, never by colour alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import theme
from gui.widgets.icons import icon

# state: (text token, ground token, line token, icon or nothing)
LOOKS: dict[str, tuple[str, str, str, str]] = {
    "done": ("done", "done_soft", "done_line", "check"),
    "now": ("primary_ink", "primary", "primary", ""),
    "next": ("link", "primary_soft", "info_line", ""),
    "later": ("faint", "disabled", "line", ""),
    "unknown": ("amber", "amber_soft", "amber_line", "unknown"),
    "danger": ("danger", "danger_soft", "danger_line", "close"),
    "plain": ("muted", "head", "line", ""),
}


class StagePill(QWidget):
    """``state``: done · now · next · later · unknown · danger · plain;
    ``reason`` is said on hover."""

    def __init__(self, text: str = "", state: str = "plain", reason: str = "") -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._shown: tuple[str, str, str] | None = None
        self.show_state(text, state, reason)

    def show_state(self, text: str, state: str, reason: str = "") -> None:
        """Another word or state."""
        if (text, state, reason) == self._shown:
            return
        self._shown = (text, state, reason)
        self.text, self.state = text, state
        self.setToolTip(reason)
        self.setStatusTip(reason)
        self.setAccessibleName(text or reason)
        self.setAccessibleDescription(reason)
        self.updateGeometry()
        self.update()

    def _font(self):  # type: ignore[no-untyped-def]
        return theme.font(strong=self.state == "now")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        height = QFontMetrics(self._font()).height() + theme.u(8)
        return QSize(pill_width(self.text, self.state), max(theme.u(28), height))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        ink, ground, line, mark = LOOKS[self.state]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.colour(line))
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        inner = self.rect().adjusted(theme.u(12), 0, -theme.u(12), 0)
        if mark:
            side = theme.u(14)
            icon(mark, ink).paint(
                painter, inner.left() - theme.u(1), (self.height() - side) // 2, side, side
            )
            inner.setLeft(inner.left() + theme.u(18))
        painter.setFont(self._font())
        painter.setPen(theme.colour(ink))
        painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, self.text)


def pill_width(text: str, state: str) -> int:
    """How wide a pill with these words is."""
    mark = theme.u(18 if text else 12) if LOOKS[state][3] else 0
    metrics = QFontMetrics(theme.font(strong=state == "now"))
    return metrics.horizontalAdvance(text) + mark + theme.u(24)
