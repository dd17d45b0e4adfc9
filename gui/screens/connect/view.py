"""医院接口 on screen: the list of pages at the left, one of them at the right."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from core.errors import Fault, fault
from core.words import say
from gui.screens.connect.pages import Page, pages
from gui.screens.screen import scrolled
from gui.screens.working import WorkingScreen
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.labels import Card, Label

OF_ADAPTERS = ("connect_test", "connect_preview", "connect_save")
OF_OUTBOX = ("outbox_again", "outbox_by_hand")
NAV_WIDTH = 170


class ConnectView(WorkingScreen):
    """Pages are built when they are first looked at; the keys go to the one that is shown.

    A page is a widget with ``render()``; one of an adapter also has ``test`` · ``look`` · ``save``,
    and may have ``why_not(action)``.
    """

    name = "connect"
    parkable = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._pages = pages()
        self._built: dict[str, Any] = {}
        self._bind_keys()
        self._list, self._stack = QListWidget(), QStackedWidget()
        self._lay_out_page()
        self.home_field = self._list
        self._list.setCurrentRow(0)

    def _bind_keys(self) -> None:
        self.bind("connect_test", lambda: self._call("test"))
        self.bind("connect_preview", lambda: self._call("look"))
        self.bind("connect_save", lambda: self._call("save"))
        self.bind("outbox_again", lambda: self._call("again"))
        self.bind("outbox_by_hand", lambda: self._call("by_hand"))

    def _call(self, what: str) -> None:
        getattr(self.page, what)()

    def _lay_out_page(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.u(12))
        head.addWidget(Label(say("screens.connect"), "title"))
        head.addStretch(1)
        self._adapter_buttons = tuple(
            self.keys.button(name, primary=name == "connect_save") for name in OF_ADAPTERS
        )
        for button in self._adapter_buttons:
            head.addWidget(button)
        self.top.addLayout(head)
        row = QHBoxLayout()
        row.setSpacing(theme.u(12))
        row.addWidget(self._nav())
        self._stack.setProperty("page", True)
        row.addWidget(self._stack, 1)
        self.body.addLayout(row, 1)

    def _nav(self) -> QWidget:
        nav = Card(margin=8)
        nav.setFixedWidth(theme.u(NAV_WIDTH))
        self._list.setAccessibleName(say("screens.connect"))
        self._list.setProperty("nav", True)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        nav.column.addWidget(self._list)
        for page in self._pages:
            item = QListWidgetItem(page.title)
            item.setSizeHint(QSize(0, theme.u(36)))
            self._list.addItem(item)
            self._stack.addWidget(QWidget())
        self._list.currentRowChanged.connect(self._show)
        return nav

    # -- pages

    @property
    def page(self) -> Any:
        """The page that is shown."""
        return self._built[self._pages[max(0, self._list.currentRow())].name]

    def _show(self, place: int) -> None:
        page = self._pages[place]
        if page.name not in self._built:
            self._build(place, page)
        self._stack.setCurrentIndex(place)
        self.refresh()

    def _build(self, place: int, page: Page) -> None:
        made = self._built[page.name] = page.load_view()(self, page)
        old = self._stack.widget(place)
        self._stack.insertWidget(place, scrolled(made))
        self._stack.removeWidget(old)
        old.deleteLater()

    def show_page(self, name: str) -> None:
        """The page of that name."""
        self._list.setCurrentRow([page.name for page in self._pages].index(name))

    def entered(self, argument: Any = None) -> None:
        """``argument`` names a page."""
        if isinstance(argument, str) and argument in {page.name for page in self._pages}:
            self.show_page(argument)
        again = getattr(self.page, "entered", None)
        if again is not None:
            again()
        self.refresh()

    # -- showing

    def render(self) -> None:
        """The page that is shown; keys of the others are grey or gone."""
        if not self._built:
            return
        self.page.render()
        for button in self._adapter_buttons:
            button.setVisible(hasattr(self.page, "test"))
        self.allow(self._why_not)

    def _why_not(self, action: str) -> Fault | None:
        mine = OF_ADAPTERS if hasattr(self.page, "test") else OF_OUTBOX
        if action not in mine:
            return fault("connect.other_page")
        ask = getattr(self.page, "why_not", None)
        return ask(action) if ask is not None else None

    def buttons(self) -> tuple[QPushButton, ...]:
        """Test, preview, save."""
        return self._adapter_buttons

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        for page in self._built.values():
            if hasattr(page, "fit"):
                page.fit(self.width() - theme.u(NAV_WIDTH))
