"""Sheets on paper or as PDF: all pages of one, to a print queue that is looked at, or to a file."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QSizeF
from PySide6.QtGui import QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter

from core.words import say
from gui.paper import sent, write_whole
from gui.printing import RESOLUTION, ROLL_END, Offset
from gui.sheet_form import Sheet, SheetForm, sheet_forms
from gui.sheet_page import SheetPage

LONGEST = 5000.0  # millimetres of a roll
FOLDER = "sheets"


def draw_sheet(
    sheet: Sheet, form: SheetForm, device: QPagedPaintDevice, offset: Offset = (0, 0)
) -> None:
    """All pages of the sheet; ``offset`` in millimetres moves all of it.

    Raises ``OSError`` when the device takes no page. Draws in whatever thread it is called.
    """
    device.setPageLayout(_layout(form, form.height or LONGEST))
    page = SheetPage(sheet, form, device)
    if not form.height:
        device.setPageLayout(_layout(form, page.length() + 2 * form.margin + ROLL_END))
    painter = QPainter()
    if not painter.begin(device):
        raise OSError(say("slip.no_page"))
    try:
        painter.translate(QPointF(page.ink.dots(offset[0]), page.ink.dots(offset[1])))
        page.draw(painter, device.newPage)
    finally:
        painter.end()


def _layout(form: SheetForm, height: float) -> QPageLayout:
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    size = QPageSize(QSizeF(form.width, height), QPageSize.Unit.Millimeter, "", exact)
    margins = QMarginsF(form.margin, form.margin, form.margin, form.margin)
    unit = QPageLayout.Unit.Millimeter
    portrait = QPageLayout.Orientation.Portrait
    return QPageLayout(size, portrait, margins, unit)


def sheet_pdf(sheet: Sheet, form: SheetForm, offset: Offset = (0, 0)) -> bytes:
    """The sheet as a PDF."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setTitle(f"{sheet.title} {sheet.number}")
    draw_sheet(sheet, form, writer, offset)
    return bytes(buffer.data().data())


def print_sheet(desk: Any, sheet: Sheet, name: str) -> str:
    """Print to the chosen printer, or as PDF ``name`` below the home; says where it went.

    Raises ``SetupError`` with a sentence; what the sheet reports stands all the same.
    """
    chosen = desk.settings.printer
    form, offset = sheet_forms(desk.home)[chosen.paper], (chosen.offset_x, chosen.offset_y)
    if chosen.name:
        title = f"{sheet.title} {sheet.number}"
        queues = desk.documents.jobs.queues
        return sent(queues, chosen.name, title, lambda to: draw_sheet(sheet, form, to, offset))
    path = desk.home / FOLDER / f"{name}.pdf"
    return str(write_whole(path, sheet_pdf(sheet, form, offset), "sheet.not_written"))
