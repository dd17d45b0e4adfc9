"""The one road of a transaction: guard, intent, call, outcome, and the hospital's letter.

No other module sends anything to a centre. The intent is on disk before the call leaves; what
comes back has one of four endings; only the centre's own final word closes a row.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.centre.port import Centre, Header, Message, StepRule
from core.clock import Clock, stamp
from core.domain import State, Transaction
from core.errors import Fault, Refused, SetupError, fault
from core.events import CentreAnswered, Events, TransactionChanged
from core.gateway.port import Gateway, NoReply
from core.journal import Draft, Journal, Ledger
from core.journal.safekeeping import why_blocked
from core.journal.store import Change, Note
from core.outcome import Accepted, NotSent, Outcome, Rejected, Unknown
from core.service import effects, probes
from core.service.endings import Absent, Happened
from core.service.evidence import done_before, look
from core.service.facts import facts_of, visit_of
from core.service.outbox import POSTED, Outbox, enter
from core.service.sums import without_amounts
from core.words import say

log = logging.getLogger(__name__)
Values = Mapping[str, Any]
AMOUNTS_SHOWN = frozenset({"presettle", "discharge"})  # whose amounts a cashier goes by


class SignIn(Protocol):
    """What the road needs of the session; implemented by ``core.service.session.Session``."""

    def header(self, msgid: str) -> Header:
        """Who sends, when by the centre's clock, under which sign-in number."""
        ...

    def make_sure(self) -> Outcome | None:
        """Sign in when today's number is missing; an outcome only where that failed."""
        ...

    def renew(self) -> Outcome | None:
        """Forget the number and sign in again; an outcome only where that failed."""
        ...


@dataclass(frozen=True, slots=True)
class Travelled:
    """Where a transaction came out: its row (``None``: none was written), outcome, milliseconds,
    and the money identities its reply breaks."""

    outcome: Outcome
    row: Transaction | None = None
    ms: int = 0
    broken: tuple[Fault, ...] = ()

    @property
    def msgid(self) -> str:
        """Our message id, or empty."""
        return self.row.msgid if self.row else ""


class Road:
    """Built once by ``core.app``; every service and command travels on it."""

    def __init__(
        self, journal: Journal, centre: Centre, gateway: Gateway, outbox: Outbox,
        clock: Clock, events: Events, desk: int, encoding: str, probe: probes.Probe = probes.quiet,
    ) -> None:  # fmt: skip
        self.journal = journal
        self.centre = centre
        self.clock = clock
        self.events = events
        self.session: SignIn
        self.orphans: set[str] = set()  # intents whose outcome could not be written
        self._gateway = gateway
        self.outbox = outbox
        self._desk = desk
        self._encoding = encoding
        self._probe = probe

    def travel(
        self, step: str, values: Values, rows: Sequence[Values] = (), *,
        corrects: str = "", amount: int | None = None, blocks: bool | None = None, why: str = "",
        stay: bool | None = None,
    ) -> Travelled:  # fmt: skip
        """Send one transaction and journal its ending; sign in first where the step asks for it.

        ``why`` is a person's reason; it reaches the disk with the intent. ``stay``: the step as it
        is for stays; where nobody says, by the visit. Raises ``InvalidInput`` (faulty values) or
        ``Refused`` (a guard, a step the centre lacks): then nothing was written. A refusal because
        the sign-in is gone proves that nothing was done: signed in anew, once more.
        """
        visit = visit_of(values, rows)
        stay = self._is_stay(visit) if stay is None else stay
        rule = self._rule(step, stay)
        step, stay = rule.step, stay or rule.key != rule.step
        if rule.needs_sign_in and (failed := self.session.make_sure()):
            return Travelled(_not_signed_in(failed))
        wanted = rule.effect != "reads" if blocks is None else blocks
        if wanted and rule.effect == "money":
            guard(why_blocked(self.journal))
        values = self._numbered(visit, values)

        def once() -> Travelled:
            head = self.session.header("")
            facts = facts_of(step, values, rows, head, stay)
            draft = Draft(step, visit, corrects, amount, head.operator_id, wanted, facts, why)
            return self._send(rule, draft, values, rows)

        done = once()
        if rule.needs_sign_in and self.centre.is_sign_in_expired(done.outcome):
            if failed := self.session.renew():
                return Travelled(_not_signed_in(failed), done.row, done.ms)
            done = once()
        return done

    def rule_of(self, row: Transaction) -> StepRule:
        """The rule that a journalled transaction was sent by."""
        return self.centre.rule(self.centre.variant(row.step, bool(row.facts.get("stay"))))

    def _rule(self, step: str, stay: bool) -> StepRule:
        if not self.centre.has(step, stay):
            raise Refused(fault("transact.no_step", step=say(f"transact.step.{step}")))
        return self.centre.rule(self.centre.variant(step, stay))

    def _is_stay(self, visit: str) -> bool:
        known = self.journal.ledger.visit(visit).registration if visit else None
        return known is not None and known.is_inpatient

    def _numbered(self, visit: str, values: Values) -> Values:
        """With the centre's own number of the visit, where it has given one."""
        theirs = self.journal.ledger.centrefacts.centre_visit_no(visit) if visit else ""
        return {"centre_visit_no": theirs, **values} if theirs else values

    def _send(
        self, rule: StepRule, draft: Draft, values: Values, rows: Sequence[Values]
    ) -> Travelled:
        def build(counter: int) -> Message:
            msgid = self.centre.new_msgid(stamp(self.clock.now()), self._desk, counter)
            return self.centre.prepare(rule.key, values, self.session.header(msgid), rows)

        row, message = self.journal.intend(draft, build)
        self._probe(probes.INTENT_WRITTEN)
        self._tell(row)
        started = self.clock.monotonic()
        outcome = self._call(message)
        ms = round((self.clock.monotonic() - started) * 1000)
        self._probe(probes.CALL_RETURNED)
        self.events.announce(CentreAnswered(message.code, ms, not isinstance(outcome, Unknown)))
        return self._journalled(row, rule, outcome, ms)

    def _journalled(self, row: Transaction, rule: StepRule, outcome: Outcome, ms: int) -> Travelled:
        try:
            outcome = self._doubted(row, rule, outcome)
            row = self.finish(row, rule, outcome)
        except (
            SetupError
        ) as error:  # the disk failed after the call: the intent stays, nobody may rely on it
            self.orphans.add(row.msgid)
            return Travelled(Unknown("journal_failed", str(error)), row, ms)
        if isinstance(outcome, Accepted) and row.state is State.UNKNOWN:
            outcome = Unknown("reply_incomplete", say("transact.incomplete"), outcome.raw)
        return Travelled(outcome, row, ms, self._broken(rule, outcome))

    def _broken(self, rule: StepRule, outcome: Outcome) -> tuple[Fault, ...]:
        """The money identities that an accepted reply breaks."""
        if not isinstance(outcome, Accepted):
            return ()
        return self.centre.broken_identities(rule.key, outcome.values)

    def _call(self, message: Message) -> Outcome:
        try:
            answer = self._gateway.call(message.code, message.payload, message.deadline)
        except Exception as error:  # a gateway that raises has still perhaps sent
            log.exception("the gateway raised on %s", message.msgid)
            answer = NoReply("gateway_raised", str(error))
        return self.centre.read(message.step, answer)

    def _doubted(self, row: Transaction, rule: StepRule, outcome: Outcome) -> Outcome:
        """A refusal because the centre has it already is looked into, not believed.

        A message that a bad line delivered twice is refused the second time although the first
        was booked (domain.md §3.2 row 7). Where an earlier message of ours had done it, the refusal
        is true. A centre without a fence may find any words for it: there every refusal is looked
        into.
        """
        said_so = self.centre.is_already_done(outcome)
        if not (row.blocks and rule.query_step and isinstance(outcome, Rejected)):
            return outcome
        if self.centre.capabilities.reversal and not said_so:
            return outcome
        if done_before(self.journal.ledger, row):
            return outcome
        match look(self, row, refused=True):
            case Happened(values, rows, True) if effects.complete(row.step, values):
                return Accepted(values, rows, outcome.reply, outcome.raw)
            case Happened(whole=False):
                return outcome
            case Absent(instead) if not said_so or self._strange(instead):
                return outcome
        return Unknown("refused_as_done", outcome.text, outcome.raw)

    def _strange(self, settlements: Sequence[str]) -> bool:
        """Does one that is not ours explain the refusal? One look that finds nothing does not:
        a list may lag behind what was booked just now."""
        return any(self.journal.ledger.settlement(msgid) is None for msgid in settlements)

    # -- endings

    def finish(self, row: Transaction, rule: StepRule, outcome: Outcome) -> Transaction:
        """Journal the outcome of an intent; then the hospital is told, if it is quick."""
        match outcome:
            case Accepted() if effects.complete(row.step, outcome.values):
                row = self._accepted(row, rule, outcome)
            case Accepted():
                note = ("outcome", say("transact.incomplete"), self._readable(outcome.raw))
                row = self.doubt(row, rule, note)
            case Rejected():
                row = self.changed(
                    row, Change([State.REJECTED], [self._note(outcome)], known=outcome.text)
                )
            case NotSent():
                row = self.changed(
                    row, Change([State.NOT_SENT], [self._note(outcome)], known=outcome.text)
                )
            case Unknown():
                row = self.doubt(row, rule, self._note(outcome))
        self._probe(probes.OUTCOME_WRITTEN)
        return self.post(row)

    def _accepted(self, row: Transaction, rule: StepRule, outcome: Accepted) -> Transaction:
        """Nobody settles by amounts that do not add up: they are noted and not shown."""
        broken, values = self._broken(rule, outcome), outcome.values
        if broken and row.step in AMOUNTS_SHOWN:
            values = without_amounts(values)
        notes = [self._note(outcome), *(("note", item.text, "") for item in broken)]
        return self.accept(row, values, outcome.rows, *notes)

    def accept(
        self, row: Transaction, values: Values, rows: Sequence[Values], *notes: Note
    ) -> Transaction:
        """The centre has it: state, reply, read models and the hospital's letter in one commit."""
        total = effects.money_of(row.step, values)

        def effect(ledger: Ledger) -> None:
            effects.carry(ledger, row, values, rows, self.clock)
            enter(ledger, row, self.clock)

        return self.changed(row, Change(
            [State.ACCEPTED, State.SETTLED], notes, effect=effect, known="",
            amount=total if total is not None else row.amount,
        ))  # fmt: skip

    def doubt(self, row: Transaction, rule: StepRule, note: Note) -> Transaction:
        """Nobody knows: what only reads, or is simply sent again, is done with; the rest waits."""
        now = self.clock.now()
        if not row.blocks:
            done_with = rule.effect == "reads" or (rule.repeatable and not rule.query_step)
            road = [State.UNKNOWN, State.VOID] if done_with else [State.UNKNOWN]
            return self.changed(row, Change(road, [note], known=note[1], unknown_since=now))
        known = say("resolve.known.unknown")
        change = Change([State.UNKNOWN], [note], known=known, next_try=now, unknown_since=now)
        return self.changed(row, change)

    def post(self, row: Transaction) -> Transaction:
        """See that the hospital is told of what is closed as accepted; waits for nothing.

        A row that is accepted and open comes from a program that told the hospital itself.
        """
        if row.state is State.ACCEPTED:
            note = ("post", say("outbox.entered"), "")
            row = self.changed(row, Change(
                [State.SETTLED], [note], known="",
                effect=lambda ledger: enter(ledger, row, self.clock),
            ))  # fmt: skip
        if row.state is State.SETTLED and row.step in POSTED:
            self.outbox.nudge(row.visit)
        return row

    def _note(self, outcome: Outcome) -> Note:
        match outcome:
            case Accepted():
                return "outcome", say("transact.accepted"), self._readable(outcome.raw)
            case Rejected():
                text = say("transact.rejected", code=outcome.code, text=outcome.text)
                return "outcome", text, self._readable(outcome.raw)
            case NotSent():
                return "outcome", say("transact.not_sent", text=outcome.text), ""
            case Unknown():
                text = say("transact.unknown", text=outcome.text)
                return "outcome", text, self._readable(outcome.raw)

    def _readable(self, raw: bytes) -> str:
        return raw.decode(self._encoding, "backslashreplace")

    def changed(self, row: Transaction, change: Change) -> Transaction:
        """Commit a change of the row as it was seen, and tell everybody.

        Where another desk has moved it on meanwhile, its state is given back and nothing is done.
        """
        changed = self.journal.change(row.msgid, change, seen=row.state)
        self._tell(changed)
        return changed

    def _tell(self, row: Transaction) -> None:
        self.events.announce(TransactionChanged(row.msgid, row.visit, row.state))


def _not_signed_in(failed: Outcome) -> NotSent:
    text = getattr(failed, "text", "")
    return NotSent("not_signed_in", say("transact.not_signed_in", text=text))


def guard(problem: Fault | None) -> None:
    """Raise what the lifecycle says against a step."""
    if problem:
        raise Refused(problem)
