"""The sheet of one stay: admission form or the visit's line, fee table with its filters, sums."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.clock import CHINA
from core.domain import Registration
from core.money import show
from core.words import say
from gui.forms.form import Form
from gui.forms.spec import FieldSpec
from gui.screens.inpatient.case import StayCase
from gui.screens.inpatient.columns import line_columns, line_room
from gui.screens.inpatient.facts import discharge_line, filing_line, visit_line
from gui.screens.inpatient.lines import FILTERS, StayLine, StaySums
from gui.screens.inpatient.moments import MOMENT, moment_of
from gui.screens.inpatient.presenter import InpatientPresenter
from gui.screens.outpatient.sheet import filled, form_values, lay_fields
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.empty_state import EmptyState
from gui.widgets.flow import FlowLayout
from gui.widgets.labels import Card, ElidedLabel, wrapped
from gui.widgets.table import DataTable

FORM_COLUMNS = {"wide": 5, "middle": 4, "narrow": 2}
LEAST_ROWS = 130
BESIDE, BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
HEADS = {"wide": BESIDE, "middle": BELOW, "narrow": BELOW}


def admission_values(draft: Registration) -> dict[str, str]:
    """The draft as texts of the form."""
    at = draft.admitted_at
    moment = f"{at.astimezone(CHINA):{MOMENT}}" if at else ""
    return {**form_values(draft), "admitted_at": moment}


def admission_of(draft: Registration, values: dict[str, str]) -> Registration:
    """The draft with the form's texts; a moment that is none stays as it was."""
    texts = dict(values)
    try:
        at = moment_of(texts.pop("admitted_at", ""))
    except ValueError:
        at = draft.admitted_at
    return filled(draft, texts).model_copy(update={"admitted_at": at})


class StaySheet(Card):
    """Shows the presenter's stay; its buttons are placed by the view."""

    def __init__(
        self, context: Context, presenter: InpatientPresenter, specs: Sequence[FieldSpec],
        outcomes: dict[str, str],
    ) -> None:  # fmt: skip
        super().__init__(gap=8)
        self._context, self._presenter, self._outcomes = context, presenter, outcomes
        self._room, self._listed = "middle", False
        self._rows: tuple[StayLine, ...] | None = None
        self._form_of, self.filling = "", False
        self.form = Form(specs, FORM_COLUMNS[self._room])
        self._build()

    def _build(self) -> None:
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setSpacing(theme.u(8))
        self.line = ElidedLabel("", "muted")
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.head_buttons = FlowLayout(right=True)
        self._head.addWidget(self.line, 1)
        self._head.addLayout(self.head_buttons)
        self.column.addLayout(self._head)
        self.left, self.filing = wrapped("", "muted"), wrapped("", "muted")
        self.column.addWidget(self.left)
        self.column.addWidget(self.filing)
        self.column.addWidget(self._form_box())
        self.column.addWidget(self._filters())
        self.column.addWidget(self._fee_box(), 1)
        self.reason = wrapped("", "muted")
        self.column.addWidget(self.reason)
        self.column.addLayout(self._foot())

    def _form_box(self) -> QWidget:
        self.form_box = QWidget()
        column = QVBoxLayout(self.form_box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(8))
        self.differs = wrapped("", "danger")
        self.form_buttons = QHBoxLayout()
        self.form_buttons.setSpacing(theme.u(8))
        self.form_buttons.addStretch(1)
        column.addWidget(self.form)
        column.addWidget(self.differs)
        column.addLayout(self.form_buttons)
        return self.form_box

    def _filters(self) -> QWidget:
        self.filter_box = QWidget()
        row = QHBoxLayout(self.filter_box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.u(8))
        self.filters = Chips([(name, say(f"inpatient.filter.{name}")) for name in FILTERS])
        self.filters.chosen.connect(self._presenter.filter)
        self.filter_buttons = QHBoxLayout()
        row.addWidget(self.filters, 1)
        row.addLayout(self.filter_buttons)
        return self.filter_box

    def _fee_box(self) -> QWidget:
        columns = line_columns(self._room, self._listed)
        self.table = DataTable(columns, "stay-fees", self._context.memory, self._context.user)
        self.table.setAccessibleName(say("inpatient.step.fees"))
        self.table.setMinimumHeight(theme.u(LEAST_ROWS))
        self.table.chosen.connect(self._show_reason)
        self._empty = EmptyState("", "", "empty")
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        return self._stack

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(12))
        self.counts = ElidedLabel("", "muted")
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(theme.u(8))
        row.addWidget(self.counts, 1)
        row.addLayout(self.buttons)
        return row

    # showing

    def show_stay(self, case: StayCase | None) -> None:
        """Show the stay on the page."""
        if case is None or case.visit is None:
            self._form_of, self._rows = "", None
            return
        self.line.setText(visit_line(case))
        self._say(self.left, discharge_line(case, self._outcomes))
        self._say(self.filing, filing_line(case))
        warned = bool(case.row and case.row.filing_warning)
        self.filing.set_role("danger" if warned else "muted")
        self._show_form(case)
        self._show_rows(case)
        self._show_counts(self._presenter.sums())

    def _say(self, label: QWidget, text: str) -> None:
        label.setText(text)  # type: ignore[attr-defined]
        label.setVisible(bool(text))

    def _show_form(self, case: StayCase) -> None:
        draft = case.draft
        wanted = draft is not None and not case.registered
        self.form_box.setVisible(wanted)
        self._say(self.differs, "" if case.override else "；".join(case.differences))
        if draft is None or not wanted:
            self._form_of = ""
            return
        key = f"{draft.visit_no} {draft.med_type}"
        if key != self._form_of:
            self._form_of, self.filling = key, True
            self.form.set_values(admission_values(draft))
            self.form.show_faults(())
            self.filling = False

    def _show_rows(self, case: StayCase) -> None:
        presenter = self._presenter
        self._arrange(self._room, case.listed is not None)
        self.filter_box.setVisible(case.registered)
        self.filters.set_counts(presenter.filter_counts())
        self.filters.choose(presenter.wanted)
        rows = presenter.lines()
        if rows != self._rows:
            self._rows = rows
            self.table.set_rows(rows)
            self._show_reason(self.table.current())
        self._stack.setCurrentWidget(self.table if rows else self._empty)
        if not rows:
            name = "no_lines" if not presenter.all_lines() else "none_filtered"
            self._empty.show_words(say(f"inpatient.{name}"), say(f"inpatient.{name}_hint"), "empty")

    def _show_reason(self, row: StayLine | None) -> None:
        """The whole reason (or memo) of the line under the cursor, which the column cuts off."""
        alarm = row is not None and row.state in ("faulty", "differs")
        self.reason.set_role("danger" if alarm else "muted")
        self._say(self.reason, f"{row.rx_no}　{row.says}".strip() if row and row.says else "")

    def _show_counts(self, found: StaySums) -> None:
        self.counts.setText(_counts(found))
        self.counts.set_role("danger" if found.faulty or found.stray else "muted")

    def current(self) -> StayLine | None:
        """The line under the cursor."""
        row: StayLine | None = self.table.current()
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(line_room(self.width() / theme.u(1000) * 1000), self._listed)

    def _arrange(self, width: str, listed: bool) -> None:
        if (width, listed) == (self._room, self._listed):
            return
        if width != self._room:
            lay_fields(self.form, FORM_COLUMNS[width])
            self._head.setDirection(HEADS[width])
        self._room, self._listed = width, listed
        self.table.set_columns(line_columns(width, listed))


def _counts(found: StaySums) -> str:
    if not found.lines and not found.stray:
        return ""
    parts = [
        say("inpatient.counts", lines=found.lines, hospital=show(found.hospital),
            accepted=found.accepted, uploaded=show(found.uploaded))
    ]  # fmt: skip
    if found.centre is not None:
        parts.append(say("inpatient.counts_centre", centre=show(found.centre)))
    for name in ("faulty", "stray"):
        count = getattr(found, name)
        if count:
            parts.append(say(f"inpatient.counts_{name}", count=count))
    return "　".join(parts)
