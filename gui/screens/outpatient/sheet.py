"""The left sheet: visit box, who waits, registration form or the visit's line, fees, counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.domain import Registration
from core.errors import Fault
from core.money import show
from core.words import say
from gui.forms.form import Form
from gui.forms.spec import FieldSpec
from gui.screens.outpatient.case import Case
from gui.screens.outpatient.columns import fee_columns, room
from gui.screens.outpatient.fees import FeeRow, FeeRows, fee_rows
from gui.screens.outpatient.reception import search_waiting
from gui.screens.outpatient.steps import sums
from gui.screens.outpatient.waiting import Waiting
from gui.screens.outpatient.waiting_list import WaitingList
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.empty_state import EmptyState
from gui.widgets.labels import Card, ElidedLabel, Label, wrapped
from gui.widgets.search_box import Choice, SearchBox
from gui.widgets.table import DataTable

FORM_COLUMNS = {"wide": 5, "middle": 5, "narrow": 2}
LEAST_ROWS = 150


class Sheet(Card):
    """Shows a case, or who ``waiting`` knows; ``asked`` carries the number to open and whether it
    is a stay's."""

    asked = Signal(str, bool)

    def __init__(self, context: Context, specs: Sequence[FieldSpec], waiting: Waiting) -> None:
        super().__init__(gap=10)
        self._context = context
        self._waiting = waiting
        self._rows = fee_rows(None, {})
        self._room, self._says = "middle", False
        self._shown: tuple[object, object] = (None, None)
        self._form_of, self.filling = "", False
        self.form = Form(specs, FORM_COLUMNS[self._room])
        self._build()

    def _build(self) -> None:
        self.column.addLayout(self._head())
        self.column.addWidget(self._form_box())
        self._empty = EmptyState("", "", "card")
        self.table = DataTable(
            fee_columns(self._room, self._says), "fees", self._context.memory, self._context.user
        )
        self.table.setAccessibleName(say("outpatient.step.fees"))
        self.table.setMinimumHeight(theme.u(LEAST_ROWS))
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        self.waiting = WaitingList(self._context, self._waiting)
        self._stack.addWidget(self.waiting)
        self._listen()
        self.table.chosen.connect(self._show_reason)
        self.reason = wrapped("", "muted")
        self.reason.hide()
        self.column.addWidget(self._stack, 1)
        self.column.addWidget(self.reason)
        self.column.addLayout(self._foot())

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(12))
        name = Label(say("outpatient.visit.box"), "muted")
        self.box = SearchBox(say("outpatient.visit.hint"), self._find)
        self.box.setAccessibleName(say("outpatient.visit.box"))
        self.box.setMinimumWidth(theme.u(250))
        name.setBuddy(self.box)
        self.line = ElidedLabel("", "muted")
        row.addWidget(name)
        row.addWidget(self.box)
        row.addWidget(self.line, 1)
        return row

    def _listen(self) -> None:
        self.box.installEventFilter(self)
        self.box.submitted.connect(self._submitted)
        self.box.chosen.connect(lambda choice: self._ask(choice.value))
        self.waiting.opened.connect(lambda row: self._ask(row.registration))
        self.waiting.table.typed.connect(self._typed)
        self.waiting.stale.connect(self._waiting.load)
        self._context.bridge.visit_given.connect(lambda _: self._waiting.load())

    def _ask(self, known: Registration) -> None:
        self.asked.emit(known.visit_no, known.is_inpatient)

    def _submitted(self, text: str) -> None:
        """Enter in the visit box: the number, who is marked in the list, or whatever it says."""
        meant = self.waiting.meant(text) if self.waiting.isVisible() else None
        if meant is not None:
            self._ask(meant.registration)
        else:
            self.asked.emit(text, False)

    def _typed(self, event: QKeyEvent) -> None:
        """Letters on the list are meant for the visit box; the first takes the place of all."""
        self.box.setFocus()
        self.box.selectAll()
        QApplication.sendEvent(self.box, event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            down = {Qt.Key.Key_Down: True, Qt.Key.Key_Up: False}.get(event.key())
            if down is not None and self.waiting.isVisible() and not self.box.composing():
                self.waiting.steer(down)
                return True
        return super().eventFilter(watched, event)

    def _find(self, text: str) -> Sequence[Choice]:
        """Hits below the box; none where the list itself stands on the page."""
        if self.waiting.isVisible():
            return ()
        found = search_waiting(text, [row.registration for row in self._waiting.rows])
        found.sort(key=lambda item: item.visit_no != text.strip())
        return [_choice(item) for item in found]

    def _form_box(self) -> QWidget:
        self.form_box = QWidget()
        column = QVBoxLayout(self.form_box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(8))
        self.differs = wrapped("", "danger")
        self.differs.hide()
        self.form_buttons = QHBoxLayout()
        self.form_buttons.setSpacing(theme.u(8))
        self.form_buttons.addStretch(1)
        column.addWidget(self.form)
        column.addWidget(self.differs)
        column.addLayout(self.form_buttons)
        return self.form_box

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(12))
        self.counts = ElidedLabel("", "muted")
        self.progress = QProgressBar(textVisible=False)
        self.progress.setMaximumWidth(theme.u(160))
        self.progress.setAccessibleName(say("outpatient.step.fees"))
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(theme.u(8))
        row.addWidget(self.counts, 1)
        row.addWidget(self.progress)
        row.addLayout(self.buttons)
        return row

    # showing

    def show_case(self, case: Case, keys: Callable[[str], str]) -> None:
        """Show the case; ``keys`` gives the key of an action for the hints."""
        self._show_form(case)
        self._show_rows(case, keys)
        self._show_counts(case)
        self.line.setText(_visit_line(case))

    def _show_form(self, case: Case) -> None:
        draft = case.draft
        self.form_box.setVisible(draft is not None and not case.registered)
        self.differs.setText("；".join(case.differences))
        self.differs.setVisible(bool(case.differences) and case.override is None)
        if draft is None or case.registered:
            self._form_of = ""
            return
        key = f"{draft.visit_no} {case.qualification.id if case.qualification else ''}"
        if key != self._form_of:
            self._form_of = key
            self._fill(draft)

    def _fill(self, draft: Registration) -> None:
        self.filling = True
        self.form.set_values(form_values(draft))
        self.form.show_faults(())
        self.filling = False

    def _show_rows(self, case: Case, keys: Callable[[str], str]) -> None:
        shown = (case.visit, case.faulty)
        if any(new is not old for new, old in zip(shown, self._shown, strict=True)):
            self._shown = shown
            self._fill_rows(fee_rows(case.visit, case.faulty, case.held))
        if case.visit is None:
            self._stack.setCurrentWidget(self.waiting)
            self.waiting.show_waiting(self.box.text(), keys)
            return
        self._stack.setCurrentWidget(self.table if self._rows else self._empty)
        if not self._rows:
            hint = say("outpatient.visit.no_lines_hint", press=keys("import_fees"))
            self._empty.show_words(say("outpatient.visit.no_lines"), hint, "empty")

    def _fill_rows(self, rows: FeeRows) -> None:
        if rows == self._rows:
            return
        self._rows = rows
        self.table.set_rows(rows)
        self._arrange(self._room, rows.says)
        if self.faulty_place() >= 0:
            self.table.choose(self.faulty_place())
        self._show_reason(self.table.current())

    def _show_reason(self, row: FeeRow | None) -> None:
        """The whole reason (or memo) of the line under the cursor, which the column cuts off."""
        self.reason.setText(row.says if row else "")
        self.reason.set_role("danger" if row and row.state == "faulty" else "muted")
        self.reason.setVisible(bool(row and row.says))

    def _show_counts(self, case: Case) -> None:
        found = sums(case)
        self.counts.setText(_counts(case))
        self.counts.set_role("danger" if found.faulty or found.stray else "muted")
        self.progress.setRange(0, max(1, found.lines))
        self.progress.setValue(found.accepted)
        self.progress.setVisible(bool(found.lines) and not found.complete and bool(found.accepted))

    def faulty_place(self) -> int:
        """The first row that cannot go, or -1."""
        return self._rows.faulty_place

    def show_faults(self, faults: Sequence[Fault]) -> Sequence[Fault]:
        """Mark form fields; gives back what has no field here."""
        return self.form.show_faults(faults)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(room(self.width() / theme.u(1000) * 1000), self._says)

    def _arrange(self, width: str, says: bool) -> None:
        if (width, says) == (self._room, self._says):
            return
        if width != self._room:
            lay_fields(self.form, FORM_COLUMNS[width])
        self._room, self._says = width, says
        self.table.set_columns(fee_columns(width, says))


def lay_fields(form: Form, columns: int) -> None:
    """Lay the same fields out in another number of columns."""
    grid = form.layout()
    assert isinstance(grid, QGridLayout)
    for place, field in enumerate(form.fields.values()):
        grid.addWidget(field, place // columns, place % columns, Qt.AlignmentFlag.AlignTop)
    for column in range(grid.columnCount()):
        grid.setColumnStretch(column, 1 if column < columns else 0)


def _choice(item: Registration) -> Choice:
    text = say("outpatient.visit.hit", name=item.person_name, visit=item.visit_no)
    note = say("outpatient.visit.hit_note", dept=item.dept_name, doctor=item.doctor_name)
    return Choice(item.visit_no, text, note, item)


def _visit_line(case: Case) -> str:
    if case.visit is None:
        return ""
    known = case.visit.registration
    holes = {"dept": known.dept_name or known.dept_code}
    holes["doctor"] = known.doctor_name or known.doctor_code
    holes["diagnosis"] = known.diagnosis_name or known.diagnosis_code
    bill = say("outpatient.visit.bill", bill=case.visit.bill_no) if case.registered else ""
    return f"{say('outpatient.visit.line', **holes)}　{bill}".strip()


def _counts(case: Case) -> str:
    found = sums(case)
    if not found.lines:
        return ""
    holes = {"lines": found.lines, "total": show(found.total), "accepted": found.accepted}
    key = "counts_held" if case.held else "counts"
    parts = [say(f"outpatient.fees_line.{key}", **holes)]
    if found.faulty:
        parts.append(say("outpatient.fees_line.faulty", faulty=found.faulty))
    if found.stray:
        parts.append(say("outpatient.fees_line.stray", stray=found.stray))
    if case.imported:
        parts.append(say("outpatient.fees_line.imported"))
    return "　".join(parts)


def form_values(draft: Registration) -> dict[str, str]:
    """The draft as texts of the form."""
    plain: dict[str, Any] = draft.model_dump(exclude={"extra", "admitted_at"})
    return {**{name: str(value) for name, value in plain.items()}, **draft.extra}


def filled(draft: Registration, values: dict[str, str]) -> Registration:
    """The draft with the form's texts; asked fields of a local profile go into ``extra``."""
    known = {name: text for name, text in values.items() if name in Registration.model_fields}
    extra = {name: text for name, text in values.items() if name not in known}
    return draft.model_copy(update={**known, "extra": {**draft.extra, **extra}})
