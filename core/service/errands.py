"""Errands: a step that a program of the hospital asks for, taken by the same services as at a key.

One caller's key stands for one errand for ever: asked again, it is answered again and never taken
twice. What a dead process left half-done is read back from the journal, whose intents are on disk
before anything leaves: no intent since the errand began means that nothing was sent.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for

from core.clock import Clock
from core.domain import CLOSED_STATES, Operator, State, Transaction, Visit
from core.domain.errand import Errand, ErrandAnswer, ErrandState, Notice, Wish
from core.errors import DeskError, Fault, Refused, SetupError, fault
from core.events import ErrandChanged, Events
from core.journal import Journal
from core.lanes import Lanes
from core.service.callers import Callers
from core.service.consent import Asked, Consents
from core.service.errand_answers import answer_of, from_row, open_answer, refusal
from core.service.errand_steps import Steps, sums
from core.service.lifecycle import may
from core.service.transact import guard
from core.service.visits import Visits
from core.words import say

log = logging.getLogger(__name__)
MONEY = frozenset({"settle", "cancel_settlement"})  # wait for a cashier where the settings say so
AT_ONCE = 8  # errands that may wait at the same time; the centre lane takes one after the other


class KeyReused(Refused):
    """The caller's key was used for something else before."""


class Errands:
    """Takes errands, keeps their answers; safe to call from any thread."""

    def __init__(
        self, journal: Journal, clock: Clock, events: Events, lanes: Lanes, visits: Visits,
        steps: Steps, callers: Callers,
    ) -> None:  # fmt: skip
        self.consents = Consents(clock, events)
        self._journal, self._clock, self._events = journal, clock, events
        self._lanes, self._visits, self._steps, self._callers = lanes, visits, steps, callers
        self._lock = threading.Lock()
        self._running: dict[int, Future[None]] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, "errand")

    def close(self) -> None:
        """Nobody is asked any more; what is on its way to the centre ends first."""
        self.consents.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    # -- what a program asks

    def ask(self, caller: str, key: str, wish: Wish, seconds: float) -> Errand:
        """Take the errand of this key, or find it, and wait at most so many seconds for its answer.

        Raises ``KeyReused`` where the key was used for another wish.
        """
        with self._lock:
            errand = self._kept(caller, key, wish)
            if errand.state is not ErrandState.ENDED and errand.number not in self._running:
                self._start(errand)
            running = self._running.get(errand.number)
        if running is not None:
            wait_for([running], seconds)
        return self.told(errand.number)

    def knows(self, caller: str, key: str) -> bool:
        """Is there an errand of this key, so that its answer needs no hospital?"""
        return self._journal.ledger.errands.of_key(caller, key) is not None

    def _kept(self, caller: str, key: str, wish: Wish) -> Errand:
        table = self._journal.ledger.errands
        with self._journal.commit():
            known = table.of_key(caller, key)
            errand = known or table.add(caller, key, wish, self._clock.now())
        if errand.wish != wish:
            raise KeyReused(fault("errands.key_reused", used=key))
        return errand

    def _start(self, errand: Errand) -> None:
        done = self._pool.submit(self._run, errand)
        self._running[errand.number] = done
        done.add_done_callback(lambda _: self._finished(errand))

    def _finished(self, errand: Errand) -> None:
        self._running.pop(errand.number, None)
        self._events.announce(ErrandChanged(errand.number, errand.wish.visit_no, "ended"))

    def of(self, number: int, caller: str) -> Errand | None:
        """The errand of that number as it stands; nothing where it is another caller's."""
        found = self._journal.ledger.errands.of_number(number)
        return self.told(number) if found and found.caller == caller else None

    def last_notice(self) -> int:
        """The number of the newest notice there may be."""
        return self._journal.ledger.errands.last_notice()

    def notices(self, after: int, limit: int) -> tuple[Notice, ...]:
        """What happened to visits after that number, whoever did it; oldest first."""
        return self._journal.ledger.errands.notices(after, limit)

    def transaction(self, msgid: str) -> Transaction | None:
        """The journal row of a message id, or nothing."""
        try:
            return self._journal.transaction(msgid)
        except KeyError:
            return None

    # -- taking it

    def _run(self, errand: Errand) -> None:
        try:
            if errand.state is ErrandState.BEGUN and self._found(errand) is not None:
                return
            by = self._consent(errand)
            self._lanes.centre(lambda: self._take(errand, by)).result()
        except DeskError as error:
            self._end(errand, refusal(error))
        except CancelledError:
            log.info("errand %s was not begun: the desk ends", errand.number)
        except Exception:  # the journal knows how far it came; asked again, it is read back
            log.exception("errand %s failed", errand.number)

    def _consent(self, errand: Errand) -> Operator | None:
        """A cashier's word where one is needed; ``Refused`` where it is no, or comes too late."""
        wish, settings = errand.wish, self._callers.settings
        if wish.step not in MONEY or not settings.needs_cashier:
            return None
        visit = self._visits.read(wish.visit_no)
        guard(may(visit, wish.step))
        guard(self._pointless(wish, visit))
        paid = visit.settlement.amounts if visit.settlement else None
        word, by = self.consents.ask(
            Asked(
                errand.number, errand.caller, wish.step, wish.visit_no,
                visit.registration.person_name, wish.amounts or paid, wish.reason,
                self.consents.until(settings.cashier_seconds),
            ),
            settings.cashier_seconds,
        )  # fmt: skip
        if word == "closed":
            raise CancelledError
        if word != "accepted":
            name = by.name if by else ""
            raise Refused(fault(f"errands.consent.{word}", name=name))
        return by

    def _pointless(self, wish: Wish, visit: Visit) -> Fault | None:
        """Why no cashier is asked: the same is asked already, or the amounts are not ours."""
        if any(one.visit_no == wish.visit_no for one in self.consents.waiting()):
            return fault("errands.consent.twice")
        shown = visit.presettlement
        if wish.amounts and not (shown and sums(shown) == sums(wish.amounts)):
            return fault("errands.amounts", "total")
        return None

    def _take(self, errand: Errand, by: Operator | None) -> None:
        """On the centre lane."""
        table = self._journal.ledger.errands
        with self._journal.commit():
            table.begun(errand.number, table.last_notice())
        try:
            answer = answer_of(errand.wish.step, self._steps.take(errand.wish))
        except SetupError as error:
            answer = refusal(error, "not_sent")
        if answer.msgid:
            self._note(errand, answer.msgid, by)
        self._end(errand, answer)

    def _note(self, errand: Errand, msgid: str, by: Operator | None) -> None:
        key = "errands.noted_by" if by else "errands.noted"
        name = by.name if by else ""
        text = say(key, caller=errand.caller, number=errand.number, name=name)
        self._journal.note(msgid, "note", text)

    def _end(self, errand: Errand, answer: ErrandAnswer) -> None:
        with self._journal.commit():
            self._journal.ledger.errands.ended(errand.number, answer)

    # -- reading back

    def told(self, number: int) -> Errand:
        """The errand of a number that there is, with what is known by now: an unknown ending may
        have been cleared up."""
        errand = self._journal.ledger.errands.of_number(number)
        assert errand is not None
        if errand.state is ErrandState.ENDED:
            return self._cleared_up(errand)
        if number in self._running:
            return errand
        return self._left_behind(errand)

    def _cleared_up(self, errand: Errand) -> Errand:
        answer = errand.answer
        if answer is None or answer.ending != "unknown" or not answer.msgid:
            return errand
        row = self._journal.transaction(answer.msgid)
        if row.state not in (*CLOSED_STATES, State.ACCEPTED):
            return errand
        known = from_row(self._journal, row)
        self._end(errand, known)
        return errand.model_copy(update={"answer": known})

    def _left_behind(self, errand: Errand) -> Errand:
        """Not running and without an answer: another process died over it, or our own failed."""
        found = self._found(errand) if errand.state is ErrandState.BEGUN else None
        return errand.model_copy(update={"answer": found or open_answer("errands.interrupted")})

    def _found(self, errand: Errand) -> ErrandAnswer | None:
        """What the journal has of an errand that began; nothing where nothing was sent, or where
        what was sent is only a part of it and certain."""
        sent = self._journal.ledger.errands.sent_since(errand.wish.visit_no, errand.entries)
        rows = [self._journal.transaction(msgid) for msgid, _ in sent]
        unclear = [row for row in rows if row.blocks and row.is_open]
        own = [row for row in rows if row.step == errand.wish.step]
        if not unclear and (not own or _goes_on(own[-1])):
            return None
        answer = from_row(self._journal, (unclear or own)[-1])
        self._end(errand, answer)
        return answer


def _goes_on(row: Transaction) -> bool:
    """One batch of several, and it is certain: the rest is sent by the same errand."""
    return row.step == "upload_fees" and row.state in (State.SETTLED, State.ACCEPTED)
