"""部分退费: which lines go, the whole refund, the trial of the kept lines, their settlement.

Both halves are one case of the journal: what is left of it is found again after a crash. Plain
Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.domain import Amounts, FeeLine, Settlement, Visit
from core.domain.centrefacts import PartialRefund, PartialStage
from core.errors import Fault, fault
from core.money import Fen, show
from core.outcome import Accepted
from core.words import say
from gui.messages import Message, of_outcome
from gui.screens.outpatient.fees import plain
from gui.screens.work import Page, Presenter

Phase = Literal["choose", "charge", "done"]


@dataclass(frozen=True, slots=True)
class PartLine:
    """One line: ``gone`` it is refunded, else it is kept."""

    line_id: str
    code: str
    name: str
    quantity: str
    amount: Fen
    gone: bool


@dataclass(frozen=True, slots=True)
class Half:
    """One half of the case: its words and whether it is done, next or later."""

    text: str
    mark: Literal["done", "now", "later", "unknown"]


@dataclass(frozen=True, slots=True)
class Read:
    """What belongs to a visit: its lines, its unfinished case if any, the visit itself."""

    visit: Visit
    lines: tuple[FeeLine, ...]
    case: PartialRefund | None


class PartDesk(Presenter):
    """``gone``: ids of the lines that are refunded; ``shown``: what the kept lines cost."""

    READS = "part_reread"

    def __init__(self, desk: Any, page: Page, visit_no: str) -> None:
        super().__init__(desk, page)
        self.visit_no = visit_no
        self.visit: Visit | None = None
        self.case: PartialRefund | None = None
        self.paid: Settlement | None = None
        self.lines: tuple[FeeLine, ...] = ()
        self.gone: frozenset[str] = frozenset()
        self.shown: Amounts | None = None

    # seeing

    def load(self) -> None:
        """Read the settlement's lines, or where the last refund in part stopped."""
        self.start("part_lines", self._read, self._take, lane="io")

    def _read(self) -> Read:
        service, number = self.desk.partial_refunds, self.visit_no
        visit = self.desk.history.visit(number)
        return Read(visit, service.lines(number), service.unfinished_of(number))

    def _take(self, read: Read) -> None:
        self.visit, self.lines, self.case = read.visit, read.lines, read.case
        self.paid = read.visit.settlement or self.paid
        if read.case is not None:
            self.gone = frozenset(read.case.gone)
            self.shown = read.visit.presettlement

    @property
    def phase(self) -> Phase:
        """Choosing, charging the kept lines, or done."""
        if self.case is None:
            return "choose"
        over = (PartialStage.DONE, PartialStage.LEFT)
        return "done" if self.case.stage in over else "charge"

    def rows(self) -> tuple[PartLine, ...]:
        """The lines, with those that go."""
        return tuple(
            PartLine(line.line_id, line.hosp_code or line.centre_code, line.name,
                     plain(line.quantity), line.amount, line.line_id in self.gone)
            for line in self.lines
        )  # fmt: skip

    def sums(self) -> str:
        """What goes and what stays, in lines and yuan."""
        rows = self.rows()
        gone = [row for row in rows if row.gone]
        kept = [row for row in rows if not row.gone]
        return say(
            "part_card.sums", gone=len(gone), gone_sum=show(sum(row.amount for row in gone)),
            kept=len(kept), kept_sum=show(sum(row.amount for row in kept)),
        )  # fmt: skip

    def halves(self) -> tuple[Half, ...]:
        """Both halves of the case and where each stands."""
        case = self.case
        refunded = bool(case and case.refund)
        charged = bool(case and case.charge)
        open_now = bool(self.visit and self.visit.open_msgid)
        waits: Literal["now", "unknown"] = "unknown" if open_now else "now"
        return (
            Half(say("part_card.half_refund"), "done" if refunded else waits),
            Half(say("part_card.half_charge", count=len(self.lines) - len(self.gone)),
                 "done" if charged else waits if refunded else "later"),
        )  # fmt: skip

    def money(self) -> str:
        """What the kept lines cost and what the patient gets back, once the trial is there."""
        shown, paid = self.shown, self.paid
        if shown is None or paid is None:
            return ""
        back = paid.amounts.personal - shown.personal
        key = "back" if back >= 0 else "pay"
        return say(
            f"part_card.{key}", total=show(shown.total), fund=show(shown.fund),
            personal=show(shown.personal), back=show(abs(back)),
        )  # fmt: skip

    # choosing

    def toggle(self, line_ids: Sequence[str]) -> None:
        """Space: the lines go, or stay after all."""
        if self.phase == "choose" and line_ids:
            chosen = frozenset(line_ids)
            self.gone = self.gone - chosen if chosen <= self.gone else self.gone | chosen
            self.page.refresh()

    def why_not(self) -> Fault | None:
        """Why the button cannot be pressed."""
        if self.visit is None:
            return fault("part_card.why.reading")
        if self.visit.open_msgid:
            return fault("refund.why.open")
        if self.phase == "choose" and not self.gone:
            return fault("part_card.why.none")
        if self.phase == "choose" and len(self.gone) == len(self.lines):
            return fault("part_card.why.all")
        return None

    # doing

    def go(self, reason: str) -> None:
        """The next half: the refund with the trial of what is kept, or the settlement of it."""
        problem = self.why_not()
        if self.busy or problem is not None or self.phase == "done":
            if problem is not None:
                self.page.tell(Message("warning", problem.text, key="why"))
        elif self.phase == "charge":
            self._charge()
        elif not reason.strip():
            self.tell("warning", "part_card.why.reason")
        else:
            self._refund(reason.strip())

    def _refund(self, reason: str) -> None:
        number, gone = self.visit_no, sorted(self.gone)
        call = self.desk.partial_refunds.start
        self.start("partial_refund", lambda: call(number, gone, reason), self._refunded,
                   visit=number)  # fmt: skip

    def _refunded(self, result: Any) -> None:
        self._look(result)
        if self.case is not None and self.case.refund:
            self.page.print_slip(self.case.refund)
        if isinstance(result.outcome, Accepted) and self.shown is not None:
            self.tell("done", "part_card.refunded")

    def _look(self, result: Any) -> None:
        """What the last step left: the visit, the case, the amounts to be settled."""
        self.visit = result.visit
        found = self.desk.partial_refunds.all(self.visit_no)
        self.case = found[0] if found and found[0].stage is not PartialStage.FAILED else None
        self.shown = result.visit.presettlement
        message = of_outcome(result.outcome, result.msgid)
        if message is not None:
            self.page.tell(message)

    def leave(self, reason: str) -> None:
        """The kept lines are not charged after all; a reason is kept."""
        case, call = self.case, self.desk.partial_refunds.leave
        if not reason.strip():
            self.tell("warning", "part_card.why.reason")
        elif case is not None and not self.busy:
            number = case.number
            self.start("partial_leave", lambda: call(number, reason.strip()), self._left, lane="io")

    def _left(self, case: PartialRefund) -> None:
        self.case = case
        self.tell("done", "part_card.left")

    def _charge(self) -> None:
        number, shown = self.visit_no, self.shown
        if shown is None:
            call = self.desk.partial_refunds.go_on
            self.start("presettle", lambda: call(number), self._look, visit=number)
            return
        settle = self.desk.settle.settle
        self.start("settle", lambda: settle(number, shown), self._charged, visit=number)

    def _charged(self, result: Any) -> None:
        shown = self.shown
        self._look(result)
        if isinstance(result.outcome, Accepted):
            self.shown = shown
            self.page.print_slip(result.msgid)
            self.tell("done", "part_card.done")
