"""What the hospital is told of a registration, a settlement, or their cancellation."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from core.domain.base import Model
from core.domain.settlement import Amounts


class WriteBack(Model):
    """One result for the hospital's books, complete in itself.

    ``msgid`` is the key under which it counts once: the message id of our transaction, or one
    derived from it where the day end corrects the hospital. ``step``: register ·
    cancel_registration · settle · cancel_settlement. ``amounts`` (fen) are those of the settlement
    that is made or cancelled. ``at`` (aware): when the desk was certain; ``corrects``: the
    message id of what a cancellation cancels.
    """

    msgid: str
    step: str
    visit_no: str
    bill_no: str = ""
    amounts: Amounts | None = None
    at: datetime | None = None
    operator: str = ""
    operator_name: str = ""
    person_no: str = ""
    corrects: str = ""


class LetterState(StrEnum):
    """``waiting``: is tried by itself; ``dead``: a person must look; the others are closed:
    ``delivered`` to the hospital, ``by_hand``: a person has entered it there."""

    WAITING = "waiting"
    DEAD = "dead"
    DELIVERED = "delivered"
    BY_HAND = "by_hand"


class Letter(Model):
    """One write-back on its way: ``tries`` so far, ``error`` the sentence of the last one.

    ``next_try`` ``None``: at once; ``behind``: the message id of an earlier one of the same visit
    that must arrive first, or empty; ``visit_name`` the patient, where the desk knows.
    """

    number: int
    told: WriteBack
    state: LetterState
    tries: int = 0
    next_try: datetime | None = None
    error: str = ""
    made: datetime
    ended: datetime | None = None
    behind: str = ""
