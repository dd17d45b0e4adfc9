"""The page of mappings: items at the left, the one looked at with its suggestions at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QWidget

from core.catalogue.mappings import Record
from core.words import say
from gui.forms.code_box import CodeBox
from gui.forms.editors import ChoiceBox
from gui.forms.spec import FieldSpec
from gui.screens.codes.columns import item_columns, suggestion_columns
from gui.screens.codes.presenter import CHIPS, LEASTS, MappingPresenter
from gui.screens.side import SideBySide
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.empty_state import EmptyState
from gui.widgets.fields import CodeEdit
from gui.widgets.labels import Card, ElidedLabel, Label, wrapped
from gui.widgets.search_box import SearchBox
from gui.widgets.table import DataTable
from gui.widgets.timeline import Moment, Timeline

STACKED_BELOW = 900
SIDE = 430
TONES = {"mapped": "done", "disabled": "muted", "unmapped": "amber"}


class MappingPage(QWidget):
    """Shows ``presenter``; ``button`` makes the button of a bound action."""

    def __init__(
        self, presenter: MappingPresenter, context: Any, button: Callable[..., QWidget]
    ) -> None:
        super().__init__()
        self.presenter, self._context, self._button = presenter, context, button
        self._rows: tuple[Any, ...] | None = None
        self._moments: tuple[Record, ...] | None = None
        self._suggested: tuple[Any, ...] | None = None
        self._of = ""
        self._filling = False
        row = self._row = SideBySide(self._left(), self._right(), SIDE, STACKED_BELOW)
        self.setLayout(row)

    # building

    def _left(self) -> QWidget:
        card = Card(gap=10)
        self.box = SearchBox(say("codes.screen.find_hint"))
        self.box.setAccessibleName(say("codes.screen.find"))
        self.box.textChanged.connect(lambda text: self.presenter.find(text))
        card.column.addWidget(self.box)
        self.chips = Chips([(name, say(f"codes.chip.{name}")) for name in CHIPS])
        self.chips.chosen.connect(self.presenter.show)
        card.column.addWidget(self.chips)
        self.table = DataTable(item_columns(), "mappings", self._context.memory, self._context.user)
        self.table.setAccessibleName(say("codes.screen.title"))
        self.table.setMinimumHeight(theme.u(180))
        self.table.chosen.connect(self._item_chosen)
        self.table.opened.connect(lambda _: self.to_suggestions())
        self.empty = EmptyState("", "", "codes")
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        card.column.addWidget(self._stack, 1)
        card.column.addLayout(self._foot())
        return card

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.counts = ElidedLabel("", "muted")
        row.addWidget(self.counts, 1)
        for name in ("suggest_items", "accept_items"):
            row.addWidget(self._button(name))
        self.least = ChoiceBox(
            {str(n): say("codes.screen.least", least=n) for n in LEASTS}, optional=False
        )
        self.least.setText(str(self.presenter.least))
        self.least.setAccessibleName(say("codes.screen.least_name"))
        self.least.currentIndexChanged.connect(lambda _: self._set_least())
        row.addWidget(self.least)
        return row

    def _right(self) -> QWidget:
        card = Card(gap=8)
        self.head = ElidedLabel("", "heading")
        self.note = ElidedLabel("", "muted")
        self.warning = ElidedLabel("", "danger")
        for part in (self.head, self.note, self.warning):
            card.column.addWidget(part)
        card.column.addWidget(Label(say("codes.screen.suggestions"), "muted"))
        self.suggestions = DataTable(suggestion_columns(), "suggestions", self._context.memory)
        self.suggestions.setAccessibleName(say("codes.screen.suggestions"))
        self.suggestions.setMinimumHeight(theme.u(110))
        self.suggestions.chosen.connect(self._suggestion_chosen)
        self.suggestions.opened.connect(lambda _: self.take())
        self.no_suggestions = wrapped("", "faint")
        card.column.addWidget(self.suggestions, 2)
        card.column.addWidget(self.no_suggestions)
        card.column.addLayout(self._form())
        card.column.addLayout(self._buttons())
        card.column.addWidget(Label(say("codes.screen.history"), "muted"))
        self.history = Timeline()
        self.history.setAccessibleName(say("codes.screen.history"))
        self.history.setMinimumHeight(theme.u(80))
        card.column.addWidget(self.history, 1)
        return card

    def _form(self) -> QGridLayout:
        spec = FieldSpec("centre_code", say("codes.column.centre_code"), "listed",
                         catalogue="centre", beyond=False)  # fmt: skip
        self.code, self.day = CodeBox(spec), CodeEdit()
        self.code.advance = False
        self.code.setAccessibleName(spec.label)
        self.code_name = ElidedLabel("", "faint")
        self.code.named.connect(self.code_name.setText)
        self.code.submitted.connect(lambda _: None)
        self.day.setAccessibleName(say("codes.column.valid_from"))
        self.day.setText(self.presenter.valid_from)
        self.day.textChanged.connect(self._set_day)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.u(8))
        for place, (label, editor) in enumerate(
            ((spec.label, self.code), (say("codes.column.valid_from"), self.day))
        ):
            name = Label(label, "muted")
            name.setBuddy(editor)
            grid.addWidget(name, 0, place)
            grid.addWidget(editor, 1, place)
        grid.addWidget(self.code_name, 2, 0, 1, 2)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        return grid

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        row.addWidget(self._button("map_item", primary=True))
        row.addWidget(self._button("disable_item"))
        row.addWidget(self._button("unmap_item"))
        row.addStretch(1)
        return row

    # what is pressed

    def _set_least(self) -> None:
        self.presenter.least = int(self.least.text())
        self.presenter.page.refresh()

    def _set_day(self, text: str) -> None:
        self.presenter.valid_from = text

    def _item_chosen(self, row: Any) -> None:
        if not self._filling:
            self.presenter.choose(row.key if row else "")

    def _suggestion_chosen(self, row: Any) -> None:
        if row is not None:
            self.code.setText(row.entry.code)

    def to_suggestions(self) -> None:
        """Enter on an item: to its suggestions, or to the box where there are none."""
        target = self.suggestions if self.presenter.looked.suggestions else self.code
        target.setFocus()

    def take(self) -> None:
        """F2: the item goes under the code in the box."""
        self.presenter.map(self.code.text().strip())

    # showing

    def render_page(self) -> None:
        """The presenter's present state."""
        presenter = self.presenter
        self._filling = True
        if presenter.shown is not self._rows:
            self._rows = presenter.shown
            self.table.set_rows(presenter.shown)
        self._follow()
        self._filling = False
        self.chips.set_counts(presenter.counts() if presenter.read else {})
        self.chips.choose(presenter.chip)
        self._stack.setCurrentWidget(self.table if presenter.shown else self.empty)
        self.empty.show_words(*presenter.empty(), "codes")
        self.counts.setText(presenter.sums() if presenter.rows else "")
        self._render_side()

    def _follow(self) -> None:
        """The cursor stands on the item that is looked at."""
        current = self.table.current()
        if self.presenter.chosen and (current is None or current.key != self.presenter.chosen):
            keys = [row.key for row in self.presenter.shown]
            if self.presenter.chosen in keys:
                self.table.choose(keys.index(self.presenter.chosen))

    def _render_side(self) -> None:
        presenter, row = self.presenter, self.presenter.row
        self.head.setText(row.item.name or row.item.code if row else say("codes.screen.choose"))
        parts = [row.item.code, row.item.spec, row.item.unit, row.item.price] if row else []
        self.note.setText("　".join(part for part in parts if part))
        self.warning.setText(_warning(row))
        self.warning.setVisible(bool(_warning(row)))
        found = presenter.looked.suggestions
        if found is not self._suggested:
            self._suggested = found
            self.suggestions.set_rows(found)
        self.suggestions.setVisible(bool(found))
        self.no_suggestions.setText("" if found or row is None else say("codes.screen.none"))
        self.no_suggestions.setVisible(not found)
        self._fill_code(found)
        if presenter.looked.history is not self._moments:
            self._moments = presenter.looked.history
            self.history.set_moments([_moment(one) for one in self._moments])

    def _fill_code(self, found: tuple[Any, ...]) -> None:
        """The code in force stands in the box, else the best suggestion's."""
        row = self.presenter.row
        key = f"{row.key} {row.centre_code} {len(found)}" if row else ""
        if key == self._of:
            return
        self._of = key
        best = found[0].entry.code if found else ""
        self.code.setText(row.centre_code or best if row else "")
        if found:
            codes = [one.entry.code for one in found]
            self.suggestions.choose(codes.index(self.code.text()) if self.code.text() in codes
                                    else 0)  # fmt: skip
            self.code.setText(row.centre_code or best if row else "")

    def fit(self, width: int) -> None:
        """Follow the page's width in pixels."""
        self._row.fit(width)


def _warning(row: Any) -> str:
    if row is None:
        return ""
    if row.lost:
        return say("codes.screen.lost_text", code=row.centre_code)
    if row.blocks:
        return say("codes.screen.met", visit=row.met.visit_no)
    return "" if row.listed else say("codes.screen.unlisted")


def _moment(record: Record) -> Moment:
    text = say(
        f"codes.record.{record.state}", code=record.centre_code, author=record.author,
        since=record.valid_from.isoformat(),
    )  # fmt: skip
    score = say("codes.record.score", score=record.score) if record.score else ""
    said = "　".join(part for part in (text, score, record.note) if part)
    return Moment(f"{record.at:%m-%d %H:%M}", said, TONES[record.state], record)
