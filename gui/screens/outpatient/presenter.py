"""门诊收费: fees, pre-settlement, settlement and after, for one patient after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.domain import FeeLine, Stage, Visit
from core.events import Progress, TransactionChanged
from core.money import show
from core.words import say
from gui.messages import Message
from gui.screens.outpatient.case import Case
from gui.screens.outpatient.reception import Reception
from gui.screens.outpatient.steps import checks, sums
from gui.screens.work import MoneyFace


class OutpatientPresenter(Reception):
    """The page's behaviour; ``case`` is the patient on it, ``busy`` what it waits for."""

    # fees

    def upload(self, then: Callable[[], None] | None = None) -> None:
        """Send the lines that the centre does not have yet, batch by batch."""
        if self.busy or self.blocked("upload"):
            return
        visit_no, self._stopping = self.number(), False
        self.case.done, self.case.of = 0, 0
        self.start(
            "upload_fees",
            lambda: self.desk.charge.upload(visit_no, lambda: self._stopping),
            lambda result: self._uploaded(result, then),
            visit=visit_no,
            stop=self.stop_after_batch,
        )

    def _uploaded(self, result: Any, then: Callable[[], None] | None) -> None:
        if not self.took(result):
            return
        count = sums(self.case)
        if not count.complete:
            holes = {"done": count.accepted, "lines": count.lines}
            self.tell("info", "outpatient.stopped", **holes)
        elif then is not None:
            then()
        else:
            self.tell("done", f"outpatient.uploaded{self.way()}", lines=count.lines)

    def remove_fees(self) -> None:
        """Take every unsettled line back from the centre."""
        if self.busy or self.blocked("remove_fees"):
            return
        visit_no = self.number()
        self.start("cancel_fees", lambda: self.desk.charge.remove(visit_no), self._removed)

    def _removed(self, result: Any) -> None:
        if self.took(result):
            self.tell("done", f"outpatient.removed{self.way()}")

    def use_lines(self, lines: Sequence[FeeLine]) -> None:
        """Lines of a file take the place of the hospital's; nothing is uploaded by this."""
        if self.busy or self.blocked("import_fees"):
            return
        visit_no = self.number()
        self.start("use_lines", lambda: self._used(visit_no, lines), self._lines_used)

    def _used(self, visit_no: str, lines: Sequence[FeeLine]) -> Any:
        self.desk.charge.use_lines(visit_no, tuple(lines))
        return self._looked_up(visit_no)

    def _lines_used(self, found: Any) -> None:
        self._opened(found)
        self.case.imported = True
        self.tell("info", "outpatient.imported", lines=sums(self.case).lines)

    # pre-settlement

    def presettle(self) -> None:
        """Ask what the settlement would be; lines that are missing at the centre go first."""
        if self.busy or self.blocked("presettle"):
            return
        if sums(self.case).complete:
            self.ask_amounts()
        else:
            self.upload(then=self.ask_amounts)

    # settlement

    def service(self) -> Any:
        """Whose are pre-settlement and settlement."""
        return self.desk.settle

    def paid(self, result: Any) -> None:
        """A settlement as it was shown: say so, and print."""
        self._say_settled("outpatient.settled")
        self.page.print_slip(self.case.to_print or result.msgid)

    # slip

    def print_slip(self) -> None:
        """Print the slip of the settlement on the page (again)."""
        if not self.blocked("print_slip"):
            self.page.print_slip(self.case.to_print)

    def printed(self, msgid: str, where: str = "") -> bool:
        """The slip came out (or into a file); True when the page says so itself."""
        mine = msgid == self.case.to_print
        if mine:
            fresh, self.case.printed = not self.case.printed, True
            if fresh:
                self._say_settled("outpatient.settled_printed", where=where)
            self.page.refresh()
            return fresh
        return False

    def _say_settled(self, key: str, **holes: str) -> None:
        change = show(self._change() or 0)
        text = say(key, change=change, **holes)
        self.page.tell(Message("done", text, key="outpatient.settled"))

    # the next one

    def next_patient(self) -> None:
        """An empty page; what is under way for the last patient goes on without it."""
        self.case, self.busy, self._stopping = Case(), "", False
        self.page.hush()
        self.page.refresh()

    # what others announce

    def changed(self, event: TransactionChanged) -> None:
        """A journal row changed; read the visit again when it is the one on the page."""
        visit = self.case.visit
        if visit is None or visit.visit_no != event.visit or self.busy:
            return
        call = self.desk.history.visit
        self.reread(lambda: call(event.visit), lambda fresh: self._reread(visit, fresh))

    def _reread(self, before: Visit, fresh: Visit) -> None:
        if self.busy or fresh == self.case.visit:
            return
        self.take_visit(fresh.model_copy(update={"lines": fresh.lines or before.lines}))
        uncertain = bool(before.open_msgid) and before.stage is not Stage.SETTLED
        if uncertain and (fresh.stage is Stage.SETTLED or not fresh.open_msgid):
            self._resolved()

    def _resolved(self) -> None:
        self.page.hush()
        if self.case.stage is not Stage.SETTLED:
            self.tell("info", "outpatient.resolved_other")
            return
        self.tell("done", "outpatient.resolved_settled")
        if not self.case.printed:
            self.page.print_slip(self.case.to_print)

    def progressed(self, event: Progress) -> None:
        """k of n of the upload on this page."""
        if self.case.visit is not None and event.visit == self.case.visit.visit_no:
            self.case.done, self.case.of = event.done, event.total
            self.page.refresh()

    # faces

    def money(self) -> MoneyFace:
        """What the money panel shows."""
        owed = self.case.owed
        if owed is None:
            return MoneyFace(headline=self._headline())
        return MoneyFace(
            total=owed.total,
            fund=owed.fund,
            personal=owed.personal,
            received=self.case.received,
            change=self._change(),
            headline=self._headline(),
            checks=checks(self.case),
            final=self.case.stage is Stage.SETTLED,
        )

    def _headline(self) -> str:
        case = self.case
        if case.armed:
            return say("outpatient.money.again")
        if case.surprise:
            return say("outpatient.money.surprise")
        if case.stage is Stage.SETTLED:
            return say("outpatient.money.settled")
        return say("outpatient.money.open") if case.open else ""

    def _change(self) -> int | None:
        owed, received = self.case.owed, self.case.received
        if owed is None or received is None or received < owed.personal:
            return None
        return received - owed.personal

    def primary(self) -> str:
        """The action of the big button: the next thing to do."""
        case = self.case
        if case.open or case.stage is Stage.SETTLED:
            return "next_patient"
        if case.person is None or case.visit is None:
            return "patient"
        if not case.registered:
            return "register"
        return "settle" if case.stage is Stage.PRESETTLED else "presettle"
