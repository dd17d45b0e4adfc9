"""The inpatient's desk: worklist, admission, daily fees, discharge, settlement and every way back.

Stays share the visit's road (register, charge, settle, refund); this module adds what only a stay
has and is what the window and ``gsdesk upload`` talk to. Amounts are fen, moments aware.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.domain import Amounts, Operator, Person, Qualification, Registration
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
from core.service.charge import never
from core.service.result import StepResult


class Stays:
    """Everything the window 住院结算 asks for. Methods raise ``Refused`` with every reason."""

    def worklist(self, text: str = "", state: str = "") -> tuple[StayRow, ...]:
        """Stays of hospital and journal, those with work first; ``text`` is part of visit,
        inpatient number, name, ward or bed; ``state`` a ``StayState`` or empty for all."""
        raise NotImplementedError

    def open(self, visit_no: str) -> Stay:
        """The stay with everything that belongs to it; ``Refused`` when nobody knows it."""
        raise NotImplementedError

    # -- admission

    def admit(
        self, registration: Registration, person: Person, qualification: Qualification | None,
        filing_no: str = "", override_by: Operator | None = None,
    ) -> StepResult:  # fmt: skip
        """2201 for an inpatient. ``filing_no``: a special filing that gives the qualification."""
        raise NotImplementedError

    def changeable(self, visit_no: str) -> tuple[ChangeField, ...]:
        """Every field of the registration: may it change, and why not."""
        raise NotImplementedError

    def change(self, visit_no: str, changes: Mapping[str, Any]) -> StepResult:
        """2203. ``changes`` by field name; names of codes (``dept_name`` …) may come along."""
        raise NotImplementedError

    def way_back(self, visit_no: str) -> tuple[WayBack, ...]:
        """The steps of taking the admission back, in order, with what is done already."""
        raise NotImplementedError

    def cancel_admission(self, visit_no: str, reason: str) -> StepResult:
        """2205 where lines are at the centre, then 2202; refused while settled or discharged."""
        raise NotImplementedError

    # -- special filing

    def file(self, filing: Filing, attachments: Sequence[tuple[str, bytes]] = ()) -> StepResult:
        """1102 with files (name, bytes), kept in the archive. ``StepResult.visit`` is empty."""
        raise NotImplementedError

    def filings(self, person_no: str = "") -> tuple[Filing, ...]:
        """Filings of a person (all when empty), newest first."""
        raise NotImplementedError

    def filing_warning(self, registration: Registration) -> str:
        """Ends soon, has ended, not approved: a sentence, or empty."""
        raise NotImplementedError

    # -- daily fees

    def upload(self, visit_no: str, stop: Callable[[], bool] = never) -> StepResult:
        """2204 for what the centre lacks, in batches; announces ``Progress("upload", …)``."""
        raise NotImplementedError

    def upload_all(
        self, visit_nos: Sequence[str] | None = None, stop: Callable[[], bool] = never
    ) -> UploadReport:
        """2204 for all (or these) stays; announces ``Progress("upload_all", visit, k, n)`` over
        all lines. ``stop`` is asked after every batch."""
        raise NotImplementedError

    def differences(self, visit_no: str) -> tuple[LineDifference, ...]:
        """Every line at the hospital, as uploaded, and as the centre lists it (9104)."""
        raise NotImplementedError

    def remove(self, visit_no: str, rx_no: str = "", line_id: str = "") -> StepResult:
        """2205 for one line, one prescription, or (both empty) all unsettled lines."""
        raise NotImplementedError

    # -- discharge and money

    def needs_card(self, step: str) -> bool:
        """Does the profile want the card read again before ``presettle`` or ``settle``?"""
        raise NotImplementedError

    def card_fault(self, visit_no: str, step: str) -> str:
        """Why the card read last does not do for ``step``; empty when it does."""
        raise NotImplementedError

    def presettle(self, visit_no: str) -> StepResult:
        """2206, mid-stay or after the discharge; mid-stay a missing line is a warning."""
        raise NotImplementedError

    def discharge(self, visit_no: str, discharge: Discharge) -> Stay:
        """Record how the stay ended; a pre-settlement made before no longer counts."""
        raise NotImplementedError

    def undo_discharge(self, visit_no: str, reason: str) -> Stay:
        """The patient stays; append-only, with the reason."""
        raise NotImplementedError

    def settle(self, visit_no: str, shown: Amounts) -> StepResult:
        """2207 of exactly what was shown after the discharge."""
        raise NotImplementedError

    def balance(self, visit_no: str) -> Balance:
        """Deposit against the patient's part: to collect or to return."""
        raise NotImplementedError

    def cancellation(self, visit_no: str) -> Cancellation:
        """What 2208 would mean today: same day, later day, later month, or confirmed."""
        raise NotImplementedError

    def cancel_settlement(self, visit_no: str, reason: str) -> StepResult:
        """2208; refused after a confirmed reconciliation."""
        raise NotImplementedError
