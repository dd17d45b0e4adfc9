"""The pages of the desk: made when first shown, kept afterwards, one visible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QStackedWidget

from gui.screens.registry import screens
from gui.screens.screen import Screen
from gui.shell.context import Context


class Pages(QStackedWidget):
    """``show_page`` makes the page if need be, lets the old one leave and the new one enter."""

    def __init__(self, context: Context, shown: Callable[[str], None]) -> None:
        super().__init__()
        self._context, self._shown = context, shown
        self._pages: dict[str, Screen] = {}

    def show_page(self, name: str, argument: Any = None) -> None:
        """Show the screen ``name``; ``KeyError`` for one that does not exist."""
        page = self._pages.get(name) or self._make(name)
        old = self.current()
        if old is not None and old is not page:
            old.remember_focus()
            old.left()
        self.setCurrentWidget(page)
        page.entered(argument)
        page.take_focus()
        self._shown(name)

    def _make(self, name: str) -> Screen:
        page: Screen = screens()[name].load()(self._context)
        self._pages[name] = page
        self.addWidget(page)
        return page

    def current(self) -> Screen | None:
        """The page that is shown."""
        widget = self.currentWidget()
        return widget if isinstance(widget, Screen) else None

    def page(self, name: str) -> Screen | None:
        """A page that has been made, for tests and the tour."""
        return self._pages.get(name)

    def all(self) -> tuple[Screen, ...]:
        """Every page made so far."""
        return tuple(self._pages.values())

    def forget(self) -> None:
        """Take all pages away: another operator comes."""
        for page in self._pages.values():
            self.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
