"""病历上传 on screen: the worklist at the left, one record with its gaps at the right."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from core.words import say
from gui.screens.records.faces import ValueRow
from gui.screens.records.path_sheet import PathSheet
from gui.screens.records.presenter import FILTERS, RecordsPresenter
from gui.screens.records.screen import RecordsScreen
from gui.screens.side import SideBySide
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.empty_state import EmptyState
from gui.widgets.labels import Card, ElidedLabel, Label
from gui.widgets.question import Question
from gui.widgets.search_box import SearchBox
from gui.widgets.table import Column, DataTable

STACKED_BELOW = 900
WIDTHS = {"name": 6, "kind": 5, "settled": 11, "due": 8, "score": 6, "state": 7}


class RecordsView(RecordsScreen):
    """Shows the presenter."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = RecordsPresenter(context.desk, self)
        self._shown: tuple[ValueRow, ...] | None = None
        self._bind_keys()
        self._build()
        context.bridge.transaction_changed.connect(self.changed)
        self.refresh()

    def _bind_keys(self) -> None:
        presenter = self.presenter
        self.bind("fetch_record", presenter.fetch)
        self.bind("import_records", lambda: self.path.ask())
        self.bind("find_record", self.to_box)
        self.bind("upload_record", presenter.upload)
        self.bind("upload_records", presenter.upload_all)
        self.bind("withdraw_record", self._ask_withdraw)

    # building

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label(say("records_page.title"), "title"))
        self.pressing = ElidedLabel("", "danger")
        head.addSpacing(theme.u(16))
        head.addWidget(self.pressing, 1)
        for name in ("import_records", "upload_records"):
            head.addWidget(self.keys.button(name))
        self.top.addLayout(head)
        self._row = SideBySide(self._list(), self._right(), 0, STACKED_BELOW)
        for place in (0, 1):
            self._row.setStretch(place, 1)
        self.body.addLayout(self._row, 1)
        self.question = Question(self)
        hint = say("records_page.file_hint")
        self.path = PathSheet(self, say("records_page.file"), hint, self.presenter.take_file)
        self.home_field = self.table

    def _list(self) -> QWidget:
        card = Card(gap=10)
        self.box = SearchBox(say("records_page.find_hint"))
        self.box.setAccessibleName(say("records_page.find"))
        self.box.submitted.connect(self.presenter.find)
        self.chips = Chips([(name, say(f"records_page.filter.{name}")) for name in FILTERS])
        self.chips.chosen.connect(self.presenter.only)
        self.table = DataTable(_list_columns(), "records", self.context.memory, self.context.user)
        self.table.setAccessibleName(say("records_page.title"))
        self.table.chosen.connect(lambda row: row and self.presenter.choose(row.visit_no))
        self.table.setMinimumHeight(theme.u(180))
        self.empty = EmptyState("", "", "records")
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        for page in (self.empty, self.table):
            self._stack.addWidget(page)
        for part in (self.box, self.chips):
            card.column.addWidget(part)
        card.column.addWidget(self._stack, 1)
        return card

    def _right(self) -> QWidget:
        card = Card(gap=8)
        self.head, self.state = ElidedLabel("", "heading"), Label("", "strong")
        row = QHBoxLayout()
        row.addWidget(self.head, 1)
        row.addWidget(self.state)
        card.column.addLayout(row)
        card.column.addLayout(self._measure())
        self.values = DataTable(_value_columns(), "record", self.context.memory, self.context.user)
        self.values.setAccessibleName(say("records_page.values"))
        self.values.setWordWrap(True)
        fit = self.values.resizeRowsToContents
        self.values.horizontalHeader().sectionResized.connect(lambda *_: fit())
        card.column.addWidget(self.values, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.keys.button("fetch_record"))
        buttons.addStretch(1)
        buttons.addWidget(self.keys.button("withdraw_record"))
        buttons.addWidget(self.keys.button("upload_record", primary=True))
        card.column.addLayout(buttons)
        return self._with_empty(card)

    def _measure(self) -> QVBoxLayout:
        column, row = QVBoxLayout(), QHBoxLayout()
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(theme.u(8))
        self.bar.setAccessibleName(say("records_page.score"))
        self.percent = Label("", "strong")
        row.addWidget(Label(say("records_page.score"), "muted"))
        row.addWidget(self.bar, 1)
        row.addWidget(self.percent)
        self.source = ElidedLabel("", "muted")
        column.addLayout(row)
        column.addWidget(self.source)
        return column

    def _with_empty(self, card: QWidget) -> QWidget:
        empty = Card()
        words = EmptyState(say("records_page.choose"), say("records_page.choose_hint"), "records")
        empty.column.addWidget(words)
        self._side = QStackedWidget()
        self._side.addWidget(empty)
        self._side.addWidget(card)
        return self._side

    # what is pressed

    def _ask_withdraw(self) -> None:
        sheet = self.presenter.sheet
        if sheet is None or self.presenter.why_not("withdraw_record"):
            return
        self.question.ask(
            say("records_page.withdraw"), say("records_page.withdraw_text", name=sheet.row.name),
            say("records_page.withdraw"), self.presenter.withdraw, reason=True,
        )  # fmt: skip

    # showing

    def render(self) -> None:
        """The presenter's state, everywhere."""
        presenter = self.presenter
        self.pressing.setText(presenter.pressing())
        self.chips.set_counts(presenter.counts())
        self.render_list()
        self._side.setCurrentIndex(int(presenter.sheet is not None))
        self._render_record()
        self.allow(presenter.why_not)

    def _render_record(self) -> None:
        presenter = self.presenter
        self.head.setText(presenter.head())
        self.state.setText(presenter.state())
        self.bar.setValue(presenter.score())
        self.percent.setText(f"{presenter.score()}%")
        self.source.setText(presenter.source())
        values = presenter.values()
        if values != self._shown:
            self._shown = values
            self.values.set_rows(values)
            self.values.resizeRowsToContents()


def _list_columns() -> tuple[Column, ...]:
    """Who, which kind, until when, how whole, how far."""

    def column(name: str, **more: Any) -> Column:
        title = say(f"records_page.column.{name}")
        return Column(name, title, lambda row: getattr(row, name), WIDTHS[name], **more)

    return (
        column("name", stretch=True),
        column("kind"),
        column("settled"),
        column("due", tone=lambda row: row.due_tone or None),
        column("score", align="right"),
        column("state", tone=lambda row: row.state_tone or None),
    )


def _value_columns() -> tuple[Column, ...]:
    """Field, content, what is wrong with it."""

    def column(name: str, width: float, **more: Any) -> Column:
        title = say(f"records_page.column.{name}")
        return Column(name, title, lambda row: getattr(row, name), width, **more)

    wrong = "danger"
    return (
        column("label", 8),
        column("value", 20, stretch=True, tip=lambda row: row.value),
        column("mark", 9, tone=lambda row: wrong if row.missing else "muted",
               tip=lambda row: row.mark),
    )  # fmt: skip
