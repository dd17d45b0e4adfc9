"""Log-in in plain Python: which form is shown, what is wrong with it, what is asked of the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from core.errors import Fault, fault
from core.words import say
from gui.forms.spec import FieldSpec

if TYPE_CHECKING:
    from core.domain.operator import Operator

TRAINER, FIRST_ROLE = "trainer", "supervisor"


class LoginPresenter:
    """``first`` until the first operator exists; blocking calls are given out, never made here.

    Without a desk (it is still being opened) the form is the ordinary one.
    """

    def __init__(self, desk: Any | None) -> None:
        self._desk: Any = desk
        self.training = desk is not None and bool(desk.settings.training)
        self.first = desk is not None and bool(desk.operators.first_start)
        self.wrong = 0

    def where(self) -> str:
        """Hospital and desk, once they are known."""
        if self._desk is None:
            return say("login.opening")
        settings = self._desk.settings
        return say("login.where", hospital=settings.hospital.name, number=settings.desk.number)

    def specs(self) -> tuple[FieldSpec, ...]:
        """The fields of the form that is shown."""
        who = FieldSpec("id", say("login.id"), "code", required=True)
        secret = FieldSpec("password", say("login.password"), "secret", required=True)
        if not self.first:
            return (who, secret)
        name = FieldSpec("name", say("login.name"), required=True)
        again = FieldSpec("again", say("login.again"), "secret", required=True)
        return (who, name, secret, again)

    def heading(self) -> str:
        """What the card says on top."""
        return say("login.first_heading" if self.first else "login.heading")

    def faults(self, values: Mapping[str, str]) -> tuple[Fault, ...]:
        """What only this form can know: the two passwords differ."""
        if self.first and values.get("password") != values.get("again"):
            return (fault("login.differs", "again"),)
        return ()

    def asks(self, values: Mapping[str, str]) -> Callable[[], Operator]:
        """The blocking call for these values: verify, or make the first operator."""
        book, password = self._desk.operators, values["password"]
        if not self.first:
            return lambda: self._take_over(book.verify(values["id"], password))
        made = (values["id"], values["name"], FIRST_ROLE, password)
        return lambda: self._take_over(book.create(*made))

    def asks_trainer(self) -> Callable[[], Operator]:
        """The blocking call that lets the training cashier in."""
        return lambda: self._take_over(self._trainer())

    def _trainer(self) -> Operator:
        found = {item.id: item for item in self._desk.operators.list()}
        return found[TRAINER]

    def _take_over(self, operator: Operator) -> Operator:
        self._desk.session.take_over(operator)
        return operator

    def refused(self) -> str:
        """Count a wrong password; the sentence that is added from the second one on."""
        self.wrong += 1
        return say("login.wrong_count", count=self.wrong) if self.wrong > 1 else ""
