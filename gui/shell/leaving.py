"""交班: sign out at the centre, with every open case in somebody's hands, then the log-in again.

A centre that does not answer keeps nobody at the desk: after a failed sign-out one may leave
without it, and the sign-in stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.domain.dayend import Unresolved
from core.errors import DeskError
from core.money import show
from core.words import say
from gui.forms.form import Form
from gui.forms.spec import FieldSpec
from gui.messages import of_outcome
from gui.operation import Operation
from gui.shell.context import Context
from gui.widgets.buttons import foot, push
from gui.widgets.labels import Label, restyle, wrapped
from gui.widgets.overlay import Overlay

MOST_LISTED = 6
NOTE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Shift:
    """What stands at the end of a shift: ``open`` cases in nobody else's hands, takings not cut."""

    open: tuple[Unresolved, ...]
    uncut: str = ""


def shift_of(desk: Any) -> Shift:
    """Read it; any thread."""
    me = desk.session.acting()
    cases = desk.closings.unresolved()
    mine = tuple(item for item in cases if item.held_by in ("", me.name))
    try:
        net = desk.closings.preview(me).totals.net
    except DeskError:
        return Shift(mine)
    uncut = say("leaving.uncut", count=net.count, amount=show(net.total)) if net.count else ""
    return Shift(mine, uncut)


def case_lines(desk: Any, cases: tuple[Unresolved, ...]) -> str:
    """The open cases, one a line; the rest as a number."""
    lines = [_line(desk, item) for item in cases[:MOST_LISTED]]
    more = len(cases) - MOST_LISTED
    return "\n".join((*lines, *([say("leaving.more", count=more)] if more > 0 else ())))


def _line(desk: Any, item: Unresolved) -> str:
    rule = desk.centre.rule(item.step)
    amount = say("leaving.amount", amount=show(item.amount)) if item.amount else ""
    parts = (f"{item.since:%m-%d %H:%M}", rule.title, item.visit_no, amount, item.known)
    return "　".join(part for part in parts if part)


class LeavePanel(Overlay):
    """``ask`` opens it; ``leave`` is called when the operator is signed out (or leaves anyway)."""

    def __init__(self, host: QWidget, context: Context, leave: Callable[[], None]) -> None:
        super().__init__(host, 620)
        self.context, self.name, self._leave = context, "leaving", leave
        self.shift = Shift(())
        column = self.card.column
        self._who, self._cases = wrapped("", "muted"), wrapped("")
        self._uncut, self._fault = wrapped("", "amber"), wrapped("", "fault")
        specs = (
            FieldSpec("to", say("leaving.to"), "code", required=True),
            FieldSpec("password", say("leaving.password"), "secret", required=True),
            FieldSpec("note", say("leaving.note"), length=NOTE_LENGTH, encoding="utf-8"),
        )
        self.form = Form(specs, columns=2)
        self.form.completed.connect(lambda: self.yes.setFocus())
        column.addWidget(Label(say("leaving.title"), "heading"))
        for part in (self._who, self._cases, self.form, self._uncut, self._fault):
            column.addWidget(part)
        column.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self.anyway = push(say("leaving.anyway"), self._go, "quiet")
        self.no = push(say("leaving.no"), self.close_overlay)
        self.yes = push("", self._agree, "primary")
        return foot(self.no, self.yes, left=[self.anyway])

    def ask(self) -> None:
        """Read what stands, then show it; without a sign-in there is nothing to sign out."""
        desk = self.context.desk
        if not desk.session.signed_in:
            self._leave()
            return
        work = Operation(self, lambda: shift_of(desk), name="shift", lane="io").silent()
        work.on_success(self._show).run()

    def _show(self, shift: Shift) -> None:
        self.shift = shift
        operator = self.context.desk.session.acting()
        self._who.setText(say("leaving.who", name=operator.name, id=operator.id))
        self._show_cases(shift)
        self._uncut.setText(shift.uncut)
        self._uncut.setVisible(bool(shift.uncut))
        self._complain("")
        self.anyway.hide()
        self.form.set_values({"to": "", "password": "", "note": ""})
        self.form.show_faults(())
        self.open(self.form.first() if shift.open else self.yes)

    def _show_cases(self, shift: Shift) -> None:
        there = bool(shift.open)
        text = say("leaving.cases", count=len(shift.open))
        listed = case_lines(self.context.desk, shift.open)
        self._cases.setText(f"{text}\n{listed}" if there else say("leaving.none"))
        self._cases.set_role("text" if there else "muted")
        self.form.setVisible(there)
        self.yes.setText(say("leaving.hand_and_out" if there else "leaving.out"))
        restyle(self.yes, "kind", "primary")

    def _complain(self, text: str) -> None:
        self._fault.setText(text)
        self._fault.setVisible(bool(text))

    # what is pressed

    def _agree(self) -> None:
        self._complain("")
        if not self.shift.open:
            self._sign_out()
        elif not self.form.check():
            self._hand_over(self.form.values())

    def _hand_over(self, values: dict[str, str]) -> None:
        desk = self.context.desk
        by, call = desk.session.acting(), desk.closings.hand_over
        self.form.set_values({"password": ""})
        work = Operation(
            self, lambda: call(values["to"], values["password"], by, values["note"]),
            name="hand_cases", asks=say("work.asks.hand_cases"), lane="io",
        )  # fmt: skip
        work.on_success(lambda _: self._sign_out()).on_refused(self._refused).run()

    def _sign_out(self) -> None:
        call = self.context.desk.session.sign_out
        work = Operation(self, call, name="sign_out", asks=say("work.asks.sign_out"))
        work.on_success(lambda _: self._go()).on_refused(self._refused)
        for ending in (work.on_rejected, work.on_not_sent, work.on_unknown):
            ending(self._failed)
        work.run()

    def _refused(self, error: DeskError) -> bool:
        self._complain(str(error))
        if self.shift.open:
            self.form.fields["password"].editor.setFocus()
        return True

    def _failed(self, outcome: Any) -> bool:
        """The centre did not sign us out: said, and one may leave all the same."""
        message = of_outcome(outcome)
        text = message.text if message is not None else ""
        self._complain(say("leaving.failed", text=text))
        self.anyway.show()
        self.anyway.setFocus()
        return True

    def _go(self) -> None:
        self.close_overlay()
        self._leave()
