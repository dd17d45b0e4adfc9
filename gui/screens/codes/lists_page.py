"""The page of lists: which there are, their versions, and the rows or differences of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedWidget, QWidget

from core.words import say
from gui.screens.codes.columns import entry_columns, list_columns, version_columns
from gui.screens.codes.lists import PARTS, ListsPresenter
from gui.screens.side import UNBOUND
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.empty_state import EmptyState
from gui.widgets.labels import Card, ElidedLabel, Label
from gui.widgets.table import DataTable

STACKED_BELOW = 900
LISTS_WIDTH = 380


class ListsPage(QWidget):
    """Shows ``presenter``; ``button`` makes the button of a bound action."""

    def __init__(
        self, presenter: ListsPresenter, context: Any, button: Callable[..., QWidget]
    ) -> None:
        super().__init__()
        self.presenter, self._context, self._button = presenter, context, button
        self._lists: Any = None
        self._versions: Any = None
        self._entries: tuple[Any, ...] = ()
        self._filling = False
        self._card = self._left()
        row = self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setSpacing(theme.u(12))
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._card)
        row.addWidget(self._right(), 1)

    def _left(self) -> QWidget:
        card = Card(gap=10)
        card.column.addWidget(Label(say("codes.screen.lists"), "heading"))
        self.lists = DataTable(list_columns(), "code-lists", self._context.memory)
        self.lists.setAccessibleName(say("codes.screen.lists"))
        self.lists.setMinimumHeight(theme.u(200))
        self.lists.chosen.connect(self._list_chosen)
        card.column.addWidget(self.lists, 1)
        row = QHBoxLayout()
        row.addWidget(self._button("import_list", primary=True))
        row.addStretch(1)
        card.column.addLayout(row)
        return card

    def _right(self) -> QWidget:
        card = Card(gap=10)
        self.head = ElidedLabel("", "heading")
        self.versions = DataTable(version_columns(), "code-versions", self._context.memory)
        self.versions.setAccessibleName(say("codes.screen.versions"))
        self.versions.setMinimumHeight(theme.u(110))
        self.versions.chosen.connect(self._version_chosen)
        self.note = ElidedLabel("", "muted")
        card.column.addWidget(self.head)
        card.column.addWidget(self.versions, 1)
        card.column.addLayout(self._note_row())
        self.parts = Chips([(name, say(f"codes.part.{name}")) for name in PARTS])
        self.parts.chosen.connect(self.presenter.show)
        card.column.addWidget(self.parts)
        self.entries = DataTable(
            entry_columns("rows", self.presenter.list), "code-entries", self._context.memory
        )
        self.entries.setAccessibleName(say("codes.part.rows"))
        self.entries.setMinimumHeight(theme.u(140))
        self.empty = EmptyState("", "", "codes")
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.entries)
        card.column.addWidget(self._stack, 3)
        return card

    def _note_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        row.addWidget(self.note, 1)
        row.addWidget(self._button("restore_version"))
        return row

    def _list_chosen(self, face: Any) -> None:
        if not self._filling and face is not None:
            self.presenter.choose(face.name)

    def _version_chosen(self, version: Any) -> None:
        if not self._filling and version is not None:
            self.presenter.choose_version(version.number)

    def render_page(self) -> None:
        """The presenter's present state."""
        presenter = self.presenter
        self._filling = True
        self._render_lists()
        self._render_versions()
        self._filling = False
        self.note.setText(presenter.note())
        self.parts.set_counts(presenter.counts() if presenter.version else {})
        self.parts.choose(presenter.part)
        faces = presenter.faces()
        if faces != self._entries:
            self._entries = faces
            self.entries.set_columns(entry_columns(presenter.part, presenter.list))
            self.entries.set_rows(faces)
        self._stack.setCurrentWidget(self.entries if faces else self.empty)
        name = "version" if presenter.version is None else "part"
        text, hint = say(f"codes.screen.empty.{name}"), say(f"codes.screen.empty.{name}_hint")
        self.empty.show_words(text, hint, "codes")

    def _render_lists(self) -> None:
        presenter = self.presenter
        if presenter.lists is not self._lists:
            self._lists = presenter.lists
            self.lists.set_rows(presenter.lists)
        self.lists.point([face.name for face in presenter.lists], presenter.list)
        self.head.setText(presenter.face.title if presenter.face else "")

    def _render_versions(self) -> None:
        presenter = self.presenter
        if presenter.versions is not self._versions:
            self._versions = presenter.versions
            self.versions.set_rows(presenter.versions)
        numbers = [version.number for version in presenter.versions]
        self.versions.point(numbers, presenter.number)

    def fit(self, width: int) -> None:
        """Follow the page's width in pixels."""
        stacked = width < theme.u(STACKED_BELOW)
        way = QBoxLayout.Direction
        self._row.setDirection(way.TopToBottom if stacked else way.LeftToRight)
        self._card.setMaximumWidth(UNBOUND if stacked else theme.u(LISTS_WIDTH))
        self._card.setMinimumWidth(0 if stacked else theme.u(LISTS_WIDTH))
