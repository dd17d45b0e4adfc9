"""待处理 on screen: the open transactions, the timeline of one, what to do, and the ways out."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from core.words import say
from gui.screens.pending.decision import DecisionCard
from gui.screens.pending.presenter import PendingPresenter, PendingRow, TimelineRow
from gui.screens.side import SideBySide
from gui.screens.timeline_view import moments
from gui.screens.working import WorkingScreen
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.empty_state import EmptyState
from gui.widgets.labels import Card, Label, wrapped
from gui.widgets.question import Question
from gui.widgets.table import Column, DataTable
from gui.widgets.timeline import Timeline

TICK_MS = 1000
SIDE_WIDTH = 292
STACKED_BELOW = 700
NARROW_BELOW = 1000


def _text(name: str, width: float, *, stretch: bool = False) -> Column:
    return Column(
        name, say(f"pending.column.{name}"), lambda row: getattr(row, name), width, stretch=stretch
    )


def pending_columns(narrow: bool = False) -> tuple[Column, ...]:
    """Patient, transaction, amount, what is known (unless narrow), what comes next, how long."""
    amount = Column(
        "amount", say("pending.column.amount"), lambda row: row.amount, 9, "right",
        tone=lambda row: "danger" if row.negative else None,
    )  # fmt: skip
    waited = Column("waited", say("pending.column.waited"), lambda row: row.waited, 6, "right")
    known = () if narrow else (_text("known", 16, stretch=True),)
    comes = _text("next", 15 if narrow else 25, stretch=narrow)
    last = () if narrow else (waited,)
    return (_text("patient", 8), _text("title", 13), amount, *known, comes, *last)


class PendingView(WorkingScreen):
    """Re-reads at every change of the journal; the countdown ticks once a second."""

    name = "pending"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = PendingPresenter(context.desk, self)
        self._shown: tuple[PendingRow, ...] = ()
        self._moments: tuple[TimelineRow, ...] | None = None
        self._narrow = False
        self._bind_keys()
        self._build()
        context.bridge.transaction_changed.connect(self.presenter.changed)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._render_rows)
        self.refresh()

    def _bind_keys(self) -> None:
        self.bind("ask_now", self.presenter.ask_now)
        self.bind("ask_all", self.presenter.ask_all)
        self.bind("reverse", self._reverse)
        self.bind("hand_over", self._hand_over)
        self.bind("export_case", self.presenter.export)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label(say("pending.title"), "title"))
        head.addStretch(1)
        self.slip = QPushButton(say("pending.print_found"))
        self.slip.setMinimumHeight(theme.u(36))
        self.slip.clicked.connect(lambda: self.presenter.print_slip())
        head.addWidget(self.slip)
        head.addWidget(self.keys.button("ask_all"))
        self.top.addLayout(head)
        self.top.addWidget(wrapped(say("pending.intro"), "muted"))
        self._row = SideBySide(self._left(), self._right(), SIDE_WIDTH, STACKED_BELOW)
        self.work = QWidget()
        self.work.setLayout(self._row)
        self.empty = EmptyState(say("pending.empty"), say("pending.empty_hint"), "done")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.work)
        self.body.addWidget(self._stack, 1)
        self.question = Question(self)
        self.decision = DecisionCard(self, self.presenter.decide)
        self.home_field = self.table

    def _left(self) -> QWidget:
        card = Card(gap=10)
        self.table = DataTable(pending_columns(), "pending", self.context.memory, self.context.user)
        self.table.setAccessibleName(say("pending.title"))
        self.table.chosen.connect(lambda row: self.presenter.choose(row.msgid if row else ""))
        self.table.setMinimumHeight(theme.u(150))
        card.column.addWidget(self.table, 2)
        card.column.addWidget(Label(say("pending.timeline"), "heading"))
        self.timeline = Timeline()
        self.timeline.setAccessibleName(say("pending.timeline"))
        self.timeline.setMinimumHeight(theme.u(150))
        card.column.addWidget(self.timeline, 3)
        return card

    def _right(self) -> QWidget:
        card = Card(gap=8)
        self.head = wrapped("", "heading")
        self.amount_name, self.amount = (
            Label(say("pending.at_stake"), "muted"),
            Label("", "amount-big"),
        )
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.advice = wrapped("", "text")
        for part in (self.head, self.amount_name, self.amount, self.advice):
            card.column.addWidget(part)
        card.column.addStretch(1)
        card.column.addLayout(self._buttons())
        return card

    def _buttons(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.u(8))
        self.decide = QPushButton(say("pending.decide"))
        self.decide.setMinimumHeight(theme.u(36))
        self.decide.clicked.connect(self._decide)
        column.addWidget(self.keys.button("ask_now", primary=True))
        column.addWidget(self.decide)
        for name in ("reverse", "hand_over", "export_case"):
            column.addWidget(self.keys.button(name))
        return column

    # what is pressed

    def _reverse(self) -> None:
        row = self.presenter.row
        if row is not None:
            text = say("pending.reverse_text", title=self.presenter.title(row))
            action = self.context.actions["reverse"]
            self.question.ask(action.label, text, action.label, lambda _: self.presenter.reverse())

    def _hand_over(self) -> None:
        self.question.ask(
            say("pending.hand_over_head"), say("pending.hand_over_hint"),
            say("pending.confirm"), self.presenter.hand_over, reason=True, danger=False,
        )  # fmt: skip

    def _decide(self) -> None:
        if self.presenter.why_not("decide") is None:
            self.decision.ask(self.presenter.headline())

    def entered(self, argument: Any = None) -> None:
        """Shown: read anew and tick."""
        if isinstance(argument, str) and argument:
            self.presenter.chosen = argument
        self.presenter.refresh()
        self._tick.start()

    def left(self) -> None:
        """Not shown: no ticking."""
        self._tick.stop()

    def closing_fault(self) -> str:
        """A look under way ends soon."""
        return say("outpatient.closing") if self.presenter.busy else ""

    # showing

    def render(self) -> None:
        """The presenter's state, everywhere."""
        presenter = self.presenter
        self._render_rows()
        self._stack.setCurrentWidget(self.work if presenter.transactions else self.empty)
        self._render_side()
        self._render_timeline()
        self.allow(presenter.why_not)
        self.decide.setVisible(presenter.why_not("decide") is None)
        self.slip.setVisible(bool(presenter.slip()))

    def _render_rows(self) -> None:
        rows = self.presenter.rows()
        if [row.msgid for row in rows] != [row.msgid for row in self._shown]:
            self.table.set_rows(rows)
            self._choose(rows)
        else:
            for place, row in enumerate(rows):
                if row != self._shown[place]:
                    self.table.rows.replace_row(place, row)
        self._shown = rows

    def _choose(self, rows: tuple[PendingRow, ...]) -> None:
        ids = [row.msgid for row in rows]
        if self.presenter.chosen in ids:
            self.table.choose(ids.index(self.presenter.chosen))

    def _render_side(self) -> None:
        row = self.presenter.row
        self.head.setText(self.presenter.headline())
        face = self.presenter.money()
        known = [row for row in self.presenter.rows() if row.msgid == self.presenter.chosen]
        self.amount.setText(known[0].amount if known else "")
        self.amount.set_role("amount-big-danger" if face.refund else "amount-big")
        for part in (self.amount, self.amount_name):
            part.setVisible(face.total is not None)
        self.advice.setText(_advice(row.state.value) if row else "")

    def _render_timeline(self) -> None:
        if self.presenter.timeline != self._moments:
            self._moments = self.presenter.timeline
            self.timeline.set_moments(moments(self._moments))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._row.fit(self.width())
        narrow = self.width() < theme.u(NARROW_BELOW)
        if narrow != self._narrow:
            self._narrow = narrow
            self.table.set_columns(pending_columns(narrow))


def _advice(state: str) -> str:
    lines = []
    for part in ("money", "do"):
        holes = {"label": say(f"pending.advice_{part}"), "text": say(f"pending.{part}.{state}")}
        lines.append(say("work.labelled", **holes))
    return "\n\n".join(lines)
