"""The rail: the screens with their keys and counts, the training badge, who sits here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.words import say
from gui.theme import theme
from gui.widgets.icons import icon
from gui.widgets.labels import ElidedLabel, Label

WIDE, NARROW = 176, 60
LEAST_HEIGHT = 80


@dataclass(frozen=True, slots=True)
class RailItem:
    """One screen on the rail."""

    name: str
    label: str
    key: str
    icon: str
    foot: bool = False


class RailButton(QAbstractButton):
    """Icon, label, key; a count in an amber pill; paints itself, wide or narrow."""

    def __init__(self, item: RailItem) -> None:
        super().__init__()
        self.item, self.count, self.narrow = item, 0, False
        self.setText(item.label)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(f"{item.label}　{item.key}".strip())
        self.setAccessibleName(item.label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_count(self, count: int) -> None:
        """The number beside the label; nought shows nothing."""
        self.count = count
        words = say("rail.count", label=self.item.label, count=count) if count else self.item.label
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(theme.u(NARROW - 16), theme.u(38))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter)
        side = theme.u(19)
        left = (self.width() - side) // 2 if self.narrow else theme.u(12)
        ink = "rail_ink" if self.isChecked() or self.underMouse() else "rail_muted"
        icon(self.item.icon, ink).paint(painter, left, (self.height() - side) // 2, side, side)
        if not self.narrow:
            self._words(painter, left + side + theme.u(10))
        self._pill(painter)

    def _ground(self, painter: QPainter) -> None:
        token = "rail_chosen" if self.isChecked() else "rail_hover" if self.underMouse() else ""
        painter.setPen(theme.colour("rail_ink") if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(token) if token else Qt.BrushStyle.NoBrush)
        if token or self.hasFocus():
            box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(box, theme.u(8), theme.u(8))

    def _words(self, painter: QPainter, left: int) -> None:
        painter.setFont(theme.font(11, strong=self.isChecked()))
        painter.setPen(theme.colour("rail_ink"))
        box = self.rect().adjusted(left, 0, -theme.u(10), 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.item.label)
        if not self.count:
            painter.setFont(theme.font(9))
            painter.setPen(theme.colour("rail_muted"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, right, self.item.key)

    def _pill(self, painter: QPainter) -> None:
        if not self.count:
            return
        font = theme.font(9, strong=True)
        text = str(self.count) if self.count < 100 else "99+"
        wide = max(QFontMetrics(font).horizontalAdvance(text) + theme.u(12), theme.u(22))
        top = theme.u(3) if self.narrow else (self.height() - theme.u(20)) / 2
        right = self.width() - theme.u(3 if self.narrow else 10)
        box = QRectF(right - wide, top, wide, theme.u(20))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("badge"))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setFont(font)
        painter.setPen(theme.colour("badge_ink"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class Rail(QWidget):
    """``asked`` carries the name of the screen that was pressed."""

    asked = Signal(str)

    def __init__(self, product: str, hospital: str, *, training: bool) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(say("rail.name"))
        self._narrow = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.u(8), theme.u(14), theme.u(8), theme.u(12))
        self._column.setSpacing(theme.u(3))
        self._head(product, hospital)
        self._upper, self._lower = QVBoxLayout(), QVBoxLayout()
        for part in (self._upper, self._lower):
            part.setSpacing(theme.u(3))
        self._column.addWidget(self._many(), 1)
        self._column.addLayout(self._lower)
        self._foot(training)
        self._buttons: dict[str, RailButton] = {}
        self.set_narrow(False)

    def _head(self, product: str, hospital: str) -> None:
        self._product = ElidedLabel(product, "rail-name")
        self._product.setText(product)
        self._hospital = ElidedLabel(hospital, "rail-muted")
        self._hospital.setText(hospital)
        box = QVBoxLayout()
        box.setContentsMargins(theme.u(12), 0, theme.u(4), theme.u(12))
        box.setSpacing(theme.u(2))
        box.addWidget(self._product)
        box.addWidget(self._hospital)
        self._column.addLayout(box)

    def _many(self) -> QScrollArea:
        """The screens: more of them than a small window has room for scroll, without a bar."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._upper)
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setProperty("page", True)
        self._area.setMinimumHeight(theme.u(LEAST_HEIGHT))
        area = self._area
        for hide in (area.setVerticalScrollBarPolicy, area.setHorizontalScrollBarPolicy):
            hide(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inner)
        return self._area

    def _foot(self, training: bool) -> None:
        self._badge = Label(say("product.training"), "badge")
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._training = training
        self._who = ElidedLabel("", "rail-muted")
        row = QHBoxLayout()
        row.setContentsMargins(theme.u(6), theme.u(4), theme.u(4), 0)
        row.addWidget(self._who)
        self._column.addSpacing(theme.u(6))
        self._column.addWidget(self._badge)
        self._badge.setVisible(training)  # not before it has a parent: it would be a window
        self._column.addLayout(row)

    def set_items(self, items: Sequence[RailItem]) -> None:
        """The screens that this operator may use."""
        for button in self._buttons.values():
            button.hide()
            button.deleteLater()
        self._one = QButtonGroup(self)  # scrolled and foot together: one screen is lit
        self._buttons = {item.name: self._button(item) for item in items}

    def _button(self, item: RailItem) -> RailButton:
        button = RailButton(item)
        button.narrow = self._narrow
        button.clicked.connect(lambda: self.asked.emit(item.name))
        self._one.addButton(button)
        (self._lower if item.foot else self._upper).addWidget(button)
        return button

    def choose(self, name: str) -> None:
        """Light the screen that is shown."""
        if name in self._buttons:
            self._buttons[name].setChecked(True)
            self._area.ensureWidgetVisible(self._buttons[name])

    def set_count(self, name: str, count: int) -> None:
        """The number on a screen's button."""
        if name in self._buttons:
            self._buttons[name].set_count(count)

    def set_who(self, text: str) -> None:
        """Operator and desk."""
        self._who.setText(text)

    def set_narrow(self, narrow: bool) -> None:
        """Icons only, when the window has no room."""
        self._narrow = narrow
        self.setFixedWidth(theme.u(NARROW if narrow else WIDE))
        for part in (self._product, self._hospital, self._who):
            part.setVisible(not narrow)
        self._badge.setText(say("product.training_short" if narrow else "product.training"))
        for button in self._buttons.values():
            button.narrow = narrow
            button.update()
