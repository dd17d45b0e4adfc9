"""One patient on the page, for a day or for a stay: what both pages do in the same way. Qt-free."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from core.domain import Amounts, Operator, Person, Qualification, Registration, Role, Stage, Visit
from core.errors import Fault
from core.money import Fen, show, to_fen
from core.outcome import Accepted
from core.words import say
from gui.messages import Advice, Message, leads_of, of_outcome
from gui.screens.exclusive import told_exclusive
from gui.screens.work import Presenter

PARTS = ("total", "fund", "personal")


@dataclass(slots=True, eq=False, kw_only=True)
class Served(ABC):
    """``draft``: the registration as the form has it; ``faulty``: reason by line id, ``unmapped``
    the first of them that 目录对照 mends; ``armed``: F2 was pressed once; ``surprise``: amounts
    shown and amounts settled, where they differ; ``to_print``: msgid of the settlement whose slip
    this page may print."""

    person: Person | None = None
    qualification: Qualification | None = None
    draft: Registration | None = None
    differences: tuple[str, ...] = ()
    override: Operator | None = None
    faulty: dict[str, str] = field(default_factory=dict)
    unmapped: str = ""
    received: Fen | None = None
    received_fault: str = ""
    armed: bool = False
    surprise: tuple[Amounts, Amounts] | None = None
    to_print: str = ""
    printed: bool = False

    @abstractmethod
    def visit_now(self) -> Visit | None:
        """The visit as it is now, once there is one."""

    @property
    def stage(self) -> Stage | None:
        """How far the visit is; nothing without a visit."""
        visit = self.visit_now()
        return visit.stage if visit else None

    @property
    def registered(self) -> bool:
        """The centre has the visit (and it was not cancelled)."""
        return self.stage not in (None, Stage.NEW, Stage.CANCELLED)

    @property
    def settled(self) -> bool:
        """There is a live settlement."""
        return self.stage is Stage.SETTLED

    @property
    def open(self) -> bool:
        """A transaction of unknown ending blocks the visit."""
        visit = self.visit_now()
        return bool(visit and visit.open_msgid)

    @property
    def shown(self) -> Amounts | None:
        """The pre-settlement as the patient was shown it."""
        visit = self.visit_now()
        return visit.presettlement if visit else None

    @property
    def owed(self) -> Amounts | None:
        """What the money panel shows: the settlement, else the pre-settlement."""
        visit = self.visit_now()
        if self.settled and visit and visit.settlement:
            return visit.settlement.amounts
        return self.shown


class Serving(Presenter, ABC):
    """``case`` is the patient on the page, or nothing. ``SETTLE`` is the action of the key."""

    SETTLE: ClassVar[str] = "settle"

    case: Any = None
    _stopping = False

    @abstractmethod
    def service(self) -> Any:
        """Whose are pre-settlement and settlement."""

    @abstractmethod
    def number(self) -> str:
        """The visit number of the patient on the page, or empty."""

    @abstractmethod
    def why_not(self, action: str) -> Fault | None:
        """Why an action of the table cannot be taken now."""

    @abstractmethod
    def take_visit(self, visit: Visit) -> None:
        """The visit as it is now becomes what the page shows."""

    @abstractmethod
    def paid(self, result: Any) -> None:
        """A settlement as it was shown: say so, and print."""

    def blocked(self, action: str) -> bool:
        """Say why ``action`` cannot be taken now; False when it can."""
        reason = self.why_not(action)
        if reason is not None:
            self.explain(reason)
        return reason is not None

    def explain(self, reason: Fault) -> None:
        """A banner with the reason of a refusal."""
        self.page.tell(Message("warning", reason.text, key="why", leads=leads_of([reason])))
        self.page.refresh()

    def stop_after_batch(self) -> None:
        """The batch under way is finished, no further one is begun."""
        self._stopping = True

    # who it is

    def compare(self, person: Person) -> None:
        """The card again for a registered visit: it must be the same person."""
        known = self.case.person
        if known is not None and known.number != person.number:
            self.tell("danger", "outpatient.other_card", card=person.name, visit=known.name)
        else:
            self.tell("info", "outpatient.same_card")

    def override(self, operator_id: str, password: str) -> None:
        """A supervisor takes the difference between card and hospital on himself."""
        check = self.desk.operators.verify
        self.start("override", lambda: check(operator_id, password), self._overridden, lane="io")

    def _overridden(self, operator: Operator) -> None:
        if operator.role is not Role.SUPERVISOR:
            self.tell("warning", "outpatient.not_supervisor", name=operator.name)
        elif self.case is not None:
            self.case.override = operator
            self.tell("info", "outpatient.overridden", name=operator.name)

    # money

    def ask_amounts(self) -> None:
        """Ask the centre what the settlement would be."""
        number, call = self.number(), self.service().presettle
        self.start("presettle", lambda: call(number), self._presettled, visit=number)

    def _presettled(self, result: Any) -> None:
        if self.took(result):
            self.warn(result.warnings)

    def confirm(self) -> None:
        """F2: the first press shows the summary in the money panel, the second settles."""
        case = self.case
        if self.busy or self.blocked(self.SETTLE):
            if case is not None:
                case.armed = False
        elif case.armed:
            self._settle()
        else:
            case.armed = True
            self.page.hush()
        self.page.refresh()

    def disarm(self) -> bool:
        """Esc: take the first F2 back; says whether there was one."""
        was = bool(self.case and self.case.armed)
        if was:
            self.case.armed = False
            self.page.refresh()
        return was

    def _settle(self) -> None:
        number, shown, call = self.number(), self.case.shown, self.service().settle
        self.case.armed = False
        self.start(
            "settle",
            lambda: call(number, shown),
            lambda result: self._settled(result, shown),
            visit=number,
        )

    def _settled(self, result: Any, shown: Amounts | None) -> None:
        if not self.took(result):
            return
        paid = result.visit.settlement
        if shown is not None and paid is not None and _parts(paid.amounts) != _parts(shown):
            self._surprised(shown, paid.amounts, result.msgid)
            return
        self.warn(result.warnings)
        self.paid(result)

    def _surprised(self, shown: Amounts, paid: Amounts, msgid: str) -> None:
        self.case.surprise = (shown, paid)
        holes = {f"shown_{name}": show(value) for name, value in _parts(shown).items()}
        holes |= {f"paid_{name}": show(value) for name, value in _parts(paid).items()}
        text = say("outpatient.surprise", **holes)
        advice = Advice(do=say("outpatient.surprise_do"))
        self.page.tell(Message("danger", text, advice, msgid=msgid, key="surprise"))

    def receive(self, text: str) -> None:
        """The money the patient gives, as typed in yuan; empty means exactly what is to pay."""
        case = self.case
        if case is None:
            return
        case.received, case.received_fault, case.armed = None, "", False
        if text.strip():
            try:
                case.received = to_fen(text.replace(",", ""))
            except ValueError:
                case.received_fault = say("outpatient.bad_received", text=text.strip())
        self.page.refresh()

    # endings

    def took(self, result: Any) -> bool:
        """Show the visit of a step's result; True when accepted, else the banner says what is."""
        self.take_visit(result.visit)
        self.told(result.outcome, result.msgid)
        return isinstance(result.outcome, Accepted)

    def told(self, outcome: Any, msgid: str) -> None:
        """The banner of an ending; nothing for accepted."""
        person = self.case.person if self.case else None
        message = told_exclusive(self.desk.centre, outcome, of_outcome(outcome, msgid), person)
        if message is not None:
            self.page.tell(message)

    def warn(self, warnings: Sequence[Fault]) -> None:
        """What the cashier must see although the step ended."""
        for item in warnings:
            self.page.tell(Message("danger", item.text, key=item.key))

    def late(self, subject: object, value: Any) -> None:
        """The patient before was settled after all: say so and print the slip."""
        visit = getattr(value, "visit", None)
        if isinstance(visit, Visit) and visit.stage is Stage.SETTLED and visit.settlement:
            name = visit.registration.person_name
            self.tell("info", "outpatient.late_settled", name=name, visit=visit.visit_no)
            self.page.print_slip(visit.settlement.msgid)


def _parts(amounts: Amounts) -> dict[str, Fen]:
    return {name: getattr(amounts, name) for name in PARTS}
