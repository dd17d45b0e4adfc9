"""部分退费 as a card over 退费撤销: lines to mark, both halves, the reason, one button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from core.words import say
from gui.screens.refund.part_desk import PartDesk, PartLine
from gui.screens.working_card import WorkingCard
from gui.theme import theme
from gui.widgets.buttons import foot, push
from gui.widgets.fields import Edit
from gui.widgets.labels import Label, wrapped
from gui.widgets.many_lines import ManyLines
from gui.widgets.table import Column, amount_column

WIDTH = 900
LONGEST_REASON = 200
ROLES = {"done": "done", "now": "strong", "later": "muted", "unknown": "amber"}


class PartCard(WorkingCard):
    """``ask`` opens it for a visit."""

    def __init__(self, host: Any, changed: Callable[[], None]) -> None:
        super().__init__(host, WIDTH)
        self._changed = changed
        self.presenter = PartDesk(host.context.desk, self, "")
        self._filled: tuple[PartLine, ...] | None = None
        self.title = Label("", "heading")
        self.hint = wrapped(say("part_card.hint"), "muted")
        context = host.context
        self.table = ManyLines(part_columns(), "part-refund", context.memory, context.user)
        self.table.setAccessibleName(say("part_card.title"))
        self.table.setMinimumHeight(theme.u(120))
        self.table.pressed.connect(self._toggle)
        self.sums = Label("", "strong")
        self.halves = [Label("", "muted"), Label("", "muted")]
        self.money = wrapped("", "strong")
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
        self.leave = push(say("part_card.leave"), lambda: self.presenter.leave(self.reason.text()))
        self.leave.setAutoDefault(False)  # Enter must not end it halfway
        self.no = push(say("part_card.close"), self.close_overlay)
        self.yes = push("", lambda: self.presenter.go(self.reason.text()), "danger")
        return foot(self.no, self.yes, left=[self.leave])

    def _toggle(self, rows: list[PartLine]) -> None:
        self.presenter.toggle([row.line_id for row in rows])

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
