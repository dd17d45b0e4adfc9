"""A cashier's consent to money that a program of the hospital wants moved.

The program's request waits in a thread of its own; neither lane is held meanwhile, so that the
cashier may finish what is on the screen first.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from core.clock import Clock
from core.domain import Amounts, Operator, Role
from core.errors import Refused, fault
from core.events import ErrandChanged, Events

Word = Literal["accepted", "refused", "late", "closed"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What lies before the cashier: who asks what for whom, the amounts in fen, until when."""

    number: int
    caller: str
    step: str
    visit_no: str
    name: str
    amounts: Amounts | None
    reason: str
    until: datetime


@dataclass(eq=False, slots=True)
class _Open:
    asked: Asked
    answered: threading.Event = field(default_factory=threading.Event)
    word: Word = "late"
    by: Operator | None = None


class Consents:
    """Requests that wait for F2; built once, used by errands (asking) and window (answering)."""

    def __init__(self, clock: Clock, events: Events) -> None:
        self._clock, self._events = clock, events
        self._lock = threading.Lock()
        self._open: dict[int, _Open] = {}
        self._closed = False

    def ask(self, asked: Asked, seconds: float) -> tuple[Word, Operator | None]:
        """Wait for the cashier; ``late`` after so many seconds, ``closed`` when the desk ends."""
        waiting = _Open(asked)
        with self._lock:
            if self._closed:
                return "closed", None
            self._open[asked.number] = waiting
        self._events.announce(ErrandChanged(asked.number, asked.visit_no, "waiting"))
        waiting.answered.wait(seconds)
        with self._lock:
            self._open.pop(asked.number, None)
            return waiting.word, waiting.by

    def until(self, seconds: float) -> datetime:
        """The moment when a request made now is given up."""
        return self._clock.now() + timedelta(seconds=seconds)

    def waiting(self) -> tuple[Asked, ...]:
        """What a cashier should look at, oldest first."""
        with self._lock:
            return tuple(one.asked for _, one in sorted(self._open.items()))

    def answer(self, number: int, accepted: bool, by: Operator) -> None:
        """The cashier's word; ``Refused`` where nobody waits any more, or who says it is none."""
        if by.role is Role.IT:
            raise Refused(fault("consent.role", name=by.name))
        with self._lock:
            waiting = self._open.pop(number, None)
            if waiting is None:
                raise Refused(fault("consent.gone"))
            waiting.word, waiting.by = ("accepted" if accepted else "refused"), by
            waiting.answered.set()

    def close(self) -> None:
        """The desk ends: nobody will answer any more."""
        with self._lock:
            self._closed = True
            for waiting in self._open.values():
                waiting.word = "closed"
                waiting.answered.set()
            self._open.clear()
