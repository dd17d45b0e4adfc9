"""入院登记: card, qualification or special filing, name check, 2201, what 2203 may change, 2202."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain import Person, Qualification, Registration
from core.domain.stay import ChangeField, Filing, WayBack
from core.outcome import Accepted
from gui.screens.inpatient.moments import moment_of
from gui.screens.inpatient.stay import StayDesk, filing_words
from gui.screens.outpatient.reception import in_words

APPROVED = ("", "1")  # an answer without a state is taken as approved
MOMENTS = ("admitted_at",)


class Admission(StayDesk):
    """Everything before the fees, and the ways to change or take back what was registered."""

    # card

    def read_card(self) -> None:
        """Ask the library for the person on the card."""
        call = self.desk.identify.read_card
        self.start("read_card", lambda: call(stay=True), self._card_read)

    def identify(self, kind: str, number: str) -> None:
        """Ask the centre for the person of a number."""
        call = self.desk.identify.by_number
        self.start("identify", lambda: call(kind, number, stay=True), self._card_read)

    def _card_read(self, answer: tuple[Any, Person | None]) -> None:
        outcome, person = answer
        if not isinstance(outcome, Accepted) or person is None:
            self.told(outcome, "")
            return
        known = in_words(self.desk, person)
        if self.case is None:
            self._seek(known)
        else:
            self.welcome(known)

    def _seek(self, person: Person) -> None:
        found = self.of_person(person)
        if len(found) == 1:
            self.open(found[0].visit_no, person)
            return
        self.text = person.name
        key = "several_stays" if found else "no_stay_of"
        self.tell("info", f"inpatient.{key}", count=len(found), name=person.name)

    def welcome(self, person: Person) -> None:
        """A card for the stay on the page: the patient's own, or somebody else's."""
        case = self.case
        assert case is not None
        if case.registered:
            self.compare(person)
            self.look_again()
            return
        case.person, case.override, case.filing = person, None, None
        case.qualification = None
        if len(person.qualifications) == 1:
            self._pick(person.qualifications[0])
        self.look_at_names()

    # qualification

    def usable_filings(self) -> tuple[Filing, ...]:
        """Approved filings whose qualification the card does not show (yet)."""
        case = self.case
        if case is None:
            return ()
        on_card = {item.id for item in case.person.qualifications} if case.person else set()
        return tuple(
            item for item in case.filings
            if item.state in APPROVED and item.qualification_id not in ("", *on_card)
        )  # fmt: skip

    def choices(self) -> tuple[Qualification, ...]:
        """What the picker offers: the card's qualifications, then those of special filings."""
        person = self.case.person if self.case else None
        kinds = self._filing_kinds()
        filed = tuple(
            Qualification(id=item.qualification_id, text=filing_words(item, kinds), kind="")
            for item in self.usable_filings()
        )
        return (*(person.qualifications if person else ()), *filed)

    def _filing_kinds(self) -> dict[str, str]:
        views = self.desk.centre.fields("special_filing")
        return next((dict(view.codes) for view in views if view.name == "filing_kind"), {})

    def pick(self, qualification_id: str) -> None:
        """The cashier chose an injury qualification, or a filing that stands for one."""
        case = self.case
        if case is None:
            return
        for item in case.person.qualifications if case.person else ():
            if item.id == qualification_id:
                self._pick(item)
        for filing in self.usable_filings():
            if filing.qualification_id == qualification_id:
                self._pick_filing(filing)
        self.page.refresh()

    def _pick_filing(self, filing: Filing) -> None:
        case = self.case
        assert case is not None
        case.qualification, case.filing = None, filing
        self._med_type(filing.med_type)
        if case.person is None:
            call = self.desk.stays.filed_person
            self.start("filed_person", lambda: call(filing.number), self._stands_in, lane="io")

    def _stands_in(self, person: Person) -> None:
        """Who was filed stands in for a card that nobody has."""
        if self.case is not None:
            self.case.person = person
            self.look_at_names()

    def _pick(self, chosen: Qualification) -> None:
        assert self.case is not None
        self.case.qualification, self.case.filing = chosen, None
        self._med_type(self.desk.stays.category_of(chosen))

    def _med_type(self, code: str) -> None:
        case = self.case
        if case is not None and case.draft is not None and code:
            case.draft = case.draft.model_copy(update={"med_type": code})

    # 2201

    def edit(self, draft: Registration) -> None:
        """The form as it was filled in."""
        if self.case is not None:
            self.case.draft = draft

    def admit(self) -> None:
        """Register the stay at the centre with the form as it is."""
        case = self.case
        if self.busy or case is None or self.blocked("admit"):
            return
        draft, person, chosen, by = case.draft, case.person, case.qualification, case.override
        filing_no = case.filing.number if case.filing else ""
        self.start(
            "register",
            lambda: self.desk.stays.admit(draft, person, chosen, filing_no, override_by=by),
            self._admitted,
            visit=case.visit_no,
        )

    def _admitted(self, result: Any) -> None:
        if self.took(result):
            self.tell("done", "inpatient.admitted")

    # 2203

    def ask_change(self, show: Any) -> None:
        """What may be changed of the registration; ``show`` gets the fields."""
        if not self.busy and not self.blocked("stay_change"):
            number = self.number()
            call = self.desk.stays.changeable
            self.start("changeable", lambda: call(number), show, lane="io")

    def change(self, changes: Mapping[str, str], fields: tuple[ChangeField, ...]) -> bool:
        """Send what differs from before; False when nothing does."""
        before = {item.field: item.value for item in fields if item.allowed}
        wanted = {
            name: moment_of(text) if name in MOMENTS else text
            for name, text in changes.items() if name in before and text != before[name]
        }  # fmt: skip
        if self.busy or not wanted:
            return False
        number = self.number()
        call = self.desk.stays.change
        self.start("change_registration", lambda: call(number, wanted), self._changed, visit=number)
        return True

    def _changed(self, result: Any) -> None:
        if self.took(result):
            assert self.case is not None
            self.case.draft = self.prefilled(result.visit.registration)
            self.tell("done", "inpatient.changed")

    # 2202

    def ask_way_back(self, show: Any) -> None:
        """The steps of taking the admission back; ``show`` gets them."""
        if not self.busy and not self.blocked("cancel_admission"):
            number = self.number()
            call = self.desk.stays.way_back
            self.start("way_back", lambda: call(number), show, lane="io")

    def next_back(self, way: tuple[WayBack, ...]) -> WayBack | None:
        """The step that may be taken now, where each is a transaction of its own."""
        if not self.desk.centre.capabilities.discharge_is_sent:
            return None
        return next((step for step in way if step.next), None)

    def may_cancel(self, way: tuple[WayBack, ...]) -> bool:
        """Whether only what this step does itself is left on the way back."""
        own = ("cancel_fees", "cancel_registration")
        return all(step.done or step.step in own for step in way)

    def cancel_admission(self, reason: str) -> None:
        """Take lines and registration back, in this order."""
        number = self.number()
        if not self.busy and number:
            call = self.desk.stays.cancel_admission
            self.start(
                "cancel_registration", lambda: call(number, reason), self._cancelled, visit=number
            )

    def _cancelled(self, result: Any) -> None:
        if self.took(result):
            self.tell("done", "inpatient.cancelled")
