"""One stay opened from the worklist: read, read again, left; what a step did to it."""

from __future__ import annotations

from typing import Any

from core.domain import Person, Registration, Visit
from core.domain.stay import Filing, Stay, StayRow, UploadReport
from core.errors import DeskError, Fault, Refused
from core.events import TransactionChanged
from core.words import say
from gui.messages import leads_of
from gui.screens.inpatient.case import Look, StayCase
from gui.screens.inpatient.rules import why_not
from gui.screens.inpatient.worklist import Worklist
from gui.screens.outpatient.reception import reasons_by_line
from gui.screens.work import Page

CARD_STEPS = ("presettle", "settle")
LIST_ACTIONS = ("upload_all",)
ANYWHERE = ("stay_card", "stay_identify", "next_stay")


class StayDesk(Worklist):
    """``case`` is the stay on the page, or nothing while the list is shown."""

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.case: StayCase | None = None

    def subject(self) -> object:
        """The stay on the page, else the list."""
        return self.case if self.case is not None else super().subject()

    def why_not(self, action: str) -> Fault | None:
        """Why an action of the table cannot be taken now, on the list or on a stay."""
        if action in ANYWHERE:
            return None
        if action in LIST_ACTIONS:
            return self.why_not_upload_all()
        return why_not(self.case or StayCase(""), action)

    # opening and leaving

    def open(self, visit_no: str, person: Person | None = None) -> None:
        """Show the stay of that number; ``person``: whose card lies in the reader."""
        number = visit_no.strip()
        if not number or self.busy:
            return
        before, self.case = self.case, StayCase(number)
        self.place = number
        began = self.start(
            "open_stay", lambda: self._look(number), lambda look: self._opened(look, person),
            lane="io",
        )  # fmt: skip
        if not began:
            self.case = before

    def failed(self, error: DeskError) -> None:
        """A refusal; a stay that could not be opened leaves the list as it was."""
        if self.case is not None and self.case.stay is None:
            self.case = None
        super().failed(error)

    def _look(self, visit_no: str, fresh: bool = True) -> Look:
        stays = self.desk.stays
        stay = self._stay(visit_no)
        faulty, unmapped = self._known_reasons(stay.visit, fresh)
        paid, known_id = stay.visit.settlement, stay.visit.registration.id_no
        return Look(
            stay, faulty, unmapped, stays.balance(visit_no),
            {step: stays.card_fault(visit_no, step) for step in CARD_STEPS},
            self._filings_of(known_id),
            self.desk.documents.prints(paid.msgid) if paid else 0,
        )  # fmt: skip

    def _stay(self, visit_no: str) -> Stay:
        """The stay; where no hospital system is connected, a new number is a new patient."""
        try:
            found: Stay = self.desk.stays.open(visit_no)
        except Refused:
            if not self.desk.hospital.absent:
                raise
            visit = self.desk.history.visit(visit_no)
            found = Stay(visit=visit, row=StayRow(visit_no=visit_no))
        return found

    def _filings_of(self, id_no: str) -> tuple[Filing, ...]:
        found = self.desk.stays.filings() if id_no else ()
        return tuple(item for item in found if item.id_no.upper() == id_no.upper())

    def _known_reasons(self, visit: Visit, fresh: bool) -> tuple[dict[str, str], str]:
        """Why lines cannot go; looked at again where lines (or, ``fresh``, lists) have changed."""
        case = self.case
        if case is not None and not fresh and case.visit and case.visit.lines == visit.lines:
            return case.faulty, case.unmapped
        faults = self.desk.charge.check(visit.lines)
        mended = (item.fault.text for item in faults if leads_of([item.fault])[0])
        return reasons_by_line(faults), next(mended, "")

    def _opened(self, look: Look, person: Person | None) -> None:
        self._take(look)
        if person is not None:
            self.welcome(person)
        if look.stay.visit.open_msgid:
            self.tell("unknown", "inpatient.open_stay")

    def welcome(self, person: Person) -> None:
        """The person of a card just read."""

    def _take(self, look: Look) -> None:
        case = self.case
        if case is None:
            return
        case.stay, case.faulty, case.balance = look.stay, look.faulty, look.balance
        case.unmapped = look.unmapped
        case.cards, case.printed = look.cards, look.prints > 0
        case.filings = look.filings or case.filings
        self._settle_in(look.stay.visit)

    def take_visit(self, visit: Visit) -> None:
        """The visit after a step becomes what the page shows; the rest is read behind it."""
        case = self.case
        if case is None or case.stay is None:
            return
        if visit.presettlement != case.shown:
            case.balance = None
        if visit.uploaded != case.stay.visit.uploaded:
            case.listed = None
        case.stay = case.stay.model_copy(update={"visit": visit})
        self._settle_in(visit)

    def _settle_in(self, visit: Visit) -> None:
        case = self.case
        assert case is not None
        case.armed = False
        if visit.person is not None and case.registered:
            case.person, case.qualification = visit.person, visit.qualification
        if case.draft is None or case.registered:
            case.draft = self.prefilled(visit.registration)
        case.to_print = visit.settlement.msgid if visit.settlement and case.settled else ""
        self.look_at_names()

    def prefilled(self, known: Registration) -> Registration:
        """The registration with a medical type that fits, where the hospital gave none."""
        case = self.case
        chosen = case.qualification if case else None
        if known.med_type or chosen is None:
            return known
        return known.model_copy(update={"med_type": self.desk.stays.category_of(chosen)})

    def look_at_names(self) -> None:
        """Card against hospital, until the stay is registered."""
        case = self.case
        if case is None:
            return
        case.differences = ()
        if case.person is not None and case.visit is not None and not case.registered:
            found = self.desk.identify.differences(case.person, case.visit.registration)
            case.differences = tuple(item.text for item in found)

    def close(self) -> None:
        """Back to the list; what is under way for the stay goes on without it."""
        self.case, self.busy, self._stopping = None, "", False
        self.page.hush()
        self.load()
        self.page.refresh()

    # reading again

    def look_again(self, *, fresh: bool = False) -> None:
        """Read the stay behind the scenes; ``fresh``: its lines may have been mended meanwhile."""
        if self.case is not None:
            number = self.case.visit_no
            self.reread(lambda: self._look(number, fresh), self._looked)

    def _looked(self, look: Look) -> None:
        case = self.case
        if case is None or self.busy or case.visit_no != look.stay.visit.visit_no:
            return
        before, armed = case.visit, case.armed
        self._take(look)
        case.armed = armed and before == case.visit
        uncertain = bool(before and before.open_msgid) and not case.open
        if uncertain:
            self.resolved()

    def resolved(self) -> None:
        """A transaction of unknown ending is known now."""
        assert self.case is not None
        self.page.hush()
        key = "resolved_settled" if self.case.settled else "resolved_other"
        self.tell("done" if self.case.settled else "info", f"inpatient.{key}")
        if self.case.settled and not self.case.printed:
            self.page.print_slip(self.case.to_print)

    def changed(self, event: TransactionChanged) -> None:
        """A journal row changed: look at what is on the page again."""
        if self.busy:
            return
        if self.case is None:
            self.load()
        elif self.case.visit_no == event.visit:
            self.look_again()

    # endings

    def took(self, result: Any) -> bool:
        """As ever; the rest of the stay is read behind it."""
        accepted = super().took(result)
        self.look_again()
        return accepted

    def number(self) -> str:
        """The visit number of the stay on the page, or empty."""
        return self.case.visit_no if self.case else ""

    def late(self, subject: object, value: Any) -> None:
        """Something ended for a stay that is no longer on the page, or for the list before it."""
        if isinstance(value, UploadReport):
            self._all_uploaded(value)
            return
        self.load()
        super().late(subject, value)


def filing_words(filing: Filing, kinds: dict[str, str]) -> str:
    """A filing in the picker: its kind, number and validity."""
    ends = f"{filing.ends:%Y-%m-%d}" if filing.ends else say("inpatient.filing.endless")
    kind = kinds.get(filing.kind, filing.kind)
    holes = {"kind": kind, "number": filing.number, "begins": f"{filing.begins:%Y-%m-%d}"}
    return say("inpatient.filing.line", ends=ends, **holes)
