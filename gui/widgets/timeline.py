"""A list of what happened, oldest first: time, a dot on a thread, the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.theme import theme

MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Moment:
    """One line: ``time`` as shown, ``tone`` a colour token of the dot,
    ``payload`` whatever belongs to it."""

    time: str
    text: str
    tone: str = "muted"
    payload: Any = None


class _Moments(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.moments: tuple[Moment, ...] = ()

    def show(self, moments: Sequence[Moment]) -> None:
        self.beginResetModel()
        self.moments = tuple(moments[-MOST_ROWS:])
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        return 0 if parent.isValid() else len(self.moments)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        moment = self.moments[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{moment.time} {moment.text}"
        return moment if role == Qt.ItemDataRole.UserRole else None


class _Line(QStyledItemDelegate):
    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def _left(self, moment: Moment) -> int:
        widest = max((len(item.time) for item in self._view.model().moments), default=8)
        return theme.u(34) + QFontMetrics(theme.font()).horizontalAdvance("0" * widest)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802
        moment = index.data(Qt.ItemDataRole.UserRole)
        width = self._view.viewport().width() - self._left(moment) - theme.u(8)
        box = QFontMetrics(theme.font()).boundingRect(
            QRect(0, 0, max(width, theme.u(60)), 10**6), Qt.TextFlag.TextWordWrap, moment.text
        )
        return QSize(self._view.viewport().width(), box.height() + theme.u(10))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        moment, rect = index.data(Qt.ItemDataRole.UserRole), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font())
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, theme.colour("chosen"))
        self._thread(painter, rect, index, moment)
        self._words(painter, rect, moment, chosen)
        painter.restore()

    def _thread(self, painter: QPainter, rect: QRect, index: QModelIndex, moment: Moment) -> None:
        middle = QPoint(
            rect.left() + theme.u(10),
            rect.top() + theme.u(5) + QFontMetrics(theme.font()).height() // 2,
        )
        painter.setPen(theme.colour("line_strong"))
        if index.row() > 0:
            painter.drawLine(middle.x(), rect.top(), middle.x(), middle.y())
        if index.row() < index.model().rowCount() - 1:
            painter.drawLine(middle.x(), middle.y(), middle.x(), rect.bottom())
        painter.setPen(theme.colour("card"))
        painter.setBrush(theme.colour(moment.tone))
        painter.drawEllipse(middle, theme.u(5), theme.u(5))

    def _words(self, painter: QPainter, rect: QRect, moment: Moment, chosen: bool) -> None:
        top = rect.top() + theme.u(5)
        painter.setPen(theme.colour("chosen_ink" if chosen else "muted"))
        line = QFontMetrics(theme.font()).height()
        painter.drawText(QRect(rect.left() + theme.u(24), top, rect.width(), line), 0, moment.time)
        left = rect.left() + self._left(moment)
        painter.setPen(theme.colour("chosen_ink" if chosen else "ink"))
        box = QRect(left, top, rect.right() - left - theme.u(8), rect.height())
        painter.drawText(box, Qt.TextFlag.TextWordWrap, moment.text)


class Timeline(QListView):
    """``set_moments`` fills it; ``chosen`` says which line the cashier looks at."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._moments = _Moments()
        self.setModel(self._moments)
        self.setItemDelegate(_Line(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setProperty("timeline", True)
        self.selectionModel().currentChanged.connect(self._chose)

    def set_moments(self, moments: Sequence[Moment]) -> None:
        """Show these; the newest is brought into sight."""
        self._moments.show(moments)
        self.scrollToBottom()

    def moments(self) -> tuple[Moment, ...]:
        """What is shown."""
        return self._moments.moments

    def _chose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(Qt.ItemDataRole.UserRole))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
