"""Fees of a stay: upload what is missing, ask what the centre holds, take lines back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.domain import FeeLine, Person, Visit
from core.domain.stay import LineDifference
from core.errors import Fault, fault
from gui.messages import Message
from gui.screens.inpatient.filing import Filings
from gui.screens.inpatient.lines import (
    FILTERS,
    StayLine,
    StaySums,
    chosen_lines,
    differing,
    stay_lines,
    stay_sums,
)
from gui.screens.work import Page

Scope = Literal["line", "prescription", "all"]
WHOLE = "whole"  # all lines of a stay, or none
ALLOWED = "allowed"  # the other habits have a sentence of their own


@dataclass(frozen=True, slots=True)
class Counted:
    """A stay's lines by filter, and their sums."""

    under: dict[str, tuple[StayLine, ...]]
    sums: StaySums


class Fees(Filings):
    """``wanted`` is the filter above the fee table."""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.wanted = "all"
        self._counted: tuple[Any, Counted] | None = None

    def open(self, visit_no: str, person: Person | None = None) -> None:
        """Another stay begins with all its lines."""
        if not self.busy:
            self.wanted = "all"
        super().open(visit_no, person)

    # the table

    def all_lines(self) -> tuple[StayLine, ...]:
        """Every line; made again only when visit, reasons or list have changed."""
        return self._count().under["all"]

    def sums(self) -> StaySums:
        """Counts and sums of the table."""
        return self._count().sums

    def lines(self) -> tuple[StayLine, ...]:
        """The lines under the filter."""
        return self._count().under[self.wanted]

    def filter_counts(self) -> dict[str, int]:
        """How many lines each filter shows."""
        return {name: len(lines) for name, lines in self._count().under.items()}

    def _count(self) -> Counted:
        case = self.case
        if case is None:
            return Counted({name: () for name in FILTERS}, StaySums())
        key = (case.visit, case.faulty, case.listed)
        known = self._counted
        if known is None or any(a is not b for a, b in zip(known[0], key, strict=True)):
            lines = stay_lines(case)
            under = {name: chosen_lines(lines, name) for name in FILTERS}
            self._counted = known = (key, Counted(under, stay_sums(case, lines)))
        return known[1]

    def filter(self, wanted: str) -> None:
        """Another filter."""
        self.wanted = wanted
        self.page.refresh()

    def use_lines(self, lines: Sequence[FeeLine]) -> None:
        """Lines of a file come beside those there are; nothing is uploaded by this."""
        if self.busy or self.blocked("stay_import"):
            return
        number = self.number()
        call = self.desk.stays.use_lines
        self.start("use_lines", lambda: call(number, lines), self._lines_used)

    def _lines_used(self, visit: Visit) -> None:
        self.take_visit(visit)
        self.look_again()
        self.tell("info", "outpatient.imported", lines=len(visit.lines))

    # 2204

    def upload(self) -> None:
        """Send the lines that the centre does not have yet, batch by batch."""
        if self.busy or self.blocked("stay_upload"):
            return
        number, self._stopping = self.number(), False
        self.start(
            "upload_fees",
            lambda: self.desk.stays.upload(number, lambda: self._stopping),
            self._uploaded,
            visit=number,
            stop=self.stop_after_batch,
        )

    def _uploaded(self, result: Any) -> None:
        if not self.took(result) or self.case is None:
            return
        case, count = self.case, len(result.visit.lines)
        if case.missing:
            self.tell("info", "inpatient.stopped", done=count - case.missing, lines=count)
        else:
            self.tell("done", "inpatient.uploaded", lines=count)

    # 9104

    def differences(self) -> None:
        """Ask the centre for its list and set it beside ours."""
        if self.busy or self.blocked("stay_differences"):
            return
        number = self.number()
        call = self.desk.stays.differences
        self.start("differences", lambda: call(number), self._listed, visit=number)

    def _listed(self, listed: tuple[LineDifference, ...]) -> None:
        if self.case is None:
            return
        self.case.listed = tuple(listed)
        count = differing(listed)
        self.wanted = "differs" if self.filter_counts()["differs"] else "all"
        key = "inpatient.differ" if count else "inpatient.agree"
        self.tell("warning" if count else "done", key, count=count, lines=len(listed))

    # taking lines back

    @property
    def only_whole(self) -> bool:
        """The centre deletes all lines of a stay or none."""
        return bool(self.desk.centre.capabilities.delete_fees == WHOLE)

    def why_not_remove(self, scope: Scope, line: StayLine | None) -> Fault | None:
        """Why these lines cannot be taken back."""
        reason = self.why_not("remove_fees")
        if reason is not None:
            return reason
        habit = self.desk.centre.capabilities.delete_fees
        if habit != ALLOWED and (habit, scope) != (WHOLE, "all"):
            return fault(f"charge.delete.{habit}")
        if scope != "all" and (line is None or line.uploaded is None):
            return fault("inpatient.remove.choose")
        return None

    def remove(self, scope: Scope, line: StayLine | None, reason: str) -> None:
        """Take back one line, one prescription, or all that are not settled."""
        refused = self.why_not_remove(scope, line)
        if self.busy or refused is not None:
            if refused is not None:
                self.page.tell(Message("warning", refused.text, key="why"))
            return
        number = self.number()
        rx_no = line.rx_no if line and scope != "all" else ""
        line_id = line.line_id if line and scope == "line" else ""
        call = self.desk.stays.remove
        self.start(
            "cancel_fees",
            lambda: call(number, rx_no, line_id, reason),
            self._removed,
            visit=number,
        )

    def _removed(self, result: Any) -> None:
        if self.took(result):
            self.tell("done", "inpatient.removed")
