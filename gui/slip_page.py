"""A slip drawn on a page: title, square code, ruled table, signatures, seal, marks across it.

Everything is measured with the page's own fonts before it is drawn; what would not fit becomes
smaller, never cut. Lengths are millimetres until the painter gets them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import segno
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPagedPaintDevice,
    QPainter,
    QPainterPath,
    QPen,
)

from core.domain.slip import Slip
from core.words import say
from gui.slip_form import Cell, Form, Row, sections

MILLIMETRES, POINTS = 25.4, 72.0
FAMILIES = ("WenQuanYi Micro Hei", "Microsoft YaHei UI", "Noto Sans CJK SC", "WenQuanYi Zen Hei")
BLACK = {
    "ink": "#111111", "soft": "#555555", "line": "#8a8a8a", "tint": "#f4f4f4", "mark": "#dedede",
}  # fmt: skip
RED = {
    "ink": "#b3261e", "soft": "#b3261e", "line": "#d4847f", "tint": "#fdf1f0", "mark": "#e6dcdc",
}  # fmt: skip
SCANNED = "#111111"  # scanners see no red
SHRINK = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5)
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
WRAP = int(Qt.TextFlag.TextWordWrap.value) | int(Qt.TextFlag.TextWrapAnywhere.value)
TILT = -18.0
HAIR, RULE, FRAME = 0.1, 0.15, 0.3
QUIET = 1.5  # millimetres of nothing below the square code


@cache
def font_family() -> str:
    """The first of our families that the machine has."""
    known = set(QFontDatabase.families())
    return next((name for name in FAMILIES if name in known), FAMILIES[0])


@dataclass(slots=True)
class Ink:
    """A painter that thinks in millimetres; ``ratio`` makes all type smaller.

    Measuring needs no painter yet.
    """

    painter: QPainter
    device: QPagedPaintDevice
    size: float
    ratio: float
    colours: dict[str, str]

    def dots(self, millimetres: float) -> float:
        """Millimetres in the device's dots."""
        return millimetres / MILLIMETRES * self.device.logicalDpiX()

    def font(self, step: float = 0.0, bold: bool = False) -> QFont:
        """The base type, ``step`` points larger."""
        font = QFont(font_family())
        points = (self.size + step) * self.ratio
        font.setPixelSize(max(1, round(points / POINTS * self.device.logicalDpiX())))
        font.setBold(bold)
        return font

    def box(self, x: float, y: float, width: float, height: float) -> QRectF:
        """A rectangle in dots."""
        return QRectF(self.dots(x), self.dots(y), self.dots(width), self.dots(height))

    def height(self, text: str, width: float, font: QFont) -> float:
        """How high ``text`` stands in a column of ``width``."""
        metrics = QFontMetricsF(font, self.device)
        room = QRectF(0, 0, self.dots(width), 1e6)
        dots = metrics.boundingRect(room, WRAP, text or " ").height()
        return dots * MILLIMETRES / self.device.logicalDpiX()

    def text(
        self, box: QRectF, text: str, font: QFont, colour: str, align: Qt.AlignmentFlag
    ) -> None:
        """``text`` inside ``box``, wrapped where it must be."""
        self.painter.setFont(font)
        self.painter.setPen(QColor(self.colours[colour]))
        self.painter.drawText(box, int(align.value) | WRAP, text)

    def line(self, x1: float, y1: float, x2: float, y2: float, weight: float = RULE) -> None:
        """A line of the table."""
        self.pen(weight)
        start, end = QPointF(self.dots(x1), self.dots(y1)), QPointF(self.dots(x2), self.dots(y2))
        self.painter.drawLine(start, end)

    def pen(self, weight: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
        """The pen for lines."""
        self.painter.setPen(QPen(QColor(self.colours["line"]), self.dots(weight), style))


class Page:
    """A slip laid out for ``device``; ``width`` is the room between the margins."""

    def __init__(self, slip: Slip, form: Form, device: QPagedPaintDevice) -> None:
        self.slip, self.form = slip, form
        self.width = form.width - 2 * form.margin
        self.ink = Ink(QPainter(), device, form.size, 1.0, RED if slip.refund else BLACK)
        self.blocks = sections(slip, form)
        total = sum(form.grid)
        self.columns = [part / total * self.width for part in form.grid]

    # -- measuring

    def fit(self) -> float:
        """Choose the largest type with which all of it fits; gives the height in millimetres."""
        needed = 0.0
        for ratio in SHRINK:
            self.ink.ratio = ratio
            needed = self._needed()
            if not self.form.height or needed <= self.form.height - 2 * self.form.margin:
                break
        return needed

    def _needed(self) -> float:
        rows = sum(self._row_height(row) for block in self.blocks for row in block)
        gaps = 0 if self.form.ruled else 2 * len(self.blocks)
        return self._top_height() + rows + gaps + self._foot_height()

    def _unit(self) -> float:
        """A line of ordinary type."""
        return self.ink.height(" ", self.width, self.ink.font())

    def _top_height(self) -> float:
        hospital = self.ink.height(self.slip.hospital, self._title_width(), self.ink.font(1))
        title = self.ink.height(self.slip.title, self._title_width(), self.ink.font(5, bold=True))
        code = self.form.code + QUIET if self.form.ruled else 0.0
        return max(hospital + title, code) + self._unit() * 1.5

    def _title_width(self) -> float:
        return self.width - 2 * (self.form.code + 2) if self.form.ruled else self.width

    def _row_height(self, row: Row) -> float:
        highest = max(
            self.ink.height(cell.text, width - 2 * self._side(), self._font(cell))
            for cell, (_, width) in zip(row, self._spans(row), strict=True)
        )
        return max(self.form.row * self.ink.ratio, highest + 2 * self.form.pad * self.ink.ratio)

    def _side(self) -> float:
        return 1.6 if self.form.ruled else 0.0

    def _foot_height(self) -> float:
        unit = self._unit()
        if self.form.ruled:
            return unit * (1.4 + 3.2) + self._small_height()
        signed = len(self.slip.signatures) * unit * 2
        return unit * 1.4 + signed + self._small_height() + self.form.code + 3

    def _small_height(self) -> float:
        return sum(self.ink.height(line, self.width, self.ink.font(-1.5)) for line in self._small())

    def _small(self) -> list[str]:
        texts = [f"{row.label} {row.value}" for row in self.slip.foot]
        if not self.form.ruled:
            return texts
        return ["　".join(texts[:2]), "　".join(texts[2:])]

    def _spans(self, row: Row) -> Iterator[tuple[float, float]]:
        """Left edge and width of every cell of a row."""
        at = 0
        for cell in row:
            yield sum(self.columns[:at]), sum(self.columns[at : at + cell.span])
            at += cell.span

    def _font(self, cell: Cell) -> QFont:
        return self.ink.font(0.5, bold=True) if cell.kind == "total" else self.ink.font()

    # -- drawing

    def draw(self, painter: QPainter, copy: str) -> None:
        """One copy, all of it: tints, marks, then text and lines over them."""
        self.ink.painter = painter
        height = self.fit()
        edges = self._edges()
        if self.form.ruled:
            self._tint(edges)
        self._marks(height)
        self._top(copy)
        for row, top, bottom in edges:
            self._cells(row, top, bottom)
        bottom = edges[-1][2]
        self._rules(edges)
        self._foot(bottom)

    def _edges(self) -> list[tuple[Row, float, float]]:
        """Every row with its upper and lower edge."""
        at, found = self._top_height(), []
        for block in self.blocks:
            at += 0 if self.form.ruled else 2
            for row in block:
                height = self._row_height(row)
                found.append((row, at, at + height))
                at += height
        return found

    def _top(self, copy: str) -> None:
        ink, slip, unit = self.ink, self.slip, self._unit()
        wide = self._title_width()
        side = (self.width - wide) / 2
        hospital = ink.height(slip.hospital, wide, ink.font(1))
        title = ink.height(slip.title, wide, ink.font(5, bold=True))
        below = self._top_height() - unit * 1.5
        start = (below - hospital - title) / 2
        ink.text(ink.box(side, start, wide, hospital), slip.hospital, ink.font(1), "ink", CENTRE)
        box = ink.box(side, start + hospital, wide, title)
        ink.text(box, slip.title, ink.font(5, bold=True), "ink", CENTRE)
        line = ink.box(0, below, self.width, unit * 1.4)
        ink.text(line, copy, ink.font(-1), "soft", LEFT)
        ink.text(line, slip.print_note, ink.font(-1), "ink", CENTRE)
        ink.text(line, say("slip.currency"), ink.font(-1), "soft", RIGHT)
        if self.form.ruled:
            side = self.form.code
            draw_code(self.ink, self.slip.code, side, self.width - side, 0)

    def _tint(self, edges: list[tuple[Row, float, float]]) -> None:
        tint = QColor(self.ink.colours["tint"])
        for row, top, bottom in edges:
            for cell, (left, width) in zip(row, self._spans(row), strict=True):
                if cell.kind == "label":
                    self.ink.painter.fillRect(self.ink.box(left, top, width, bottom - top), tint)

    def _cells(self, row: Row, top: float, bottom: float) -> None:
        side = self._side()
        for cell, (left, width) in zip(row, self._spans(row), strict=True):
            box = self.ink.box(left + side, top, width - 2 * side, bottom - top)
            number = cell.kind in ("amount", "total")
            colour = "soft" if cell.kind == "label" else "ink"
            self.ink.text(box, cell.text, self._font(cell), colour, RIGHT if number else LEFT)

    def _rules(self, edges: list[tuple[Row, float, float]]) -> None:
        if not self.form.ruled:
            self._section_rules()
            return
        for row, top, bottom in edges:
            self.ink.line(0, top, self.width, top)
            for left, _ in list(self._spans(row))[1:]:
                self.ink.line(left, top, left, bottom)
        self.ink.pen(FRAME)
        first, last = edges[0][1], edges[-1][2]
        self.ink.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.ink.painter.drawRect(self.ink.box(0, first, self.width, last - first))

    def _section_rules(self) -> None:
        at = self._top_height()
        for block in self.blocks:
            self.ink.pen(RULE, Qt.PenStyle.DashLine)
            y = self.ink.dots(at + 1)
            self.ink.painter.drawLine(QPointF(0, y), QPointF(self.ink.dots(self.width), y))
            at += 2 + sum(self._row_height(row) for row in block)

    def _foot(self, at: float) -> None:
        ink, unit = self.ink, self._unit()
        ink.text(
            ink.box(0, at, self.width, unit * 1.4), self.slip.identity, ink.font(-1), "soft", LEFT
        )
        at = self._signatures(at + unit * 1.4)
        for line in self._small():
            height = ink.height(line, self.width, ink.font(-1.5))
            ink.text(ink.box(0, at, self.width, height), line, ink.font(-1.5), "soft", LEFT)
            at += height
        if not self.form.ruled:
            side = self.form.code
            draw_code(self.ink, self.slip.code, side, (self.width - side) / 2, at + 2)

    def _signatures(self, at: float) -> float:
        """Names with a line to sign on, and where the seal goes; gives the lower edge."""
        ink, unit, signed = self.ink, self._unit(), self.slip.signatures
        if not self.form.ruled:
            for number, text in enumerate(signed):
                draw_signature(ink, text, 0, at + number * unit * 2, self.width)
            return at + len(signed) * unit * 2
        room = self.width / (len(signed) + 1)
        for number, text in enumerate(signed):
            draw_signature(ink, text, number * room, at, room - 3)
        box = ink.box(self.width - room, at + unit * 0.4, room, unit * 2.4)
        ink.pen(HAIR, Qt.PenStyle.DashLine)
        ink.painter.setBrush(Qt.BrushStyle.NoBrush)
        ink.painter.drawRoundedRect(box, ink.dots(1), ink.dots(1))
        ink.text(box, self.slip.seal, ink.font(-1), "soft", CENTRE)
        return at + unit * 3.2

    def _marks(self, height: float) -> None:
        marks = self.slip.marks
        for number, mark in enumerate(marks):
            middle = height * (number + 1) / (len(marks) + 1)
            draw_mark(self.ink, self.width, mark, middle, len(marks))


def draw_code(ink: Ink, text: str, side: float, x: float, y: float) -> None:
    """``text`` as a square code of ``side`` millimetres, which a scanner types into a box."""
    matrix = segno.make_qr(text, error="m").matrix
    module = side / len(matrix)
    shape = QPainterPath()
    dark = [(a, d) for d, line in enumerate(matrix) for a, on in enumerate(line) if on]
    for across, down in dark:
        shape.addRect(ink.box(x + across * module, y + down * module, module, module))
    ink.painter.fillPath(shape, QColor(SCANNED))


def draw_mark(ink: Ink, width: float, mark: str, middle: float, among: int) -> None:
    """``mark`` across a page of ``width``, tilted, pale, framed; ``among`` so many of them."""
    painter = ink.painter
    font = QFont(font_family())
    font.setPixelSize(max(1, round(ink.dots(width) / (max(len(mark), 5) + 3))))
    font.setBold(True)
    wide = QFontMetricsF(font, ink.device).horizontalAdvance(mark)
    high = font.pixelSize() * 1.5
    painter.save()
    painter.translate(ink.dots(width / 2), ink.dots(middle))
    painter.rotate(TILT / among)
    box = QRectF(-wide / 2 - high / 4, -high / 2, wide + high / 2, high)
    painter.setPen(QPen(QColor(ink.colours["mark"]), ink.dots(0.8)))
    painter.drawRoundedRect(box, high / 6, high / 6)
    ink.text(box, mark, font, "mark", CENTRE)
    painter.restore()


def draw_signature(ink: Ink, text: str, x: float, y: float, width: float) -> None:
    """``text`` with a line behind it to sign on."""
    unit = ink.height(" ", width, ink.font())
    room = QFontMetricsF(ink.font(), ink.device).horizontalAdvance(f"{text}：")
    ink.text(ink.box(x, y, width, unit * 2), f"{text}：", ink.font(), "ink", LEFT)
    start = x + room * MILLIMETRES / ink.device.logicalDpiX()
    ink.line(start, y + unit * 1.6, x + width, y + unit * 1.6, HAIR)
