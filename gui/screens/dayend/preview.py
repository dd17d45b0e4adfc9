"""A sheet looked at before or instead of printing: its pages as they come out."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.words import say
from gui.theme import theme
from gui.widgets.buttons import push
from gui.widgets.labels import Label
from gui.widgets.overlay import Overlay

POINTS_WIDE = 595.0  # a page as wide as A4
SHOWN_WIDE = 680
FORMATS = {4: QImage.Format.Format_RGB32, 3: QImage.Format.Format_BGR888}
SCROLLS = {
    Qt.Key.Key_Down: 0.2, Qt.Key.Key_Up: -0.2, Qt.Key.Key_PageDown: 0.9,
    Qt.Key.Key_PageUp: -0.9,
}  # fmt: skip


def images(pdf: bytes, wide: int) -> list[QImage]:
    """Every page of a PDF as a picture ``wide`` pixels wide; any thread."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return [_image(page, wide) for page in document]


def _image(page: Any, wide: int) -> QImage:
    made = page.render(scale=wide / page.get_width())
    form = FORMATS[made.n_channels]
    image = QImage(bytes(made.buffer), made.width, made.height, made.stride, form)
    return image.copy()


class SheetPreview(Overlay):
    """``show_pages`` opens it; arrow and page keys scroll, Esc closes."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, SHOWN_WIDE + 100)
        self._title = Label("", "heading")
        close = f"{say('dayend.view.close_preview')}　Esc"
        self.close_button = push(close, self.close_overlay, high=32)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.close_button)
        self.card.column.addLayout(head)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.card.column.addWidget(self._area, 1)
        self.count = 0

    def show_pages(self, title: str, pages: list[QImage]) -> None:
        """The pages, one below the other."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        for number, page in enumerate(pages, 1):
            label = QLabel()
            label.setPixmap(QPixmap.fromImage(page))
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setAccessibleName(say("dayend.view.page_of", page=number, pages=len(pages)))
            column.addWidget(label)
        self.count = len(pages)
        self._area.setWidget(inner)
        self._area.setMinimumHeight(self._host.height() - theme.u(150))
        self._title.setText(title)
        self.setAccessibleName(title)
        self.open(self.close_button)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = SCROLLS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.value() + round(step * self._area.viewport().height()))
        event.accept()
