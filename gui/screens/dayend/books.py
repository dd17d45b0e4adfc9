"""The sums: ours beside the centre's (1320), the confirmation (1322) and its undoing (1323)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from core.domain import Operator, Role
from core.domain.dayend import Comparison, Confirmation, Period, Totals
from core.errors import DeskError, Fault, InvalidInput, Refused, fault
from core.money import show
from core.outcome import Accepted
from gui.messages import of_outcome
from gui.screens.dayend.period import Choice, period_of, shown
from gui.screens.dayend.rows import (
    CompareLine,
    ConfirmationRow,
    PartRow,
    amount_line,
    apart,
    confirmation_row,
    count_line,
    part_rows,
)
from gui.screens.work import Page, Presenter

AMOUNTS = ("total", "fund", "personal")


@dataclass(frozen=True, slots=True)
class Look:
    """What is read of a period without asking the centre."""

    period: Period
    totals: Totals
    confirmations: tuple[Confirmation, ...]


def second_person(desk: Any, by: Operator, number: str, password: str) -> Callable[[], Operator]:
    """The blocking look at a second person's password: a supervisor other than ``by``."""

    def call() -> Operator:
        found: Operator = desk.operators.verify(number, password)
        if found.role is not Role.SUPERVISOR or found.id == by.id:
            raise Refused(fault("dayend.view.fault.second", "second", name=found.name))
        return found

    return call


class BooksPresenter(Presenter):
    """``look`` is our side, ``comparison`` both; ``armed`` after the first F2."""

    READS = "books"

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.choice = Choice()
        self.look: Look | None = None
        self.comparison: Comparison | None = None
        self.armed = False
        self.undoing = ""
        self.operators: tuple[tuple[str, str], ...] = ()

    def subject(self) -> object:
        """The choice: an answer for another one comes too late."""
        return self.choice

    # choosing

    def take(self, **change: str) -> None:
        """Change the choice; what was compared is no longer about it."""
        wanted = replace(self.choice, **change)
        if self.busy or wanted == self.choice:
            return
        self.choice, self.comparison, self.look, self.armed = wanted, None, None, False
        if wanted.name != "own" or wanted.begin:
            self.read()
        self.page.refresh()

    def read(self) -> None:
        """Our sums and the former confirmations, behind the scenes."""
        choice = self.choice
        self.reread(lambda: self._looked(choice), self._took_look)

    def _looked(self, choice: Choice) -> Look:
        period = self._period(choice)
        totals = self.desk.dayend.totals(period, choice.operator, choice.sign_no)
        return Look(period, totals, tuple(self.desk.dayend.confirmations()))

    def _period(self, choice: Choice) -> Period:
        today = self.desk.session.centre_now().date()
        return period_of(choice, today, self.desk.dayend.period)

    def _took_look(self, look: Look) -> None:
        self.look = look
        if self.comparison is not None:
            self._keep_confirmation(look)

    def _keep_confirmation(self, look: Look) -> None:
        """The comparison knows whether its very period stands confirmed."""
        compared = self.comparison
        assert compared is not None
        about = (compared.period, compared.operator, compared.sign_no)
        standing = (
            item
            for item in look.confirmations
            if not item.undone_by and (item.period, item.operator, item.sign_no) == about
        )
        self.comparison = compared.model_copy(update={"confirmed": next(standing, None)})

    def know_operators(self) -> None:
        """Whom the choice of operators offers."""
        self.aside("operators", self.desk.operators.list, self._know)

    def _know(self, found: Any) -> None:
        self.operators = tuple((item.id, item.name) for item in found)
        self.page.refresh()

    # comparing

    def compare(self) -> None:
        """F5: ask the centre for its sums."""
        choice = self.choice
        try:
            period = self._period(choice)
        except InvalidInput as error:
            self.refused(error)
            return
        self.armed = False
        call = self.desk.dayend.compare
        self.start("compare", lambda: call(period, choice.operator, choice.sign_no), self.compared)

    def compared(self, comparison: Comparison, left: int = 0) -> None:
        """Both sums are here; said aloud, because colour alone says nothing.

        ``left``: so many pairs of the match still want a repair.
        """
        self.comparison = comparison
        self.armed = False
        off = show(comparison.ours.net.total - comparison.centre.total)
        if not comparison.equal and left:
            self.tell("info", "dayend.view.still_off", amount=off, count=left)
        elif not comparison.equal:
            key = "unexplained" if comparison.sheet else "unequal_now"
            self.tell("warning", f"dayend.view.{key}", amount=off)
        elif comparison.unresolved:
            self.tell("unknown", "dayend.view.equal_open", count=comparison.unresolved)
        elif comparison.confirmed is None:
            key = "equal_now" if self.desk.dayend.may_confirm else "equal_only"
            self.tell("done", f"dayend.view.{key}")
        if comparison.untold:
            self.tell("info", "dayend.view.untold", count=comparison.untold)
        self.read()

    def why_not(self, action: str) -> Fault | None:
        """Why an action of this part cannot be taken now."""
        if action == "confirm_day":
            return self._not_confirmable()
        if action == "undo_day" and self.undoable() is None:
            return fault("dayend.view.why.nothing_confirmed")
        return None

    def _not_confirmable(self) -> Fault | None:
        compared = self.comparison
        if not self.desk.dayend.may_confirm:
            return fault("dayend.view.why.not_taken")
        if compared is None:
            return fault("dayend.view.why.compare")
        if compared.confirmed is not None:
            return fault("dayend.view.why.confirmed")
        if not compared.equal:
            return fault("dayend.view.why.unequal")
        if compared.unresolved:
            return fault("dayend.view.why.open", count=compared.unresolved)
        return None

    # confirming

    def confirm(self) -> None:
        """F2: first what will be confirmed, then 1322."""
        compared = self.comparison
        if compared is None or self.busy or self._not_confirmable() is not None:
            self.armed = False
        elif self.armed:
            self.armed = False
            self.start(
                "confirm_totals", lambda: self.desk.dayend.confirm(compared), self._confirmed
            )
        else:
            self.armed = True
        self.page.refresh()

    def disarm(self) -> bool:
        """Esc: not yet; says whether there was anything to take back."""
        was, self.armed = self.armed, False
        return was

    def _confirmed(self, value: Any) -> None:
        outcome, made = value
        message = of_outcome(outcome, made.msgid if made else "")
        if message is not None:
            self.page.tell(message)
        elif made is None:
            said = getattr(outcome, "values", {}).get("result_text") or ""
            self.tell("warning", "dayend.view.not_confirmed", text=said)
        else:
            self.tell("done", "dayend.view.confirmed_now", number=made.number)
        if made is not None and self.comparison is not None:
            self.comparison = self.comparison.model_copy(update={"confirmed": made})
        self.read()

    # undoing

    def undoable(self) -> Confirmation | None:
        """The confirmation that F8 takes back: the chosen one, else the very period's."""
        standing = [item for item in self._confirmations() if not item.undone_by]
        chosen = next((item for item in standing if item.msgid == self.undoing), None)
        confirmed = self.comparison.confirmed if self.comparison else None
        return chosen or confirmed

    def _confirmations(self) -> tuple[Confirmation, ...]:
        return self.look.confirmations if self.look else ()

    def pick(self, msgid: str) -> None:
        """A row of the former confirmations."""
        self.undoing = msgid
        self.page.refresh()

    def undo(self, reason: str, second: str = "", password: str = "") -> None:
        """1323 with a reason; a cashier names the supervisor who agrees."""
        found, by = self.undoable(), self.desk.session.operator
        if found is None:
            return
        call, msgid = self.desk.dayend.undo_confirmation, found.msgid
        agree = second_person(self.desk, by, second, password) if second else lambda: by
        self.start("undo_confirmation", lambda: call(msgid, reason, agree()), self._undone)

    def _undone(self, outcome: Any) -> None:
        message = of_outcome(outcome)
        if message is not None:
            self.page.tell(message)
        if isinstance(outcome, Accepted):
            self.undoing = ""
            self.tell("done", "dayend.view.undone_now")
        self.read()

    def refused(self, error: DeskError) -> None:
        """Show the sentence; nothing is under way."""
        self.armed = False
        super().refused(error)

    # faces

    def ours(self) -> Totals | None:
        """Our sums: those that were compared, else those that were read."""
        if self.comparison is not None:
            return self.comparison.ours
        return self.look.totals if self.look else None

    def heading(self) -> str:
        """The period in words."""
        period = self.comparison.period if self.comparison else self.look and self.look.period
        return shown(period) if period else ""

    def verdict(self) -> str:
        """confirmed · equal · open · unequal, or empty before the centre was asked."""
        compared = self.comparison
        if compared is None:
            return ""
        if compared.confirmed is not None:
            return "confirmed"
        if not compared.equal:
            return "unequal"
        return "open" if compared.unresolved else "equal"

    def lines(self) -> tuple[CompareLine, ...]:
        """Amounts and number, side by side."""
        ours, compared = self.ours(), self.comparison
        net = ours.net if ours else None
        centre = compared.centre if compared else None
        amounts = tuple(amount_line(name, net, centre) for name in AMOUNTS)
        return (*amounts, count_line(net, centre))

    def apart(self) -> tuple[str, str]:
        """Settlements and refunds apart, as sentences."""
        ours = self.ours()
        if ours is None:
            return "", ""
        return apart("settled", ours.settled), apart("refunded", ours.refunded)

    def parts(self, which: str) -> tuple[PartRow, ...]:
        """By ``operators`` or by ``kinds``."""
        ours = self.ours()
        if ours is None:
            return ()
        found = ours.by_operator if which == "operators" else ours.by_kind
        return part_rows(self.desk, found)

    def former(self) -> tuple[ConfirmationRow, ...]:
        """Former confirmations, newest first."""
        return tuple(confirmation_row(item) for item in self._confirmations())
