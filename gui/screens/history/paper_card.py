"""The centre's slip laid over the page: its pages, and the keys to print, save and look closer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QPushButton, QWidget

from core.errors import DeskError
from core.words import say
from gui.pdf_pages import PdfPages
from gui.screens.history.papers import Shown
from gui.theme import theme
from gui.widgets.buttons import foot, push
from gui.widgets.labels import ElidedLabel, Label, wrapped
from gui.widgets.overlay import Overlay
from gui.widgets.pdf_view import STEP, PdfView

WIDTH = 940


class PaperCard(Overlay):
    """``buttons``: what the page offers (their keys stay the page's). Esc puts it away."""

    def __init__(self, host: QWidget, buttons: Sequence[QWidget], gone: Callable[[], None]) -> None:
        super().__init__(host, WIDTH)
        self._gone = gone
        self._pages: PdfPages | None = None
        self.head = ElidedLabel("", "muted")
        self.view = PdfView()
        self.view.setAccessibleName(say("history.paper.title"))
        self.trouble = wrapped("", "danger")
        self.card.column.addLayout(
            foot(*self._zoom(), left=[Label(say("history.paper.title"), "heading")])
        )
        self.card.column.addWidget(self.head)
        self.card.column.addWidget(self.trouble)
        self.card.column.addWidget(self.view, 1)
        close = _button("close", self.close_overlay)
        self.card.column.addLayout(foot(close, left=buttons))

    def _zoom(self) -> list[QWidget]:
        """Smaller, larger, as wide as the card: hidden where there is nothing to see."""
        view = self.view
        slots = {"smaller": lambda: view.zoom_by(1 / STEP), "larger": lambda: view.zoom_by(STEP),
                 "fit": view.fit}  # fmt: skip
        self.zooms: list[QWidget] = [_button(name, slot) for name, slot in slots.items()]
        return self.zooms

    def show_paper(self, shown: Shown) -> None:
        """Open it over the page; what cannot be shown is said, its file can still be saved."""
        self._let_go()
        self.head.setText(shown.head)
        try:
            self._pages = PdfPages(shown.content)
            self.trouble.setText("")
        except DeskError as error:
            self.trouble.setText(str(error))
        self.trouble.setVisible(bool(self.trouble.text()))
        for part in (self.view, *self.zooms):
            part.setVisible(self._pages is not None)
        self.open(self.view if self._pages is not None else None)
        self.view.show_pages(self._pages)

    def _cover(self) -> None:
        super()._cover()
        self.card.setFixedHeight(max(self._host.height() - theme.u(24), theme.u(120)))

    def close_overlay(self) -> None:
        """Put it away and let go of the file."""
        super().close_overlay()
        self._let_go()
        self._gone()

    def _let_go(self) -> None:
        self.view.show_pages(None)
        if self._pages is not None:
            self._pages.close()
            self._pages = None


def _button(name: str, slot: Callable[[], object]) -> QPushButton:
    return push(say(f"history.paper.{name}"), slot, high=32)
