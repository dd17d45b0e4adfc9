"""Slips on paper or as PDF: the template rendered by Qt, marks painted across, the queue looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template
from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)

from core.domain.slip import Slip
from core.errors import SetupError, fault
from core.money import show
from core.words import say

MILLIMETRES = 25.4
RESOLUTION = 300


@dataclass(frozen=True, slots=True)
class Paper:
    """A form: size in millimetres (height 0: as long as the text), point size, fields in a row."""

    width: float
    height: float
    margin: float
    base: float
    per_row: int
    pad: int


PAPERS = {
    "A4": Paper(210, 297, 14, 10.5, 3, 12),
    "A5": Paper(210, 148, 8, 8.5, 3, 6),
    "roll": Paper(80, 0, 4, 7.5, 1, 4),
}
FAMILIES = ("WenQuanYi Micro Hei", "Microsoft YaHei UI", "Noto Sans CJK SC", "WenQuanYi Zen Hei")


@cache
def template() -> Template:
    """The slip's template; every value is escaped."""
    text = (resources.files("resources") / "print" / "slip.html").read_text("utf-8")
    return Environment(autoescape=True).from_string(text)


def html(slip: Slip, paper: Paper, copy: str) -> str:
    """The slip as the HTML that Qt's documents understand."""
    ink = "#b3261e" if slip.refund else "#111111"
    return template().render(
        slip=slip, copy=copy, say=say, show=show, ink=ink, soft=ink if slip.refund else "#444444",
        base=paper.base, pad=paper.pad, per_row=paper.per_row, font=font_family(),
        head=_groups(slip.head, paper.per_row), categories=_groups(slip.categories, paper.per_row),
    )  # fmt: skip


def _groups(rows: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


@cache
def font_family() -> str:
    """The first of our families that the machine has."""
    from PySide6.QtGui import QFontDatabase

    known = set(QFontDatabase.families())
    return next((name for name in FAMILIES if name in known), FAMILIES[0])


# -- drawing


def draw(slip: Slip, paper: Paper, device: QPagedPaintDevice, offset: tuple[float, float]) -> None:
    """Draw every copy on a page of its own; ``offset`` in millimetres moves all of it."""
    painter = QPainter()
    if not painter.begin(device):
        raise OSError("the page cannot be painted")
    try:
        for number, copy in enumerate(slip.copies):
            if number:
                device.newPage()
            _draw_copy(slip, paper, device, painter, copy, offset)
    finally:
        painter.end()


def _draw_copy(
    slip: Slip, paper: Paper, device: QPagedPaintDevice, painter: QPainter,
    copy: str, offset: tuple[float, float],
) -> None:  # fmt: skip
    size = QSizeF(device.width(), device.height())
    painter.save()
    painter.translate(QPointF(_dots(offset[0], device), _dots(offset[1], device)))
    if slip.mark:
        _paint_mark(painter, size, slip.mark)
    document(slip, paper, device, copy).drawContents(painter, QRectF(QPointF(0, 0), size))
    painter.restore()


def _dots(millimetres: float, device: QPagedPaintDevice) -> float:
    return millimetres / MILLIMETRES * device.logicalDpiX()


def document(slip: Slip, paper: Paper, device: QPagedPaintDevice, copy: str) -> QTextDocument:
    """The text of one copy, laid out for ``device``."""
    made = QTextDocument()
    made.setDocumentMargin(0)
    made.documentLayout().setPaintDevice(device)
    made.setDefaultFont(QFont(font_family(), round(paper.base)))
    made.setHtml(html(slip, paper, copy))
    made.setTextWidth(device.width())
    return made


def _paint_mark(painter: QPainter, size: QSizeF, mark: str) -> None:
    painter.save()
    font = QFont(font_family())
    font.setPixelSize(max(1, round(size.width() / (len(mark) + 3))))
    painter.setFont(font)
    painter.setPen(QColor(226, 226, 226))
    painter.translate(size.width() / 2, size.height() / 2)
    painter.rotate(-18)
    box = QRectF(-size.width(), -size.height() / 2, size.width() * 2, size.height())
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark)
    painter.restore()


def layout_of(paper: Paper, height: float) -> QPageLayout:
    """Page and margins of a form."""
    size = QPageSize(
        QSizeF(paper.width, height), QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch
    )
    margins = QMarginsF(paper.margin, paper.margin, paper.margin, paper.margin)
    return QPageLayout(
        size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
    )


def _height(slip: Slip, paper: Paper, device: QPagedPaintDevice) -> float:
    if paper.height:
        return paper.height
    device.setPageLayout(layout_of(paper, 300))
    dots = document(slip, paper, device, slip.copies[0]).size().height()
    return dots / device.logicalDpiY() * MILLIMETRES + 2 * paper.margin + 2


# -- to where


def render_pdf(slip: Slip, paper: str, path: Path, offset: tuple[float, float] = (0, 0)) -> Path:
    """Write the slip as a PDF; raises ``SetupError`` when the disk does not take it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("ab").close()
        form, writer = PAPERS[paper], QPdfWriter(str(path))
        writer.setResolution(RESOLUTION)
        writer.setTitle(slip.title)
        writer.setPageLayout(layout_of(form, _height(slip, form, writer)))
        draw(slip, form, writer, offset)
    except OSError as error:
        raise SetupError(fault("slip.not_written", path=path, error=error)) from error
    return path


def print_slip(desk: Any, msgid: str) -> str:
    """Print the slip to the chosen printer or as PDF, count it, and say where it went.

    Raises ``DeskError`` with a sentence; the settlement is untouched and stays on the list to print.
    """
    slip, chosen = desk.documents.slip(msgid), desk.settings.printer
    offset = (chosen.offset_x, chosen.offset_y)
    if chosen.name:
        place = to_printer(slip, chosen.paper, chosen.name, offset)
    else:
        number = desk.documents.prints(msgid) + 1
        path = desk.home / "slips" / f"{msgid}-{number}.pdf"
        place = str(render_pdf(slip, chosen.paper, path, offset))
    desk.documents.printed(msgid, place)
    return place


def to_printer(slip: Slip, paper: str, name: str, offset: tuple[float, float]) -> str:
    """Give the slip to a print queue and look whether the queue is alive."""
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    info = QPrinterInfo.printerInfo(name)
    if info.isNull():
        raise SetupError(fault("slip.no_printer", name=name))
    printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(slip.msgid)
    form = PAPERS[paper]
    printer.setPageLayout(layout_of(form, _height(slip, form, printer)))
    draw(slip, form, printer, offset)
    if QPrinterInfo.printerInfo(name).state() == QPrinter.PrinterState.Error:
        raise SetupError(fault("slip.stopped", name=name))
    return say("slip.queued", name=name)
