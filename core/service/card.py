"""Whether the card that was read last does for a step of a stay (protocol-zjs.md §6, SEEN habit).

The profile names the steps before which an inpatient's card is read again, and for how long a card
read counts. Outpatients are read once, at the beginning.
"""

from __future__ import annotations

from datetime import timedelta

from core.domain import Visit
from core.errors import Fault, fault
from core.journal import Journal
from core.service.transact import Road
from core.words import say


def needs_card(road: Road, step: str) -> bool:
    """Is the card of an inpatient read again before ``step``?"""
    return step in road.centre.capabilities.card_again


def card_fault(journal: Journal, road: Road, visit: Visit, step: str) -> Fault | None:
    """Why the card read last does not do for ``step`` of this visit, or ``None``."""
    if not (visit.registration.is_inpatient and needs_card(road, step)):
        return None
    word = say(f"stays.step.{step}")
    person, read_at = journal.ledger.card_read()
    if person is None or read_at is None:
        return fault("stays.card.none", step=word)
    if visit.person and person.number != visit.person.number:
        return fault("stays.card.other", step=word, card=person.name, name=visit.person.name)
    fresh = timedelta(seconds=road.centre.capabilities.card_fresh)
    if not timedelta() <= road.clock.now() - read_at <= fresh:
        return fault("stays.card.old", step=word, at=f"{read_at:%H:%M}", minutes=_minutes(fresh))
    return None


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:g}"
