"""Pages of a PDF below each other; zoom and scroll by keys, drawn when they come into sight."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gui.pdf_pages import PdfPages
from gui.theme import theme

STEP, SMALLEST, LARGEST = 1.25, 0.25, 6.0
KEPT = 8  # pictures


class PdfView(QScrollArea):
    """``show_pages``; + and − zoom, 0 fits the width, arrows and Page keys scroll."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("page", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.zoom = 1.0
        self._fitted = True
        self._paper = _Paper()
        self.setWidget(self._paper)

    def show_pages(self, pages: PdfPages | None) -> None:
        """Other pages (or none), as wide as the view."""
        self._paper.pages = pages
        self._paper.dress(self.zoom)
        self.fit()
        self.verticalScrollBar().setValue(0)

    def count(self) -> int:
        """How many pages are shown."""
        return len(self._paper.pages.sizes) if self._paper.pages else 0

    def fit(self) -> None:
        """As wide as the view."""
        pages = self._paper.pages
        self._fitted = True
        if pages is not None:
            room = self.viewport().width() - 2 * theme.u(12)
            self._set(room / max(width for width, _ in pages.sizes))

    def zoom_by(self, factor: float) -> None:
        """Larger or smaller, the place in the middle stays."""
        self._fitted = False
        self._set(self.zoom * factor)

    def _set(self, zoom: float) -> None:
        bar = self.verticalScrollBar()
        place = bar.value() / max(1, self._paper.height())
        self.zoom = max(SMALLEST, min(LARGEST, zoom))
        self._paper.dress(self.zoom)
        bar.setValue(round(place * self._paper.height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        text = event.text()
        if text in ("+", "="):
            self.zoom_by(STEP)
        elif text in ("-", "_"):
            self.zoom_by(1 / STEP)
        elif text == "0":
            self.fit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if self._fitted:
            self.fit()


class _Paper(QWidget):
    """The sheets; their pictures are made when they are painted and a few are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: PdfPages | None = None
        self._places: list[QRect] = []
        self._scale = 1.0
        self._pictures: dict[int, QImage] = {}

    def dress(self, scale: float) -> None:
        """Lay the pages out at ``scale`` points a pixel."""
        self._scale = scale
        self._pictures.clear()
        self._places = []
        gap, top, wide = theme.u(12), theme.u(12), 0
        for width, height in self.pages.sizes if self.pages else ():
            size = QSize(round(width * scale), round(height * scale))
            self._places.append(QRect(gap, top, size.width(), size.height()))
            top += size.height() + gap
            wide = max(wide, size.width())
        self.resize(wide + 2 * gap, top)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colour("ground"))
        for number, place in enumerate(self._places):
            if self.pages is not None and place.intersects(event.rect()):
                painter.fillRect(place, Qt.GlobalColor.white)
                painter.drawImage(place.topLeft(), self._picture(self.pages, number))

    def _picture(self, pages: PdfPages, number: int) -> QImage:
        found = self._pictures.get(number)
        if found is None:
            if len(self._pictures) >= KEPT:
                self._pictures.pop(next(iter(self._pictures)))
            ratio = self.devicePixelRatioF()
            found = pages.picture(number, self._scale * ratio)
            found.setDevicePixelRatio(ratio)
            self._pictures[number] = found
        return found
