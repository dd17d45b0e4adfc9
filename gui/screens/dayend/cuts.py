"""轧账: from the last cut to a chosen one, its sheet, the void of it, and open cases handed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from core.clock import CHINA
from core.domain import Operator, Role
from core.domain.dayend import Closing, HandOver
from core.errors import Fault, InvalidInput, Refused, fault
from core.money import Fen, show, to_fen
from core.words import say
from gui.messages import Message
from gui.screens.dayend.books import second_person
from gui.screens.dayend.period import moment_of
from gui.screens.dayend.rows import (
    ClosingRow,
    OpenRow,
    PartRow,
    SumRow,
    closing_row,
    open_row,
    part_rows,
    sum_row,
)
from gui.screens.work import Page, Presenter

MOST_NOTE = 200


class SheetPage(Page, Protocol):
    """A page that also prints sheets."""

    def print_sheet(self, number: int) -> None:
        """Print the sheet of a closing or of a void."""
        ...


@dataclass(frozen=True, slots=True)
class Cuts:
    """What is read at once: the cut as it would be (or why there is none), and former ones."""

    preview: Closing | None
    closings: tuple[Closing, ...]
    hand_overs: tuple[HandOver, ...]
    why: tuple[Fault, ...] = ()


class CutsPresenter(Presenter):
    """``cuts`` as last read; ``end``, ``counted``, ``note`` as typed; ``chosen`` a number."""

    READS = "cuts"

    page: SheetPage

    def __init__(self, desk: Any, page: SheetPage) -> None:
        super().__init__(desk, page)
        self.cuts: Cuts | None = None
        self.operator: Operator | None = None
        self.end = self.counted = self.note = ""
        self.armed = False
        self.chosen = 0

    @property
    def whose(self) -> Operator | None:
        """Whose takings are cut: the operator at the desk, or whom a supervisor chose."""
        found: Operator | None = self.operator or self.desk.session.operator
        return found

    def read(self) -> None:
        """The cut as it would be now, former closings and hand-overs, behind the scenes."""
        who, end = self.whose, self.end
        if who is not None:
            self.reread(lambda: self._looked(who, end), self._took)

    def _looked(self, who: Operator, end: str) -> Cuts:
        service = self.desk.closings
        before = tuple(service.closings()), tuple(service.hand_overs())
        cut = moment_of(end, "end", self.desk.clock.now())
        try:
            return Cuts(service.preview(who, cut), *before)
        except Refused as error:
            return Cuts(None, *before, error.faults)

    def _totals(self) -> object:
        return self._preview.totals if self._preview else None

    def _took(self, cuts: Cuts) -> None:
        """What was to be cut has changed: the first press no longer counts."""
        before, self.cuts = self._preview, cuts
        numbers = [item.number for item in cuts.closings]
        if self.chosen not in numbers:
            self.chosen = numbers[0] if numbers else 0
        if self.armed and before is not None and before.totals != self._totals():
            self.armed = False
        if cuts.why and self.end:
            self.page.tell(Message("warning", cuts.why[0].text, key="why"))

    # what is typed

    def for_operator(self, operator: Operator | None) -> None:
        """A supervisor closes for somebody else."""
        if not self.busy:
            self.operator, self.cuts, self.armed = operator, None, False
            self.read()
            self.page.refresh()

    def typed(self, *, end: str, counted: str, note: str) -> None:
        """What stands in the fields; another cut is read anew."""
        other = end.strip() != self.end
        self.end, self.counted = end.strip(), counted.strip().replace(",", "")
        self.note, self.armed = note.strip()[:MOST_NOTE], False
        if other:
            self.read()
        self.page.refresh()

    def counted_fen(self) -> Fen | None:
        """The cash as counted; ``None``: nothing was typed. ``InvalidInput``: not an amount."""
        if not self.counted:
            return None
        try:
            return to_fen(self.counted)
        except ValueError:
            raise InvalidInput(
                fault("dayend.view.fault.counted", "counted", text=self.counted)
            ) from None

    def over(self) -> str:
        """Counted against due, as a sentence with the word for it."""
        try:
            counted = self.counted_fen()
        except InvalidInput as error:
            return str(error)
        if counted is None or self._preview is None:
            return ""
        off = counted - self._preview.cash
        key = "even" if not off else "surplus" if off > 0 else "short"
        return say(f"dayend.view.{key}", amount=show(abs(off)))

    # what may be done

    def why_not(self, action: str) -> Fault | None:
        """Why an action of this part cannot be taken now."""
        checks = {
            "confirm_day": self._not_closable,
            "undo_day": self._not_voidable,
            "print_day": self._not_printable,
            "preview_day": self._not_printable,
            "hand_over_day": self._nothing_open,
        }
        return checks[action]() if action in checks else None

    def _not_closable(self) -> Fault | None:
        if self.cuts is None:
            return fault("dayend.view.why.reading")
        return self.cuts.why[0] if self.cuts.why else None

    @property
    def _preview(self) -> Closing | None:
        return self.cuts.preview if self.cuts else None

    def _not_printable(self) -> Fault | None:
        return None if self.closing is not None else fault("dayend.view.why.choose_closing")

    def _not_voidable(self) -> Fault | None:
        found = self.closing
        if found is None:
            return fault("dayend.view.why.choose_closing")
        if found.voids or found.voided_by:
            return fault("dayend.view.why.is_void")
        newest = self.newest(found.operator_id)
        if newest is not None and newest.number != found.number:
            return fault("dayend.view.why.not_last", number=newest.number)
        return None

    def _nothing_open(self) -> Fault | None:
        return None if self.open() else fault("dayend.view.why.none_open")

    # doing

    def confirm(self) -> None:
        """F2: the cut in the eye, then the cut for good."""
        if self.busy or self._not_closable() is not None:
            self.armed = False
        elif self.armed:
            self._close()
        else:
            self.armed = self._typed_well()
        self.page.refresh()

    def _typed_well(self) -> bool:
        try:
            self.counted_fen()
            moment_of(self.end, "end", self.desk.clock.now())
        except InvalidInput as error:
            self.refused(error)
            return False
        return True

    def _close(self) -> None:
        who, by = self.whose, self.desk.session.operator
        note, counted = self.note, self.counted_fen()
        end = moment_of(self.end, "end", self.desk.clock.now())
        self.armed = False
        call = self.desk.closings.close
        self.start(
            "close",
            lambda: call(who, by, counted=counted, note=note, end=end),
            self._closed,
            lane="io",
        )

    def _closed(self, made: Closing) -> None:
        self.end = self.counted = self.note = ""
        self.chosen = made.number
        self.tell("done", "dayend.view.closed_now", number=made.number, amount=show(made.cash))
        self.page.print_sheet(made.number)
        self.read()

    def disarm(self) -> bool:
        """Esc: not yet; says whether there was anything to take back."""
        was, self.armed = self.armed, False
        return was

    def void(self, reason: str, second: str = "", password: str = "") -> None:
        """Take the chosen closing back; its void sheet is printed."""
        found, by = self.closing, self.desk.session.operator
        if found is None or self._not_voidable() is not None:
            return
        call = self.desk.closings.void
        agree = second_person(self.desk, by, second, password) if second else lambda: by
        self.start("void", lambda: call(found.number, reason, agree()), self._voided, lane="io")

    def voids_alone(self) -> bool:
        """May the operator at the desk void the chosen closing without a second person?"""
        found, by = self.closing, self.desk.session.operator
        mine = found is not None and by is not None and found.operator_id == by.id
        return mine or (by is not None and by.role is Role.SUPERVISOR)

    def _voided(self, made: Closing) -> None:
        self.chosen = made.number
        self.tell("done", "dayend.view.voided_now", number=made.voids, void=made.number)
        self.page.print_sheet(made.number)
        self.read()

    def hand_over(self, to_id: str, password: str, note: str) -> None:
        """Give all open cases to a named operator, who accepts with his password."""
        by, call = self.desk.session.operator, self.desk.closings.hand_over
        self.start("hand_cases", lambda: call(to_id, password, by, note), self._handed, lane="io")

    def _handed(self, made: HandOver) -> None:
        self.tell("done", "dayend.view.handed_now", count=len(made.msgids), name=made.taken_name)
        self.read()

    # the history

    @property
    def closing(self) -> Closing | None:
        """The chosen line of the closings."""
        return next((item for item in self._closings() if item.number == self.chosen), None)

    def _closings(self) -> tuple[Closing, ...]:
        return self.cuts.closings if self.cuts else ()

    def newest(self, operator_id: str) -> Closing | None:
        """An operator's newest closing that stands."""
        mine = (item for item in self._closings() if item.operator_id == operator_id)
        return next((item for item in mine if not item.voids and not item.voided_by), None)

    def choose(self, number: int) -> None:
        """Another line of the closings."""
        if number != self.chosen:
            self.chosen = number
            self.page.refresh()

    def print(self) -> None:
        """The chosen sheet again."""
        if self.closing is not None:
            self.page.print_sheet(self.chosen)

    # faces

    def heading(self) -> str:
        """From where to where, and whose; or why nothing can be cut."""
        made = self._preview
        if made is None:
            return say("dayend.view.just_cut") if self.cuts and not self.end else ""
        begin, end = made.period.begin.astimezone(CHINA), made.period.end.astimezone(CHINA)
        return say(
            "dayend.view.cut", name=made.operator_name or made.operator_id,
            begin=f"{begin:%Y-%m-%d %H:%M:%S}", end=f"{end:%Y-%m-%d %H:%M:%S}",
        )  # fmt: skip

    def sums(self) -> tuple[SumRow, ...]:
        """Settlements, refunds, both together."""
        if self._preview is None:
            return ()
        totals = self._preview.totals
        named = (("settled", totals.settled), ("refunded", totals.refunded), ("net", totals.net))
        return tuple(sum_row(say(f"dayend.view.sum.{name}"), item) for name, item in named)

    def kinds(self) -> tuple[PartRow, ...]:
        """By kind of payment."""
        made = self._preview
        return part_rows(self.desk, made.totals.by_kind) if made else ()

    def late(self) -> str:
        """What of it was booked before the last cut and came in after it, as a sentence."""
        late = self._preview.late if self._preview else None
        if late is None or not late.count:
            return ""
        return say("dayend.view.late", count=late.count, amount=show(late.total))

    def cash(self) -> str:
        """What the till must hold."""
        return show(self._preview.cash) if self._preview else ""

    def open(self) -> tuple[OpenRow, ...]:
        """The cases that nobody knows the end of."""
        cases = self._preview.unresolved if self._preview else ()
        return tuple(open_row(self.desk, case) for case in cases)

    def history(self) -> tuple[ClosingRow, ...]:
        """Former closings and voids, newest first."""
        return tuple(closing_row(item) for item in self._closings())
