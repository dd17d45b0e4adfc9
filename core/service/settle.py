"""Pre-settlement and settlement: what the patient was shown is what is settled,
or the desk stops."""

from __future__ import annotations

from typing import Any

from core.domain import Amounts, Discharge, Visit
from core.errors import Fault, Refused, fault
from core.journal import Journal
from core.journal.records import amounts
from core.money import show
from core.outcome import Accepted
from core.service.card import card_fault
from core.service.charge import Charge, row_of
from core.service.lifecycle import may
from core.service.line_ids import longest
from core.service.netting import netted
from core.service.partial_stage import waiting
from core.service.result import StepResult
from core.service.session import Session
from core.service.sums import amounts_warnings
from core.service.transact import Road, Travelled, guard
from core.service.visits import Visits

OUTPATIENT_OUTCOME = "04"  # 其它: outpatients and stays that go on (protocol-zjs.md §2.4, SEEN)
OCCUPATIONAL = frozenset({"12", "22"})


class Settle:
    """Asks for the amounts, shows them, settles exactly them."""

    def __init__(
        self, journal: Journal, road: Road, visits: Visits, session: Session, charge: Charge
    ) -> None:
        self._journal = journal
        self._road = road
        self._visits = visits
        self._session = session
        self._charge = charge

    def presettle(self, visit_no: str) -> StepResult:
        """Ask the centre what it would pay; refused unless every line is uploaded and adds up.

        In the middle of a stay a missing line is a warning: what is there so far is asked for.
        """
        visit = self._visits.read(visit_no)
        guard(may(visit, "presettle"))
        self._guard(visit, "presettle")
        missing = _missing(visit) if _goes_on(visit) else None
        done = self._road.travel("presettle", self._values(visit), self.rows(visit))
        warnings = (missing,) if missing else ()
        differs = _total_differs(self._journal, visit_no, done)
        return self._result(visit_no, done, warnings + differs)

    def settle(self, visit_no: str, shown: Amounts) -> StepResult:
        """Settle what was ``shown``; raises ``Refused`` when the journal holds other amounts.

        A reply with other amounts than shown is settled all the same (the centre has it) and comes
        back with a warning that names both.
        """
        visit = self._visits.read(visit_no)
        guard(may(visit, "settle"))
        self._guard(visit, "settle")
        if visit.presettlement != shown:
            raise Refused(fault("settle.shown_is_old", **_both(shown, visit.presettlement)))
        partial = waiting(self._journal.ledger, visit_no)
        values = self._values(visit) | ({"partial": partial} if partial else {})
        done = self._road.travel("settle", values, self.rows(visit), amount=shown.total)
        return self._result(visit_no, done, _differs_from_shown(shown, done))

    def _result(self, visit_no: str, done: Travelled, more: tuple[Fault, ...]) -> StepResult:
        warnings = more + done.broken
        if isinstance(done.outcome, Accepted) and not done.broken:
            warnings += amounts_warnings(done.outcome.values)
        return StepResult(done.outcome, self._visits.after(visit_no), done.msgid, warnings, done.ms)

    def _guard(self, visit: Visit, step: str) -> None:
        guard(self._session.clock_fault())
        guard(card_fault(self._journal, self._road, visit, step))
        guard(None if _goes_on(visit) else _missing(visit))
        guard(self._sums_differ(visit))

    def _sums_differ(self, visit: Visit) -> Fault | None:
        there = {item.line_id for item in visit.uploaded}
        lines = netted(visit.lines) if self._charge.held(visit) else visit.lines
        ours = sum(line.amount for line in lines if line.line_id in there)
        theirs = self._journal.ledger.uploaded_total(visit.visit_no)
        if visit.lines and ours != theirs:
            return fault("settle.sums_differ", ours=show(ours), theirs=show(theirs))
        return None

    def rows(self, visit: Visit) -> tuple[dict[str, Any], ...]:
        """The lines that travel with trial and settlement; none where the centre has them."""
        if not self._charge.held(visit):
            return ()
        most = longest(self._road.centre)
        return tuple(row_of(line, visit.registration, most) for line in netted(visit.lines))

    def _values(self, visit: Visit) -> dict[str, Any]:
        known = visit.registration
        now = self._session.centre_now()
        end = visit.discharge or Discharge(
            discharged_at=now, outcome_code=OUTPATIENT_OUTCOME,
            diagnosis_code=known.diagnosis_code, diagnosis_name=known.diagnosis_name,
        )  # fmt: skip
        return {
            "visit_no": visit.visit_no, "bill_no": visit.bill_no, "med_type": known.med_type,
            "settled_at": now, "discharged_at": end.discharged_at,
            "outcome_code": end.outcome_code, "diagnosis_code": end.diagnosis_code,
            "diagnosis_name": end.diagnosis_name or end.diagnosis_code,
            "person_no": visit.person.number if visit.person else "",
            "dept_code": known.dept_code, "doctor_code": known.doctor_code,
            "occupational": "1" if known.med_type in OCCUPATIONAL else "",
        }  # fmt: skip


def _goes_on(visit: Visit) -> bool:
    """In the middle of a stay."""
    return visit.registration.is_inpatient and visit.discharge is None


def _missing(visit: Visit) -> Fault | None:
    there = {item.line_id for item in visit.uploaded}
    count = sum(line.line_id not in there for line in visit.lines)
    return fault("settle.lines_missing", count=count) if count else None


def _both(shown: Amounts, other: Amounts | None) -> dict[str, str]:
    theirs = [other.total, other.fund, other.personal] if other else [None, None, None]
    return {
        "total": show(shown.total), "fund": show(shown.fund), "personal": show(shown.personal),
        "total2": show(theirs[0]), "fund2": show(theirs[1]), "personal2": show(theirs[2]),
    }  # fmt: skip


def _amounts_of(done: Travelled) -> Amounts | None:
    if not isinstance(done.outcome, Accepted):
        return None
    values = done.outcome.values
    return amounts(values) if {"total", "fund", "personal"} <= values.keys() else None


def _total_differs(journal: Journal, visit_no: str, done: Travelled) -> tuple[Fault, ...]:
    found, ours = _amounts_of(done), journal.ledger.uploaded_total(visit_no)
    if found is None or found.total == ours:
        return ()
    return (fault("settle.sums_differ", ours=show(ours), theirs=show(found.total)),)


def _differs_from_shown(shown: Amounts, done: Travelled) -> tuple[Fault, ...]:
    found = _amounts_of(done)
    same = found is None or (found.total, found.fund, found.personal) == (
        shown.total, shown.fund, shown.personal,
    )  # fmt: skip
    return () if same else (fault("settle.differs", **_both(shown, found)),)
