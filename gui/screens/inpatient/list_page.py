"""The home view: search box, chips with counts, the worklist, and what it adds up to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from core.domain.stay import StayRow
from core.money import show
from core.words import say
from gui.screens.inpatient.columns import list_columns, list_room
from gui.screens.inpatient.worklist import CHIPS, Worklist
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.empty_state import EmptyState
from gui.widgets.labels import Card, ElidedLabel, Label, wrapped
from gui.widgets.search_box import SearchBox
from gui.widgets.table import DataTable

LEAST_ROWS = 150
EVERY_MS = 60_000  # new fees of stays come by the day, not by the second


class ListBox(SearchBox):
    """The search box of the list: the down key goes into the table."""

    downward = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and not self.composing():
            self.downward.emit()
            event.accept()
            return
        super().keyPressEvent(event)


class ListPage(Card):
    """Shows the worklist of a presenter; ``buttons`` takes the actions of the list."""

    def __init__(self, context: Context, presenter: Worklist) -> None:
        super().__init__(gap=10)
        self._presenter = presenter
        self._room = "wide"
        self._rows: tuple[StayRow, ...] | None = None
        self._build(context)
        self.box.textEdited.connect(presenter.search)
        self.box.downward.connect(self._into_table)
        self.chips.chosen.connect(presenter.show)
        self.table.chosen.connect(presenter.at)
        self._clock = QTimer(self, interval=EVERY_MS)
        self._clock.timeout.connect(self._look)
        self._clock.start()
        context.bridge.visit_given.connect(lambda _: self._look())

    def _look(self) -> None:
        """Stays and their new fees are read again while somebody sees them."""
        if self.isVisible():
            self._presenter.load()

    def _build(self, context: Context) -> None:
        self.column.addLayout(self._head())
        self.remark = wrapped("", "amber")
        self.remark.hide()
        self.column.addWidget(self.remark)
        self.chips = Chips([(name, say(f"inpatient.chip.{name}")) for name in CHIPS])
        self.column.addWidget(self.chips)
        self.table = DataTable(list_columns(self._room), "stays", context.memory, context.user)
        self.table.setAccessibleName(say("inpatient.title"))
        self.table.setMinimumHeight(theme.u(LEAST_ROWS))
        self.empty = EmptyState("", "", "inpatient")
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        self.column.addWidget(self._stack, 1)
        self.sums = ElidedLabel("", "muted")
        self.column.addWidget(self.sums)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(12))
        name = Label(say("inpatient.find"), "muted")
        self.box = ListBox(say("inpatient.find_hint"), advance=False)
        self.box.setAccessibleName(say("inpatient.find"))
        self.box.setMinimumWidth(theme.u(200))
        name.setBuddy(self.box)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(theme.u(8))
        row.addWidget(name)
        row.addWidget(self.box, 2)
        row.addStretch(1)
        row.addLayout(self.buttons)
        return row

    def _into_table(self) -> None:
        if self._rows:
            self.table.setFocus()
            if self.table.current() is None:
                self.table.choose(0)

    def show_list(self, key: Callable[[str], str]) -> None:
        """Show the presenter's rows, counts and sums; the cursor stays with its stay."""
        presenter = self._presenter
        if self.box.text().strip() != presenter.text:
            self.box.setText(presenter.text)
        self.chips.set_counts(presenter.counts() if presenter.read else {})
        self.chips.choose(presenter.chip)
        rows = presenter.shown()
        if rows is not self._rows:
            place = presenter.place
            self._rows = rows
            self.table.set_rows(rows)
            self._return_to(place)
        self._stack.setCurrentWidget(self.table if rows else self.empty)
        if not rows:
            self.empty.show_words(*self._nothing(key), "inpatient")
        self.sums.setText(_sums(rows))
        self.remark.setText(say("inpatient.away", why=presenter.trouble))
        self.remark.setVisible(bool(presenter.trouble))

    def _return_to(self, place: str) -> None:
        rows = self._rows or ()
        found = next((n for n, row in enumerate(rows) if row.visit_no == place), -1)
        if found >= 0:
            self.table.choose(found)
        elif rows and self.table.current() is None:
            self.table.choose(0)

    def _nothing(self, key: Callable[[str], str]) -> tuple[str, str]:
        if not self._presenter.read:
            return say("inpatient.reading"), ""
        if self._presenter.text:
            return say("inpatient.none_found"), say("inpatient.none_found_hint")
        if self._presenter.chip != "all":
            return say("inpatient.none_here"), say("inpatient.none_here_hint")
        return say("inpatient.none"), say("inpatient.none_hint", press=key("stay_card"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = list_room(self.width() / theme.u(1000) * 1000)
        if room != self._room:
            self._room = room
            self.table.set_columns(list_columns(room))


def _sums(rows: tuple[StayRow, ...]) -> str:
    if not rows:
        return ""
    missing = sum(row.lines_missing for row in rows)
    return say(
        "inpatient.sums",
        stays=len(rows),
        hospital=show(sum(row.hospital for row in rows)),
        uploaded=show(sum(row.uploaded for row in rows)),
        missing=missing,
    )
