"""The inpatient's desk: worklist, admission, daily fees, discharge, settlement and every way back.

Stays share the visit's road (register, charge, settle, refund); this module adds what only a stay
has and is what the window and ``gsdesk upload`` talk to. Amounts are fen, moments aware.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.centre.views import FieldView
from core.domain import Amounts, FeeLine, Operator, Person, Qualification, Registration, Visit
from core.domain.stay import (
    Balance,
    Cancellation,
    ChangeField,
    Discharge,
    Filing,
    LineDifference,
    Stay,
    StayRow,
    UploadReport,
    WayBack,
)
from core.domain.visit import Stage
from core.errors import Refused, fault
from core.his.port import Hospital
from core.journal import Journal
from core.service.card import card_fault, needs_card
from core.service.categories import category_codes, fitted
from core.service.charge import Charge, never
from core.service.filing import Filings, with_filing
from core.service.lifecycle import may
from core.service.refund import Refund
from core.service.register import Register
from core.service.result import StepResult
from core.service.session import Session
from core.service.settle import Settle
from core.service.stay_changes import Changes
from core.service.stay_discharge import Discharges, StayResult
from core.service.stay_lines import all_differences, known_differences
from core.service.stay_rows import StayRows, chosen
from core.service.stay_upload import WorklistUpload
from core.service.transact import Road, guard
from core.service.visits import Visits
from core.service.way_back import FIRST, way_back
from core.words import say


@dataclass(frozen=True, slots=True)
class Parts:
    """The services that a stay shares with every visit."""

    journal: Journal
    road: Road
    visits: Visits
    session: Session
    register: Register
    charge: Charge
    settle: Settle
    refund: Refund
    hospital: Hospital


class Stays:
    """Everything the window 住院结算 asks for. Methods raise ``Refused`` with every reason."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._journal, self._road = parts.journal, parts.road
        self._visits, self._hospital = parts.visits, parts.hospital
        self._filings = Filings(self._journal, self._road)
        self._rows = StayRows(
            self._journal, self._hospital, self._road.clock, self._filings.warning,
            partial(fitted, self._road.centre),
        )  # fmt: skip
        self._changes = Changes(self._journal, self._road, self._visits, self._hospital)
        self._discharges = Discharges(self._journal, self._road, self._visits, parts.session)
        self._upload = WorklistUpload(self._road, self._rows, parts.charge, self._visits)

    # -- looking

    def worklist(self, text: str = "", state: str = "") -> tuple[StayRow, ...]:
        """Stays of hospital and journal, those with work first; ``text`` is part of visit,
        inpatient number, name, ward or bed; ``state`` a ``StayState`` or empty for all."""
        return chosen(self._rows.all(), text, state)

    def open(self, visit_no: str) -> Stay:
        """The stay with everything that belongs to it; ``Refused`` when nobody knows it, or when
        it is a visit of a day."""
        visit = self._visits.find(visit_no)
        if visit.registration.med_type and not visit.registration.is_inpatient:
            raise Refused(fault("stays.outpatient", "visit_no", visit=visit.visit_no))
        there = self._hospital.stay(visit.visit_no)
        number = visit.registration.filing_no
        return Stay(
            visit=visit, row=self._rows.one(visit.visit_no), discharge=visit.discharge,
            hospital_discharge=self._discharges.fitted(there.discharge) if there else None,
            deposit=there.deposit if there else 0,
            filing=self._filings.of(number) if number else None,
            differences=known_differences(visit) if visit.stage is not Stage.NEW else (),
        )  # fmt: skip

    # -- admission

    def admit(
        self, registration: Registration, person: Person, qualification: Qualification | None,
        filing_no: str = "", override_by: Operator | None = None,
    ) -> StepResult:  # fmt: skip
        """2201 for an inpatient. ``filing_no``: a special filing that gives the qualification."""
        if registration.med_type not in category_codes(self._road.centre, stay=True):
            raise Refused(fault("stays.admit.category", "med_type"))
        if filing_no.strip():
            at = registration.admitted_at or self._parts.session.centre_now()
            found = self._filings.usable(filing_no, person, at)
            person, given = with_filing(person, found)
            qualification = qualification or given
            registration = registration.model_copy(update={"filing_no": found.number})
        return self._parts.register.register(registration, person, qualification, override_by)

    def category_of(self, qualification: Qualification) -> str:
        """The inpatient category that fits a qualification's kind, or empty: what a form offers."""
        codes = category_codes(self._road.centre, stay=True)
        fitting = [code for code, word in codes.items() if qualification.kind in word]
        return fitting[0] if qualification.kind and fitting else ""

    def changeable(self, visit_no: str) -> tuple[ChangeField, ...]:
        """Every field of the registration: may it change, and why not."""
        return self._changes.fields(visit_no)

    def change(self, visit_no: str, changes: Mapping[str, Any]) -> StepResult:
        """2203. ``changes`` by field name; names of codes (``dept_name`` …) may come along."""
        return self._changes.change(visit_no, changes)

    def way_back(self, visit_no: str) -> tuple[WayBack, ...]:
        """The steps of taking the admission back, in order, with what is done already."""
        return way_back(self._visits.read(visit_no), self._road.centre.capabilities)

    def cancel_admission(self, visit_no: str, reason: str) -> StepResult:
        """2205 where lines are at the centre, then 2202; refused while settled or discharged."""
        visit = self._visits.read(visit_no)
        left = [step for step in self.way_back(visit_no) if not step.done]
        if left and left[0].step in FIRST:
            texts = say("stays.back.then").join(step.text for step in left)
            raise Refused(fault("stays.back.order", steps=texts))
        guard(may(visit, "cancel_registration"))
        return self._parts.register.cancel(visit_no, _reason(reason))

    # -- special filing

    def file(self, filing: Filing, attachments: Sequence[tuple[str, bytes]] = ()) -> StepResult:
        """1102 with files (name, bytes), kept in the archive. ``StepResult.visit`` is empty."""
        return self._filings.file(filing, attachments)

    def filings(self, person_no: str = "") -> tuple[Filing, ...]:
        """Filings of a person (all when empty), newest first."""
        return self._filings.all(person_no)

    def filed_person(self, filing_no: str) -> Person:
        """The person of a filing with the qualification it gives: for one without a card."""
        return self._filings.person(filing_no)

    def filing_warning(self, registration: Registration) -> str:
        """Ends soon, or has ended: a sentence, or empty."""
        return self._filings.warning(registration)

    # -- daily fees

    def use_lines(self, visit_no: str, lines: Sequence[FeeLine]) -> Visit:
        """Lines from a file, laid beside those imported before; an uploaded one stays as it is."""
        return self._parts.charge.add_lines(visit_no, lines)

    def upload(self, visit_no: str, stop: Callable[[], bool] = never) -> StepResult:
        """2204 for what the centre lacks, in batches; announces ``Progress("upload", …)``."""
        return self._parts.charge.upload(visit_no, stop)

    def upload_all(
        self, visit_nos: Sequence[str] | None = None, stop: Callable[[], bool] = never
    ) -> UploadReport:
        """2204 for all (or these) stays; announces ``Progress("upload_all", visit, k, n)`` over
        all lines. ``stop`` is asked after every batch."""
        return self._upload.run(visit_nos, stop)

    def differences(self, visit_no: str) -> tuple[LineDifference, ...]:
        """Every line at the hospital, as uploaded, and as the centre lists it (9104)."""
        return all_differences(self._road, self._visits.find(visit_no))

    def remove(
        self, visit_no: str, rx_no: str = "", line_id: str = "", reason: str = ""
    ) -> StepResult:
        """2205 for one line, one prescription, or (both empty) all unsettled lines."""
        return self._parts.charge.remove(visit_no, rx_no, line_id, reason)

    def counter(self, visit_no: str, reason: str) -> StepResult:
        """Take every uploaded line back by a line of the opposite sign: where a city forbids
        deletion this is the step "cancel_fees" of the way back."""
        return self._parts.charge.counter(visit_no, reason)

    # -- discharge and money

    def outcomes(self) -> Mapping[str, str]:
        """How a stay may end: code to word, from the profile."""
        return self._discharges.outcomes()

    def discharge_fields(self) -> tuple[FieldView, ...]:
        """What the form of the discharge asks for beside its own fields; goes into ``extra``."""
        return self._discharges.fields()

    def needs_card(self, step: str) -> bool:
        """Does the profile want the card read again before ``presettle`` or ``settle``?"""
        return needs_card(self._road, step)

    def card_fault(self, visit_no: str, step: str) -> str:
        """Why the card read last does not do for ``step``; empty when it does."""
        problem = card_fault(self._journal, self._road, self._visits.read(visit_no), step)
        return problem.text if problem else ""

    def presettle(self, visit_no: str) -> StepResult:
        """2206, mid-stay or after the discharge; mid-stay a missing line is a warning."""
        return self._parts.settle.presettle(visit_no)

    def discharge(self, visit_no: str, discharge: Discharge) -> StayResult:
        """How the stay ended: recorded, or sent where the centre is told; a pre-settlement made
        before no longer counts.

        Refused while lines are missing: after the discharge none is taken any more.
        """
        return self._turned(self._discharges.record(visit_no, discharge))

    def undo_discharge(self, visit_no: str, reason: str) -> StayResult:
        """The patient stays; append-only, with the reason."""
        return self._turned(self._discharges.undo(visit_no, _reason(reason)))

    def _turned(self, done: StepResult) -> StayResult:
        return StayResult(
            done.outcome, done.visit, done.msgid, done.warnings, done.ms,
            self.open(done.visit.visit_no),
        )  # fmt: skip

    def settle(self, visit_no: str, shown: Amounts) -> StepResult:
        """2207 of exactly what was shown after the discharge; the deposit is kept for the slip."""
        there = self._hospital.stay(visit_no)
        with self._journal.commit():
            who, deposit = self._parts.session.acting().id, there.deposit if there else 0
            self._journal.ledger.stays.note_deposit(visit_no, deposit, who)
        return self._parts.settle.settle(visit_no, shown)

    def balance(self, visit_no: str) -> Balance:
        """Deposit against the patient's part: to collect or to return."""
        visit = self._visits.read(visit_no)
        there = self._hospital.stay(visit_no)
        return balance_of(there.deposit if there else 0, visit)

    def cancellation(self, visit_no: str) -> Cancellation:
        """What 2208 would mean today: same day, later day, later month, or confirmed."""
        return self._parts.refund.cancellation(visit_no)

    def cancel_settlement(self, visit_no: str, reason: str) -> StepResult:
        """2208; refused after a confirmed reconciliation."""
        return self._parts.refund.cancel_settlement(visit_no, reason)


def balance_of(deposit: int, visit: Visit) -> Balance:
    """What the cashier collects or returns, from the settlement or else the pre-settlement."""
    paid = visit.settlement.amounts if visit.settlement else visit.presettlement
    if paid is None:
        return Balance(deposit=deposit)
    return Balance(
        deposit=deposit, total=paid.total, fund=paid.fund, personal=paid.personal,
        to_collect=max(0, paid.personal - deposit), to_return=max(0, deposit - paid.personal),
        final=visit.settlement is not None,
    )  # fmt: skip


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused(fault("stays.reason", "reason"))
    return text.strip()
