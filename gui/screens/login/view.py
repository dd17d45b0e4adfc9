"""The log-in page: brand, one card, Enter from field to field; training comes in by one key.

It stands before the desk is open: what is typed meanwhile stays, a log-in asked for meanwhile is
done as soon as it can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from core.errors import DeskError
from core.words import say
from gui.forms.form import Form
from gui.operation import Operation
from gui.screens.login.presenter import LoginPresenter
from gui.screens.screen import Screen
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.labels import Card, Label, centred, rule, wrapped

if TYPE_CHECKING:
    from core.domain.operator import Operator

LAST, CARD_PLACE = "last_operator", 2


class LoginView(Screen):
    """``entered_by`` carries the operator who works here from now on."""

    name = "login"
    entered_by = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.setProperty("ground", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._wanted = False
        self._column = QVBoxLayout()
        self._column.setSpacing(theme.u(16))
        self._where = Label("", "muted")
        self._column.addStretch(2)
        self._column.addLayout(self._brand())
        self._column.addStretch(3)
        self.body.addLayout(self._column, 1)
        self._card: Card | None = None
        self._build(None)

    def _brand(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(theme.u(4))
        for label in (Label(say("product.name"), "brand"), self._where):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            box.addWidget(label)
        return box

    def desk_ready(self) -> None:
        """The desk is open: the real form, with what was typed; a log-in asked for is done now."""
        typed, focus = self.form.values(), self._focused()
        if self.context.desk.settings.training:
            self.keys.bind("trainer", self.enter_training)
        self._build(self.context.desk)
        self.form.set_values({name: text for name, text in typed.items() if text})
        self._focus(focus)
        if self._wanted:
            self._wanted = False
            self.log_in()

    def _focused(self) -> str:
        fields = self.form.fields.items()
        return next((name for name, field in fields if field.editor.hasFocus()), "")

    def _focus(self, name: str) -> None:
        given = self.form.fields.get(name)
        target = given.editor if given is not None else self.home_field
        if target is not None and (name or self.isVisible()):
            target.setFocus()

    def _build(self, desk: Any | None) -> None:
        self.presenter = LoginPresenter(desk)
        self.form = Form(self.presenter.specs(), columns=1)
        self.form.completed.connect(self.log_in)
        self.form.edited.connect(lambda _: self._more.hide())
        self._where.setText(self.presenter.where())
        if self._card is not None:
            self._column.takeAt(CARD_PLACE)
            self._card.setParent(None)
            self._card.deleteLater()
        self._card = self._make_card()
        self._column.insertLayout(CARD_PLACE, centred(self._card, 0, 0))
        self._card.show()
        self._remember_last()

    def _make_card(self) -> Card:
        card = Card(margin=24, gap=14)
        card.setFixedWidth(theme.u(380))
        card.column.addLayout(self._heading())
        if self.presenter.first:
            card.column.addWidget(wrapped(say("login.first_hint"), "muted"))
        card.column.addWidget(self.form)
        self._more = wrapped("", "fault")
        self._more.hide()
        card.column.addWidget(self._more)
        card.column.addWidget(self._button())
        if self.presenter.training:
            card.column.addWidget(rule())
            card.column.addWidget(self.keys.button("trainer"))
            card.column.addWidget(wrapped(say("login.training_hint"), "muted"))
        return card

    def _heading(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(Label(self.presenter.heading(), "heading"))
        row.addStretch(1)
        if self.presenter.training:
            row.addWidget(Label(say("product.training"), "badge"))
        return row

    def _button(self) -> QPushButton:
        button = QPushButton(say("login.first_go" if self.presenter.first else "login.go"))
        button.setProperty("kind", "primary")
        button.setMinimumHeight(theme.u(40))
        button.setAutoDefault(True)
        button.clicked.connect(self.log_in)
        return button

    def _remember_last(self) -> None:
        """The last operator's number stands there; the focus is where something is missing."""
        last = self.context.memory.get("", LAST, "")
        self.home_field = self.form.first()
        if last and not self.presenter.first:
            self.form.set_values({"id": last})
            self.home_field = self.form.fields["password"].editor

    def log_in(self) -> None:
        """Look at the form, then ask the core."""
        if self.form.check():
            return
        if self.context.desk is None:
            self._wanted = True
            return
        values = self.form.values()
        if faults := self.presenter.faults(values):
            self.form.show_faults(faults)
            return
        self._ask(self.presenter.asks(values))

    def enter_training(self) -> None:
        """The ready operator of training mode."""
        self._ask(self.presenter.asks_trainer())

    def _ask(self, call: Any) -> None:
        work = Operation(self, call, name="login", asks=say("login.asks"), lane="io")
        work.on_success(self._entered).on_refused(self._refused).run()

    def _entered(self, operator: Operator) -> None:
        self.context.memory.keep("", LAST, operator.id)
        self.entered_by.emit(operator)

    def _refused(self, error: DeskError) -> bool:
        homeless = self.form.show_faults(error.faults)
        more = self.presenter.refused() if not self.presenter.first else ""
        if not self.presenter.first:
            self.form.fields["password"].editor.clear()
        self._more.setText(more)
        self._more.setVisible(bool(more))
        return not homeless
