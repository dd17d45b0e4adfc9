"""A page of a form on a device: its size and margins, painting on it, and the same as a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter

from core.words import say
from gui.paper import Draw
from gui.paper_form import PaperForm

RESOLUTION = 600
ROLL_END = 4.0  # millimetres of paper below the last line, for the cutter

Offset = tuple[float, float]


def lay_page(device: QPagedPaintDevice, form: PaperForm, height: float) -> None:
    """The next page of ``device`` is one of ``form``, ``height`` millimetres long."""
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    size = QPageSize(QSizeF(form.width, height), QPageSize.Unit.Millimeter, "", exact)
    margins = QMarginsF(form.margin, form.margin, form.margin, form.margin)
    portrait, unit = QPageLayout.Orientation.Portrait, QPageLayout.Unit.Millimeter
    device.setPageLayout(QPageLayout(size, portrait, margins, unit))


def cut_roll(device: QPagedPaintDevice, form: PaperForm, used: float) -> None:
    """Paper from a roll is as long as what stands on it."""
    lay_page(device, form, used + 2 * form.margin + ROLL_END)


@contextmanager
def painting(device: QPagedPaintDevice) -> Iterator[QPainter]:
    """A painter on ``device``; raises ``OSError`` when it takes no page."""
    painter = QPainter()
    if not painter.begin(device):
        raise OSError(say("slip.no_page"))
    try:
        yield painter
    finally:
        painter.end()


def as_pdf(title: str, draw: Draw) -> bytes:
    """What ``draw`` paints, as a PDF of that title."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setTitle(title)
    draw(writer)
    return bytes(buffer.data().data())
