"""Sheets on paper or as PDF: all pages of one, to a print queue that is looked at, or to a file."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPagedPaintDevice

from gui.paper import sent, write_whole
from gui.paper_page import Offset, as_pdf, cut_roll, lay_page, painting
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
    lay_page(device, form, form.height or LONGEST)
    page = SheetPage(sheet, form, device)
    if not form.height:
        cut_roll(device, form, page.length())
    with painting(device) as painter:
        painter.translate(QPointF(page.ink.dots(offset[0]), page.ink.dots(offset[1])))
        page.draw(painter, device.newPage)


def sheet_pdf(sheet: Sheet, form: SheetForm, offset: Offset = (0, 0)) -> bytes:
    """The sheet as a PDF."""
    title = f"{sheet.title} {sheet.number}"
    return as_pdf(title, lambda device: draw_sheet(sheet, form, device, offset))


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
