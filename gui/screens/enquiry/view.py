"""查询 on screen: which list, the question, the list, and the panel that explains a row."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.words import say
from gui.screens.enquiry.answers import ANSWERS, AnswersPresenter
from gui.screens.enquiry.faces import COLUMNS, WHATS, Face, What
from gui.screens.enquiry.questions import Clock, Days, Person, Visit, Year
from gui.screens.exclusive import admissions_of
from gui.screens.side import SideBySide
from gui.screens.slips import sheet_on_lane
from gui.screens.working import WorkingScreen
from gui.sheet_form import Sheet
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.empty_state import EmptyState
from gui.widgets.labels import Card, ElidedLabel, Label, wrapped
from gui.widgets.table import Column, DataTable

SIDE_WIDTH = 300
STACKED_BELOW = 860
DAYS = frozenset({"settlements", "visits", "fund"})
PERSONS = ("visits", *ANSWERS)
AMOUNTS = frozenset({"total", "fund", "personal", "our_amount", "their_amount"})


def enquiry_columns(what: What) -> tuple[Column, ...]:
    """The columns of one list."""
    return tuple(_column(*column) for column in COLUMNS[what])


def _column(name: str, width: float, align: str) -> Column:
    title = say(f"enquiry_view.column.{name}")
    side = "left" if align == "stretch" else align
    return Column(
        name, title, lambda face: face.cells[name], width, side, align == "stretch",
        tone=lambda face: _tone(name, face),
    )  # fmt: skip


def _tone(name: str, face: Face) -> str | None:
    if name in ("state", "standing", "fund_state"):
        return face.tone or None
    return "danger" if name in AMOUNTS and face.negative else None


class EnquiryView(WorkingScreen):
    """Shows the presenter; asking changes nothing at the centre."""

    name = "enquiry"
    parkable = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = AnswersPresenter(context.desk, self)
        self._whats = [w for w in WHATS if not context.actions.lacks(f"enquiry_{w}")]
        self.presenter.what = self._whats[0]
        self._filled: tuple[Face, ...] | None = None
        self._what: What = self.presenter.what
        self._bind_keys()
        self._build()
        self.refresh()

    def _bind_keys(self) -> None:
        self.bind("ask_enquiry", self._ask)
        self.bind("enquiry_person", self._person_key)
        self.bind("print_unpaid", self.presenter.print_unpaid)
        self.bind("export_enquiry", self.presenter.export)
        for what in WHATS:
            self.bind(f"enquiry_{what}", lambda what=what: self._show(what))

    def _build(self) -> None:
        self.top.addWidget(Label(say("enquiry_view.title"), "title"))
        self._row = SideBySide(self._left(), self._right(), SIDE_WIDTH, STACKED_BELOW)
        self.body.addLayout(self._row, 1)
        self.home_field = self.chips.chips[self._what]

    def _left(self) -> QWidget:
        card = Card(gap=10)
        card.column.addLayout(self._head())
        card.column.addWidget(self._questions())
        self.table = DataTable(
            enquiry_columns(self._what), "enquiry", self.context.memory,
            self.context.user,
        )  # fmt: skip
        self.table.setAccessibleName(say("enquiry_view.title"))
        self.table.chosen.connect(lambda face: self.presenter.choose(face.key) if face else None)
        self.table.opened.connect(lambda _: self.presenter.go_on())
        self.table.setMinimumHeight(theme.u(180))
        self.empty, self.clock = EmptyState("", "", "enquiry"), Clock()
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        for page in (self.empty, self.table, self.clock):
            self._stack.addWidget(page)
        card.column.addWidget(self._stack, 1)
        self.counts = ElidedLabel("", "muted")
        card.column.addWidget(self.counts)
        return card

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        keys = self.context.actions
        names = [(what, f"{say(f'enquiry_view.what.{what}')}　{keys[f'enquiry_{what}'].key}")
                 for what in self._whats]  # fmt: skip
        self.chips = Chips(names)
        self.chips.chosen.connect(self._show)
        row.addWidget(self.chips, 1)
        row.addWidget(self.keys.button("ask_enquiry", primary=True))
        return row

    def _questions(self) -> QWidget:
        presenter = self.presenter
        self.days = Days(self._ask, presenter.days_back)
        self.visit = Visit(presenter.ask_lines, presenter.different)
        self.person = Person(self._ask_person, self.keys.button("enquiry_person"))
        host = QWidget()
        column = QVBoxLayout(host)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(8))
        self.year = Year(self._ask)
        for part in (self.visit, self.person, self.days, self.year):
            column.addWidget(part)
        return host

    def _right(self) -> QWidget:
        card = self.panel = Card(gap=10)
        self.head = wrapped("", "heading")
        self.says = wrapped("")
        card.column.addWidget(self.head)
        card.column.addWidget(self.says)
        card.column.addStretch(1)
        self.print_button = self.keys.button("print_unpaid")
        card.column.addWidget(self.print_button)
        card.column.addWidget(self.keys.button("export_enquiry"))
        return card

    # -- what is pressed

    def _show(self, what: Any) -> None:
        self.presenter.show(what)
        if what == "time":
            self.presenter.ask()
        else:
            self._first_field().setFocus()

    def _first_field(self) -> QWidget:
        fields = {"lines": self.visit.visit} | dict.fromkeys(PERSONS, self.person.box)
        return fields.get(self.presenter.what, self.days.first)

    def _ask(self) -> None:
        presenter = self.presenter
        if presenter.what in DAYS and not self._period():
            return
        presenter.in_year(self.year.region.text(), self.year.year.text())
        if presenter.what == "lines":
            presenter.ask_lines(self.visit.visit.text(), self.visit.bill.text())
        elif presenter.what in PERSONS:
            presenter.ask_person(self.person.box.text())
        else:
            presenter.ask()

    def _period(self) -> bool:
        return self.presenter.period(self.days.first.text(), self.days.last.text())

    def _ask_person(self, number: str) -> None:
        if self.presenter.what not in DAYS or self._period():
            self.presenter.in_year(self.year.region.text(), self.year.year.text())
            self.presenter.ask_person(number)

    def _person_key(self) -> None:
        """F6: to the person box; pressed there: the card."""
        what = self.presenter.what
        if what in PERSONS and self.person.box.hasFocus():
            if what not in DAYS or self._period():
                self.presenter.read_card()
            return
        self._show(what if what in PERSONS else next(w for w in self._whats if w in PERSONS))
        self.person.box.selectAll()

    def back(self) -> None:
        """Esc: from the list to the question."""
        if self.presenter.what != "time":
            self._first_field().setFocus()

    def entered(self, argument: Any = None) -> None:
        """Shown, perhaps for the lines of a visit (its number) or a person's open admissions."""
        if person := admissions_of(argument):
            self.presenter.show("admissions")
            self.presenter.ask_person(person)
        elif isinstance(argument, str) and argument:
            self.presenter.ask_lines(argument)
        self.refresh()

    def print_sheet(self, sheet: Sheet, name: str) -> None:
        """Print on the printing lane."""
        sheet_on_lane(self, sheet, name)

    def open_visit(self, visit_no: str, inpatient: bool) -> None:
        """To the visit's page."""
        self.context.navigate("inpatient" if inpatient else "outpatient", visit_no)

    # -- showing

    def render(self) -> None:
        """The presenter's state, everywhere."""
        presenter = self.presenter
        if presenter.what != self._what:
            self._what = presenter.what
            self.chips.choose(self._what)
            self.table.set_columns(enquiry_columns(self._what))
            self._filled = None
        self._render_questions()
        self._render_rows()
        self.counts.setText(presenter.sums())
        head, sentences = presenter.panel() if self._what != "time" else ("", ())
        self.head.setText(head)
        self.says.setText("\n\n".join(sentences))
        self.panel.setVisible(self._what != "time")
        self.print_button.setVisible(self._what == "lines")
        self.allow(presenter.why_not)

    def _render_questions(self) -> None:
        presenter, what = self.presenter, self._what
        self.days.setVisible(what in DAYS)
        self.visit.setVisible(what == "lines")
        self.person.setVisible(what in PERSONS)
        self.year.setVisible(what == "accumulated")
        self.year.show_year(presenter.region, presenter.year)
        self.days.show_days(*presenter.days)
        self.visit.show_numbers(presenter.visit_no, presenter.bill_no)
        self.visit.only.setChecked(presenter.only_different)
        self.person.show_person(presenter.person_no, presenter.person_name)

    def _render_rows(self) -> None:
        rows = self.presenter.rows()
        if rows != self._filled:
            self._filled = rows
            self.table.set_rows(rows)
            chosen = self.presenter.row
            if chosen is not None:
                self.table.choose(rows.index(chosen))
        if self._what == "time":
            self.clock.show_time(self.presenter.time)
            self._stack.setCurrentWidget(self.clock)
            return
        self._stack.setCurrentWidget(self.table if rows else self.empty)
        self.empty.show_words(*self.presenter.empty(), "enquiry")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._row.fit(self.width())
