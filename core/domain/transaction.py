"""A transaction as the journal holds it, its states, and its entries."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from core.domain.base import Model
from core.money import Fen


class State(StrEnum):
    """architecture.md "States"; ``settled``, ``rejected``, ``not_sent`` and ``void`` are closed.

    ``accepted`` is passed in the commit that settles; a row that stands there was left by a program
    that told the hospital before it closed a row.
    """

    INTENT = "intent"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    VOIDING = "voiding"
    SETTLED = "settled"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    VOID = "void"
    MANUAL = "manual"


CLOSED_STATES = frozenset({State.SETTLED, State.REJECTED, State.NOT_SENT, State.VOID})
OPEN_STATES = frozenset(State) - CLOSED_STATES

NEXT_STATES: dict[State, frozenset[State]] = {
    State.INTENT: frozenset({State.ACCEPTED, State.REJECTED, State.NOT_SENT, State.UNKNOWN}),
    State.UNKNOWN: frozenset({State.ACCEPTED, State.VOIDING, State.VOID, State.MANUAL}),
    State.ACCEPTED: frozenset({State.SETTLED, State.VOIDING}),
    State.VOIDING: frozenset({State.VOID, State.MANUAL}),
    State.MANUAL: frozenset({State.ACCEPTED, State.VOIDING, State.VOID}),
    State.SETTLED: frozenset(),
    State.REJECTED: frozenset(),
    State.NOT_SENT: frozenset(),
    State.VOID: frozenset(),
}


class Transaction(Model):
    """One journal row. ``corrects``: the msgid that this one cancels, reverses or asks about.

    ``amount`` fen or ``None``; moments are aware (China Standard Time); ``known`` is the sentence
    for the tray; ``absent``: how many full looks after the quiet time did not find it;
    ``facts``: what a later look needs to know of the message (bill number, person, line ids …);
    ``blocks``: while open, no other transaction may begin for the visit.
    """

    msgid: str
    step: str
    code: str
    visit: str = ""
    corrects: str = ""
    amount: Fen | None = None
    state: State
    attempts: int = 0
    absent: int = 0
    next_try: datetime | None = None
    unknown_since: datetime | None = None
    known: str = ""
    operator: str = ""
    business_day: str = ""
    made: datetime
    facts: dict[str, Any] = {}
    blocks: bool = False

    @property
    def is_open(self) -> bool:
        """Not yet certain or not yet carried through."""
        return self.state in OPEN_STATES


class Entry(Model):
    """One append-only line of a transaction's timeline.

    ``kind``: intent · outcome · state · look · fence · post · decision · note; ``text`` is a
    sentence; ``payload`` the exact message or reply as text, where there is one; ``hash`` chains
    to the one before.
    """

    number: int
    msgid: str
    kind: str
    at: datetime
    text: str
    payload: str = ""
    hash: str = ""
