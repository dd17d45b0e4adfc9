"""The cards laid over the page: a reason with a second person, and the hand-over of open cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from core.words import say
from gui.forms.form import Form
from gui.forms.spec import FieldSpec
from gui.widgets.buttons import foot, push
from gui.widgets.labels import Label, restyle, wrapped
from gui.widgets.overlay import Overlay

OTHER = "other"
MOST_WORDS = 200
Reasoned = Callable[[str, str, str], None]
Handed = Callable[[str, str, str], None]


class FormCard(Overlay):
    """A heading, a text, a form and two buttons; ``_taken`` gets the values that hold."""

    def __init__(self, host: QWidget, width: int = 560) -> None:
        super().__init__(host, width)
        self._title, self._text = Label("", "heading"), wrapped("")
        self.no = push(say("dayend.view.ask.no"), self.close_overlay)
        self.yes = push("", lambda: self._agree())
        for part in (self._title, self._text):
            self.card.column.addWidget(part)

    def _finish(self, form: Form) -> None:
        """The form, then the buttons; Enter in the last field goes to the second one."""
        self.form = form
        self.card.column.addWidget(form)
        self.card.column.addLayout(foot(self.no, self.yes))
        form.completed.connect(self.yes.setFocus)

    def _head(self, title: str, text: str, yes: str, *, danger: bool) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.yes.setText(yes)
        restyle(self.yes, "kind", "danger" if danger else "primary")
        self.form.set_values(dict.fromkeys(self.form.fields, ""))
        self.form.show_faults(())

    def _agree(self) -> None:
        """Checked by the subclass."""


class ReasonCard(FormCard):
    """``ask`` opens it; ``agreed`` gets reason, second person's number and password."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._agreed: Reasoned = lambda *_: None
        self._second = False
        self._labels: dict[str, str] = {}
        self._finish(Form(_reason_specs(), columns=2))

    def ask(
        self,
        title: str,
        text: str,
        yes: str,
        reasons: Sequence[tuple[str, str]],
        agreed: Reasoned,
        *,
        second: bool = False,
        danger: bool = False,
    ) -> None:
        """Open it with the focus on the list of reasons."""
        self._agreed, self._second, self._labels = agreed, second, dict(reasons)
        box = self.form.fields["reason"].editor
        box.clear()
        box.addItem("", "")
        for name, word in reasons:
            box.addItem(word, name)
        self._head(title, text, yes, danger=danger)
        for name in ("second", "password"):
            self.form.fields[name].setVisible(second)
        self.open(box)

    def _agree(self) -> None:
        values = self.form.values()
        wrong = self._missing(values)
        if wrong:
            self.form.fields[wrong].set_fault(say(f"dayend.view.ask.need_{wrong}"))
            self.form.fields[wrong].editor.setFocus()
            return
        self.form.set_values({"password": ""})
        self.close_overlay()
        second = (values["second"], values["password"]) if self._second else ("", "")
        self._agreed(self._sentence(values), *second)

    def _missing(self, values: dict[str, str]) -> str:
        if not values["reason"]:
            return "reason"
        if values["reason"] == OTHER and not values["words"]:
            return "words"
        asked = ("second", "password") if self._second else ()
        return next((name for name in asked if not values[name]), "")

    def _sentence(self, values: dict[str, str]) -> str:
        """The reason as it is kept."""
        words = values["words"][:MOST_WORDS]
        if values["reason"] == OTHER:
            return words
        label = self._labels[values["reason"]]
        return say("work.labelled", label=label, text=words) if words else label


def _reason_specs() -> tuple[FieldSpec, ...]:
    def label(name: str) -> str:
        return say(f"dayend.view.ask.{name}")

    return (
        FieldSpec("reason", label("reason"), "choice"),
        FieldSpec("words", label("words")),
        FieldSpec("second", label("second"), "code"),
        FieldSpec("password", label("password"), "secret"),
    )


class HandCard(FormCard):
    """``ask`` opens it; ``handed`` gets number, password and note of the one who accepts."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._handed: Handed = lambda *_: None
        specs = (
            FieldSpec("to", say("dayend.view.hand.to"), "code", required=True),
            FieldSpec("password", say("dayend.view.hand.password"), "secret", required=True),
            FieldSpec("note", say("dayend.view.hand.note"), length=MOST_WORDS, encoding="utf-8"),
        )
        self._finish(Form(specs, columns=2))

    def ask(self, text: str, handed: Handed) -> None:
        """Open it, empty, with the list of cases as ``text``."""
        self._handed = handed
        title, yes = say("dayend.view.hand.title"), say("dayend.view.hand.yes")
        self._head(title, text, yes, danger=False)
        self.open(self.form.first())

    def _agree(self) -> None:
        if self.form.check():
            return
        values = self.form.values()
        self.form.set_values({"password": ""})
        self.close_overlay()
        self._handed(values["to"], values["password"], values["note"])
