"""对账 on screen: the choice, both sums, how they are made up, former confirmations, the pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.money import show
from core.words import say
from gui.screens.dayend.choosing import ChoosingRow
from gui.screens.dayend.columns import former_columns, part_columns
from gui.screens.dayend.listed import ask_no_room
from gui.screens.dayend.pairs_view import PairsCard
from gui.screens.dayend.presenter import DayEndPresenter
from gui.screens.dayend.side_by_side import CompareCard
from gui.screens.side import SideBySide
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.empty_state import EmptyState
from gui.widgets.keys import PageKeys
from gui.widgets.labels import Card, wrapped
from gui.widgets.table import DataTable

WHICH = ("operators", "kinds", "former")
STACKED_BELOW = 940
HIGH = 218


class BooksSection(QWidget):
    """Shows the presenter; ``repair`` is what Enter on a pair does, ``arrived`` when pairs came."""

    def __init__(
        self, context: Context, presenter: DayEndPresenter, keys: PageKeys,
        repair: Callable[[], None], arrived: Callable[[], None],
    ) -> None:  # fmt: skip
        super().__init__()
        self._context, self._presenter, self._keys = context, presenter, keys
        self.which = WHICH[0]
        self._filled: Any = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(10))
        self.choosing = ChoosingRow(presenter.books)
        column.addLayout(self._choosing_row())
        self._row = SideBySide(self._compare(), self._parts(), 0, STACKED_BELOW)
        self._row.setStretch(0, 5)
        self._row.setStretch(1, 6)
        column.addLayout(self._row)
        self.pairs = PairsCard(context, presenter.pairs, keys, repair, arrived)
        column.addWidget(self.pairs, 1)

    def _choosing_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(12))
        row.addWidget(self.choosing, 1)
        row.addWidget(self._keys.button("compare_day", primary=True))
        return row

    def _compare(self) -> QWidget:
        self.compare = CompareCard()
        self.prompt = wrapped("", "prompt")
        self.compare.column.addWidget(self.prompt)
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.go = self._keys.button("confirm_day")
        for button in (self.go, self._keys.button("match_day"), self._keys.button("undo_day")):
            row.addWidget(button)
        row.addStretch(1)
        self.compare.column.addLayout(row)
        return self.compare

    def _parts(self) -> QWidget:
        card = Card(margin=12, gap=8)
        self.chips = Chips([(name, say(f"dayend.view.which.{name}")) for name in WHICH])
        self.chips.setAccessibleName(say("dayend.view.breakdown"))
        self.chips.chosen.connect(self._other)
        card.column.addWidget(self.chips)
        memory, user = self._context.memory, self._context.user
        self.parts = DataTable(part_columns(), "dayend-parts", memory, user)
        self.parts.setAccessibleName(say("dayend.view.breakdown"))
        self.former = DataTable(former_columns(), "dayend-former", memory, user)
        self.former.setAccessibleName(say("dayend.view.which.former"))
        self.former.chosen.connect(lambda row: self._presenter.books.pick(row.msgid if row else ""))
        self.empty = EmptyState("", "", "dayend")
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        self._stack.setMinimumHeight(theme.u(HIGH - 60))
        ask_no_room(self._stack)
        ask_no_room(self.empty)
        for widget in (self.empty, self.parts, self.former):
            self._stack.addWidget(widget)
        card.column.addWidget(self._stack, 1)
        return card

    def _other(self, which: str) -> None:
        self.which = which
        self._render_parts()

    # showing

    def render(self) -> None:
        """The presenter's state."""
        books = self._presenter.books
        self.choosing.render()
        self.compare.show_lines(books.lines())
        self.compare.show_verdict(books.verdict(), books.heading())
        settled, refunded = books.apart()
        self.compare.settled.setText(settled)
        self.compare.refunded.setText(refunded)
        self.compare.refunded.setVisible(bool(books.ours() and books.ours().refunded.count))
        self._render_prompt()
        self._render_parts()
        self.pairs.render()

    def _render_prompt(self) -> None:
        books = self._presenter.books
        compared = books.comparison
        armed = books.armed and compared is not None
        self.prompt.setVisible(armed)
        if armed and compared is not None:
            net = compared.ours.net
            self.prompt.setText(
                say("dayend.view.again", period=books.heading(), count=net.count,
                    total=show(net.total))
            )  # fmt: skip
        ready = not self._presenter.repairs() and books.verdict() == "equal"
        self.go.set_kind("primary" if ready else "")

    def _render_parts(self) -> None:
        books, former = self._presenter.books, self.which == "former"
        rows = books.former() if former else books.parts(self.which)
        self.chips.choose(self.which)
        table = self.former if former else self.parts
        if (self.which, rows) != self._filled:
            self._filled = (self.which, rows)
            table.set_rows(rows)
        key = "former_empty" if former else "parts_empty"
        self.empty.show_words(say(f"dayend.view.{key}"), say(f"dayend.view.{key}_hint"), "dayend")
        self._stack.setCurrentWidget(table if rows else self.empty)

    def fit(self, width: int) -> None:
        """Follow the page's width."""
        self._row.fit(width)
        self.pairs.fit(width)
