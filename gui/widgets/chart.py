"""A chart for the eye beside a table for the figures: bars, stacked shares or lines.

Plain Qt round a plot that is made when the chart is first seen (``gui.widgets.plot`` loads the
plotting library then). Everything the plot shows is also words: the description for a screen reader
and the line below it, which the arrow keys move along the groups. No colour stands alone: every
series has its own hatching or mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.money import show
from core.words import say
from gui.theme import theme
from gui.widgets.labels import ElidedLabel, Label

if TYPE_CHECKING:
    from gui.widgets.plot import Plot

Kind = Literal["bars", "stacked", "lines"]
Unit = Literal["yuan", "count", "rate"]
PATTERNS = (Qt.BrushStyle.SolidPattern, Qt.BrushStyle.BDiagPattern, Qt.BrushStyle.Dense6Pattern)
SPOKEN_GROUPS = 60
TEN_THOUSAND_YUAN = 1_000_000  # fen
LARGE = 10 * TEN_THOUSAND_YUAN
STEPS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1,
    Qt.Key.Key_Home: -1_000_000, Qt.Key.Key_End: 1_000_000,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values (fen, counts, or parts of ten thousand); ``tone`` is a colour token."""

    name: str
    values: tuple[int | None, ...]
    tone: str = "primary"


@dataclass(frozen=True, slots=True)
class ChartData:
    """What is drawn. ``lying``: the groups stand below each other, for long names."""

    title: str
    groups: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    kind: Kind = "bars"
    unit: Unit = "yuan"
    lying: bool = False


def worded(value: int | None, unit: Unit) -> str:
    """A value as a person reads it."""
    if value is None:
        return say("chart.none")
    if unit == "yuan":
        return say("chart.yuan", amount=show(value))
    return (
        say("chart.rate", rate=show(value)) if unit == "rate" else say("chart.count", count=value)
    )


def is_large(data: ChartData) -> bool:
    """Are the amounts better read in units of ten thousand yuan?"""
    highest = max((abs(value) for row in data.series for value in row.values if value), default=0)
    return data.unit == "yuan" and highest >= LARGE


def _titled(data: ChartData) -> str:
    unit = say(f"chart.axis.{'large' if is_large(data) else data.unit}")
    return say("chart.title", title=data.title, unit=unit)


def spoken(data: ChartData, place: int) -> str:
    """One group with all its values."""
    parts = [f"{row.name} {worded(row.values[place], data.unit)}" for row in data.series]
    return f"{data.groups[place]}：{'，'.join(parts)}"


class Swatch(QWidget):
    """The little square of the legend, hatched as the series is."""

    def __init__(self, tone: str, place: int) -> None:
        super().__init__()
        self._tone, self._place = tone, place
        self.setFixedSize(QSize(theme.u(14), theme.u(14)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        colour = theme.colour(self._tone)
        painter.setPen(QPen(colour, 1))
        painter.setBrush(colour)
        brush = painter.brush()
        brush.setStyle(PATTERNS[self._place % len(PATTERNS)])
        painter.setBrush(brush)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class Chart(QWidget):
    """Shows one ``ChartData`` at a time; takes the focus by Tab, arrow keys walk its groups."""

    def __init__(self) -> None:
        super().__init__()
        self.data = ChartData("")
        self.place = -1
        self._plot: Plot | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(theme.u(160))
        self._column = QVBoxLayout(self)
        edge = theme.u(6)
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(theme.u(4))
        self._head = QHBoxLayout()
        self._head.setSpacing(theme.u(8))
        self._column.addLayout(self._head)
        self._title = ElidedLabel("", "strong")
        self._head.addWidget(self._title, 1)
        self._legend: list[QWidget] = []
        self.caption = ElidedLabel("", "muted")
        self._column.addWidget(self.caption)
        theme.changed.connect(self._redraw)

    def show_data(self, data: ChartData) -> None:
        """Draw something else; nothing happens when it is the same."""
        if data == self.data:
            return
        self.data, self.place = data, -1
        self._title.setText(_titled(data))
        self._show_legend()
        self.setAccessibleName(data.title)
        self._speak()
        self._redraw()

    # drawing

    def _show_legend(self) -> None:
        for part in self._legend:
            self._head.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._legend = []
        for place, row in enumerate(self.data.series if len(self.data.series) > 1 else ()):
            for part in (Swatch(row.tone, place), Label(row.name, "muted")):
                self._legend.append(part)
                self._head.addWidget(part)

    def _redraw(self) -> None:
        if self._plot is not None:
            self._plot.draw(self.data)
            self._plot.mark(self.place)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        if self._plot is None:
            from gui.widgets.plot import Plot

            self._plot = Plot()
            self._column.insertWidget(1, self._plot, 1)
            self._redraw()

    # walking

    def _speak(self) -> None:
        data = self.data
        if self.place >= 0:
            text = spoken(data, self.place)
        else:
            text = say("chart.hint") if data.groups else ""
        self.caption.setText(text)
        whole = [spoken(data, place) for place in range(len(data.groups))[:SPOKEN_GROUPS]]
        self.setAccessibleDescription("；".join([text, *whole] if self.place >= 0 else whole))

    def choose(self, place: int) -> None:
        """Stand on a group and say its values."""
        if self.data.groups:
            self.place = max(0, min(len(self.data.groups) - 1, place))
            self._speak()
            if self._plot is not None:
                self._plot.mark(self.place)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        step = STEPS.get(event.key())
        if step is None:
            super().keyPressEvent(event)
            return
        self.choose(self.place + step)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._plot is not None:
            spot = self._plot.mapFrom(self, event.position().toPoint())
            self.choose(self._plot.group_at(spot))
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(theme.colour("primary"), theme.u(2)))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
