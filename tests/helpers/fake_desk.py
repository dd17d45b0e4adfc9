"""A desk of plain Python with the services' names, for the tests of presenters: no file, no centre.

It keeps one visit and lets a test say how the next step ends (``desk.next[step] = outcome``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from core.centre.port import Capabilities, StepRule
from core.clock import CHINA, ManualClock
from core.domain import (
    Amounts,
    Entry,
    FeeLine,
    LineResult,
    Operator,
    Person,
    Qualification,
    Registration,
    Role,
    Settlement,
    Stage,
    State,
    Transaction,
    Visit,
)
from core.domain.stay import Cancellation, CancelPeriod
from core.errors import DeskError, Refused, fault
from core.his.checks import check_lines
from core.outcome import Accepted, Outcome, Unknown
from core.service.identify import same_name
from core.service.result import StepResult
from gui.messages import Message
from gui.screens.work import Work

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=CHINA)
HAND = Qualification(id="Q-01", text="左手", kind="肢体残")
LUNG = Qualification(id="Q-02", text="尘肺", kind="职业病")
PERSON = Person(
    number="P-1", name="沈示例", sex="1", age="45", id_no="990101198001019999",
    employer="示例机械厂", qualifications=(HAND,),
)  # fmt: skip
REGISTRATION = Registration(
    visit_no="MZ-1", person_name="沈示例", id_no="990101198001019999", dept_code="0401",
    dept_name="骨科", doctor_code="D01", doctor_name="李示例", diagnosis_code="S52.5",
)  # fmt: skip
MED_TYPES = (("11", "门诊肢体残"), ("12", "门诊职业病"), ("13", "门诊康复"), ("21", "住院肢体残"))
SHOWN = Amounts(total=6170, fund=5000, personal=1170)
CARD_FIELDS = (
    SimpleNamespace(name="sex", codes={"1": "男"}),
    SimpleNamespace(name="refused_reason", codes={"02": "欠费"}),
)
CASHIER = Operator(id="001", name="王示例")
CHIEF = Operator(id="900", name="赵主管", role=Role.SUPERVISOR)


def line(number: int, price: str = "12.3400", quantity: str = "1", amount: int = 1234) -> FeeLine:
    """One fee line of the visit."""
    return FeeLine(
        visit_no="MZ-1", line_id=f"L{number}", rx_no="RX1", name=f"项目{number}",
        centre_code=f"C{number}", price=Decimal(price), quantity=Decimal(quantity),
        amount=amount, occurred_at=NOON,
    )  # fmt: skip


LINES = tuple(line(number) for number in range(1, 6))


def result_of(item: FeeLine) -> LineResult:
    """What the centre says of a line it took."""
    return LineResult(rx_no=item.rx_no, line_id=item.line_id, amount=item.amount, self_paid=234)


def transaction(msgid: str = "M-1", state: State = State.UNKNOWN, **more: Any) -> Transaction:
    """One open settlement."""
    values: dict[str, Any] = {"step": "settle", "code": "2207", "visit": "MZ-1", "amount": 6170}
    return Transaction(msgid=msgid, state=state, made=NOON, **{**values, **more})


@dataclass
class FakePage:
    """A page that runs work at once (or keeps it) and remembers what it was told."""

    said: list[Message] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    waiting: list[Work] = field(default_factory=list)
    hold: bool = False
    refreshed: int = 0

    def run(self, work: Work) -> bool:
        """Carry ``work`` out, or keep it for ``finish`` while ``hold``."""
        self.works.append(work)
        if self.hold:
            self.waiting.append(work)
        else:
            carry_out(work)
        return True

    def finish(self) -> None:
        """Carry out what was held."""
        self.hold = False
        kept, self.waiting = self.waiting, []
        for work in kept:
            carry_out(work)

    def refresh(self) -> None:
        """Count."""
        self.refreshed += 1

    def tell(self, message: Message) -> None:
        """Remember."""
        self.said.append(message)

    def hush(self) -> None:
        """Forget."""
        self.said.clear()

    def print_slip(self, msgid: str) -> None:
        """Remember."""
        self.slips.append(msgid)

    @property
    def text(self) -> str:
        """Everything said, newest last."""
        return "\n".join(item.text for item in self.said)

    @property
    def kinds(self) -> list[str]:
        """The kinds of what was said."""
        return [item.kind for item in self.said]


def carry_out(work: Work) -> None:
    """Call and end as an operation does."""
    try:
        value = work.call()
    except DeskError as error:
        work.failed(error)
    else:
        work.done(value)


class FakeDesk:
    """One visit, one person; ``calls`` are the services asked, in order."""

    catalogue = SimpleNamespace(with_names=lambda before, after: after)

    def __init__(self, person: Person = PERSON, lines: tuple[FeeLine, ...] = LINES) -> None:
        self.home, self.clock = Path("home"), ManualClock(NOON)
        self.person: Person | None = person
        self.kept = Visit(registration=REGISTRATION, lines=lines)
        self.next: dict[str, Outcome] = {}
        self.calls: list[Any] = []
        self.open: list[Transaction] = []
        self.paid = SHOWN
        self.batches = 5
        self.count = 0
        self._build()

    def _build(self) -> None:
        self.identify = SimpleNamespace(read_card=self._read_card, differences=self._differences)
        self.register = SimpleNamespace(
            open=self._open, register=self._register, cancel=self._cancel
        )
        self.hospital = SimpleNamespace(waiting=lambda: [REGISTRATION], absent=False)
        self.charge = SimpleNamespace(
            check=check_lines, upload=self._upload, remove=self._remove, use_lines=self._use_lines
        )
        self.settle = SimpleNamespace(presettle=self._presettle, settle=self._settle)
        self.period = Cancellation(period=CancelPeriod.SAME_DAY, text="当日")
        self.refund = SimpleNamespace(
            cancel_settlement=self._cancel_settlement, cancellation=lambda number: self.period
        )
        jobs = SimpleNamespace(waiting=lambda: (), look_again=lambda: 0, standing=lambda ids: {})
        self.documents = SimpleNamespace(
            prints=lambda msgid: 0, to_print=lambda: self._paid(), jobs=jobs,
            centre_slip=lambda msgid: None,
        )  # fmt: skip
        self.operators = SimpleNamespace(verify=self._verify)
        self.session = SimpleNamespace(operator=CASHIER)
        self.centre = SimpleNamespace(
            rule=self._rule, capabilities=Capabilities(), reply_fields=lambda step: CARD_FIELDS,
            has=lambda step, stay=False: True, variant=lambda step, stay=False: step,
            is_excluded=lambda outcome: False,
        )  # fmt: skip
        self.resolve = SimpleNamespace(
            pending=lambda: tuple(self.open), look=self._look, reverse=self._reverse,
            hand_over=self._hand_over, decide=self._decide,
        )  # fmt: skip
        self.history = SimpleNamespace(
            visit=lambda number: self.kept,
            person_name=lambda number: PERSON.name if number else "",
            settlements=lambda text, day: self._paid(), timeline=self._timeline,
            find=lambda text, day, limit: tuple(self.open),
        )  # fmt: skip

    # -- small parts

    def _rule(self, step: str) -> StepRule:
        codes = {"settle": "2207", "cancel_settlement": "2208", "cancel_registration": "2202",
                 "cancel_fees": "2205", "upload_fees": "2204"}  # fmt: skip
        reverse = "reverse" if step in ("settle", "cancel_settlement") else ""
        return StepRule(step, codes.get(step, "9999"), step, "money", 5, reverse_step=reverse)

    def _verify(self, operator_id: str, password: str) -> Operator:
        self.calls.append(("verify", operator_id))
        if password != "right":
            raise Refused(fault("outpatient.not_supervisor", name=operator_id))
        return CHIEF if operator_id == CHIEF.id else CASHIER

    def _paid(self) -> tuple[Settlement, ...]:
        return (self.kept.settlement,) if self.kept.settlement else ()

    def _timeline(self, msgid: str) -> tuple[Entry, ...]:
        return (Entry(number=1, msgid=msgid, kind="intent", at=NOON, text="送出", payload="{***}"),)

    def _read_card(self) -> tuple[Outcome, Person | None]:
        outcome = self.next.pop("read_card", Accepted())
        return outcome, self.person if isinstance(outcome, Accepted) else None

    def _differences(self, person: Person, known: Registration) -> tuple[Any, ...]:
        if same_name(person.name, known.person_name):
            return ()
        return (fault("outpatient.other_card", card=person.name, visit=known.person_name),)

    def _open(self, visit_no: str) -> Visit:
        if visit_no != "MZ-1":
            raise Refused(fault("outpatient.why.no_visit"))
        return self.kept

    # -- steps

    def step(self, name: str, change: Callable[[], dict[str, Any]]) -> StepResult:
        """One step: the ending a test asked for, and the visit after it."""
        self.calls.append(name)
        self.count += 1
        outcome = self.next.pop(name, Accepted())
        msgid = f"M-{self.count}"
        if isinstance(outcome, Accepted):
            self.kept = self.kept.model_copy(update=change())
        elif isinstance(outcome, Unknown):
            self.kept = self.kept.model_copy(update={"open_msgid": msgid})
        return StepResult(outcome, self.kept, msgid)

    def _register(
        self, registration: Registration, person: Person, chosen: Qualification, override_by: Any
    ) -> StepResult:
        self.calls.append(("registered", registration.med_type, chosen.id, override_by))
        known = {"person": person, "qualification": chosen, "registration": registration}
        return self.step("register", lambda: {**known, "stage": Stage.REGISTERED})

    def _upload(self, visit_no: str, stop: Callable[[], bool]) -> StepResult:
        have = len(self.kept.uploaded)
        sent = LINES[: have + self.batches] if not stop() else LINES[: have + 1]
        done = tuple(result_of(item) for item in self.kept.lines[: len(sent)])
        return self.step("upload_fees", lambda: {"uploaded": done, "stage": Stage.UPLOADED})

    def _remove(self, visit_no: str) -> StepResult:
        return self.step("cancel_fees", lambda: {"uploaded": (), "stage": Stage.REGISTERED})

    def _use_lines(self, visit_no: str, lines: tuple[FeeLine, ...]) -> Visit:
        self.kept = self.kept.model_copy(update={"lines": lines})
        return self.kept

    def _presettle(self, visit_no: str) -> StepResult:
        change = {"presettlement": SHOWN, "stage": Stage.PRESETTLED}
        return self.step("presettle", lambda: change)

    def _settle(self, visit_no: str, shown: Amounts) -> StepResult:
        def change() -> dict[str, Any]:
            made = {"visit_no": "MZ-1", "bill_no": "MZ-1-1", "msgid": f"M-{self.count}"}
            paid = Settlement(**made, amounts=self.paid, settled_at=NOON, operator_name="王示例")
            return {"settlement": paid, "stage": Stage.SETTLED}

        return self.step("settle", change)

    def _cancel_settlement(self, visit_no: str, reason: str) -> StepResult:
        self.calls.append(("reason", reason))
        change = {"settlement": None, "presettlement": None, "stage": Stage.UPLOADED}
        return self.step("cancel_settlement", lambda: change)

    def _cancel(self, visit_no: str, reason: str) -> StepResult:
        return self.step("cancel_registration", lambda: {"uploaded": (), "stage": Stage.CANCELLED})

    # -- the resolver

    def _moved(self, msgid: str, state: State) -> Transaction:
        row = next(item for item in self.open if item.msgid == msgid)
        moved = row.model_copy(update={"state": state})
        self.open = [moved if item.msgid == msgid else item for item in self.open]
        self.open = [item for item in self.open if item.is_open]
        return moved

    def _look(self, msgid: str) -> Transaction:
        self.calls.append(("look", msgid))
        return self._moved(msgid, State.SETTLED)

    def _reverse(self, msgid: str) -> Transaction:
        return self._moved(msgid, State.VOID)

    def _hand_over(self, msgid: str, by: str, reason: str) -> Transaction:
        self.calls.append(("hand_over", by, reason))
        return self._moved(msgid, State.MANUAL)

    def _decide(self, msgid: str, happened: bool, by: Operator, reason: str) -> Transaction:
        self.calls.append(("decide", happened, by.id, reason))
        return self._moved(msgid, State.SETTLED if happened else State.VOID)
