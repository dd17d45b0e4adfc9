"""Telling the hospital: letters entered with an acceptance, delivered beside the cashier's work.

Of one visit the letters arrive in order; the key of each is our message id, so that one told twice
counts once. A hospital that is slow, locked or dead holds up nothing but its own letters.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from core.clock import Clock
from core.domain import Operator, Role, Transaction
from core.domain.writeback import Letter, LetterState, WriteBack
from core.errors import DeskError, Refused, fault
from core.events import Events, OutboxChanged
from core.his.port import Hospital, HospitalRefused
from core.journal import Journal, Ledger
from core.journal.outbox import Outbox as Letters
from core.service import probes
from core.words import say

log = logging.getLogger(__name__)
POSTED = frozenset({"register", "cancel_registration", "settle", "cancel_settlement"})
WAITS = (5.0, 15.0, 60.0, 300.0, 900.0)  # seconds after a failed try, the last one for ever after
FAILURES = 2  # of one round: more would only wait for a hospital that is away
LONGEST_REASON = 200
MAY_DECIDE = frozenset({Role.SUPERVISOR, Role.IT})


def enter(ledger: Ledger, row: Transaction, clock: Clock) -> None:
    """Put the letter of an accepted transaction into the outbox, in the commit that accepts it."""
    if row.step not in POSTED:
        return
    paid = ledger.settlement(row.corrects or row.msgid)
    ledger.outbox.add(WriteBack(
        msgid=row.msgid, step=row.step, visit_no=row.visit, corrects=row.corrects,
        bill_no=str(row.facts.get("bill_no", "")), amounts=paid.amounts if paid else None,
        at=clock.now(), operator=row.operator,
        operator_name=str(row.facts.get("operator_name", "")),
        person_no=str(row.facts.get("person_no", "")),
    ))  # fmt: skip


class Outbox:
    """Delivers letters; safe to call from several threads and processes at once."""

    def __init__(
        self, journal: Journal, hospital: Hospital, clock: Clock, events: Events, tries: int,
        probe: probes.Probe = probes.quiet,
    ) -> None:  # fmt: skip
        self._journal = journal
        self._hospital = hospital
        self._clock = clock
        self._events = events
        self._tries = tries
        self._probe = probe
        self._delivering = threading.Lock()

    @property
    def _letters(self) -> Letters:
        return self._journal.ledger.outbox

    # -- entering

    def nudge(self, visit_no: str) -> None:
        """There is something new: a prompt hospital is told now, any other from its lane.

        Never raises and never waits: whoever calls has done his part.
        """
        self._events.announce(OutboxChanged(visit_no))
        if self._hospital.prompt:
            try:
                self.round()
            except DeskError as error:  # the journal's disk: the letter waits
                log.info("telling the hospital of %s: %s", visit_no, error)

    def tell(self, told: WriteBack) -> None:
        """The hospital lacks it (a repair): entered, or told once more, and nudged."""
        dated = told if told.at else told.model_copy(update={"at": self._clock.now()})
        with self._journal.commit():
            self._letters.add_again(dated)
        self.nudge(told.visit_no)

    # -- delivering

    def due(self) -> tuple[Letter, ...]:
        """What would be tried now."""
        now = self._clock.now()
        return tuple(
            letter for letter in self._letters.deliverable()
            if letter.next_try is None or letter.next_try <= now
        )  # fmt: skip

    def round(self) -> None:
        """Deliver what is due, until nothing is or the hospital fails.

        One round at a time: a second caller goes on at once. Raises ``SetupError`` when the
        journal's disk fails.
        """
        if not self._delivering.acquire(blocking=False):
            return
        try:
            self._deliver_due()
        finally:
            self._delivering.release()

    def _deliver_due(self) -> None:
        failures = 0
        while due := self.due():
            for letter in due:
                failures += not self._is_answered(letter)
                if failures == FAILURES:
                    return

    def _is_answered(self, letter: Letter) -> bool:
        """Tell the hospital; False where it is away, slow or broken."""
        try:
            self._hospital.post(letter.told)
        except HospitalRefused as error:
            self._failed(letter, str(error), refused=True)
            return True
        except DeskError as error:
            self._failed(letter, str(error))
            return False
        except Exception as error:
            if not isinstance(error, OSError):
                log.exception("telling the hospital of %s", letter.told.msgid)
            self._failed(letter, say("outbox.broken", error=error or type(error).__name__))
            return False
        self._probe(probes.POSTED)
        self._end(letter, LetterState.DELIVERED, say("outbox.delivered"), "post")
        self._probe(probes.CLOSED)
        return True

    def _failed(self, letter: Letter, error: str, *, refused: bool = False) -> None:
        tries, msgid = letter.tries + 1, letter.told.msgid
        dead = refused or tries >= self._tries
        wait = WAITS[min(tries, len(WAITS)) - 1]
        next_try = None if dead else self._clock.now() + timedelta(seconds=wait)
        state = LetterState.DEAD if dead else LetterState.WAITING
        key = "dead_refused" if refused else "dead_tries" if dead else "failed"
        with self._journal.commit():
            self._letters.failed(msgid, state, tries, next_try, error)
            if dead or error != letter.error:  # the same again is not news
                self._journal.append(msgid, "post", say(f"outbox.{key}", error=error, tries=tries))
        self._events.announce(OutboxChanged(letter.told.visit_no))

    def _end(self, letter: Letter, state: LetterState, text: str, kind: str) -> None:
        with self._journal.commit():
            if self._is_open(letter.told.msgid):
                self._letters.ended(letter.told.msgid, state)
                self._journal.append(letter.told.msgid, kind, text)
        self._events.announce(OutboxChanged(letter.told.visit_no))

    def _is_open(self, msgid: str) -> bool:
        letter = self._letters.letter(msgid)
        return letter is not None and letter.ended is None

    # -- what is seen and decided

    def open(self) -> tuple[Letter, ...]:
        """Letters that wait or are dead, oldest first."""
        return tuple(self._letters.open())

    def closed(self, limit: int = 200) -> tuple[Letter, ...]:
        """Those that are done with, newest first."""
        return tuple(self._letters.closed(limit))

    def counts(self) -> tuple[int, int]:
        """How many wait, and how many are dead."""
        return self._letters.counts()

    def is_waiting_for(self, visit_no: str) -> bool:
        """Has the hospital still to be told anything of that visit?"""
        return any(letter.told.visit_no == visit_no for letter in self._letters.open())

    def send_again(self, msgid: str, by: Operator, reason: str) -> None:
        """A person has it tried at once, from the first try on; raises ``Refused``."""
        letter = self._decidable(msgid, by, reason)
        text = say("outbox.sent_again", name=by.name, id=by.id, reason=reason.strip())
        with self._journal.commit():
            self._letters.failed(msgid, LetterState.WAITING, 0, None, letter.error)
            self._journal.append(msgid, "decision", text)
        self.nudge(letter.told.visit_no)

    def by_hand(self, msgid: str, by: Operator, reason: str) -> None:
        """A person has entered it in the hospital's system; raises ``Refused``."""
        letter = self._decidable(msgid, by, reason)
        text = say("outbox.by_hand", name=by.name, id=by.id, reason=reason.strip())
        self._end(letter, LetterState.BY_HAND, text, "decision")
        self.nudge(letter.told.visit_no)

    def _decidable(self, msgid: str, by: Operator, reason: str) -> Letter:
        if by.role not in MAY_DECIDE:
            raise Refused(fault("outbox.role", name=by.name))
        if not reason.strip() or len(reason) > LONGEST_REASON:
            raise Refused(fault("outbox.reason", "reason", most=LONGEST_REASON))
        letter = self._letters.letter(msgid)
        if letter is None or letter.ended is not None:
            raise Refused(fault("outbox.not_open"))
        if letter.behind:
            raise Refused(fault("outbox.first", msgid=letter.behind))
        return letter
