"""Sheets on paper or as PDF: all pages of one, to a print queue that is looked at, or to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QSizeF
from PySide6.QtGui import QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter

from core.errors import SetupError, fault
from core.words import say
from gui.printing import RESOLUTION, ROLL_END, Offset, stopped
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
        return to_queue(sheet, form, chosen.name, offset)
    return str(keep(desk.home / FOLDER / f"{name}.pdf", sheet_pdf(sheet, form, offset)))


def keep(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all; ``SetupError`` when the disk refuses."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        raise SetupError(fault("sheet.not_written", path=path, error=error)) from error
    return path


def to_queue(sheet: Sheet, form: SheetForm, name: str, offset: Offset) -> str:
    """Give the sheet to a print queue, looking at the queue before and after.

    A queue that is stopped before is refused (``SetupError``); one that stopped meanwhile keeps
    the job, so the sentence asks not to print again.
    """
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    info = QPrinterInfo.printerInfo(name)
    if info.isNull():
        raise SetupError(fault("sheet.no_printer", name=name))
    if stopped(info):
        raise SetupError(fault("sheet.stopped", name=name))
    printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(f"{sheet.title} {sheet.number}")
    try:
        draw_sheet(sheet, form, printer, offset)
    except OSError as error:
        raise SetupError(fault("sheet.not_printed", name=name, error=error)) from error
    held = stopped(QPrinterInfo.printerInfo(name))
    return say("slip.held" if held else "slip.queued", name=name)
