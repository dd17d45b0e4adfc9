"""部分退费 as a card over 退费撤销: lines to mark, both halves, the reason, one button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QPushButton

from core.words import say
from gui.messages import Message
from gui.screens.refund.part_desk import PartDesk, PartLine
from gui.screens.work import Work
from gui.theme import theme
from gui.widgets.fields import Edit
from gui.widgets.labels import Label, wrapped
from gui.widgets.overlay import Overlay
from gui.widgets.table import Column, DataTable, amount_column

WIDTH = 900
LONGEST_REASON = 200
ROLES = {"done": "done", "now": "strong", "later": "muted", "unknown": "amber"}


class PartTable(DataTable):
    """Several lines at once; ``marked`` at Space with the ids of the chosen lines."""

    marked = Signal(object)

    def __init__(self, memory: Any, user: Callable[[], str]) -> None:
        super().__init__(part_columns(), "part-refund", memory, user)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAccessibleName(say("part_card.title"))
        self.setMinimumHeight(theme.u(120))

    def sizeHint(self) -> QSize:
        """Room for ten lines where there is room."""
        return super().sizeHint().expandedTo(QSize(0, theme.u(330)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            places = sorted({index.row() for index in self.selectionModel().selectedRows()})
            self.marked.emit([self.rows.row(place).line_id for place in places])
        else:
            super().keyPressEvent(event)


class PartCard(Overlay):
    """``ask`` opens it for a visit; implements ``work.Page`` for its presenter."""

    def __init__(self, host: Any, changed: Callable[[], None]) -> None:
        super().__init__(host, WIDTH)
        self._screen, self._changed = host, changed
        self.presenter = PartDesk(host.context.desk, self, "")
        self._filled: tuple[PartLine, ...] | None = None
        self.title = Label("", "heading")
        self.hint = wrapped(say("part_card.hint"), "muted")
        self.table = PartTable(host.context.memory, host.context.user)
        self.table.marked.connect(lambda ids: self.presenter.toggle(ids))
        self.sums = Label("", "strong")
        self.halves = [Label("", "muted"), Label("", "muted")]
        self.money, self.said = wrapped("", "strong"), wrapped("", "fault")
        column = self.card.column
        for part in (self.title, self.hint, self.table, self.sums, *self.halves, self.money):
            column.addWidget(part)
        column.addLayout(self._reason_row())
        column.addWidget(self.said)
        column.addLayout(self._buttons())

    def _reason_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.reason_name = Label(say("refund.reason_name"), "muted")
        self.reason = Edit(advance=False)
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setAccessibleName(say("refund.reason_name"))
        self.reason_name.setBuddy(self.reason)
        self.reason.submitted.connect(lambda _: self.yes.setFocus())
        row.addWidget(self.reason_name)
        row.addWidget(self.reason, 1)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.no, self.yes = QPushButton(say("part_card.close")), QPushButton()
        self.yes.setProperty("kind", "danger")
        for button in (self.no, self.yes):
            button.setAutoDefault(True)
            button.setMinimumHeight(theme.u(36))
        self.leave = QPushButton(say("part_card.leave"))
        self.leave.setMinimumHeight(theme.u(36))
        self.leave.clicked.connect(lambda: self.presenter.leave(self.reason.text()))
        row.addWidget(self.leave)
        self.no.clicked.connect(self.close_overlay)
        self.yes.clicked.connect(lambda: self.presenter.go(self.reason.text()))
        row.addStretch(1)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        return row

    def ask(self, visit_no: str, name: str) -> None:
        """Open it for the settlement of a visit."""
        self.presenter = PartDesk(self._screen.context.desk, self, visit_no)
        self.title.setText(say("part_card.head", name=name, visit=visit_no))
        self.setAccessibleName(self.title.text())
        self.reason.clear()
        self._filled = None
        self.open(self.table)
        self.presenter.load()

    def close_overlay(self) -> None:
        """Away with it; the page below reads again what became of the settlement."""
        super().close_overlay()
        self._changed()

    # Page

    def run(self, work: Work) -> bool:
        """Work of this card runs on the screen below."""
        return bool(self._screen.run(work))

    def tell(self, message: Message) -> None:
        """Sentences stand in the card."""
        self.said.setText(message.text)
        roles = {"done": "done", "unknown": "amber"}
        self.said.set_role(roles.get(message.kind, "fault"))
        self.said.show()

    def hush(self) -> None:
        """Nothing said."""
        self.said.clear()
        self.said.hide()

    def print_slip(self, msgid: str) -> None:
        """The red slip, and the slip of what is kept."""
        self._screen.print_slip(msgid)

    def refresh(self) -> None:
        """Show the lines, the halves, and what the button does next."""
        presenter = self.presenter
        rows = presenter.rows()
        if rows != self._filled:
            self._filled = rows
            self.table.set_rows(rows)
            if rows and not self.table.currentIndex().isValid():
                self.table.choose(0)
        self.sums.setText(presenter.sums())
        for label, half in zip(self.halves, presenter.halves(), strict=True):
            label.setText(say(f"part_card.mark_{half.mark}", text=half.text))
            label.set_role(ROLES[half.mark])
        self.money.setText(presenter.money())
        self.money.setVisible(bool(self.money.text()))
        self.said.setVisible(bool(self.said.text()))
        self._render_button()

    def _render_button(self) -> None:
        presenter, phase = self.presenter, self.presenter.phase
        self.yes.setText(say(f"part_card.do_{phase}"))
        reason = presenter.why_not()
        self.yes.setEnabled(reason is None and phase != "done")
        self.yes.setToolTip(reason.text if reason else "")
        for part in (self.reason_name, self.reason):
            part.setVisible(phase != "done")
        self.leave.setVisible(phase == "charge")
        if phase == "done" and self.isVisible():
            self.no.setFocus()


def part_columns() -> tuple[Column, ...]:
    """Whether a line goes, what it is, how much."""

    def title(name: str) -> str:
        return say(f"part_card.column.{name}")

    return (
        Column("gone", title("gone"), lambda row: say("part_card.gone") if row.gone else "", 6,
               tone=lambda row: "danger"),
        Column("code", title("code"), lambda row: row.code, 10),
        Column("name", title("name"), lambda row: row.name, 16, stretch=True),
        Column("quantity", title("quantity"), lambda row: row.quantity, 7, "right"),
        amount_column("amount", title("amount"), lambda row: row.amount, 11),
    )  # fmt: skip
