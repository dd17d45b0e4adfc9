"""After a lost journal: compare the day with the centre; then a supervisor lifts the block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from core.words import say
from gui.forms.form import Form
from gui.forms.spec import FieldSpec
from gui.messages import Message
from gui.operation import Operation
from gui.screens.screen import Screen
from gui.widgets.buttons import foot, push
from gui.widgets.labels import Label, wrapped
from gui.widgets.overlay import Overlay

EMPTY = {"reason": "", "supervisor": "", "password": ""}


def _specs() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec("reason", say("safekeeping.screen.reason"), required=True, length=200),
        FieldSpec("supervisor", say("safekeeping.screen.supervisor"), "code", required=True),
        FieldSpec("password", say("safekeeping.screen.password"), "secret", required=True),
    )


class LiftCard(Overlay):
    """Shows what the comparison found and takes a supervisor's name, password and reason."""

    def __init__(self, page: Screen, lifted: Callable[[], None]) -> None:
        super().__init__(page, 620)
        self._page, self._lifted = page, lifted
        self.text = wrapped("", "text")
        self.form = Form(_specs(), columns=1)
        self.form.completed.connect(self._lift)
        column = self.card.column
        column.addWidget(Label(say("safekeeping.screen.head"), "heading"))
        column.addWidget(self.text)
        column.addWidget(wrapped(say("safekeeping.screen.hint"), "muted"))
        column.addWidget(self.form)
        column.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self.no = push(say("safekeeping.screen.cancel"), self.close_overlay)
        self.yes = push(say("safekeeping.screen.lift"), self._lift, "danger")
        return foot(self.no, self.yes)

    def compare(self) -> None:
        """Ask the centre for its list of the day, then open with what it shows."""
        health = self._page.context.desk.health
        asks = say("safekeeping.screen.asks")
        work = Operation(self._page, health.compare, name="compare", asks=asks)
        work.on_success(self._show).run()

    def _show(self, found: Any) -> None:
        self.text.setText(found.says)
        self.form.set_values(EMPTY)
        self.form.show_faults(())
        self.open(self.form.first())

    def _lift(self) -> None:
        if self.form.check():
            return
        values, desk = self.form.values(), self._page.context.desk
        self.form.set_values({"password": ""})

        def lift() -> None:
            by = desk.operators.verify(values["supervisor"], values["password"])
            desk.health.lift(by, values["reason"])

        work = Operation(self._page, lift, name="lift", asks=say("safekeeping.screen.lift"))
        work.on_success(lambda _: self._done()).on_refused(self._refused).run()

    def _refused(self, error: Exception) -> bool:
        self.form.fields["password"].set_fault(str(error))
        return True

    def _done(self) -> None:
        self.close_overlay()
        self._page.tell(Message("done", say("safekeeping.screen.done"), key="checks"))
        self._lifted()
