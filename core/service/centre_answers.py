"""What only some centres answer: a person's fund state, sums of a year, open admissions anywhere.

Nothing is changed by asking (protocol-gd.md §4.2, §4.4). What an answer's fields are called says
the profile; the answers of the first two are proposed there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from core.centre.views import FieldView
from core.clock import CHINA
from core.domain.centrefacts import Fact, FundState, OpenAdmission
from core.errors import InvalidInput, Refused, fault
from core.journal import Journal
from core.money import show
from core.outcome import Accepted, Outcome
from core.service.transact import Road
from core.words import say

YEARS = (2000, 2100)
LOOK_BACK = timedelta(days=88)  # an answer spans three months at most (protocol-gd.md §4.2)
FINE = frozenset({"", "0"})
OPEN = "0"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """How asking ended, and what came: rows of the kind that was asked for."""

    outcome: Outcome
    rows: tuple[Any, ...] = ()


class CentreAnswers:
    """Every method asks the centre once."""

    def __init__(self, journal: Journal, road: Road, hospital_code: str) -> None:
        self._journal = journal
        self._road = road
        self._hospital_code = hospital_code

    def fund_state(self, person_no: str, first: date, last: date) -> Answer:
        """The person's funds on these days: ``FundState`` each; raises ``Refused`` without a
        number, ``InvalidInput`` for days that are none."""
        if first > last:
            raise InvalidInput(fault("centre_answers.period", "first"))
        values = {"begin": _moment(first), "end": _moment(last)}
        return self._ask("fund_state", person_no, values, self._fund)

    def accumulated(self, person_no: str, region: str, year: int) -> Answer:
        """Sums of a year: a tuple of ``Fact`` a row; raises as ``fund_state``."""
        if not YEARS[0] <= year <= YEARS[1]:
            raise InvalidInput(fault("centre_answers.year", "year", first=YEARS[0], last=YEARS[1]))
        if not region.strip():
            raise Refused(fault("centre_answers.region", "region"))
        values = {"region": region.strip(), "year": str(year)}
        return self._ask("accumulated", person_no, values, self._facts)

    def open_admissions(self, person_no: str) -> Answer:
        """Admissions that the centre has open for a person, of any hospital: ``OpenAdmission``."""
        now = self._road.clock.now()
        values = {
            "identify_by": "computer_no", "identify_value": person_no.strip(), "settled": OPEN,
            "begin": now - LOOK_BACK, "end": now,
        }  # fmt: skip
        return self._ask("stay_data", person_no, values, self._admission, stay=True)

    def _ask(
        self, step: str, person_no: str, values: dict[str, Any], face: Any, *, stay: bool = False
    ) -> Answer:
        if not person_no.strip():
            raise Refused(fault("centre_answers.person", "person_no"))
        values = {**values, "person_no": person_no.strip()}
        done = self._road.travel(step, values, blocks=False, stay=stay)
        if not isinstance(done.outcome, Accepted):
            return Answer(done.outcome)
        rows = done.outcome.rows or ((done.outcome.values,) if done.outcome.values else ())
        return Answer(done.outcome, tuple(face(row) for row in rows))

    # -- faces

    def _fund(self, row: Row) -> FundState:
        fund, state = _text(row, "fund_code"), _text(row, "state")
        views = {view.name: view for view in self._views("fund_state")}
        word = views["state"].codes.get(state, state) if "state" in views else state
        name = _text(row, "fund_name")
        if not name and "fund_code" in views:
            name = views["fund_code"].codes.get(fund, fund)
        return FundState(
            fund=fund, name=name or fund, state=word or say("centre_answers.fine"),
            frozen=state not in FINE, reason=_text(row, "reason"),
        )  # fmt: skip

    def _facts(self, row: Row) -> tuple[Fact, ...]:
        return tuple(
            Fact(name=view.name, label=view.label, value=_shown(view, row.get(view.name)))
            for view in self._views("accumulated") if row.get(view.name) not in (None, "")
        )  # fmt: skip

    def _views(self, step: str) -> Sequence[FieldView]:
        return self._road.centre.reply_fields(step)

    def _admission(self, row: Row) -> OpenAdmission:
        theirs, code = _text(row, "centre_visit_no"), _text(row, "hospital_code")
        ours = self._journal.ledger.centrefacts.visit_of(theirs)
        here = code in ("", self._hospital_code) or bool(ours)
        place = _text(row, "hospital_name") or code
        key = "ours" if ours else "here" if here else "elsewhere"
        return OpenAdmission(
            centre_visit_no=theirs, hospital_code=code, hospital_name=place,
            visit_no=_text(row, "inpatient_no"), ours=ours, here=here,
            admitted_on=_day(row.get("admitted_at")), ward=_text(row, "ward_code"),
            bed=_text(row, "bed"), why=say(f"centre_answers.open_{key}", place=place),
        )  # fmt: skip


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)


def _day(value: Any) -> date | None:
    return value.astimezone(CHINA).date() if isinstance(value, datetime) else None


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, CHINA)


def _shown(view: FieldView, value: Any) -> str:
    if view.type == "money":
        return show(value)
    return str(view.codes.get(str(value), value))
