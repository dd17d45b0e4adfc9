"""The one road of a transaction: guard, intent, call, outcome, write-back.

No other module sends anything to a centre. The intent is on disk before the call leaves; what
comes back has one of four endings; only the centre's own final word closes a row.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from core.centre.port import Centre, Header, Message, StepRule
from core.clock import Clock, stamp
from core.domain import State, Transaction
from core.domain.writeback import WriteBack
from core.errors import Fault, Refused, SetupError, fault
from core.events import CentreAnswered, Events, TransactionChanged
from core.gateway.port import Gateway, NoReply
from core.his.port import Hospital
from core.journal import Draft, Journal
from core.journal.records import amounts
from core.journal.safekeeping import why_blocked
from core.journal.store import Change, Note
from core.outcome import Accepted, NotSent, Outcome, Rejected, Unknown
from core.service import effects, probes
from core.service.evidence import Absent, Happened, done_before, look
from core.words import say

log = logging.getLogger(__name__)
Values = Mapping[str, Any]
SETTLE_LIKE = frozenset({"settle", "cancel_settlement"})
KEPT_FACTS = (
    "bill_no", "person_no", "line_id", "rx_no", "original_msgid", "original_code", "keep_lines",
    "begin", "end", "operator", "sign_no", "count", "total", "fund", "personal",
    "deduction_id", "version", "valid",
)  # fmt: skip
KEPT_LINE = ("rx_no", "line_id", "amount")
KEPT_WHOLE = frozenset({"change_registration", "special_filing"})  # all they were given
TOO_LARGE = "attachments"  # is in the archive and in the message


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
    """Where a transaction came out: its row (``None``: none was written), outcome, milliseconds."""

    outcome: Outcome
    row: Transaction | None = None
    ms: int = 0

    @property
    def msgid(self) -> str:
        """Our message id, or empty."""
        return self.row.msgid if self.row else ""


class Road:
    """Built once by ``core.app``; every service and command travels on it."""

    def __init__(
        self, journal: Journal, centre: Centre, gateway: Gateway, hospital: Hospital,
        clock: Clock, events: Events, desk: int, encoding: str, probe: probes.Probe = probes.quiet,
    ) -> None:  # fmt: skip
        self.journal = journal
        self.centre = centre
        self.clock = clock
        self.events = events
        self.session: SignIn
        self.orphans: set[str] = set()  # intents whose outcome could not be written
        self._gateway = gateway
        self._hospital = hospital
        self._desk = desk
        self._encoding = encoding
        self._probe = probe

    def travel(
        self, step: str, values: Values, rows: Sequence[Values] = (), *,
        corrects: str = "", amount: int | None = None, blocks: bool | None = None, why: str = "",
    ) -> Travelled:  # fmt: skip
        """Send one transaction and journal its ending; sign in first where the step asks for it.

        ``why`` is a person's reason; it reaches the disk with the intent.
        Raises ``InvalidInput`` (faulty values) or ``Refused`` (a guard): then nothing was written.
        A refusal because the sign-in is gone proves that nothing was done: signed in anew, once
        more.
        """
        rule = self.centre.rule(step)
        if rule.needs_sign_in and (failed := self.session.make_sure()):
            return Travelled(_not_signed_in(failed))
        wanted = rule.effect != "reads" if blocks is None else blocks
        if wanted and rule.effect == "money":
            guard(why_blocked(self.journal))

        def once() -> Travelled:
            draft = self._draft(step, values, rows, corrects, amount, wanted)
            return self._send(rule, replace(draft, why=why), values, rows)

        done = once()
        if rule.needs_sign_in and self.centre.is_sign_in_expired(done.outcome):
            if failed := self.session.renew():
                return Travelled(_not_signed_in(failed), done.row, done.ms)
            done = once()
        return done

    def _draft(
        self, step: str, values: Values, rows: Sequence[Values], corrects: str,
        amount: int | None, blocks: bool,
    ) -> Draft:  # fmt: skip
        head = self.session.header("")
        facts = {name: _kept(values[name]) for name in KEPT_FACTS if values.get(name)}
        if rows:
            facts["lines"] = [{name: row.get(name) for name in KEPT_LINE} for row in rows]
        if step in KEPT_WHOLE:
            given = {name: _kept(value) for name, value in values.items() if name != TOO_LARGE}
            facts["given"] = given
        if step in SETTLE_LIKE:
            facts.update(operator_name=head.operator_name, sign_no=head.sign_no)
        first: Values = rows[0] if rows else {}
        visit = str(values.get("visit_no") or first.get("visit_no") or "")
        return Draft(step, visit, corrects, amount, head.operator_id, blocks, facts)

    def _send(
        self, rule: StepRule, draft: Draft, values: Values, rows: Sequence[Values]
    ) -> Travelled:
        def build(counter: int) -> Message:
            msgid = self.centre.new_msgid(stamp(self.clock.now()), self._desk, counter)
            return self.centre.prepare(rule.step, values, self.session.header(msgid), rows)

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
        return Travelled(outcome, row, ms)

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
        is true.
        """
        looked_into = row.blocks and rule.query_step and self.centre.is_already_done(outcome)
        if not (looked_into and isinstance(outcome, Rejected)):
            return outcome
        if done_before(self.journal.ledger, row):
            return outcome
        match look(self, row, refused=True):
            case Happened(values, rows, True) if effects.complete(row.step, values):
                return Accepted(values, rows, outcome.reply, outcome.raw)
            case Happened(whole=False):
                return outcome
            case Absent(instead) if self._strange(instead):
                return outcome
        return Unknown("refused_as_done", outcome.text, outcome.raw)

    def _strange(self, settlements: Sequence[str]) -> bool:
        """Does one that is not ours explain the refusal? One look that finds nothing does not:
        a list may lag behind what was booked just now."""
        return any(self.journal.ledger.settlement(msgid) is None for msgid in settlements)

    # -- endings

    def finish(self, row: Transaction, rule: StepRule, outcome: Outcome) -> Transaction:
        """Journal the outcome of an intent, then post what the hospital must know."""
        match outcome:
            case Accepted() if effects.complete(row.step, outcome.values):
                row = self.accept(row, outcome.values, outcome.rows, self._note(outcome))
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
        return self.post(row) if row.state is State.ACCEPTED else row

    def accept(
        self, row: Transaction, values: Values, rows: Sequence[Values], note: Note
    ) -> Transaction:
        """The centre has it: state, reply and read models in one commit."""
        effect = effects.EFFECTS.get(row.step)
        road = [State.ACCEPTED] if row.step in effects.POSTED else [State.ACCEPTED, State.SETTLED]
        total = effects.money_of(row.step, values)
        return self.changed(row, Change(
            road, [note], amount=total if total is not None else row.amount, known="",
            effect=effect and (lambda ledger: effect(ledger, row, values, rows, self.clock)),
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
        """Tell the hospital, idempotent by our id, and close; a failing hospital leaves it open."""
        settled = self.journal.ledger.settlement(row.corrects or row.msgid)
        try:
            self._hospital.post(WriteBack(
                msgid=row.msgid, step=row.step, visit_no=row.visit,
                bill_no=str(row.facts.get("bill_no", "")),
                amounts=settled.amounts if settled else None,
            ))  # fmt: skip
        except Exception as error:  # noqa: BLE001 - posted again
            log.warning("the hospital did not take %s: %s", row.msgid, error)
            return self._post_failed(row, str(error))
        self._probe(probes.POSTED)
        done = self.changed(
            row, Change([State.SETTLED], [("post", say("transact.posted"), "")], known="")
        )
        self._probe(probes.CLOSED)
        return done

    def _post_failed(self, row: Transaction, error: str) -> Transaction:
        from core.journal.store import after

        attempts = row.attempts + 1
        wait = after(self.clock.now(), self.centre.patience.backoff, attempts)
        text = say("transact.post_failed", error=error)
        return self.changed(
            row, Change(notes=[("post", text, "")], known=text, attempts=attempts, next_try=wait)
        )

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


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _not_signed_in(failed: Outcome) -> NotSent:
    text = getattr(failed, "text", "")
    return NotSent("not_signed_in", say("transact.not_signed_in", text=text))


def guard(problem: Fault | None) -> None:
    """Raise what the lifecycle says against a step."""
    if problem:
        raise Refused(problem)


def amounts_warnings(values: Values) -> tuple[Fault, ...]:
    """fund + personal = total and the parts of the total, where the reply has them."""
    if not {"total", "fund", "personal"} <= values.keys():
        return (fault("settle.no_amounts"),)
    found = amounts(dict(values))
    broken: list[Fault] = []
    if not found.adds_up:
        broken.append(fault("settle.identity", **_yuan(found.fund, found.personal, found.total)))
    parts = [part for part in (found.drug, found.service, found.material) if part is not None]
    if len(parts) == 3 and sum(parts) != found.total:
        broken.append(fault("settle.parts", **_yuan(sum(parts), 0, found.total)))
    return tuple(broken)


def _yuan(first: int, second: int, total: int) -> dict[str, str]:
    from core.money import show

    return {"first": show(first), "second": show(second), "total": show(total)}
