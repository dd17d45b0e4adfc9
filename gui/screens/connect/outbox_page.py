"""待回写 on screen: open and closed letters, and the panel that explains one."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.domain.writeback import Letter
from core.errors import Fault
from core.words import say
from gui.screens.connect.columns import letters
from gui.screens.connect.outbox import LISTS, OutboxPresenter
from gui.screens.connect.pages import Page
from gui.screens.side import SideBySide
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.empty_state import EmptyState
from gui.widgets.labels import Card, Label, wrapped
from gui.widgets.question import Question
from gui.widgets.table import DataTable

SIDE_WIDTH = 270
STACKED_BELOW = 760


class OutboxPage(QWidget):
    """Shows one ``OutboxPresenter``."""

    def __init__(self, screen: Any, page: Page) -> None:
        super().__init__()
        self.page, self._screen = page, screen
        self.presenter = OutboxPresenter(screen.context.desk, screen)
        self.question = Question(screen)
        self._shown: tuple[Letter, ...] = ()
        self._row = SideBySide(self._left(), self._right(), SIDE_WIDTH, STACKED_BELOW)
        self.setLayout(self._row)
        screen.context.bridge.outbox_changed.connect(self._changed)
        self.presenter.load()

    @property
    def home_field(self) -> QWidget:
        """The list."""
        return self.lists.chips[self.presenter.list]

    def _left(self) -> QWidget:
        card = Card(gap=8)
        card.column.addWidget(Label(self.page.title, "heading"))
        card.column.addWidget(wrapped(self.page.hint, "muted"))
        self.lists = Chips([(name, say(f"connect.outbox.list.{name}")) for name in LISTS])
        self.lists.chosen.connect(self.presenter.show)
        card.column.addWidget(self.lists)
        self.empty = EmptyState(say("connect.outbox.empty"), say("connect.outbox.empty_hint"))
        context = self._screen.context
        self.table = DataTable(letters(), "connect-outbox", context.memory, context.user)
        self.table.setAccessibleName(self.page.title)
        self.table.chosen.connect(self.presenter.choose)
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        self._stack.setMinimumHeight(theme.u(200))
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        card.column.addWidget(self._stack, 1)
        return card

    def _right(self) -> QWidget:
        card = self.side = Card(gap=10)
        self.head, self.says = wrapped("", "heading"), wrapped("")
        card.column.addWidget(self.head)
        card.column.addWidget(self.says)
        card.column.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(theme.u(8))
        column.addWidget(self._screen.keys.button("outbox_again", primary=True))
        column.addWidget(self._screen.keys.button("outbox_by_hand"))
        card.column.addLayout(column)
        return card

    def entered(self) -> None:
        """Shown again: read anew."""
        self.presenter.load()

    def why_not(self, action: str) -> Fault | None:
        """Why a key is grey."""
        return self.presenter.why_not(action)

    def _changed(self, event: object) -> None:
        if self.isVisible():
            self.presenter.load()

    # -- what is pressed

    def again(self) -> None:
        """再送, with a reason."""
        self._ask("again", self.presenter.send_again, danger=False)

    def by_hand(self) -> None:
        """转人工, with a reason."""
        self._ask("by_hand", self.presenter.by_hand, danger=True)

    def _ask(self, what: str, agreed: Any, *, danger: bool) -> None:
        self.question.ask(
            say(f"connect.outbox.ask.{what}"),
            say(f"connect.outbox.ask.{what}_text", head=self.presenter.headline()),
            say(f"connect.outbox.ask.{what}_yes"), agreed, reason=True, danger=danger,
        )  # fmt: skip

    # -- showing

    def render(self) -> None:
        """The presenter's state, everywhere."""
        rows = self.presenter.letters
        if rows != self._shown:
            self._shown = rows
            self.table.set_rows(rows)
            place = [row.told.msgid for row in rows].index(self.presenter.chosen) if rows else -1
            if place >= 0:
                self.table.choose(place)
        self._stack.setCurrentWidget(self.table if rows else self.empty)
        self.head.setText(self.presenter.headline())
        self.head.setVisible(bool(self.presenter.headline()))
        self.says.setText(self.presenter.facts())
        self.side.setVisible(bool(rows))

    def fit(self, width: int) -> None:
        """Follow the page's width."""
        self._row.fit(width)
