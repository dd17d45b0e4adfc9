"""The page of the centre's code tables: the tables at the left, the codes of one at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.domain.centrefacts import CodeRow, CodeTable
from core.words import say
from gui.screens.codes.tables import OLD_DAYS, TablesPresenter, age, change
from gui.screens.side import SideBySide
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.fields import CodeEdit
from gui.widgets.labels import Card, ElidedLabel, Label
from gui.widgets.table import Column, DataTable

STACKED_BELOW = 860


class TablesPage(QWidget):
    """Shows the presenter; ``button`` makes the buttons of the screen's actions."""

    def __init__(
        self, presenter: TablesPresenter, context: Context, button: Callable[..., Any]
    ) -> None:
        super().__init__()
        self._presenter = presenter
        self._tables: tuple[CodeTable, ...] | None = None
        self._codes: tuple[CodeRow, ...] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._row = SideBySide(
            self._left(context, button), self._right(context), 0, STACKED_BELOW
        )  # fmt: skip
        for place, share in ((0, 3), (1, 2)):
            self._row.setStretch(place, share)
        column.addLayout(self._row, 1)

    def _left(self, context: Context, button: Callable[..., Any]) -> QWidget:
        card = Card(gap=10)
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        name = Label(say("code_tables.kind"), "muted")
        self.kind = CodeEdit(advance=False)
        self.kind.setAccessibleName(say("code_tables.kind"))
        self.kind.setPlaceholderText(say("code_tables.kind_hint"))
        self.kind.submitted.connect(lambda text: self._presenter.fetch(text))
        name.setBuddy(self.kind)
        row.addWidget(name)
        row.addWidget(self.kind, 1)
        row.addWidget(button("fetch_tables", primary=True))
        card.column.addLayout(row)
        self.tables = DataTable(_table_columns(), "code-tables", context.memory, context.user)
        self.tables.setAccessibleName(say("codes.page.tables"))
        self.tables.setMinimumHeight(theme.u(180))
        self.tables.chosen.connect(lambda table: self._presenter.choose(table))
        card.column.addWidget(self.tables, 1)
        self.summary = ElidedLabel("", "muted")
        card.column.addWidget(self.summary)
        return card

    def _right(self, context: Context) -> QWidget:
        card = Card(gap=10)
        self.head = ElidedLabel("", "heading")
        self.codes = DataTable(_code_columns(), "code-rows", context.memory, context.user)
        self.codes.setAccessibleName(say("code_tables.codes"))
        self.codes.setMinimumHeight(theme.u(180))
        card.column.addWidget(self.head)
        card.column.addWidget(self.codes, 1)
        return card

    def wanted(self) -> str:
        """The kind that stands in the box, or empty for all."""
        return self.kind.code()

    def render_page(self) -> None:
        """The presenter's state."""
        presenter = self._presenter
        if presenter.tables != self._tables:
            self._tables = presenter.tables
            self.tables.set_rows(presenter.tables)
        self.tables.point([table.kind for table in presenter.tables], presenter.chosen)
        if presenter.rows != self._codes:
            self._codes = presenter.rows
            self.codes.set_rows(presenter.rows)
        tables = presenter.tables
        named = next((table for table in tables if table.kind == presenter.chosen), None)
        self.head.setText(f"{named.name}　{named.kind}" if named else say("code_tables.codes"))
        self.summary.setText(presenter.summary())

    def fit(self, width: int) -> None:
        """Side by side, or one below the other."""
        self._row.fit(width)


def _table_columns() -> tuple[Column, ...]:
    def title(name: str) -> str:
        return say(f"code_tables.column.{name}")

    return (
        Column("kind", title("kind"), lambda row: row.kind, 9),
        Column("name", title("name"), lambda row: row.name, 12, stretch=True),
        Column("count", title("count"), lambda row: str(row.count), 6, "right"),
        Column("version", title("version"), lambda row: str(row.version), 5, "right"),
        Column("age", title("age"), age, 8,
               tone=lambda row: "danger" if row.days > OLD_DAYS else None),
        Column("change", title("change"), change, 13, stretch=True),
    )  # fmt: skip


def _code_columns() -> tuple[Column, ...]:
    return (
        Column("code", say("code_tables.column.code"), lambda row: row.code, 10),
        Column("word", say("code_tables.column.word"), lambda row: row.name, 16, stretch=True,
               tone=lambda row: "done" if row.new else None),
        Column("new", "", lambda row: say("code_tables.new") if row.new else "", 4,
               tone=lambda row: "done"),
    )  # fmt: skip
