"""Who is the patient: the card read, and the name on the card against the hospital's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Protocol

from core.domain import Person, Qualification, Registration
from core.errors import Fault, Refused, fault
from core.journal import Journal
from core.outcome import Accepted, Outcome
from core.service.transact import Road

DOTS = re.compile(r"[·•‧∙⋅・.．\s]")
CARD, LOST = "gbk", "?"
TRUE = frozenset({"1", "true", "True"})


class CardReader(Protocol):
    """A reader of the desk's own, where the centre's library does not read the card itself."""

    def read(self) -> Mapping[str, Any]:
        """``identify_by`` (card_no · social_no …) and ``identify_value``; raises ``DeskError``
        with a sentence where there is no card or no reader."""
        ...


class Identify:
    """Card reads; the person read last lives in the journal."""

    def __init__(self, journal: Journal, road: Road, reader: CardReader | None = None) -> None:
        self._journal = journal
        self._road = road
        self._reader = reader

    def read_card(self, *, stay: bool = False) -> tuple[Outcome, Person | None]:
        """Read the card and ask for its person, for an admission (``stay``) or a visit of a day;
        the person is kept for the next commands."""
        return self._ask(dict(self._reader.read()) if self._reader else {}, stay)

    def by_number(
        self, kind: str, number: str, *, stay: bool = False
    ) -> tuple[Outcome, Person | None]:
        """The person of a number: ``kind`` of the centre's ``identify_by``.

        Raises ``Refused`` for an empty number and for a kind that the centre does not take.
        """
        if kind == "card" or kind not in self._road.centre.capabilities.identify_by:
            raise Refused(fault("identify.kind", "kind", kind=kind))
        if not number.strip():
            raise Refused(fault("identify.number", "number"))
        return self._ask({"identify_by": kind, "identify_value": number.strip()}, stay)

    def _ask(self, values: dict[str, Any], stay: bool) -> tuple[Outcome, Person | None]:
        values["admitted_at"] = self._road.clock.now()
        done = self._road.travel("read_card", values, stay=stay)
        if not isinstance(done.outcome, Accepted):
            return done.outcome, None
        person = person_of(done.outcome.values)
        self.remember(person)
        return done.outcome, person

    def remember(self, person: Person) -> None:
        """Keep ``person`` as the one read last."""
        with self._journal.commit():
            self._journal.ledger.remember_person(person)

    def last_person(self) -> Person | None:
        """The person read last at this desk, or nothing."""
        return self._journal.ledger.last_person()

    def differences(self, person: Person, registration: Registration) -> tuple[Fault, ...]:
        """Where card and hospital disagree on who this is; empty when they agree."""
        found: list[Fault] = []
        if registration.person_name and not same_name(person.name, registration.person_name):
            found.append(fault("identify.name", card=person.name, his=registration.person_name))
        numbers = {person.id_no.upper(), registration.id_no.upper()} - {""}
        if len(numbers) > 1:
            found.append(fault("identify.id_no"))
        return tuple(found)


def same_name(one: str, other: str) -> bool:
    """Equal after full-width forms, middle dots, spaces and case are made alike.

    A card writes ``?`` for a rare character that its encoding lacks: that stands for such a
    character only, never for an ordinary one.
    """
    mine, theirs = _plain(one), _plain(other)
    return mine == theirs or _stands_for(mine, theirs) or _stands_for(theirs, mine)


def _stands_for(card: str, name: str) -> bool:
    return LOST in card and card == _on_card(name)


def _on_card(name: str) -> str:
    return name.encode(CARD, "replace").decode(CARD)


def _plain(name: str) -> str:
    return DOTS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def person_of(values: Mapping[str, Any]) -> Person:
    """The person of a card read's values by domain names."""

    def text(name: str) -> str:
        value = values.get(name)
        return "" if value is None else str(value)

    return Person(
        number=text("person_no"), name=text("name"), sex=text("sex"), age=text("age"),
        birthday=text("birthday"), id_kind=text("id_kind"), id_no=text("id_no"),
        employer=text("employer"), employer_no=text("employer_no"), kind=text("person_kind"),
        region=text("region"), in_hospital=text("in_hospital") in TRUE,
        refused_reason=text("refused_reason"), qualifications=qualifications_of(values),
    )  # fmt: skip


def qualifications_of(values: Mapping[str, Any]) -> tuple[Qualification, ...]:
    """The injury qualifications of a card read, in the centre's order."""
    names = Qualification.model_fields
    return tuple(
        Qualification(**{name: str(item[name]) for name in names if item.get(name)})
        for item in values.get("conclusions") or ()
        if item.get("id")
    )
