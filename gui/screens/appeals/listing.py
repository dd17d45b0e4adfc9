"""The list of deductions with its search box, filter and period."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from core.words import say
from gui.forms.editors import ChoiceBox
from gui.screens.appeals.faces import AppealRow
from gui.screens.appeals.presenter import FILTERS
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.empty_state import EmptyState
from gui.widgets.fields import CodeEdit
from gui.widgets.labels import Card, ElidedLabel, Label
from gui.widgets.search_box import SearchBox
from gui.widgets.table import Column, DataTable


def appeal_columns() -> tuple[Column, ...]:
    """Who, why, how much, how long still, how far."""

    def column(name: str, width: float, align: str = "left", **more: Any) -> Column:
        title = say(f"appeals.column.{name}")
        return Column(name, title, lambda row: getattr(row, name), width, align, **more)

    return (
        column("name", 6),
        column("reason", 10, stretch=True),
        column("deducted", 9, "right"),
        column("due", 10, tone=lambda row: row.due_tone or None),
        column("state", 8, tone=lambda row: row.state_tone or None),
    )


class ListCard(Card):
    """``period`` at Enter in its last field; everything else goes to the presenter."""

    period = Signal()

    def __init__(self, context: Context, presenter: Any) -> None:
        super().__init__(gap=10)
        self._presenter = presenter
        self._filled: tuple[AppealRow, ...] | None = None
        self._filling = False
        self.column.addLayout(self._search_row())
        self.column.addLayout(self._period_row())
        self.table = DataTable(appeal_columns(), "appeals", context.memory, context.user)
        self.table.setAccessibleName(say("appeals.title"))
        self.table.chosen.connect(self._chosen)
        self.table.setMinimumHeight(theme.u(180))
        self.empty = EmptyState("", "", "appeals")
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        self.column.addWidget(self._stack, 1)
        self.counts = ElidedLabel("", "muted")
        self.column.addWidget(self.counts)

    def _search_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.box = SearchBox(say("appeals.find_hint"))
        self.box.setAccessibleName(say("appeals.find"))
        self.box.submitted.connect(self._presenter.find)
        self.filter = ChoiceBox({name: say(f"appeals.filter.{name}") for name in FILTERS},
                                optional=False)  # fmt: skip
        self.filter.setAccessibleName(say("appeals.filter_name"))
        self.filter.currentIndexChanged.connect(lambda _: self._filtered())
        row.addWidget(self.box, 1)
        row.addWidget(self.filter)
        return row

    def _period_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.begin, self.end = CodeEdit(), CodeEdit(advance=False)
        for field, name in ((self.begin, "begin"), (self.end, "end")):
            field.setMaxLength(10)
            field.setText(f"{getattr(self._presenter, name):%Y-%m-%d}")
            field.setAccessibleName(say(f"days.{name}_name"))
        self.end.submitted.connect(lambda _: self.period.emit())
        name = Label(say("appeals.period_name"), "muted")
        name.setBuddy(self.begin)
        row.addWidget(name)
        row.addWidget(self.begin, 1)
        row.addWidget(Label(say("days.to"), "muted"))
        row.addWidget(self.end, 1)
        return row

    def _chosen(self, row: AppealRow | None) -> None:
        """A person moved; rows that move below the cursor choose nothing."""
        if row is not None and not self._filling:
            self._presenter.choose(row.ded_id)

    def _filtered(self) -> None:
        self._presenter.only(self.filter.text())

    def to_box(self) -> None:
        """The cursor goes into the search box."""
        self.box.setFocus()
        self.box.selectAll()

    def render_rows(self) -> None:
        """The presenter's rows, the chosen one lit."""
        presenter = self._presenter
        self._filling = True
        if presenter.rows != self._filled:
            self._filled = presenter.rows
            self.table.set_rows(presenter.rows)
        self.table.point([row.ded_id for row in presenter.rows], presenter.chosen)
        self._filling = False
        self._stack.setCurrentWidget(self.table if presenter.rows else self.empty)
        text, hint = presenter.empty() if presenter.loaded else ("", "")
        self.empty.show_words(text, hint, "appeals")
        self.counts.setText(presenter.counts() if presenter.rows else "")
