"""Slips on paper or as PDF: pages and copies, to a print queue that is looked at, or to a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QSizeF
from PySide6.QtGui import QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter

from core.domain.slip import Slip
from core.errors import SetupError, fault
from core.words import say
from gui.slip_form import Form, forms
from gui.slip_page import Page

RESOLUTION = 600
ROLL_END = 4.0  # millimetres of paper below the last line, for the cutter
LONGEST = 600.0

Offset = tuple[float, float]


def draw(slip: Slip, form: Form, device: QPagedPaintDevice, offset: Offset) -> None:
    """Every copy on a page of its own; ``offset`` in millimetres moves all of it.

    Raises ``OSError`` when the device takes no page. Draws in whatever thread it is called.
    """
    device.setPageLayout(_layout(form, form.height or LONGEST))
    page = Page(slip, form, device)
    if not form.height:
        device.setPageLayout(_layout(form, page.fit() + 2 * form.margin + ROLL_END))
    painter = QPainter()
    if not painter.begin(device):
        raise OSError(say("slip.no_page"))
    try:
        for number, copy in enumerate(slip.copies):
            if number:
                device.newPage()
            _draw_copy(page, painter, copy, offset)
    finally:
        painter.end()


def _draw_copy(page: Page, painter: QPainter, copy: str, offset: Offset) -> None:
    dots = page.ink.dots
    painter.save()
    painter.translate(QPointF(dots(offset[0]), dots(offset[1])))
    page.draw(painter, copy)
    painter.restore()


def _layout(form: Form, height: float) -> QPageLayout:
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    size = QPageSize(QSizeF(form.width, height), QPageSize.Unit.Millimeter, "", exact)
    margins = QMarginsF(form.margin, form.margin, form.margin, form.margin)
    unit = QPageLayout.Unit.Millimeter
    return QPageLayout(size, QPageLayout.Orientation.Portrait, margins, unit)


# -- to where


def pdf(slip: Slip, form: Form, offset: Offset = (0, 0)) -> bytes:
    """The slip as a PDF."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setTitle(f"{slip.title} {slip.msgid}")
    draw(slip, form, writer, offset)
    return bytes(buffer.data().data())


def render_pdf(slip: Slip, paper: str, path: Path, offset: Offset = (0, 0)) -> Path:
    """Write the slip as a PDF of ``paper`` (A4 · A5 · roll), whole or not at all.

    Raises ``SetupError`` when the disk refuses.
    """
    return _write(path, pdf(slip, forms()[paper], offset))


def _write(path: Path, content: bytes) -> Path:
    fresh = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise SetupError(fault("slip.not_written", path=path, error=error)) from error
    return path


def print_slip(desk: Any, msgid: str) -> str:
    """Print the slip to the chosen printer or as PDF, count it, and say where it went.

    Raises ``DeskError`` with a sentence; the settlement is untouched and still waits to be printed.
    """
    slip, chosen = desk.documents.slip(msgid), desk.settings.printer
    form, offset = forms(desk.home)[chosen.paper], (chosen.offset_x, chosen.offset_y)
    if chosen.name:
        place = to_printer(slip, form, chosen.name, offset)
    else:
        number = desk.documents.prints(msgid) + 1
        path = desk.home / "slips" / f"{msgid}-{number}.pdf"
        place = str(_write(path, pdf(slip, form, offset)))
    desk.documents.printed(msgid, place)
    return place


def to_printer(slip: Slip, form: Form, name: str, offset: Offset) -> str:
    """Give the slip to a print queue, looking at the queue before and after.

    A stopped queue before is refused (``SetupError``): the slip would come out at some later time.
    One that stopped meanwhile keeps the job, so the sentence asks not to print again.
    """
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    info = QPrinterInfo.printerInfo(name)
    if info.isNull():
        raise SetupError(fault("slip.no_printer", name=name))
    if stopped(info):
        raise SetupError(fault("slip.stopped", name=name))
    printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(slip.msgid)
    try:
        draw(slip, form, printer, offset)
    except OSError as error:
        raise SetupError(fault("slip.not_printed", name=name, error=error)) from error
    held = stopped(QPrinterInfo.printerInfo(name))
    return say("slip.held" if held else "slip.queued", name=name)


def stopped(info: Any) -> bool:
    """Does the printing system say that the queue takes no work?"""
    from PySide6.QtPrintSupport import QPrinter

    return bool(info.state() in (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted))
