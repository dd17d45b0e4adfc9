"""Slips on paper or as PDF: pages and copies, to a print queue that is looked at, or to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPagedPaintDevice, QPainter

from core.domain.papers import PaperKind
from core.domain.slip import Slip
from core.errors import Fault, Refused, SetupError, fault
from gui.paper import Draw, deliver, write_whole
from gui.paper_page import Offset, as_pdf, cut_roll, lay_page, painting
from gui.pdf_pages import draw_pages
from gui.slip_form import Form, forms
from gui.slip_page import Page

LONGEST = 600.0  # millimetres of a roll


def draw(slip: Slip, form: Form, device: QPagedPaintDevice, offset: Offset) -> None:
    """Every copy on a page of its own; ``offset`` in millimetres moves all of it.

    Raises ``OSError`` when the device takes no page. Draws in whatever thread it is called.
    """
    lay_page(device, form, form.height or LONGEST)
    page = Page(slip, form, device)
    if not form.height:
        cut_roll(device, form, page.fit())
    with painting(device) as painter:
        for number, copy in enumerate(slip.copies):
            if number:
                device.newPage()
            _draw_copy(page, painter, copy, offset)


def _draw_copy(page: Page, painter: QPainter, copy: str, offset: Offset) -> None:
    dots = page.ink.dots
    painter.save()
    painter.translate(QPointF(dots(offset[0]), dots(offset[1])))
    page.draw(painter, copy)
    painter.restore()


# -- to where


def pdf(slip: Slip, form: Form, offset: Offset = (0, 0)) -> bytes:
    """The slip as a PDF."""
    return as_pdf(f"{slip.title} {slip.msgid}", lambda device: draw(slip, form, device, offset))


def render_pdf(slip: Slip, paper: str, path: Path, offset: Offset = (0, 0)) -> Path:
    """Write the slip as a PDF of ``paper`` (A4 · A5 · roll), whole or not at all.

    Raises ``SetupError`` when the disk refuses.
    """
    return write_whole(path, pdf(slip, forms()[paper], offset), "slip.not_written")


def print_slip(desk: Any, msgid: str) -> str:
    """Print the slip to the chosen printer or as PDF, and say where it went.

    It is counted when its paper came out; one that is on its way is counted by a later look. Raises
    ``DeskError`` with a sentence when no paper comes: the slip still waits to be printed.
    """
    slip, chosen = desk.documents.slip(msgid), desk.settings.printer
    form, offset = forms(desk.home)[chosen.paper], (chosen.offset_x, chosen.offset_y)
    if chosen.name:
        return on_queue(desk, msgid, "slip", lambda device: draw(slip, form, device, offset))
    number = desk.documents.prints(msgid) + 1
    path = desk.home / "slips" / f"{msgid}-{number}.pdf"
    place = str(write_whole(path, pdf(slip, form, offset), "slip.not_written"))
    desk.documents.printed(msgid, place)
    return place


def on_queue(desk: Any, msgid: str, kind: PaperKind, draw_it: Draw) -> str:
    """A counted paper to the chosen queue; says where it went.

    Raises ``Refused`` while an earlier job of the same paper may still come out.
    """
    jobs, name = desk.documents.jobs, desk.settings.printer.name
    jobs.refuse_second(msgid, kind)
    done = deliver(jobs.queues, name, msgid, draw_it)
    if done.out:
        desk.documents.printed(msgid, done.place, kind)
        return done.place
    jobs.sent(msgid, kind, name, done.seen)
    if done.seen.verdict == "held":
        raise SetupError(Fault("printing.held", done.place))
    return done.place


def print_centre_slip(desk: Any, msgid: str) -> str:
    """Print the centre's slip as it came to the chosen printer; says where it went.

    Without a printer its own bytes are the file. Raises ``DeskError`` with a sentence.
    """
    slip = desk.documents.centre_slip(msgid)
    if slip is None:
        raise Refused(fault("centre_slip.not_kept"))
    content = desk.documents.slip_content(slip)
    if desk.settings.printer.name:
        return on_queue(desk, slip.msgid, "centre", lambda device: draw_pages(content, device))
    number = desk.documents.prints(slip.msgid, "centre") + 1
    path = desk.home / "slips" / f"{slip.msgid}-centre-{number}.pdf"
    place = str(write_whole(path, content, "slip.not_written"))
    desk.documents.printed(slip.msgid, place, "centre")
    return place
