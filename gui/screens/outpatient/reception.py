"""The first half of a visit: card, visit number, injury qualification, name check, registration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core.catalogue.initials import begins
from core.domain import Person, Qualification, Registration, Stage, Visit
from core.errors import Fault, Refused
from core.outcome import Accepted
from core.words import say
from gui.messages import leads_of, of_refusal
from gui.screens.outpatient.case import Case
from gui.screens.outpatient.steps import why_not
from gui.screens.serving import Serving
from gui.screens.work import Page

KIND_LETTERS = (
    2  # 肢体|残, 职业|病, 康复|治疗: so much of a kind stands in the label of its med type
)


def suggested_med_type(kind: str, choices: Iterable[tuple[str, str]]) -> str:
    """The outpatient medical type whose label names the qualification's kind, or nothing."""
    word = kind[:KIND_LETTERS]
    prefix = say("outpatient.med_type_prefix")
    fits = [code for code, label in choices if word and label.startswith(prefix) and word in label]
    return fits[0] if fits else ""


def matching(person: Person, waiting: Sequence[Registration]) -> list[Registration]:
    """The waiting visits of the person on the card: by ID number, else by exact name."""
    same = [item for item in waiting if item.id_no and item.id_no == person.id_no]
    return same or [item for item in waiting if not item.id_no and item.person_name == person.name]


def search_waiting(text: str, waiting: Sequence[Registration]) -> list[Registration]:
    """Waiting visits with ``text`` in number, name, department or doctor, or as pinyin initials."""
    wanted = text.strip().casefold()
    return [
        item for item in waiting if wanted in _searched(item) or begins(item.person_name, wanted)
    ]


def _searched(item: Registration) -> str:
    parts = (item.visit_no, item.person_name, item.dept_name, item.doctor_name, item.id_no[-4:])
    return " ".join(parts).casefold()


def reasons_by_line(faults: Iterable[Any]) -> dict[str, str]:
    """All reasons of a line in one sentence; the key is empty where it is about all lines."""
    found: dict[str, list[str]] = {}
    for item in faults:
        found.setdefault(item.line_id, []).append(item.fault.text)
    return {line_id: "；".join(texts) for line_id, texts in found.items()}


def in_words(desk: Any, person: Person) -> Person:
    """The person with the codes of the card as the profile's code lists word them."""
    lists = {view.name: view.codes for view in desk.centre.reply_fields("read_card")}
    words = {
        name: lists.get(name, {}).get(getattr(person, name), getattr(person, name))
        for name in ("sex", "refused_reason")
    }
    return person.model_copy(update=words)


class Reception(Serving):
    """Everything before the money; ``med_types`` are (code, label) of the profile's code list."""

    def __init__(self, desk: Any, page: Page, med_types: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(desk, page)
        self.med_types = tuple(med_types)
        self.case = Case()

    def subject(self) -> object:
        """The patient on the page."""
        return self.case

    def why_not(self, action: str) -> Fault | None:
        """Why an action of the table cannot be taken now."""
        return why_not(self.case, action)

    def number(self) -> str:
        """The visit number of the patient on the page, or empty."""
        return self.case.visit.visit_no if self.case.visit else ""

    # card

    def read_card(self) -> None:
        """Ask the library for the person on the card."""
        self.start("read_card", self.desk.identify.read_card, self._card_read)

    def identify(self, kind: str, number: str) -> None:
        """Ask the centre for the person of a number."""
        call = self.desk.identify.by_number
        self.start("identify", lambda: call(kind, number), self._card_read)

    def _card_read(self, answer: tuple[Any, Person | None]) -> None:
        outcome, person = answer
        if isinstance(outcome, Accepted) and person is not None:
            self._welcome(in_words(self.desk, person))
        else:
            self.told(outcome, "")

    def _welcome(self, person: Person) -> None:
        if self.case.registered:
            self.compare(person)
            return
        self.case.person, self.case.override = person, None
        self._choose(person.qualifications)
        self._look_at_names()
        if self.case.visit is None:
            self.start("waiting", self.desk.hospital.waiting, self._seek, lane="io")

    def _seek(self, waiting: Sequence[Registration]) -> None:
        person = self.case.person
        found = matching(person, waiting) if person else []
        if len(found) == 1:
            self.open(found[0].visit_no)
        elif found:
            self.tell("info", "outpatient.several_visits", count=len(found))
        else:
            self.tell("info", "outpatient.no_waiting")

    def _choose(self, qualifications: Sequence[Qualification]) -> None:
        self.case.qualification = None
        if len(qualifications) == 1:
            self._pick(qualifications[0])

    # visit

    def open(self, visit_no: str) -> None:
        """Show the visit of that number; a new patient when another one is on the page."""
        number = visit_no.strip()
        if not number or self.busy:
            return
        if self.case.visit is not None and self.case.visit.visit_no != number:
            self.case = Case()
        self.start("open", lambda: self._looked_up(number), self._opened, lane="io")

    def look_again(self) -> None:
        """Back on the page: what was wrong with the lines may have been mended elsewhere."""
        case = self.case
        if case.visit is not None and case.faulty:
            self.open(case.visit.visit_no)

    def reopen(self) -> None:
        """Something about the lines was decided: read the visit on the page again."""
        if self.case.visit is not None:
            self.open(self.case.visit.visit_no)

    def _looked_up(self, visit_no: str) -> tuple[Visit, tuple[Any, ...], int]:
        visit = self._visit(visit_no)
        faults = self.desk.charge.check(visit.lines)
        paid = visit.settlement
        return visit, faults, self.desk.documents.prints(paid.msgid) if paid else 0

    def _visit(self, visit_no: str) -> Visit:
        try:
            found: Visit = self.desk.register.open(visit_no)
        except Refused:
            if not self.desk.hospital.absent:
                raise
            found = self.desk.history.visit(visit_no)
        return found

    def _opened(self, found: tuple[Visit, tuple[Any, ...], int]) -> None:
        visit, faults, prints = found
        self.take_visit(visit)
        self.case.faulty = reasons_by_line(faults)
        self.case.printed = prints > 0
        unmapped = [item.fault for item in faults if leads_of([item.fault])[0]]
        self.case.unmapped = unmapped[0].text if unmapped else ""
        if unmapped:
            self.page.tell(of_refusal(Refused(unmapped)))
        if visit.open_msgid:
            self.tell("unknown", "outpatient.open_visit")

    def take_visit(self, visit: Visit) -> None:
        """The visit as it is now becomes what the page shows."""
        case = self.case
        case.with_settlement = self.desk.centre.capabilities.fees_with_settlement
        case.visit, case.armed = visit, False
        if visit.person is not None and visit.stage not in (Stage.NEW, Stage.CANCELLED):
            case.person, case.qualification = visit.person, visit.qualification
        if case.draft is None or case.draft.visit_no != visit.visit_no or case.registered:
            case.draft = self._prefilled(visit.registration)
        paid = visit.settlement if visit.stage is Stage.SETTLED else None
        case.to_print = paid.msgid if paid else ""
        self._look_at_names()

    def _prefilled(self, registration: Registration) -> Registration:
        kind = self.case.qualification.kind if self.case.qualification else ""
        med_type = registration.med_type or suggested_med_type(kind, self.med_types)
        return registration.model_copy(update={"med_type": med_type})

    # who it is

    def _look_at_names(self) -> None:
        case = self.case
        if case.person is None or case.visit is None or case.registered:
            case.differences = ()
            return
        found = self.desk.identify.differences(case.person, case.visit.registration)
        case.differences = tuple(item.text for item in found)

    def likely(self) -> Qualification | None:
        """The one chosen, else the first that fits the medical type the hospital ordered."""
        case = self.case
        if case.qualification is not None or case.person is None or case.draft is None:
            return case.qualification
        wanted = case.draft.med_type
        fits = (q for q in case.person.qualifications if self._med_type(q) == wanted)
        return next(fits, None)

    def _med_type(self, qualification: Qualification) -> str:
        return suggested_med_type(qualification.kind, self.med_types)

    def pick(self, qualification_id: str) -> None:
        """The cashier chose an injury qualification of the person."""
        person = self.case.person
        found = [item for item in (person.qualifications if person else ())]
        for item in found:
            if item.id == qualification_id:
                self._pick(item)
        self.page.refresh()

    def _pick(self, qualification: Qualification) -> None:
        self.case.qualification = qualification
        suggested = self._med_type(qualification)
        if self.case.draft is not None and suggested:
            self.case.draft = self.case.draft.model_copy(update={"med_type": suggested})

    # registration

    def edit(self, draft: Registration) -> None:
        """The form as the cashier filled it in; names follow their codes."""
        self.case.draft = self.desk.catalogue.with_names(self.case.draft, draft)

    def register(self) -> None:
        """Register the visit at the centre with the form as it is."""
        case = self.case
        if self.busy or self.blocked("register"):
            return
        draft, person, chosen, by = case.draft, case.person, case.qualification, case.override
        self.start(
            "register",
            lambda: self.desk.register.register(draft, person, chosen, override_by=by),
            self._registered,
            visit=draft.visit_no if draft else "",
        )

    def _registered(self, result: Any) -> None:
        if self.took(result):
            self.tell("done", f"outpatient.registered{self.way()}")

    def way(self) -> str:
        """Ending of the sentences that are other ones where lines are held here."""
        return "_held" if self.case.held else ""
