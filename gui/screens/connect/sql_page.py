"""The page of the hospital's database on screen: the common one, and its statements one by one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from core.his.sql.settings import EVENTS, QUERIES
from core.his.sql.writing import receipt_table
from core.words import say
from gui.screens.connect.adapter_page import AdapterPage
from gui.screens.connect.pages import Page
from gui.screens.connect.pages.sql import parameters
from gui.theme import theme
from gui.widgets.labels import Card, Label, wrapped

LIST_WIDTH, HEIGHT = 190, 190
STATEMENTS = tuple(f"query.{name}" for name in QUERIES) + tuple(f"told.{name}" for name in EVENTS)


class Statement(QPlainTextEdit):
    """A text of several lines; Tab goes on to the next field."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(self.font().pointSizeF())
        self.setFont(font)


class SqlPage(AdapterPage):
    """The statements stand in one list; what was written of each is kept while another is shown."""

    def __init__(self, screen: Any, page: Page) -> None:
        self._texts: dict[str, str] = {}
        self._chosen = STATEMENTS[0]
        super().__init__(screen, page)

    def _build(self, screen: Any) -> None:
        super()._build(screen)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(1, self._statements())
        self.set_statements(self.presenter.texts)

    def _statements(self) -> QWidget:
        card = Card(gap=10)
        card.column.addWidget(Label(say("connect.sql.statements"), "heading"))
        card.column.addWidget(wrapped(say("connect.sql.statements_hint"), "muted"))
        row = QHBoxLayout()
        row.setSpacing(theme.u(12))
        row.addWidget(self._names())
        row.addLayout(self._editors(), 1)
        card.column.addLayout(row)
        return card

    def _names(self) -> QWidget:
        self.names = QListWidget()
        self.names.setAccessibleName(say("connect.sql.statements"))
        self.names.setProperty("nav", True)
        self.names.setFrameShape(QFrame.Shape.NoFrame)
        self.names.setFixedWidth(theme.u(LIST_WIDTH))
        for key in STATEMENTS:
            item = QListWidgetItem(title(key))
            item.setSizeHint(QSize(0, theme.u(30)))
            self.names.addItem(item)
        self.names.setMinimumHeight(theme.u(30) * len(STATEMENTS) + theme.u(8))
        self.names.currentRowChanged.connect(lambda place: self.choose(STATEMENTS[place]))
        return self.names

    def _editors(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.u(6))
        self.head, self.says = Label("", "strong"), wrapped("", "muted")
        self.statement = Statement(say("connect.sql.statement"))
        self.statement.setMinimumHeight(theme.u(HEIGHT))
        self.mapping_label = wrapped(say("connect.sql.mapping_hint"), "muted")
        self.mapping = Statement(say("connect.sql.mapping"))
        self.mapping.setFixedHeight(theme.u(84))
        self.mapping.setPlaceholderText(say("connect.sql.mapping_example"))
        self.receipts = wrapped("", "muted")
        self.receipts.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        for widget in (self.head, self.says):
            column.addWidget(widget)
        column.addWidget(self.statement, 1)
        for widget in (self.mapping_label, self.mapping, self.receipts):
            column.addWidget(widget)
        return column

    # -- statements

    def set_statements(self, texts: dict[str, str]) -> None:
        """Show these texts, the first one first."""
        self._texts = {key: text for key, text in texts.items() if "." in key}
        self._show(STATEMENTS[0])
        self.names.setCurrentRow(0)

    def choose(self, key: str) -> None:
        """Another statement; what stands in the editors is kept."""
        self._keep()
        self._show(key)

    def _keep(self) -> None:
        self._texts[self._chosen] = self.statement.toPlainText()
        self._texts[_columns(self._chosen)] = self.mapping.toPlainText()

    def _show(self, key: str) -> None:
        self._chosen = key
        kind, name = key.split(".")
        self.head.setText(title(key))
        self.says.setText(say(f"connect.sql.about_{kind}", parameters=parameters(name)))
        self.statement.setPlainText(self._texts.get(key, ""))
        self.mapping.setPlainText(self._texts.get(_columns(key), ""))
        is_query = kind == "query"
        self.mapping.setVisible(is_query)
        self.mapping_label.setVisible(is_query)
        dialect = self.form.values().get("dialect") or "postgresql"
        table = self.presenter.desk.connections.settings().sql.write.receipts
        made = receipt_table(dialect, table)
        self.receipts.setText(say("connect.sql.receipts", statement=made))
        self.receipts.setVisible(not is_query)
        self._mark()

    def _mark(self) -> None:
        """Those that are filled in bear a mark."""
        for place, key in enumerate(STATEMENTS):
            mark = "● " if self._texts.get(key, "").strip() else "○ "
            self.names.item(place).setText(mark + title(key))

    def values(self) -> dict[str, str]:
        """As ``AdapterPage.values``, with the statements."""
        self._keep()
        self._mark()
        return super().values() | self._texts


def title(key: str) -> str:
    """What a statement is called."""
    kind, name = key.split(".")
    return say(f"sql.query.{name}") if kind == "query" else say(f"connect.sql.told.{name}")


def _columns(key: str) -> str:
    return f"columns.{key.split('.')[1]}" if key.startswith("query.") else "unused"
