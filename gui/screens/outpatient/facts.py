"""The patient card's facts: who, masked number, employer, qualification, in stay, entitled."""

from __future__ import annotations

from core.domain import Person, Qualification
from core.words import say
from gui.screens.outpatient.case import Case
from gui.widgets.patient_card import Fact

HEAD, TAIL = 6, 4


def masked(number: str) -> str:
    """An ID number with only its first six and last four characters in sight."""
    if len(number) <= HEAD + TAIL:
        return "*" * len(number)
    return f"{number[:HEAD]}{'*' * (len(number) - HEAD - TAIL)}{number[-TAIL:]}"


def qualification_text(chosen: Qualification | None, person: Person, key: str) -> str:
    """What was chosen, or how many there are to choose from."""
    if chosen is not None:
        return " · ".join(part for part in (chosen.kind, chosen.text) if part) or chosen.id
    if not person.qualifications:
        return say("outpatient.card.no_qualification")
    return say("outpatient.card.choose", count=len(person.qualifications), press=key)


def patient_facts(case: Case, qualification_key: str) -> tuple[Fact, ...]:
    """Nothing while no card was read."""
    person = case.person
    if person is None:
        return ()
    who = "　".join(part for part in (person.name, person.sex, _age(person)) if part)
    chosen = qualification_text(case.qualification, person, qualification_key)
    tone = "link" if case.qualification else "danger"
    return (
        Fact(say("outpatient.card.person"), who, "strong", 4),
        Fact(say("outpatient.card.id_no"), masked(person.id_no), "strong", 4, keep=False),
        Fact(say("outpatient.card.employer"), person.employer, "strong", 2, keep=False),
        Fact(say("outpatient.card.qualification", press=qualification_key), chosen, tone, 4),
        Fact(say("outpatient.card.in_hospital"), _stay(person), _stay_tone(person), 1, keep=False),
        Fact(say("outpatient.card.entitled"), _entitled(person), _entitled_tone(person), 3),
    )


def _age(person: Person) -> str:
    return say("outpatient.card.age", age=person.age) if person.age else ""


def _stay(person: Person) -> str:
    return say("outpatient.card.yes" if person.in_hospital else "outpatient.card.no")


def _stay_tone(person: Person) -> str:
    return "amber" if person.in_hospital else "strong"


def _entitled(person: Person) -> str:
    return person.refused_reason or say("outpatient.card.may")


def _entitled_tone(person: Person) -> str:
    return "danger" if person.refused_reason else "done"
