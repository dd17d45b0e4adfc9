"""An errand: one step that a program of the hospital asks the desk to take, and how it ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from core.domain.base import Model
from core.domain.settlement import Amounts

Ending = Literal["accepted", "rejected", "not_sent", "unknown", "refused", "void"]


class ErrandState(StrEnum):
    """``waiting``: for a cashier's consent, nothing begun; ``begun``: on its way to the centre;
    ``ended``: it has an answer."""

    WAITING = "waiting"
    BEGUN = "begun"
    ENDED = "ended"


class Reason(Model):
    """Why something was refused: our code, the field (or empty), a sentence with the remedy."""

    code: str
    text: str
    field: str = ""


class ErrandAnswer(Model):
    """How an errand ended. ``refused``: a guard or the cashier said no, nothing left the desk;
    ``void``: it was unknown and is now known not to stand.

    ``msgid``: our message id of the transaction, or empty; ``text`` a sentence; ``centre_code`` the
    centre's own code of a rejection; ``amounts`` fen, of a (pre-)settlement.
    """

    ending: Ending
    msgid: str = ""
    text: str = ""
    centre_code: str = ""
    amounts: Amounts | None = None
    bill_no: str = ""
    reasons: tuple[Reason, ...] = ()


class Wish(Model):
    """What is asked. ``amounts``: as the patient was shown them (settle); ``reason``: why
    something is undone; ``qualification_id``: which injury, where the card has several."""

    step: str
    visit_no: str
    qualification_id: str = ""
    amounts: Amounts | None = None
    reason: str = ""


class Errand(Model):
    """One errand as the journal keeps it; ``key`` is the caller's own, unique among its errands.

    ``entries``: how many entries the journal had when it began; what came later may be its doing.
    """

    number: int
    caller: str
    key: str
    wish: Wish
    state: ErrandState
    at: datetime
    entries: int = 0
    answer: ErrandAnswer | None = None


class Notice(Model):
    """One thing that happened, as the hospital's programs hear it: an entry of the journal.

    ``number`` rises without end; ``kind`` is the entry's; ``state`` the transaction's as it is now.
    """

    number: int
    at: datetime
    kind: str
    msgid: str
    step: str
    visit_no: str
    state: str
    text: str
