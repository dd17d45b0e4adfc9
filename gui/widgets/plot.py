"""The drawing of a chart with pyqtgraph; imported only when a chart is seen.

The mouse cannot move or change anything in it and there is no menu: it is a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QPen, QResizeEvent

from core.money import show
from gui.theme import theme
from gui.widgets.chart import PATTERNS, TEN_THOUSAND_YUAN, ChartData, Series, Unit, is_large

TICK_POINTS = 9.5
BAR = 0.72  # of the room of a group
HEADROOM = 1.08
MARKS = ("o", "s", "t")
DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
LONGEST_NAME = 12
STEPS = tuple(lead * 10**power for power in range(18) for lead in (1, 2, 5))


class Values(pg.AxisItem):
    """The axis of the values, in whole and readable steps."""

    def __init__(self, way: str) -> None:
        super().__init__(way)
        self.unit: Unit = "yuan"
        self.large = False
        self.enableAutoSIPrefix(False)

    def tickStrings(self, values: Sequence[Any], scale: Any, spacing: Any) -> list[str]:  # noqa: N802
        whole = round(spacing) % 100 == 0
        return [self._shown(round(value), whole) for value in values]

    def _shown(self, value: int, whole: bool) -> str:
        if self.unit == "count":
            return f"{value:,}"
        if self.unit == "yuan" and self.large:
            return f"{(Decimal(value) / TEN_THOUSAND_YUAN).normalize():,f}"
        return show(value).removesuffix(".00") if whole else show(value)

    def tickSpacing(self, low: Any, high: Any, size: Any) -> list[tuple[Any, Any]]:  # noqa: N802
        """One level of 1 · 2 · 5 steps with room for their words, never finer than one."""
        room = theme.u(72 if self.orientation == "bottom" else 34)
        finest = (high - low) / max(1, size // room)
        return [(next(step for step in STEPS if step >= finest), 0)]


class Plot(pg.PlotWidget):
    """``draw`` shows data, ``mark`` lights one group."""

    _data = ChartData("")

    def __init__(self) -> None:
        self._across = {"left": Values("left"), "bottom": Values("bottom")}
        super().__init__(axisItems=dict(self._across))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for part in (self, self.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(False, False)
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self._mark: pg.LinearRegionItem | None = None

    # drawing

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another size has room for other names."""
        super().resizeEvent(event)
        if self._data.groups:
            self._axes(self._data)

    def draw(self, data: ChartData) -> None:
        """Everything anew, in the palette of the moment."""
        self._data, self._mark = data, None
        self.clear()
        self.setBackground(theme.colour("card"))
        if data.groups:
            self._axes(data)
            self._range(data)
            draws = {"lines": self._lines, "stacked": self._stacks, "bars": self._bars}
            draws[data.kind](data)

    def _axes(self, data: ChartData) -> None:
        values = self._axis("bottom" if data.lying else "left")
        groups = self._axis("left" if data.lying else "bottom")
        values.unit, values.large = data.unit, is_large(data)
        values.setTicks(None)
        self._room(data, values)
        groups.setTicks([[(place, _short(data.groups[place])) for place in self._named(data)]])

    def _room(self, data: ChartData, values: Values) -> None:
        """As much room for the words of both axes as they need."""
        metrics = QFontMetrics(theme.font(TICK_POINTS))
        low, high = _extent(data)
        words = [_short(data.groups[place]) for place in self._named(data)]
        if not data.lying:
            step = values.tickSpacing(low, high, self.height())[0][0]
            steps = range(low // step, high // step + 1)
            words = values.tickStrings([number * step for number in steps], 1, step)
        widest = max(metrics.horizontalAdvance(word) for word in words)
        self._across["left"].setWidth(widest + theme.u(10))
        self._across["bottom"].setHeight(metrics.height() + theme.u(6))

    def _axis(self, way: str) -> Any:
        axis = self._across[way]
        font = theme.font(TICK_POINTS)
        axis.setStyle(tickFont=font, tickLength=-theme.u(4), hideOverlappingLabels=False)
        axis.setPen(pg.mkPen(theme.colour("line_strong")))
        axis.setTextPen(pg.mkPen(theme.colour("ink")))
        return axis

    def _named(self, data: ChartData) -> range:
        """The groups whose names fit beside each other."""
        metrics = QFontMetrics(theme.font(TICK_POINTS))
        if data.lying:
            room, need = self.height() - theme.u(40), metrics.height() + theme.u(2)
        else:
            widest = max(metrics.horizontalAdvance(_short(name)) for name in data.groups)
            room, need = self.width() - theme.u(70), widest + theme.u(10)
        fit = max(1, room // need)
        return range(0, len(data.groups), -(-len(data.groups) // fit))

    def _range(self, data: ChartData) -> None:
        low, high = _extent(data)
        groups, values = (-0.5, len(data.groups) - 0.5), (low * HEADROOM, high * HEADROOM)
        along = {"xRange": values, "yRange": groups} if data.lying else {
            "xRange": groups, "yRange": values}  # fmt: skip
        self.getViewBox().invertY(data.lying)
        self.getViewBox().setRange(**along, padding=0, disableAutoRange=True)

    def _bars(self, data: ChartData) -> None:
        width = BAR / len(data.series)
        for number, row in enumerate(data.series):
            left = -BAR / 2 + number * width
            known = [(place, value) for place, value in enumerate(row.values) if value]
            boxes = [(place + left, place + left + width, 0, value) for place, value in known]
            self._boxes(boxes, row, number)

    def _stacks(self, data: ChartData) -> None:
        feet = [0] * len(data.groups)
        for number, row in enumerate(data.series):
            boxes = []
            for place, value in enumerate(row.values):
                top = feet[place] + (value or 0)
                boxes.append((place - BAR / 2, place + BAR / 2, feet[place], top))
                feet[place] = top
            self._boxes([box for box in boxes if box[2] != box[3]], row, number)

    def _boxes(self, boxes: list[Any], row: Series, number: int) -> None:
        """Boxes of (from, to) along the groups and (from, to) along the values."""
        if not boxes:
            return
        near, far, foot, top = (list(side) for side in zip(*boxes, strict=True))
        sides = (foot, top, near, far) if self._data.lying else (near, far, foot, top)
        colour = theme.colour(row.tone)
        brush = QBrush(colour, PATTERNS[number % len(PATTERNS)])
        names = ("x0", "x1", "y0", "y1")
        kept = dict(zip(names, sides, strict=True))
        self.addItem(pg.BarGraphItem(**kept, brush=brush, pen=QPen(colour, 0)))

    def _lines(self, data: ChartData) -> None:
        for number, row in enumerate(data.series):
            colour = theme.colour(row.tone)
            heights = [float("nan") if value is None else value for value in row.values]
            item = pg.PlotDataItem(
                list(range(len(heights))), heights, connect="finite",
                pen=pg.mkPen(colour, width=theme.u(2), style=DASHES[number % len(DASHES)]),
                symbol=MARKS[number % len(MARKS)], symbolSize=theme.u(7), symbolBrush=colour,
                symbolPen=colour,
            )  # fmt: skip
            self.addItem(item)

    # one group

    def mark(self, place: int) -> None:
        """Light the group at ``place``; below nothing: none."""
        if self._mark is not None:
            self.removeItem(self._mark)
            self._mark = None
        if place < 0 or place >= len(self._data.groups):
            return
        way = "horizontal" if self._data.lying else "vertical"
        self._mark = pg.LinearRegionItem(
            (place - 0.5, place + 0.5), way, theme.colour("primary_soft"),
            pen=pg.mkPen(theme.colour("primary")), movable=False,
        )  # fmt: skip
        self._mark.setZValue(-10)
        self.addItem(self._mark)

    def group_at(self, spot: QPoint) -> int:
        """The group at a spot of this widget."""
        seen = self.getViewBox().mapSceneToView(QPointF(self.mapToScene(spot)))
        return round(seen.y() if self._data.lying else seen.x())


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _extent(data: ChartData) -> tuple[int, int]:
    """The lowest and the highest value that is drawn, zero included."""
    if data.kind == "stacked":
        heights = [sum(row.values[place] or 0 for row in data.series)
                   for place in range(len(data.groups))]  # fmt: skip
    else:
        heights = [value or 0 for row in data.series for value in row.values]
    low, high = min([0, *heights]), max([0, *heights])
    return low, high if high > low else low + 100
