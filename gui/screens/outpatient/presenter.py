"""门诊收费: fees, pre-settlement, settlement and after, for one patient after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.domain import Amounts, FeeLine, Stage, Visit
from core.errors import Fault
from core.events import Progress, TransactionChanged
from core.money import show, to_fen
from core.words import say
from gui.messages import Advice, Message
from gui.screens.outpatient.case import Case
from gui.screens.outpatient.reception import Reception
from gui.screens.outpatient.steps import checks, sums
from gui.screens.work import MoneyFace


class OutpatientPresenter(Reception):
    """The page's behaviour; ``case`` is the patient on it, ``busy`` what it waits for."""

    _stopping = False

    # fees

    def upload(self, then: Callable[[], None] | None = None) -> None:
        """Send the lines that the centre does not have yet, batch by batch."""
        if self.busy or self.blocked("upload"):
            return
        visit_no, self._stopping = self._number(), False
        self.case.done, self.case.of = 0, 0
        self.start(
            "upload_fees",
            lambda: self.desk.charge.upload(visit_no, lambda: self._stopping),
            lambda result: self._uploaded(result, then),
            visit=visit_no,
            stop=self.stop_after_batch,
        )

    def stop_after_batch(self) -> None:
        """The batch under way is finished, no further one is begun."""
        self._stopping = True

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
        visit_no = self._number()
        self.start("cancel_fees", lambda: self.desk.charge.remove(visit_no), self._removed)

    def _removed(self, result: Any) -> None:
        if self.took(result):
            self.tell("done", f"outpatient.removed{self.way()}")

    def use_lines(self, lines: Sequence[FeeLine]) -> None:
        """Lines of a file take the place of the hospital's; nothing is uploaded by this."""
        if self.busy or self.blocked("import_fees"):
            return
        visit_no = self._number()
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
            self._presettle()
        else:
            self.upload(then=self._presettle)

    def _presettle(self) -> None:
        visit_no = self._number()
        call = self.desk.settle.presettle
        self.start("presettle", lambda: call(visit_no), self._presettled, visit=visit_no)

    def _presettled(self, result: Any) -> None:
        if self.took(result):
            self.warn(result.warnings)

    def warn(self, warnings: Sequence[Fault]) -> None:
        """What the cashier must see although the step ended."""
        for item in warnings:
            self.page.tell(Message("danger", item.text, key=item.key))

    # settlement

    def confirm(self) -> None:
        """F2: the first press shows the summary in the money panel, the second settles."""
        if self.busy or self.blocked("settle"):
            self.case.armed = False
        elif self.case.armed:
            self._settle()
        else:
            self.case.armed = True
            self.page.hush()
        self.page.refresh()

    def disarm(self) -> bool:
        """Esc: take the first F2 back; says whether there was one."""
        was, self.case.armed = self.case.armed, False
        if was:
            self.page.refresh()
        return was

    def _settle(self) -> None:
        visit_no, shown = self._number(), self.case.shown
        self.case.armed = False
        call = self.desk.settle.settle
        self.start(
            "settle",
            lambda: call(visit_no, shown),
            lambda result: self._settled(result, shown),
            visit=visit_no,
        )

    def _settled(self, result: Any, shown: Amounts | None) -> None:
        if not self.took(result):
            return
        paid = result.visit.settlement
        if shown is not None and paid is not None and _parts(paid.amounts) != _parts(shown):
            self._surprised(shown, paid.amounts, result.msgid)
            return
        self.warn(result.warnings)
        self._say_settled("outpatient.settled")
        self._print(self.case.to_print or result.msgid)

    def _surprised(self, shown: Amounts, paid: Amounts, msgid: str) -> None:
        self.case.surprise = (shown, paid)
        holes = {f"shown_{name}": show(value) for name, value in _parts(shown)}
        holes |= {f"paid_{name}": show(value) for name, value in _parts(paid)}
        text = say("outpatient.surprise", **holes)
        advice = Advice(do=say("outpatient.surprise_do"))
        self.page.tell(Message("danger", text, advice, msgid=msgid, key="surprise"))

    def receive(self, text: str) -> None:
        """The money the patient gives, as typed in yuan; empty means exactly what is owed."""
        case = self.case
        case.received, case.received_fault, case.armed = None, "", False
        if text.strip():
            try:
                case.received = to_fen(text.replace(",", ""))
            except ValueError:
                case.received_fault = say("outpatient.bad_received", text=text.strip())
        self.page.refresh()

    # slip

    def print_slip(self) -> None:
        """Print the slip of the settlement on the page (again)."""
        if not self.blocked("print_slip"):
            self._print(self.case.to_print)

    def _print(self, msgid: str) -> None:
        self.page.print_slip(msgid)

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

    def late(self, subject: object, value: Any) -> None:
        """The patient before was settled after all: say so and print the slip."""
        visit = getattr(value, "visit", None)
        if isinstance(visit, Visit) and visit.stage is Stage.SETTLED and visit.settlement:
            name = visit.registration.person_name
            self.tell("info", "outpatient.late_settled", name=name, visit=visit.visit_no)
            self._print(visit.settlement.msgid)

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
            self._print(self.case.to_print)

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

    def _number(self) -> str:
        return self.case.visit.visit_no if self.case.visit else ""


def _parts(amounts: Amounts) -> tuple[tuple[str, int], ...]:
    return (("total", amounts.total), ("fund", amounts.fund), ("personal", amounts.personal))
