"""轧账 on screen: the cut as it would be, open cases, and the history of closings."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.words import say
from gui.forms.editors import ChoiceBox
from gui.screens.dayend.columns import closing_columns, open_columns, part_columns, sum_columns
from gui.screens.dayend.cuts import MOST_NOTE, CutsPresenter
from gui.screens.dayend.listed import Listed
from gui.screens.side import SideBySide
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.fields import AmountEdit, CodeEdit, Edit
from gui.widgets.keys import PageKeys
from gui.widgets.labels import Card, ElidedLabel, Label, wrapped
from gui.widgets.table import Column, DataTable

STACKED_BELOW = 940
SUMS_HIGH, LIST_HIGH = 126, 110


class CutsSection(QWidget):
    """Shows the presenter."""

    def __init__(self, context: Context, presenter: CutsPresenter, keys: PageKeys) -> None:
        super().__init__()
        self._context, self._presenter, self._keys = context, presenter, keys
        self._people: tuple[Any, ...] = ()
        self._kept = ("", "", "")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._row = SideBySide(self._left(), self._right(), 0, STACKED_BELOW)
        self._row.setStretch(0, 1)
        self._row.setStretch(1, 1)
        column.addLayout(self._row)

    def _table(self, columns: tuple[Column, ...], name: str, title: str, high: int) -> DataTable:
        memory, user = self._context.memory, self._context.user
        table = DataTable(columns, f"dayend-{name}", memory, user)
        table.setAccessibleName(title)
        table.setMinimumHeight(theme.u(high))
        return table

    def _left(self) -> QWidget:
        card = Card(margin=12, gap=8)
        head = QHBoxLayout()
        head.addWidget(Label(say("dayend.view.cut_title"), "heading"))
        self.heading = ElidedLabel("", "muted")
        head.addWidget(self.heading, 1)
        card.column.addLayout(head)
        card.column.addLayout(self._fields())
        title = say("dayend.view.cut_title")
        self.sums = self._table(sum_columns(), "sums", title, SUMS_HIGH)
        self.sums.setMaximumHeight(theme.u(SUMS_HIGH))
        card.column.addWidget(self.sums)
        self.late = wrapped("", "muted")
        card.column.addWidget(self.late)
        self.kinds = self._table(
            part_columns(), "cut-kinds", say("dayend.view.which.kinds"), LIST_HIGH
        )
        card.column.addWidget(self.kinds, 1)
        card.column.addLayout(self._cash())
        self.prompt = wrapped("", "prompt")
        card.column.addWidget(self.prompt)
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        row.addWidget(self._keys.button("confirm_day", primary=True), 1)
        card.column.addLayout(row)
        return card

    def _fields(self) -> QGridLayout:
        self.whose = ChoiceBox({}, optional=False)
        self.whose.currentIndexChanged.connect(lambda _: self._chose())
        self.end, self.counted, self.note = CodeEdit(), AmountEdit(), Edit()
        self.note.setMaxLength(MOST_NOTE)
        self.end.setPlaceholderText(say("dayend.view.cut_until_hint"))
        self.end.setToolTip(say("dayend.view.own_hint"))
        self.counted.setPlaceholderText(say("dayend.view.counted_hint"))
        self.end.editingFinished.connect(self._typed)
        for edit in (self.counted, self.note):
            edit.textEdited.connect(lambda _: self._typed())
        return self._lay_fields()

    def _lay_fields(self) -> QGridLayout:
        """Two by two; the operator only where there is a choice."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.u(8))
        grid.setVerticalSpacing(theme.u(6))
        named = (
            ("cut_until", self.end), ("operator", self.whose), ("counted", self.counted),
            ("note", self.note),
        )  # fmt: skip
        for place, (name, widget) in enumerate(named):
            label = Label(say(f"dayend.view.{name}"), "muted")
            label.setBuddy(widget)
            widget.setAccessibleName(label.text())
            grid.addWidget(label, place // 2, place % 2 * 2)
            grid.addWidget(widget, place // 2, place % 2 * 2 + 1)
            if widget is self.whose:
                self._whose_label = label
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(3, 3)
        return grid

    def _cash(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(12))
        row.addWidget(Label(say("dayend.view.cash"), "muted"))
        self.cash = Label("", "amount-big")
        row.addWidget(self.cash)
        row.addStretch(1)
        self.over = Label("", "strong")
        row.addWidget(self.over)
        return row

    def _right(self) -> QWidget:
        card = Card(margin=12, gap=8)
        head = QHBoxLayout()
        self.open_head = ElidedLabel("", "heading")
        head.addWidget(self.open_head, 1)
        head.addWidget(self._keys.button("hand_over_day"))
        card.column.addLayout(head)
        title = say("dayend.view.open")
        self.open = self._table(open_columns(), "open", title, LIST_HIGH)
        card.column.addWidget(self.open, 1)
        card.column.addWidget(Label(say("dayend.view.history"), "heading"))
        self.history = Listed(closing_columns(), "closings", self._context, "history_empty")
        self.history.table.setAccessibleName(say("dayend.view.history"))
        self.history.table.chosen.connect(
            lambda row: self._presenter.choose(row.number if row else 0)
        )
        self.history.table.opened.connect(lambda _: self._keys.trigger("preview_day"))
        card.column.addWidget(self.history, 2)
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        for name in ("preview_day", "print_day", "undo_day"):
            row.addWidget(self._keys.button(name))
        row.addStretch(1)
        card.column.addLayout(row)
        return card

    # what is typed

    def _typed(self) -> None:
        self._presenter.typed(
            end=self.end.code(), counted=self.counted.code(), note=self.note.text()
        )

    def _chose(self) -> None:
        wanted = self.whose.text()
        person = next((item for item in self._people if item.id == wanted), None)
        self._presenter.for_operator(person)

    def know(self, people: tuple[Any, ...]) -> None:
        """For whom a supervisor may close; nobody else sees the choice."""
        self._people = people
        self.whose.blockSignals(True)
        self.whose.clear()
        for item in people:
            self.whose.addItem(item.name, item.id)
        whose = self._presenter.whose
        if whose is not None and people:
            self.whose.setText(whose.id)
        self.whose.blockSignals(False)

    # showing

    def render(self) -> None:
        """The presenter's state."""
        presenter = self._presenter
        self.heading.setText(presenter.heading())
        for widget in (self.whose, self._whose_label):
            widget.setVisible(bool(self._people))
        self.sums.set_rows(presenter.sums())
        self.kinds.set_rows(presenter.kinds())
        self.late.setText(presenter.late())
        self.late.setVisible(bool(presenter.late()))
        cash = presenter.cash()
        self.cash.setText(cash or say("money.none"))
        self.cash.set_role("amount-big" if cash else "amount-big-none")
        self.over.setText(presenter.over())
        rows = presenter.open()
        key = "open_count" if rows else "open_empty"
        self.open_head.setText(say(f"dayend.view.{key}", count=len(rows)))
        self.open.setVisible(bool(rows))
        self.open.set_rows(rows)
        history = presenter.history()
        numbers = [row.number for row in history]
        chosen = presenter.chosen
        self.history.fill(history, numbers.index(chosen) if chosen in numbers else -1)
        self.prompt.setVisible(presenter.armed)
        self.prompt.setText(say("dayend.view.again_cut", amount=presenter.cash()))
        self._empty_fields()

    def _empty_fields(self) -> None:
        """What the presenter has forgotten leaves the fields too."""
        presenter = self._presenter
        now = (presenter.end, presenter.counted, presenter.note)
        for edit, text, before in zip(
            (self.end, self.counted, self.note), now, self._kept, strict=True
        ):
            if before and not text:
                edit.clear()
        self._kept = now

    def fit(self, width: int) -> None:
        """Follow the page's width."""
        self._row.fit(width)
