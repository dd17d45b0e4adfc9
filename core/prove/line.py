"""The line to the simulated centre: implements ``Gateway``, asks the chooser at every call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.centre.port import Centre
from core.gateway.port import Answer, Health, NoReply, Reply, Unsent
from core.prove import faults
from core.prove.centres import Kind
from core.prove.chooser import Chooser, Plain
from core.prove.clock import ProofClock
from core.prove.layers import Layers
from core.prove.text import Tables
from core.prove.watch import Watch
from core.simulator.faults import Served
from core.simulator.machine import Machine

LIST = "_list"  # ends a step whose list may lag; data of one visit are what is booked


@dataclass(frozen=True, slots=True)
class Before:
    """The books as a lagging list still shows them, and since when they are out of date."""

    image: bytes
    text: str
    changed: datetime


class Line:
    """One line for all desks; ``meanwhile`` is what a second desk does during a call."""

    def __init__(self, centre: Machine, kind: Kind, clock: ProofClock) -> None:
        self.centre = centre
        self._kind = kind
        self._books = centre.books
        conn = centre.books.db.conn
        assert isinstance(conn, Layers)
        self._undo = conn
        self.chooser: Chooser = Plain()
        self.watch = Watch(centre, kind)
        self.before: Before | None = None
        self.rules: Centre
        self.meanwhile: Callable[[], None] = _nothing
        self.extra: tuple[str, ...] = ()
        self._clock = clock
        self._scratch = kind.books()
        self._old = Tables(self._scratch.db, kind.tables)
        self.tables = Tables(centre.books.db, kind.tables)
        self._mark = self._marked()

    # -- the port

    def call(self, code: str, payload: bytes, deadline: float) -> Answer:
        """Send one message, or have done to it what the chooser says."""
        seen = self.watch.message(payload)
        key = self.rules.step_of(code) or seen.step
        rule = self.rules.rule(key)
        self._arrivals()
        kind = self.chooser.pick(rule.step, self._offered(key))
        if kind == faults.NOT_SENT:
            return Unsent("worker_failed", kind)
        if kind == faults.MEANWHILE:
            self.meanwhile()
        changes = rule.effect != "reads" or bool(self.centre.delayed)
        image = self.image() if changes else b""
        answer = self._served(kind, payload)
        if changes:
            self._note_change(image)
        return answer

    def health(self) -> Health:
        """Always well."""
        return Health("ok", "")

    def close(self) -> None:
        """Nothing to end."""

    def shut(self) -> None:
        """Close the books."""
        self.centre.books.close()
        self._scratch.close()

    # -- faults

    def _offered(self, step: str) -> tuple[str, ...]:
        rule = self.rules.rule(step)
        found = faults.offered(rule, rule.step.endswith(LIST), self._lagging())
        return (*found, *self.extra) if rule.effect != "reads" else found

    def _lagging(self) -> bool:
        if self.before is None:
            return False
        return (self._clock.now() - self.before.changed).total_seconds() < faults.LAG

    def _served(self, kind: str, payload: bytes) -> Answer:
        if kind == faults.STALE and self.before is not None:
            return self._stale(payload, self.before)
        order = faults.ORDERS.get(kind)
        if order is not None:
            self.centre.faults.add(order.model_copy())
        return _answer(self.centre.handle(payload))

    def _stale(self, payload: bytes, before: Before) -> Answer:
        now, on_their_way = self._books.db, list(self.centre.delayed)
        self.centre.delayed = []
        self._scratch.db.conn.deserialize(before.image)
        self._books.db = self._scratch.db
        answer = _answer(self.centre.handle(payload))
        self._books.db = now
        self.centre.delayed = on_their_way
        return answer

    def _arrivals(self) -> None:
        """What was due meanwhile has arrived then, not only now."""
        moments = [one.due for one in self.centre.delayed if one.due is not None]
        if moments and min(moments) <= self._clock.now():
            image = self.image()
            self.centre.deliver()
            self._note_change(image, min(moments))

    def deliver_in_time(self) -> int:
        """What keeps to the centre's own limit arrives when that is over."""
        before = len(self.centre.delayed)
        moments = [one.due for one in self.centre.delayed if one.due is not None]
        if moments:
            self._clock.until(max(moments))
        self._arrivals()
        return before - len(self.centre.delayed)

    def on_their_way(self) -> list[str]:
        """The steps of the messages that have not arrived yet."""
        return [self._kind.seen(one.request).step for one in self.centre.delayed]

    def deliver_all(self) -> int:
        """Everything that is on its way arrives now."""
        image = self.image()
        arrived = self.centre.deliver(everything=True)
        self._note_change(image)
        return arrived

    def _note_change(self, image: bytes, at: datetime | None = None) -> None:
        mark = self._marked()
        if mark != self._mark:
            self._mark = mark
            self._scratch.db.conn.deserialize(image)
            self.before = Before(image, self._old.text(), at or self._clock.now())

    # -- the books

    def image(self) -> bytes:
        """The books as bytes."""
        return bytes(self.centre.books.db.conn.serialize())

    def keep(self) -> object:
        """This moment of the books; ``back`` takes it."""
        return self._undo.keep()

    def back(self, mark: object) -> None:
        """Put the books back, with what is known of their last change."""
        self._undo.back(mark)
        self._mark = self._marked()

    def _marked(self) -> tuple[Any, ...]:
        return tuple(self.centre.books.db.execute(self._kind.mark).fetchone())


def _nothing() -> None:
    """Nobody else is there."""


def _answer(served: Served) -> Answer:
    if served.ending == "reply":
        return Reply(served.status, served.payload, 1)
    return NoReply("worker_died", served.ending)
