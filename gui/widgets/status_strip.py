"""The status strip: centre, library process, devices, pending, business day, centre time, F1.

A state is a shape and a word before it is a colour. The middle shows why the thing under the mouse
or the focus is grey.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.words import say
from gui.theme import theme
from gui.widgets.labels import ElidedLabel, Label

TOKENS = {"ok": "done", "warning": "amber", "failed": "danger", "none": "faint"}


class Dot(QWidget):
    """A circle for well, a triangle for warning, a square for failed, a ring for not known."""

    def __init__(self) -> None:
        super().__init__()
        self.state = "none"
        self.setFixedSize(theme.u(10), theme.u(10))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(theme.u(10), theme.u(10))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour, box = theme.colour(TOKENS[self.state]), QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(colour)
        painter.setBrush(Qt.BrushStyle.NoBrush if self.state == "none" else colour)
        if self.state == "warning":
            top = QPointF(box.center().x(), box.top())
            painter.drawPolygon(QPolygonF([top, box.bottomRight(), box.bottomLeft()]))
        elif self.state == "failed":
            painter.drawRect(box)
        else:
            painter.drawEllipse(box)


class StatusItem(QWidget):
    """A dot and a word."""

    def __init__(self, text: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.u(6))
        self._dot, self._text = Dot(), Label(text, "muted")
        row.addWidget(self._dot)
        row.addWidget(self._text)
        self.setAccessibleName(text)

    def show_state(self, state: str, text: str, tip: str = "") -> None:
        """``state``: ok · warning · failed · none."""
        self._dot.state = state
        self._dot.update()
        self._text.setText(text)
        self._text.set_role({"warning": "amber", "failed": "danger"}.get(state, "muted"))
        self.setToolTip(tip)
        self.setAccessibleName(f"{text}：{say('strip.state_' + state)} {tip}".strip())

    def text(self) -> str:
        """What is written."""
        return self._text.text()


class StatusStrip(QWidget):
    """Items by name at the left, a hint in the middle, the day and the clock at the right."""

    LEFT = ("centre", "library", "reader", "printer", "pending", "hospital")

    def __init__(self, help_text: str) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(theme.u(32))
        self.setMinimumWidth(theme.u(160))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.u(16), 0, theme.u(16), 0)
        row.setSpacing(theme.u(18))
        self.items = {name: StatusItem(say(f"strip.{name}")) for name in self.LEFT}
        for item in self.items.values():
            row.addWidget(item)
        self._hint = ElidedLabel("", "text")
        row.addWidget(self._hint, 1)
        self._day, self._time = Label("", "muted"), Label("", "muted")
        self._help = Label(help_text, "muted")
        for part in (self._day, self._time, self._help):
            row.addWidget(part)

    def show_state(self, name: str, state: str, text: str, tip: str = "") -> None:
        """One of the items."""
        self.items[name].show_state(state, text, tip)

    def hint(self, text: str) -> None:
        """Why something is not allowed; nothing clears it."""
        self._hint.setText(text)

    def hinted(self) -> str:
        """The hint in full."""
        return self._hint.whole()

    def set_day(self, text: str) -> None:
        """The business day."""
        self._day.setText(text)

    def set_time(self, text: str) -> None:
        """The centre's time."""
        self._time.setText(text)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return done

    def _fit(self) -> None:
        """Leave out what is least needed until the rest has room."""
        items = self.items
        order = (
            self._help,
            self._day,
            items["reader"],
            items["printer"],
            self._time,
            items["library"],
        )
        row = self.layout()
        edges = row.contentsMargins().left() + row.contentsMargins().right() + theme.u(24)
        parts = (*items.values(), self._day, self._time, self._help)
        widths = {part: part.minimumSizeHint().width() + row.spacing() for part in parts}
        need = edges + sum(widths.values())
        for part in order:
            short = need > self.width()
            need -= widths[part] if short else 0
            if part.isHidden() != short:
                part.setVisible(not short)
