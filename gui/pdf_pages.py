"""Pages of somebody else's PDF: opened, drawn as pictures, put on paper without changing them.

The reader is not safe in two threads at once, so every use of it holds one lock.
"""

from __future__ import annotations

import threading
from typing import Any

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPagedPaintDevice, QPageLayout, QPageSize, QPainter

from core.errors import SetupError, fault
from core.words import say

MOST_PAGES = 300
LARGEST = 60_000_000  # dots of one picture
FINEST = 300  # dots an inch that paper gets; more is only memory
POINTS = 72.0
_LOCK = threading.RLock()


class PdfPages:
    """An opened PDF. ``sizes``: width and height of every page in points."""

    def __init__(self, content: bytes) -> None:
        """Raises ``SetupError`` with a sentence for what is no PDF, broken, or locked."""
        import pypdfium2

        self._lock = _LOCK
        try:
            with self._lock:
                self._document: Any = pypdfium2.PdfDocument(content)
                self.sizes = [self._document.get_page_size(n) for n in range(self._count())]
        except (pypdfium2.PdfiumError, ValueError, TypeError) as error:
            raise SetupError(fault("pdf.unreadable", error=_short(error))) from error
        if not self.sizes:
            raise SetupError(fault("pdf.unreadable", error=say("pdf.no_page")))

    def _count(self) -> int:
        return min(len(self._document), MOST_PAGES)

    def picture(self, number: int, scale: float) -> QImage:
        """A page as a picture, ``scale`` dots a point (less where that would be too large)."""
        width, height = self.sizes[number]
        scale = min(scale, (LARGEST / max(1.0, width * height)) ** 0.5)
        with self._lock:
            page = self._document[number]
            bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
            data, stride = bytes(bitmap.buffer), bitmap.stride
            size = bitmap.width, bitmap.height
            page.close()
        picture = QImage(data, *size, stride, QImage.Format.Format_RGBX8888)
        return picture.copy()

    def close(self) -> None:
        """Let go of the reader's memory."""
        with self._lock:
            self._document.close()


def _short(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__


def draw_pages(content: bytes, device: QPagedPaintDevice) -> None:
    """Every page on a sheet of its own size, unchanged, as finely as paper shows it.

    Raises ``SetupError`` for an unreadable PDF and ``OSError`` when the device takes no page.
    """
    pages = PdfPages(content)
    try:
        _draw(pages, device)
    finally:
        pages.close()


def _draw(pages: PdfPages, device: QPagedPaintDevice) -> None:
    device.setPageLayout(_layout(*pages.sizes[0]))
    painter = QPainter()
    if not painter.begin(device):
        raise OSError(say("slip.no_page"))
    try:
        dots = device.logicalDpiX() / POINTS
        scale = min(device.logicalDpiX(), FINEST) / POINTS
        for number, (width, height) in enumerate(pages.sizes):
            if number:
                device.setPageLayout(_layout(width, height))
                device.newPage()
            place = QRectF(0, 0, width * dots, height * dots)
            painter.drawImage(place, pages.picture(number, scale))
    finally:
        painter.end()


def _layout(width: float, height: float) -> QPageLayout:
    """A page without margins; a page that lies is said to lie, so that trays are chosen right."""
    lies = width > height
    size = QSizeF(min(width, height), max(width, height))
    exact = QPageSize.SizeMatchPolicy.FuzzyMatch
    page = QPageSize(size, QPageSize.Unit.Point, "", exact)
    way = QPageLayout.Orientation.Landscape if lies else QPageLayout.Orientation.Portrait
    layout = QPageLayout(page, way, QMarginsF(), QPageLayout.Unit.Point)
    layout.setMode(QPageLayout.Mode.FullPageMode)
    return layout
