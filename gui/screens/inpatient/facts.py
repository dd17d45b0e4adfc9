"""The patient card of a stay: who, where in the house, since when, on which injury, entitled."""

from __future__ import annotations

from core.clock import CHINA
from core.domain.stay import StayRow
from core.words import say
from gui.screens.inpatient.case import StayCase
from gui.screens.inpatient.columns import place_of
from gui.screens.outpatient.facts import masked, qualification_text
from gui.widgets.patient_card import Fact


def stay_facts(case: StayCase | None, key: str) -> tuple[Fact, ...]:
    """Nothing while no stay is read; ``key`` chooses the injury."""
    if case is None or case.row is None or case.visit is None:
        return ()
    row = case.row
    return (
        Fact(say("outpatient.card.person"), _who(case), "strong", 4),
        Fact(say("inpatient.card.id_no"), _number(case), "strong", 3, keep=False),
        Fact(say("inpatient.card.inpatient_no"), row.inpatient_no, "strong", 3),
        Fact(say("inpatient.card.place"), place_of(row), "strong", 3),
        Fact(say("inpatient.card.days"), _days(row), "strong", 3),
        Fact(_injury_name(case, key), *_injury(case, key), 4),
        Fact(say("outpatient.card.entitled"), *_entitled(case), 3, keep=False),
    )


def visit_line(case: StayCase) -> str:
    """Department, doctor, diagnosis, bill number: one line above the fees."""
    if case.visit is None:
        return ""
    known = case.visit.registration
    holes = {"dept": known.dept_name or known.dept_code}
    holes["doctor"] = known.doctor_name or known.doctor_code
    holes["diagnosis"] = known.diagnosis_name or known.diagnosis_code
    bill = say("outpatient.visit.bill", bill=case.visit.bill_no) if case.registered else ""
    return f"{say('outpatient.visit.line', **holes)}　{bill}".strip()


def discharge_line(case: StayCase, outcomes: dict[str, str]) -> str:
    """How the stay ended, or that the hospital has already let the patient go, or nothing."""
    known = case.discharge
    hospital = case.stay.hospital_discharge if case.stay else None
    ended = known or hospital
    if ended is None or case.visit is None:
        return ""
    holes = {
        "at": f"{ended.discharged_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        "outcome": outcomes.get(ended.outcome_code, ended.outcome_code),
        "diagnosis": ended.diagnosis_name or ended.diagnosis_code,
    }
    if known:
        return say("inpatient.left", **holes)
    line = say("inpatient.left_hospital", **holes)
    return f"{line}　{say('inpatient.leave_now')}" if case.registered else line


def filing_line(case: StayCase) -> str:
    """The special filing the stay stands on, with its validity and what is wrong with it."""
    filing = case.filing or (case.stay.filing if case.stay else None)
    warning = case.row.filing_warning if case.row else ""
    if filing is None:
        return warning
    ends = f"{filing.ends:%Y-%m-%d}" if filing.ends else say("inpatient.filing.endless")
    line = say("inpatient.filing.stands", number=filing.number, ends=ends)
    return f"{line}　{warning}".strip()


def _who(case: StayCase) -> str:
    assert case.visit is not None
    known, person = case.visit.registration, case.person
    name = person.name if person else known.person_name
    sex = person.sex if person else known.sex
    age = person.age if person else known.age
    years = say("outpatient.card.age", age=age) if age else ""
    return "　".join(part for part in (name, sex, years) if part)


def _number(case: StayCase) -> str:
    assert case.visit is not None
    return masked(case.person.id_no if case.person else case.visit.registration.id_no)


def _days(row: StayRow) -> str:
    since = f"{row.admitted_at.astimezone(CHINA):%m-%d}" if row.admitted_at else ""
    return say("inpatient.card.days_since", days=row.days, since=since)


def _injury_name(case: StayCase, key: str) -> str:
    if case.registered:
        return say("inpatient.card.injury")
    return say("outpatient.card.qualification", press=key)


def _injury(case: StayCase, key: str) -> tuple[str, str]:
    if case.filing is not None:
        return say("inpatient.card.filed", number=case.filing.number), "link"
    if case.person is None:
        return say("inpatient.card.no_card"), "muted"
    chosen = case.qualification
    return qualification_text(chosen, case.person, key), "link" if chosen else "danger"


def _entitled(case: StayCase) -> tuple[str, str]:
    if case.person is None:
        return say("inpatient.card.unknown"), "muted"
    reason = case.person.refused_reason
    return (reason, "danger") if reason else (say("outpatient.card.may"), "done")
