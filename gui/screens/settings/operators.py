"""操作员: who may work at this desk; supervisors and IT add, reset, disable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.domain.operator import Role
from core.errors import DeskError
from core.words import say
from gui.forms.form import Form
from gui.forms.spec import FieldSpec
from gui.messages import Message
from gui.operation import Operation
from gui.theme import theme
from gui.widgets.labels import Label
from gui.widgets.table import Column, DataTable

if TYPE_CHECKING:
    from gui.screens.settings.view import SettingsView


def may_manage(desk: Any) -> bool:
    """Whether the operator at the desk may manage others."""
    operator = desk.session.operator
    return operator is not None and operator.role is not Role.CASHIER


class OperatorsPage(QWidget):
    """A table of everybody and a form for a new one; choosing a row offers reset and disable."""

    def __init__(self, page: SettingsView) -> None:
        super().__init__(page)
        self._page, self._book = page, page.context.desk.operators
        self.table = DataTable(_columns(), "operators", page.context.memory, page.context.user)
        self.table.setMinimumHeight(theme.u(200))
        self.table.chosen.connect(lambda _: self._light())
        self.form = Form(_specs(), columns=4)
        self.form.completed.connect(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(12))
        column.addWidget(self.table)
        column.addLayout(self._buttons())
        column.addWidget(Label(say("operators_page.new"), "strong"))
        column.addWidget(self.form)
        self.reload()

    def _buttons(self) -> QHBoxLayout:
        self.add_button = QPushButton(say("operators_page.add"))
        self.reset_button = QPushButton(say("operators_page.reset"))
        self.switch_button = QPushButton(say("operators_page.disable"))
        self.add_button.clicked.connect(self.add)
        self.reset_button.clicked.connect(self.reset)
        self.switch_button.clicked.connect(self.switch)
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        for button in (self.reset_button, self.switch_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.add_button)
        return row

    def reload(self) -> None:
        """Read the book again."""
        work = Operation(self, lambda: self._book.accounts(), name="accounts", lane="io")
        work.silent().on_success(self._show).run()

    def _show(self, accounts: Any) -> None:
        self.table.set_rows(accounts)
        self._light()

    def _light(self) -> None:
        chosen = self.table.current()
        for button in (self.reset_button, self.switch_button):
            button.setEnabled(chosen is not None)
        disabled = chosen is not None and chosen.disabled
        key = "operators_page.enable" if disabled else "operators_page.disable"
        self.switch_button.setText(say(key))

    def add(self) -> None:
        """Make a new operator from the form."""
        if self.form.check():
            return
        values = self.form.values()
        self._ask(
            lambda: self._book.create(
                values["id"], values["name"], Role(values["role"]), values["password"]
            ),
            say("operators_page.added", name=values["name"]),
        )

    def reset(self) -> None:
        """Give the chosen operator the password that stands in the form."""
        chosen, by = self.table.current(), self._page.context.desk.session.operator
        password = self.form.values()["password"]
        if chosen is not None:
            number = chosen.operator.id
            said = say("operators_page.was_reset", name=chosen.operator.name)
            self._ask(lambda: self._book.reset_password(number, password, by), said)

    def switch(self) -> None:
        """Disable or enable the chosen operator."""
        chosen = self.table.current()
        if chosen is None:
            return
        act = self._book.enable if chosen.disabled else self._book.disable
        key = "operators_page.enabled" if chosen.disabled else "operators_page.disabled"
        self._ask(lambda: act(chosen.operator.id), say(key, name=chosen.operator.name))

    def _ask(self, call: Any, said: str) -> None:
        asks = say("operators_page.asks")
        work = Operation(self, call, name="operators", asks=asks, lane="io")
        work.on_success(lambda _: self._done(said)).on_refused(self._refused).run()

    def _done(self, said: str) -> None:
        self.form.set_values({"id": "", "name": "", "password": ""})
        self.form.show_faults(())
        self._page.tell(Message("done", said, key="operators"))
        self.reload()

    def _refused(self, error: DeskError) -> bool:
        return not self.form.show_faults(error.faults)


def _specs() -> tuple[FieldSpec, ...]:
    roles = {role.value: say(f"operators.role.{role.value}") for role in Role}
    return (
        FieldSpec("id", say("login.id"), "code", required=True),
        FieldSpec("name", say("login.name"), required=True),
        FieldSpec("role", say("operators_page.role"), "choice", required=True, choices=roles),
        FieldSpec("password", say("operators_page.password"), "secret", required=True),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("id", say("login.id"), lambda row: row.operator.id, 12),
        Column("name", say("login.name"), lambda row: row.operator.name, 14, stretch=True),
        Column("role", say("operators_page.role"), _role, 12),
        Column("state", say("operators_page.state"), _state, 18, tone=_tone),
        Column("seen", say("operators_page.seen"), _seen, 18),
    )


def _role(row: Any) -> str:
    return say(f"operators.role.{row.operator.role.value}")


def _state(row: Any) -> str:
    if row.disabled:
        return say("operators_page.state_disabled")
    if row.locked_until:
        return say("operators_page.state_locked", until=f"{row.locked_until:%H:%M}")
    return say("operators_page.state_ok")


def _tone(row: Any) -> str | None:
    return "danger" if row.disabled or row.locked_until else None


def _seen(row: Any) -> str:
    return f"{row.seen_at:%Y-%m-%d %H:%M}" if row.seen_at else say("operators_page.never")
