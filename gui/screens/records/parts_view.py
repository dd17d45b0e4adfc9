"""病历上传 in parts on screen: stays at the left; parts in order and their fields at the right."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from core.words import say
from gui.screens.records.disease_card import DiseaseCard
from gui.screens.records.parts_faces import FIELDS, FieldRow, PartRow
from gui.screens.records.parts_presenter import GROUPS, PartsPresenter
from gui.screens.records.path_sheet import PathSheet
from gui.screens.records.screen import RecordsScreen
from gui.screens.side import SideBySide
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.empty_state import EmptyState
from gui.widgets.labels import Card, ElidedLabel, Label
from gui.widgets.search_box import SearchBox
from gui.widgets.table import Column, DataTable

STACKED_BELOW = 900
PARTS_HEIGHT = 34 + 6 * 30 + 4


class PartsView(RecordsScreen):
    """Shows the presenter."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = PartsPresenter(context.desk, self)
        self._parts: tuple[PartRow, ...] = ()
        self._fields: tuple[FieldRow, ...] | None = None
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
        self.bind("disease_data", lambda: self.disease.ask())
        self.keys.action("upload_record").setText(say("record_parts_page.upload"))
        self.keys.action("upload_records").setText(say("record_parts_page.upload_all"))

    # building

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label(say("records_page.title"), "title"))
        head.addStretch(1)
        for name in ("disease_data", "import_records"):
            head.addWidget(self.keys.button(name))
        self.top.addLayout(head)
        self._row = SideBySide(self._list(), self._right(), 0, STACKED_BELOW)
        for place, share in ((0, 2), (1, 3)):
            self._row.setStretch(place, share)
        self.body.addLayout(self._row, 1)
        hint = say("record_parts_page.file_hint")
        self.path = PathSheet(self, say("records_page.file"), hint, self.presenter.take_file)
        self.disease = DiseaseCard(self)
        self.home_field = self.table

    def _list(self) -> QWidget:
        card = Card(gap=10)
        self.box = SearchBox(say("records_page.find_hint"))
        self.box.setAccessibleName(say("records_page.find"))
        self.box.submitted.connect(self.presenter.find)
        names = [(name, say(f"record_parts_page.group.{name}")) for name in GROUPS]
        self.chips = Chips(names)
        self.chips.chosen.connect(self.presenter.only)
        context = self.context
        self.table = DataTable(_list_columns(), "record-stays", context.memory, context.user)
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
        self.head = ElidedLabel("", "heading")
        card.column.addWidget(self.head)
        context = self.context
        self.parts = DataTable(_part_columns(), "record-parts", context.memory, context.user)
        self.parts.setAccessibleName(say("record_parts_page.parts"))
        self.parts.setFixedHeight(theme.u(PARTS_HEIGHT))
        self.parts.chosen.connect(lambda row: row and self.presenter.look(row.step))
        card.column.addWidget(self.parts)
        card.column.addLayout(self._between())
        self.values = DataTable(_field_columns(), "record-fields", context.memory, context.user)
        self.values.setAccessibleName(say("records_page.values"))
        card.column.addWidget(self.values, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.keys.button("fetch_record"))
        buttons.addStretch(1)
        buttons.addWidget(self.keys.button("upload_records"))
        buttons.addWidget(self.keys.button("upload_record", primary=True))
        card.column.addLayout(buttons)
        return self._with_empty(card)

    def _between(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.source = ElidedLabel("", "muted")
        self.wanted = Chips([(name, say(f"record_parts_page.show.{name}")) for name in FIELDS])
        self.wanted.chosen.connect(self.presenter.show)
        row.addWidget(self.source, 1)
        row.addWidget(self.wanted)
        return row

    def _with_empty(self, card: QWidget) -> QWidget:
        empty = Card()
        words = EmptyState(say("records_page.choose"), say("records_page.choose_hint"), "records")
        empty.column.addWidget(words)
        self._side = QStackedWidget()
        self._side.addWidget(empty)
        self._side.addWidget(card)
        return self._side

    # showing

    def render(self) -> None:
        """The presenter's state, everywhere."""
        presenter = self.presenter
        self.chips.set_counts(presenter.counts())
        self.render_list()
        self._side.setCurrentIndex(int(presenter.record is not None))
        self.head.setText(presenter.head())
        self._render_parts()
        self.source.setText(presenter.source())
        fields = presenter.fields()
        if fields != self._fields:
            self._fields = fields
            self.values.set_rows(fields)
        self.allow(presenter.why_not)

    def _render_parts(self) -> None:
        parts, step = self.presenter.parts(), self.presenter.step
        if parts != self._parts:
            self._parts = parts
            self.parts.set_rows(parts)
            self.presenter.step = step
        self.parts.point([row.step for row in parts], step)


def _column(name: str, width: float, place: str = "records_page", **more: Any) -> Column:
    title = say(f"{place}.column.{name}")
    return Column(name, title, lambda row: getattr(row, name), width, **more)


def _list_columns() -> tuple[Column, ...]:
    """Who, until when, how many parts have gone, what is next."""
    return (
        _column("name", 6, stretch=True),
        _column("due", 8, tone=lambda row: row.due_tone or None),
        _column("parts", 5, "record_parts_page", align="right"),
        _column("state", 7, tone=lambda row: row.state_tone or None),
    )


def _part_columns() -> tuple[Column, ...]:
    """Which part, when it is needed, what there is of it, where it stands, when it went."""
    page = "record_parts_page"
    return (
        _column("place", 3, page, align="right"),
        _column("title", 15, page, stretch=True),
        _column("needed", 7, page),
        _column("content", 9, page),
        _column("state", 7, page, tone=lambda row: row.tone or None),
        _column("sent", 10, page),
    )


def _field_columns() -> tuple[Column, ...]:
    """Heading, field, content, what is wrong with it."""
    return (
        _column("group", 7, "record_parts_page"),
        _column("label", 13),
        _column("value", 20, stretch=True, tip=lambda row: row.value),
        _column("mark", 11, tone=lambda row: "danger" if row.missing else "muted",
                tip=lambda row: row.mark),
    )  # fmt: skip
