"""What both simulated centres are as machines: a clock that may be off, faults, late requests.

A machine takes bytes and says what goes back; no socket, one call at a time (the caller locks). A
subclass knows its wire and its counters.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.clock import Clock
from core.simulator.books import Books
from core.simulator.faults import BEHAVIOUR, FaultList, FaultOrder, Served
from core.simulator.office import Habits
from core.simulator.wire import Values

NEVER = 1_000_000_000  # calls
Order = Callable[[Any, Values], Any]


@dataclass(slots=True)
class Delayed:
    """A request on its way: it arrives right after ``calls`` further calls, or at ``due``."""

    request: Values
    calls: int
    due: datetime | None


class Machine(ABC):
    """A centre with its books, its clock and its ordered faults."""

    controls: dict[str, Order]
    encoding: str

    def __init__(self, books: Books, clock: Clock) -> None:
        self.books = books
        self.faults = FaultList()
        self.delayed: list[Delayed] = []
        self.offset = timedelta()
        self._clock = clock

    @property
    @abstractmethod
    def habits(self) -> Habits:
        """Books and habits."""

    @abstractmethod
    def handle(self, payload: bytes) -> Served:
        """Serve one request as it came over the wire; never raises for what a client may send."""

    @abstractmethod
    def book(self, request: Values) -> Values:
        """Do what the request asks, or refuse it: all or nothing. Gives the answer."""

    @abstractmethod
    def refused(self, request: Values, text: str) -> Values:
        """The answer that refuses ``request`` with ``text``, nothing done."""

    @abstractmethod
    def pack(self, reply: Values) -> bytes:
        """An answer in the wire encoding."""

    @abstractmethod
    def expire(self, request: Values) -> None:
        """End the sign-in under which the request came."""

    @abstractmethod
    def spoil(self, request: Values, reply: Values, order: FaultOrder) -> None:
        """Make the amounts of an answer wrong."""

    def shift(self, fen: int, **keys: Any) -> None:
        """Move ``fen`` from fund to personal part of the newest settlement with ``keys``, if any:
        in the books, whatever the answer says."""
        found = self.books.one("settlement", **keys)
        if found:
            fund, personal = found["fund"] - fen, found["personal"] + fen
            self.books.change("settlement", found["id"], fund=fund, personal=personal)

    def now(self) -> datetime:
        """The centre's clock."""
        return self._clock.now() + self.offset

    def plain(self, text: str) -> bytes:
        """A plain text in the wire encoding."""
        return text.encode(self.encoding, errors="replace")

    def serve(self, code: str, request: Values) -> Served:
        """Serve one business request, or have done to it what is ordered; late ones count it."""
        on_their_way = tuple(self.delayed)
        served = self._served(code, request)
        for one in on_their_way:
            one.calls -= 1
        self.deliver()
        return served

    def _served(self, code: str, request: Values) -> Served:
        order = self.faults.take(code)
        if order is None:
            return Served(payload=self.pack(self.book(request)))
        return BEHAVIOUR[order.kind](self, order, request)

    def later(self, request: Values, order: FaultOrder) -> None:
        """Keep a request back; with neither calls nor seconds it arrives after the next call."""
        due = self.now() + timedelta(seconds=order.seconds) if order.seconds else None
        calls = order.calls or (1 if due is None else NEVER)
        self.delayed.append(Delayed(request, calls, due))

    def deliver(self, everything: bool = False) -> int:
        """Book the requests whose time has come (or all); gives how many."""
        arrived = [one for one in self.delayed if everything or self._is_due(one)]
        self.delayed = [one for one in self.delayed if one not in arrived]
        for one in arrived:
            self.book(one.request)
        return len(arrived)

    def _is_due(self, one: Delayed) -> bool:
        return one.calls <= 0 or (one.due is not None and one.due <= self.now())
