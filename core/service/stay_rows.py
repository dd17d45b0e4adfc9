"""The worklist of stays: the hospital's wards and the desk's own record, one row a stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from core.clock import Clock
from core.domain import Registration
from core.domain.split import SplitPart
from core.domain.stay import HospitalStay, StayRow, StayState, days_of_stay
from core.his.port import Hospital
from core.journal import Journal
from core.journal.stays import KnownStay

SHOWN = timedelta(days=31)  # settled and cancelled stays stay in the list for so long
WORK_FIRST = (
    StayState.NOT_PRINTED, StayState.DISCHARGED, StayState.TO_UPLOAD, StayState.WAITING,
    StayState.PRESETTLED, StayState.ADMITTED, StayState.SETTLED, StayState.CANCELLED,
)  # fmt: skip
SEARCHED = ("visit_no", "inpatient_no", "name", "ward", "dept", "bed")
Fit = Callable[[Registration], Registration]
Warn = Callable[[Registration], str]


class StayRows:
    """Builds rows; ``warn`` says what is wrong with the filing of a registration, ``fit`` gives it
    a category of the centre."""

    def __init__(
        self, journal: Journal, hospital: Hospital, clock: Clock, warn: Warn, fit: Fit
    ) -> None:
        self._journal = journal
        self._hospital = hospital
        self._clock = clock
        self._warn = warn
        self._fit = fit

    def all(self) -> tuple[StayRow, ...]:
        """Every stay, those with work first, then by ward and bed."""
        since = self._clock.now() - SHOWN
        known = {item.visit_no: item for item in self._journal.ledger.stays.known(since)}
        there = {item.registration.visit_no: item for item in self._hospital.stays()}
        old = self._journal.ledger.stays.known(None) if there.keys() - known.keys() else ()
        done = {item.visit_no for item in old} - known.keys()
        numbers = [number for number in {**there, **known} if number not in done]
        rows = [self._row(number, known.get(number), there.get(number)) for number in numbers]
        return tuple(sorted(rows, key=_order))

    def one(self, visit_no: str) -> StayRow:
        """The row of one stay, whatever its age."""
        known = next(iter(self._journal.ledger.stays.known(None, visit_no)), None)
        return self._row(visit_no, known, self._hospital.stay(visit_no))

    def _row(self, visit_no: str, known: KnownStay | None, there: HospitalStay | None) -> StayRow:
        who = self._fit(_registration(visit_no, known, there))
        count, amount = _lines(known, there)
        count -= self._kept_back(visit_no)
        missing = max(0, count - known.uploaded) if known else count
        ended = (known and known.discharge) or (there and there.discharge) or None
        until = ended.discharged_at if ended else self._clock.now()
        row = StayRow(
            visit_no=visit_no, inpatient_no=who.inpatient_no, name=who.person_name,
            ward=who.ward_name, dept=who.dept_name or who.dept_code, bed=who.bed,
            med_type=who.med_type, admitted_at=who.admitted_at,
            discharged_at=ended.discharged_at if ended else None,
            days=days_of_stay(who.admitted_at or until, until),
            hospital=amount, line_count=count, lines_missing=missing,
            deposit=there.deposit if there else 0, filing_warning=self._warn(who),
            state=state_of(known, missing),
        )  # fmt: skip
        return row.model_copy(update=_centre_side(known)) if known else row

    def _kept_back(self, visit_no: str) -> int:
        """Lines that belong to a disease and are sent afterwards."""
        marks = self._journal.ledger.centrefacts.marks(visit_no).values()
        return sum(words[0].part is SplitPart.LATER for words in marks)


def _registration(
    visit_no: str, known: KnownStay | None, there: HospitalStay | None
) -> Registration:
    """What was registered; before that, what the hospital has."""
    if known and (known.registered or known.open_msgid or there is None):
        return known.registration
    return there.registration if there else Registration(visit_no=visit_no)


def _lines(known: KnownStay | None, there: HospitalStay | None) -> tuple[int, int]:
    """How many lines there are and their sum: imported ones go before the hospital's."""
    if known and known.lines is not None:
        return known.lines, known.amount or 0
    return (there.line_count, there.amount) if there else (0, 0)


def _centre_side(known: KnownStay) -> dict[str, object]:
    shown = known.presettlement.total if known.presettlement else None
    return {
        "uploaded": known.uploaded_total, "open_msgid": known.open_msgid,
        "centre": known.settled_total if known.settlement else shown,
        "settlement_msgid": known.settlement, "printed": known.printed,
    }  # fmt: skip


def state_of(known: KnownStay | None, missing: int) -> StayState:
    """Where the stay stands; what has gone furthest counts."""
    if known is None or not known.registered:
        return StayState.CANCELLED if known and known.cancelled else StayState.WAITING
    if known.settlement:
        return StayState.SETTLED if known.printed else StayState.NOT_PRINTED
    if known.discharge:
        return StayState.DISCHARGED
    if missing:
        return StayState.TO_UPLOAD
    return StayState.PRESETTLED if known.presettlement else StayState.ADMITTED


def _order(row: StayRow) -> tuple[int, str, str, str]:
    return WORK_FIRST.index(row.state), row.ward, row.bed, row.visit_no


def chosen(rows: Iterable[StayRow], text: str, state: str) -> tuple[StayRow, ...]:
    """Rows of a state (empty: any) that have ``text`` in a number, name, ward or bed."""
    wanted = text.strip().casefold()
    return tuple(
        row for row in rows
        if state in ("", row.state)
        and (not wanted or any(wanted in getattr(row, name).casefold() for name in SEARCHED))
    )  # fmt: skip
