"""A supervisor decides one case: what the centre said, why, and who answers for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.words import say
from gui.forms.form import Form
from gui.forms.spec import FieldSpec
from gui.widgets.buttons import foot, push
from gui.widgets.labels import Label, wrapped
from gui.widgets.overlay import Overlay

HAPPENED, NOT_HAPPENED = "happened", "not_happened"
Decided = Callable[[bool, str, str, str], None]


def _specs() -> tuple[FieldSpec, ...]:
    choices = {name: say(f"pending.{name}") for name in (HAPPENED, NOT_HAPPENED)}
    return (
        FieldSpec("answer", say("pending.centre_says"), "choice", choices=choices),
        FieldSpec("reason", say("pending.reason"), required=True, length=200),
        FieldSpec("supervisor", say("pending.supervisor"), "code", required=True),
        FieldSpec("password", say("pending.password"), "secret", required=True),
    )


class DecisionCard(Overlay):
    """``ask`` opens it with the focus on 取消's neighbour, the answer, which starts empty."""

    def __init__(self, host: QWidget, decided: Decided) -> None:
        super().__init__(host, 620)
        self._decided = decided
        self.text = wrapped("", "text")
        self.form = Form(_specs(), columns=2)
        column = self.card.column
        column.addWidget(Label(say("pending.decide_head"), "heading"))
        column.addWidget(self.text)
        column.addWidget(wrapped(say("pending.decide_hint"), "muted"))
        column.addWidget(self.form)
        column.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self.no = push(say("pending.cancel"), self.close_overlay)
        self.yes = push(say("pending.confirm"), self._decide, "danger")
        return foot(self.no, self.yes)

    def ask(self, text: str) -> None:
        """Open it, empty, for the case that ``text`` describes."""
        self.text.setText(text)
        self.form.set_values({"answer": "", "reason": "", "supervisor": "", "password": ""})
        self.form.show_faults(())
        self.open(self.form.first())

    def _decide(self) -> None:
        faults = self.form.check()
        values = self.form.values()
        if not values["answer"]:
            self.form.fields["answer"].set_fault(say("pending.need_choice"))
            return
        if faults:
            return
        self.form.set_values({"password": ""})
        self.close_overlay()
        happened = values["answer"] == HAPPENED
        self._decided(happened, values["supervisor"], values["password"], values["reason"])
