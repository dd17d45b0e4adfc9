"""查询补打 on screen: list at the left, timeline and masked message at the right."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from core.words import say
from gui.screens.history.paper_card import PaperCard
from gui.screens.history.papers import Shown
from gui.screens.history.presenter import WHATS, HistoryPresenter, HistoryRow, What
from gui.screens.pending.presenter import TimelineRow
from gui.screens.side import SideBySide
from gui.screens.timeline_view import moments
from gui.screens.working import WorkingScreen
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.buttons import LOW, push
from gui.widgets.empty_state import EmptyState
from gui.widgets.labels import Card, ElidedLabel, Label
from gui.widgets.search_box import SearchBox
from gui.widgets.table import Column, DataTable
from gui.widgets.timeline import Timeline

STACKED_BELOW = 980
TONES = {
    "cancelled": "danger", "unknown": "amber", "manual": "amber", "voiding": "amber",
    "rejected": "danger", "settled": "done", "accepted": "done",
}  # fmt: skip


def _column(name: str, width: float, align: str = "left", *, stretch: bool = False) -> Column:
    title = say(f"history.column.{name}")
    return Column(name, title, lambda row: getattr(row, name), width, align, stretch)


def history_columns(what: What) -> tuple[Column, ...]:
    """Settlements show bill and personal part, transactions their visit and title."""
    red = Column(
        "amount", say("history.column.amount"), lambda row: row.amount, 8, "right",
        tone=lambda row: "danger" if row.negative else None,
    )  # fmt: skip
    state = Column(
        "state", say("history.column.state"), lambda row: row.state, 6.5,
        tone=lambda row: TONES.get(row.mark),
    )  # fmt: skip
    middle = (_column("visit_no", 13), _column("title", 12, stretch=True))
    if what != "transactions":
        bill, personal = _column("bill_no", 13, stretch=True), _column("personal", 8, "right")
        middle = (bill, _column("prints", 7), personal)
    return (_column("at", 8.5), _column("name", 6), *middle, red, state)


class HistoryView(WorkingScreen):
    """Shows the presenter; nothing here changes anything but the count of prints."""

    name = "history"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = HistoryPresenter(context.desk, self)
        self._filled: tuple[HistoryRow, ...] | None = None
        self._moments: tuple[TimelineRow, ...] | None = None
        self._what = self.presenter.what
        self.bind("find_history", self._to_box)
        self._bind_papers()
        self._build()
        self.card = self._paper_card()
        context.bridge.transaction_changed.connect(self._changed)
        self.refresh()

    def _bind_papers(self) -> None:
        """Printing, saving and fetching work below the centre's slip too: they are its keys."""
        papers = self.presenter.papers
        self.bind("centre_slip", papers.show_centre)
        self.bind("print_all", self.presenter.print_all)
        self.bind("withdraw_job", papers.withdraw)
        for name, slot in (("reprint", self._print), ("fetch_centre", papers.fetch),
                           ("save_centre", papers.save)):  # fmt: skip
            self.bind(name, slot, always=True)

    def _paper_card(self) -> PaperCard:
        names = ("reprint", "save_centre", "fetch_centre")
        buttons = [self.keys.button(name) for name in names]
        return PaperCard(self, buttons, self.presenter.papers.put_away)

    def _print(self) -> None:
        if self.card.isVisible():
            self.presenter.papers.print_centre()
        elif not self.keys.locked():
            self.presenter.reprint()

    def show_paper(self, shown: Shown | None) -> None:
        """Lay the centre's slip over the page."""
        if shown is not None:
            self.card.show_paper(shown)

    def _build(self) -> None:
        self.top.addWidget(Label(say("history.title"), "title"))
        self._row = SideBySide(self._left(), self._right(), 0, STACKED_BELOW)
        self.body.addLayout(self._row, 1)
        self.home_field = self.box

    def _left(self) -> QWidget:
        card = Card(gap=10)
        card.column.addLayout(self._search_row())
        card.column.addLayout(self._what_row())
        columns = history_columns(self._what)
        self.table = DataTable(columns, "history", self.context.memory, self.context.user)
        self.table.setAccessibleName(say("history.title"))
        self.table.chosen.connect(lambda row: self.presenter.choose(row.msgid if row else ""))
        self.table.opened.connect(lambda _: self.open_visit())
        self.table.setMinimumHeight(theme.u(180))
        self.empty = EmptyState("", "", "history")
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        card.column.addWidget(self._stack, 1)
        self.counts = ElidedLabel("", "muted")
        card.column.addWidget(self.counts)
        return card

    def _search_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.box = SearchBox(say("history.find_hint"))
        self.box.setAccessibleName(say("history.find"))
        self.box.submitted.connect(self.presenter.find)
        row.addWidget(self.box, 1)
        self.day = Label("", "strong")
        for key, slot in (("earlier", lambda: self._step(-1)), ("later", lambda: self._step(1)),
                          ("all_days", lambda: self.presenter.on_day(None))):  # fmt: skip
            if key == "later":
                row.addWidget(self.day)
            row.addWidget(push(say(f"history.{key}"), slot, high=LOW))
        return row

    def _what_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(6))
        self.whats = QButtonGroup(self)
        for name in WHATS:
            row.addWidget(self._what_button(name))
        row.addStretch(1)
        self.all, self.back_button = (
            self.keys.button(name) for name in ("print_all", "withdraw_job")
        )
        row.addWidget(self.back_button)
        row.addWidget(self.all)
        return row

    def _what_button(self, name: What) -> QPushButton:
        text = say(f"history.what.{name}")
        button = push(text, lambda: self.presenter.show(name), "quiet", LOW)
        button.setCheckable(True)
        button.setChecked(name == self._what)
        button.setProperty("what", name)
        self.whats.addButton(button)
        return button

    def _right(self) -> QWidget:
        card = Card(gap=8)
        self.head = ElidedLabel("", "heading")
        self.note = ElidedLabel("", "muted")
        card.column.addWidget(self.head)
        card.column.addWidget(self.note)
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        row.addWidget(self.keys.button("reprint", primary=True))
        row.addWidget(self.keys.button("centre_slip"))
        self.visit = push(say("history.open_visit"), self.open_visit, high=LOW)
        row.addWidget(self.visit)
        row.addStretch(1)
        card.column.addLayout(row)
        self.timeline = Timeline()
        self.timeline.setAccessibleName(say("history.timeline"))
        self.timeline.setMinimumHeight(theme.u(140))
        self.timeline.chosen.connect(lambda moment: self._show_payload(moment))
        card.column.addWidget(self.timeline, 3)
        card.column.addWidget(Label(say("history.payload"), "muted"))
        self.payload = QPlainTextEdit()
        self.payload.setReadOnly(True)
        self.payload.setTabChangesFocus(True)
        self.payload.setAccessibleName(say("history.payload"))
        card.column.addWidget(self.payload, 2)
        return card

    # what is pressed

    def _to_box(self) -> None:
        self.box.setFocus()
        self.box.selectAll()

    def _step(self, days: int) -> None:
        self.presenter.step_day(days)

    def _show_payload(self, moment: Any) -> None:
        self.payload.setPlainText(str(moment.payload or "") if moment else "")

    def open_visit(self) -> None:
        """To the visit's page."""
        row = self.presenter.row
        if row is not None and row.visit_no:
            self.context.navigate("outpatient", row.visit_no)

    def _changed(self, event: Any) -> None:
        if self.isVisible():
            self.presenter.changed(event)

    def back(self) -> None:
        """Esc: to the search box."""
        self._to_box()

    def entered(self, argument: Any = None) -> None:
        """Shown: read anew; ``find`` (F9) puts the cursor into the box."""
        self.presenter.find()
        if argument == "find":
            self._to_box()

    def printed(self, msgid: str, where: str) -> bool:
        """The slip came out: count anew."""
        self.presenter.printed(msgid)
        return False

    # showing

    def render(self) -> None:
        """The presenter's state, everywhere."""
        presenter = self.presenter
        if presenter.what != self._what:
            self._what = presenter.what
            self.table.set_columns(history_columns(self._what))
        self._render_rows()
        self.counts.setText(presenter.sums() if presenter.rows else "")
        self.day.setText(f"{presenter.day:%Y-%m-%d}" if presenter.day else say("history.all_days"))
        self._render_side()
        self.all.setVisible(presenter.what == "to_print")
        self.back_button.setVisible(bool(presenter.row and presenter.row.waits_at))
        self.allow(presenter.why_not)
        self.visit.setEnabled(presenter.why_not("open_visit") is None)

    def _render_rows(self) -> None:
        presenter = self.presenter
        if presenter.rows != self._filled:
            self._filled = presenter.rows
            self.table.set_rows(presenter.rows)
            ids = [row.msgid for row in presenter.rows]
            if presenter.chosen in ids:
                self.table.choose(ids.index(presenter.chosen))
        self._stack.setCurrentWidget(self.table if presenter.rows else self.empty)
        text, hint = presenter.empty() if presenter.loaded else ("", "")
        self.empty.show_words(text, hint, "history")

    def _render_side(self) -> None:
        row = self.presenter.row
        head = f"{row.name}　{row.title}　{row.amount}" if row else say("history.choose_row")
        self.head.setText(head)
        self.note.setText(self.presenter.note())
        if self.presenter.timeline != self._moments:
            self._moments = self.presenter.timeline
            shown = moments(self._moments)
            self.timeline.set_moments(shown)
            self._show_payload(next((item for item in shown if item.payload), None))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._row.fit(self.width())
