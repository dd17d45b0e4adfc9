"""退费撤销: find a settlement, say what will be undone and why, undo it step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.domain import Settlement, Stage, Visit
from core.domain.stay import Balance, Cancellation, CancelPeriod
from core.errors import Fault, Refused, fault
from core.events import TransactionChanged
from core.money import Fen, show
from core.outcome import Accepted
from core.words import say
from gui.messages import Message, of_outcome
from gui.screens.refund.finding import Finding
from gui.screens.refund.rows import PlannedStep, RefundRow
from gui.screens.work import MoneyFace, Page

REASONS = ("wrong_fee", "wrong_person", "wrong_injury", "patient", "twice", "other")
FREE_TEXT = "other"
MOST_REASON = 200
NO_PERIOD = Cancellation(period=CancelPeriod.SAME_DAY, text="")


class RefundPresenter(Finding):
    """``row`` is what is chosen; ``visit`` as it is now; ``armed`` after the first F2."""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.rows: tuple[RefundRow, ...] = ()
        self.row: RefundRow | None = None
        self.visit: Visit | None = None
        self.reason, self.words = "", ""
        self.wholly, self.armed, self.searched = True, False, False
        self.undone, self.period, self.in_part = "", NO_PERIOD, ""
        self.balance: Balance | None = None

    def subject(self) -> object:
        """The row the page is about (a struck one is still the same)."""
        return (self.row.visit_no, self.row.bill_no) if self.row else self

    # choosing

    def clear(self) -> None:
        """Nothing found, nothing chosen."""
        self.rows, self.searched = (), False
        self.choose(None)

    def choose(self, row: RefundRow | None) -> None:
        """Take one row; its visit is read as it is now."""
        if self.busy:
            return
        self.row, self.visit, self.armed, self.undone = row, None, False, ""
        self.period, self.balance = NO_PERIOD, None
        if row is not None:
            self._look(row.visit_no, first=True)
        self.page.refresh()

    def _look(self, visit_no: str, *, first: bool = False) -> None:
        self.reread(lambda: self._read(visit_no), lambda found: self._looked(*found, first))

    def _read(self, visit_no: str) -> tuple[Visit, Cancellation | None, Balance | None]:
        visit = self.desk.history.visit(visit_no)
        live = visit.stage is Stage.SETTLED and not visit.open_msgid
        if not live:
            return visit, None, None
        stay = visit.registration.is_inpatient
        balance = self.desk.stays.balance(visit_no) if stay else None
        try:
            return visit, self.desk.refund.cancellation(visit_no), balance
        except Refused:  # undone between the two looks: there is nothing left to say of it
            return self.desk.history.visit(visit_no), None, None

    def _looked(
        self, visit: Visit, period: Cancellation | None, balance: Balance | None, first: bool
    ) -> None:
        """``first``: just chosen; a stay goes on after its settlement is undone, a visit ends."""
        self.visit = visit
        self.in_part = self._unfinished(visit, aloud=first)
        self.period, self.balance = period or self.period, balance or self.balance
        if first:
            self.wholly = not self.stay

    def _unfinished(self, visit: Visit, *, aloud: bool) -> str:
        """Where a refund in part of the visit stopped, or nothing."""
        if self.desk.centre.capabilities.partial_refund:
            found = self.desk.partial_refunds.unfinished_of(visit.visit_no)
            if found is not None and aloud:
                self.tell("warning", "part_card.unfinished", says=found.says)
            return str(found.says) if found is not None else ""
        return ""

    def show_visit(self, visit_no: str) -> None:
        """Come here with a visit (F8 on its page)."""
        self.find(visit_no)

    @property
    def stay(self) -> bool:
        """An inpatient's: between settlement and registration stands the discharge."""
        return self.visit is not None and self.visit.registration.is_inpatient

    # what and why

    def because(self, reason: str, words: str = "") -> None:
        """The reason of the list and free text beside it."""
        self.reason, self.words, self.armed = reason, words.strip()[:MOST_REASON], False
        self.page.refresh()

    def whole(self, wholly: bool) -> None:
        """Also take the registration back, or leave the visit to be settled anew."""
        self.wholly, self.armed = wholly, False
        self.page.refresh()

    def sentence(self) -> str:
        """The reason as it is kept."""
        label = say(f"refund.reason.{self.reason}") if self.reason else ""
        if self.reason == FREE_TEXT:
            return self.words
        return f"{label}：{self.words}" if self.words else label

    def plan(self) -> tuple[PlannedStep, ...]:
        """What will be undone, in order; empty when nothing can be."""
        if self.visit is None:
            return ()
        steps: list[PlannedStep] = []
        paid = self.visit.settlement
        if paid is not None and self.visit.stage is Stage.SETTLED:
            steps.append(self._planned("cancel_settlement", -paid.amounts.total))
        if self.wholly and self.visit.discharge is not None:
            steps.append(PlannedStep("undo_discharge", say("stays.back.undo_discharge")))
        if self.visit.uploaded and self.wholly and self._has("cancel_fees"):
            steps.append(self._planned("cancel_fees"))
        if self.wholly and self.visit.stage not in (Stage.NEW, Stage.CANCELLED):
            steps.append(self._planned("cancel_registration"))
        return tuple(steps)

    def _has(self, step: str) -> bool:
        return bool(self.desk.centre.has(step, stay=self.stay))

    def _planned(self, step: str, amount: Fen | None = None) -> PlannedStep:
        centre = self.desk.centre
        rule = centre.rule(centre.variant(step, stay=self.stay))
        return PlannedStep(step, f"{rule.code} {rule.title}", amount)

    def why_not(self, action: str) -> Fault | None:
        """Why an action of the table cannot be taken now."""
        if action == "print_refund":
            return None if self.undone else fault("refund.why.nothing_to_print")
        if action == "refund_part":
            return None if self.in_part else self._chosen() or self._in_part()
        if action in ("cancel_settlement", "cancel_registration"):
            return self._chosen()
        if action == "confirm_refund":
            return self._chosen() or self._reasoned()
        return None

    def _in_part(self) -> Fault | None:
        return fault("refund.why.part_stay") if self.stay else None

    def look_again(self) -> None:
        """A refund in part may have changed everything: find the visit's settlements anew."""
        if self.row is not None and not self.busy:
            self.find(self.row.visit_no)

    def _chosen(self) -> Fault | None:
        if self.row is None or self.visit is None:
            return fault("refund.why.choose")
        if self.visit.open_msgid:
            return fault("refund.why.open")
        shown = self.row.settlement
        if shown is not None and (shown.cancelled_by or not self._is_live(shown)):
            return fault("refund.why.cancelled")
        if shown is not None and self.period.refused:
            return Fault("refund.period.confirmed", self.period.text)
        return None if self.plan() else fault("refund.why.nothing")

    def _is_live(self, shown: Settlement) -> bool:
        live = self.visit.settlement if self.visit else None
        return live is not None and live.msgid == shown.msgid

    def _reasoned(self) -> Fault | None:
        if not self.reason:
            return fault("refund.why.reason", "reason")
        missing = self.reason == FREE_TEXT and not self.words
        return fault("refund.why.words", "words") if missing else None

    # doing

    def confirm(self) -> None:
        """F2: first the summary with the focus on cancel, then the undoing."""
        reason = self.why_not("confirm_refund")
        if self.busy or reason is not None:
            self.armed = False
            self._explain(reason)
        elif self.armed:
            self._begin()
        else:
            self.armed = True
        self.page.refresh()

    def _explain(self, reason: Fault | None) -> None:
        if reason is not None and not self.busy:
            self.page.tell(Message("warning", reason.text, key="why"))

    def disarm(self) -> bool:
        """Cancel; says whether there was anything to cancel."""
        was, self.armed = self.armed, False
        if was:
            self.page.refresh()
        return was

    def _begin(self) -> None:
        self.armed = False
        first = self.plan()[0].step
        if first == "cancel_settlement":
            self._undo(first, self.desk.refund.cancel_settlement, self._cancelled)
        else:
            self._take_back()

    def _undo(self, name: str, service: Any, done: Any) -> None:
        row, reason = self.row, self.sentence()
        if row is not None:
            number = row.visit_no
            self.start(name, lambda: service(number, reason), done, visit=number)

    def _cancelled(self, result: Any) -> None:
        if not self._took(result):
            return
        self.undone = result.msgid
        self._strike(result.msgid)
        self._tell_money("cancelled")
        self.page.print_slip(result.msgid)
        if self.wholly:
            self._take_back()

    def _take_back(self) -> None:
        """Everything before the settlement: the discharge first, where there is one."""
        visit = self.visit
        if visit is None or visit.discharge is None:
            self._withdraw()
            return
        call, reason = self.desk.stays.undo_discharge, self.sentence()
        number = visit.visit_no
        self.start("undo_discharge", lambda: call(number, reason), self._in_bed_again)

    def _in_bed_again(self, result: Any) -> None:
        if self._took(result):
            self._withdraw()

    def _strike(self, msgid: str) -> None:
        """The chosen row of the list is a cancelled one from now on."""
        row = self.row
        if row is None or row.settlement is None:
            return
        gone = row.settlement.model_copy(update={"cancelled_by": msgid})
        struck = replace(row, state=say("refund.state.cancelled"), settlement=gone)
        self.rows = tuple(struck if item is row else item for item in self.rows)
        self.row = struck

    def _withdraw(self) -> None:
        desk = self.desk
        service = desk.stays.cancel_admission if self.stay else desk.register.cancel
        self._undo("cancel_registration", service, self._withdrawn)

    def _withdrawn(self, result: Any) -> None:
        if self._took(result):
            self._tell_money("wholly" if self.undone else "withdrawn")

    def _tell_money(self, done: str) -> None:
        """What is undone, and the cash that follows: a stay's was set against its deposit."""
        paid = self.row.settlement if self.row else None
        amount, way = paid.amounts.personal if paid else 0, ""
        if self.balance is not None and done != "withdrawn":
            collected = self.balance.to_collect - self.balance.to_return
            way = "_collected" if collected > 0 else "_returned" if collected else "_even"
            amount = abs(collected)
        self.tell("done", f"refund.{done}{way}", amount=show(amount))

    def _took(self, result: Any) -> bool:
        self.visit = result.visit
        message = of_outcome(result.outcome, result.msgid)
        if message is not None:
            self.page.tell(message)
        return isinstance(result.outcome, Accepted)

    def late(self, subject: object, value: Any) -> None:
        """An undoing that ended after the page went on: its red slip is printed all the same."""
        accepted = isinstance(getattr(value, "outcome", None), Accepted)
        if accepted and value.visit.stage is not Stage.CANCELLED:
            self.tell("info", "refund.late", visit=value.visit.visit_no)

    def changed(self, event: TransactionChanged) -> None:
        """A journal row changed; look at the visit again when it is the one on the page."""
        row = self.row
        if row is not None and row.visit_no == event.visit and not self.busy:
            self._look(row.visit_no)

    # faces

    def money(self) -> MoneyFace:
        """The amounts that go back: negative, in red, and said so."""
        paid = self.row.settlement if self.row else None
        if paid is None:
            return MoneyFace(headline=self._headline(), refund=True)
        amounts = paid.amounts
        return MoneyFace(
            total=-amounts.total,
            fund=-amounts.fund,
            personal=-amounts.personal,
            headline=self._headline(),
            refund=True,
            final=bool(self.undone),
        )

    def _headline(self) -> str:
        if self.armed:
            return say("refund.again")
        if self.undone:
            return say("refund.done")
        return say("refund.head") if self.row else ""

    def reasons(self) -> Sequence[tuple[str, str]]:
        """The reason list: key and label."""
        return tuple((name, say(f"refund.reason.{name}")) for name in REASONS)
