"""Facts that the core announces; the GUI's bridge and the logs listen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TransactionChanged:
    """The journal row ``msgid`` of ``visit`` is now in ``state``."""

    msgid: str
    visit: str
    state: str


@dataclass(frozen=True, slots=True)
class CentreAnswered:
    """The centre answered (or not) after ``ms`` milliseconds; ``ok`` is False for no answer."""

    code: str
    ms: int
    ok: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Long work: ``done`` of ``total`` of the job ``name`` for ``visit``."""

    name: str
    visit: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class LibraryState:
    """The worker process is ``starting`` · ``ready`` · ``replaced`` · ``failed``;
    ``says`` explains."""

    state: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class ErrandChanged:
    """The errand ``number`` for ``visit`` is now ``waiting`` · ``begun`` · ``ended``."""

    number: int
    visit: str
    state: str


@dataclass(frozen=True, slots=True)
class VisitGiven:
    """A program of the hospital has handed over ``visit``, or lines of it."""

    visit: str


@dataclass(frozen=True, slots=True)
class OutboxChanged:
    """A letter of ``visit`` to the hospital was entered, tried, delivered or decided."""

    visit: str


Event = (
    TransactionChanged | CentreAnswered | Progress | LibraryState | ErrandChanged | VisitGiven
    | OutboxChanged
)  # fmt: skip
Listener = Callable[[Event], None]


class Events:
    """Calls every listener, in the thread that announces; a failing listener stops no one."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Add ``listener``; the returned call takes it off again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def announce(self, event: Event) -> None:
        """Tell all listeners."""
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed on %s", event)
