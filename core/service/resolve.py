"""The resolver: what nobody knows is asked for, adopted, or fenced; a person decides last.

unknown → the centre's list shows it → accepted; absent twice after the quiet time → voiding (the
family's fence with our original id) → void. A look that fails changes nothing but the next try.
A fence that the centre does not remember closes nothing: the case stays open for a person.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from core.domain import Operator, Role, State, Transaction
from core.errors import Refused, fault
from core.journal import Journal
from core.journal.store import Change, Note, after, due
from core.money import show
from core.outcome import Accepted, Outcome, Rejected, Unknown
from core.service import effects, probes
from core.service.endings import Absent, Happened, NoEvidence
from core.service.evidence import look
from core.service.transact import Road, Travelled
from core.words import say

log = logging.getLogger(__name__)
LOOKS = 2  # absent counts only when seen twice after the quiet time


class Resolver:
    """Works off everything that is open; safe to run at any time, one round after the other."""

    def __init__(self, journal: Journal, road: Road, probe: probes.Probe = probes.quiet) -> None:
        self._journal = journal
        self._road = road
        self._probe = probe

    def pending(self) -> tuple[Transaction, ...]:
        """Every open transaction that stands for itself, oldest first."""
        return tuple(self._journal.open_rows())

    def recover(self) -> tuple[Transaction, ...]:
        """At start: intents whose process is gone are unknown from now on."""
        mine = [self._journal.transaction(msgid) for msgid in sorted(self._road.orphans)]
        left = self._journal.left_behind() + [row for row in mine if row.state is State.INTENT]
        note = ("state", say("resolve.left_behind"), "")
        found = tuple(self._road.doubt(row, self._road.rule_of(row), note) for row in left)
        self._road.orphans.clear()
        return found

    def round(self) -> tuple[Transaction, ...]:
        """One look for every row that is due; gives back what is still open."""
        self.recover()
        for row in self.pending():
            if row.state is not State.MANUAL and due(row, self._road.clock.now()):
                self.look(row.msgid)
        return self.pending()

    def look(self, msgid: str) -> Transaction:
        """One look at one row now, whatever its next try says; its new state is given back."""
        row = self._journal.transaction(msgid)
        match row.state:
            case State.ACCEPTED:
                return self._road.post(row)
            case State.UNKNOWN | State.MANUAL:
                return self._ask(row)
            case State.VOIDING:
                return self._fence(row)
        return row

    # -- asking

    def _ask(self, row: Transaction) -> Transaction:
        match look(self._road, row):
            case Happened(values, rows) if effects.complete(row.step, values):
                return self._adopt(row, values, rows)
            case Absent():
                return self._not_there(row)
            case Happened() | NoEvidence():
                return self._again(row, say("resolve.known.no_answer"))

    def _adopt(self, row: Transaction, values: effects.Values, rows: effects.Rows) -> Transaction:
        text = say("resolve.found")
        total = values.get("total")
        if row.step == "settle" and row.amount is not None and total not in (None, row.amount):
            text = say("resolve.found_other_amount", ours=show(row.amount), theirs=show(total))
        note: Note = ("look", text, "")
        row = self._road.accept(row, values, rows, note)
        self._supersede(row)
        return self._road.post(row)

    def _not_there(self, row: Transaction) -> Transaction:
        if row.state is State.MANUAL:
            return self._noted(row, say("resolve.absent_manual"))
        if not self._quiet_is_over(row):
            return self._again(row, say("resolve.known.absent_early"))
        if row.absent and not due(row, self._road.clock.now()):
            return self._noted(row, say("resolve.known.absent_once"))  # too soon for a second look
        seen = row.absent + 1
        if seen < LOOKS:
            return self._again(row, say("resolve.known.absent_once"), absent=seen)
        return self._give_up(row)

    def _quiet_is_over(self, row: Transaction) -> bool:
        since = row.unknown_since or row.made
        quiet = timedelta(seconds=self._road.centre.patience.quiet)
        return self._road.clock.now() - since >= quiet

    def _give_up(self, row: Transaction) -> Transaction:
        note = ("look", say("resolve.absent_twice"), "")
        if not self._fence_step(row):
            if self._road.rule_of(row).effect == "money":
                return self._to_person(row, say("resolve.no_fence"))
            return self._change(row, Change([State.VOID], [note], known=""))
        row = self._change(row, Change([State.VOIDING], [note], known=say("resolve.known.voiding")))
        return self._fence(row)

    # -- fencing

    def _fence_step(self, row: Transaction) -> str:
        can = self._road.centre.capabilities.reversal
        return self._road.rule_of(row).reverse_step if can else ""

    def _fence(self, row: Transaction) -> Transaction:
        done = self._road.travel(
            self._fence_step(row), self._fence_values(row), corrects=row.msgid, blocks=False
        )
        return self._fenced(row, done)

    def _fenced(self, row: Transaction, done: Travelled) -> Transaction:
        self._probe(probes.FENCE_WRITTEN)
        if isinstance(done.outcome, Accepted):
            return self._void(row)
        if self._nothing_to_reverse(row, done):
            remembered = self._road.centre.capabilities.reversal_is_remembered
            return self._void(row) if remembered else self._unfenced(row)
        known = say("resolve.known.fence_failed")
        if isinstance(done.outcome, Rejected):
            known = say("resolve.known.fence_refused", text=done.outcome.text)
        return self._again(row, known)

    def _fence_values(self, row: Transaction) -> dict[str, str]:
        return {
            "original_msgid": row.msgid, "original_code": row.code, "visit_no": row.visit,
            "person_no": str(row.facts.get("person_no", "")), "reason": say("resolve.reason"),
        }  # fmt: skip

    def _nothing_to_reverse(self, row: Transaction, done: Travelled) -> bool:
        said_so = self._road.centre.is_already_done(done.outcome)
        return said_so and isinstance(look(self._road, row), Absent)

    def _unfenced(self, row: Transaction) -> Transaction:
        """Nothing was there to undo, and nothing keeps a late original out: a person decides."""
        return self._to_person(row, say("resolve.not_remembered"))

    def _void(self, row: Transaction) -> Transaction:
        self._supersede(row)
        note = ("fence", say("resolve.voided"), "")
        return self._change(row, Change([State.VOID], [note], known=""))

    def _supersede(self, row: Transaction) -> None:
        """Fences and repetitions of ``row`` whose answers were lost are no longer looked into."""
        for other in self._journal.correcting(row.msgid):
            if other.state is State.UNKNOWN and not other.blocks:
                note = ("state", say("resolve.superseded"), "")
                self._change(other, Change([State.VOID], [note]))

    def reverse(self, msgid: str) -> Transaction:
        """A person asks for the fence now: refused before a look found it absent after the quiet
        time."""
        row = self._journal.transaction(msgid)
        if row.state not in {State.UNKNOWN, State.MANUAL, State.VOIDING} or not self._fence_step(
            row
        ):
            raise Refused(fault("resolve.not_reversible", msgid=msgid))
        if row.state is State.VOIDING:
            return self._fence(row)
        return self._reverse_unknown(row)

    def _reverse_unknown(self, row: Transaction) -> Transaction:
        match look(self._road, row):
            case Happened(values, rows):
                return self._adopt(row, values, rows)
            case NoEvidence():
                raise Refused(fault("resolve.look_first"))
            case Absent():
                pass
        if not self._quiet_is_over(row):
            raise Refused(fault("resolve.too_early", seconds=self._road.centre.patience.quiet))
        note = ("fence", say("resolve.by_hand"), "")
        return self._fence(self._change(row, Change([State.VOIDING], [note])))

    def reverse_now(self, msgid: str, values: effects.Values) -> tuple[Outcome, str, int]:
        """The fence as hospital IT sends it: the same road, and the row follows its outcome."""
        row = self._journal.transaction(msgid)
        if not self._fence_step(row) or row.state not in {
            State.UNKNOWN,
            State.VOIDING,
            State.MANUAL,
        }:
            raise Refused(fault("resolve.not_reversible", msgid=msgid))
        done = self._road.travel(self._fence_step(row), values, corrects=msgid, blocks=False)
        if isinstance(done.outcome, Accepted | Unknown) and row.state is not State.VOIDING:
            note: Note = ("fence", say("resolve.by_hand"), "")
            row = self._change(row, Change([State.VOIDING], [note]))
        if row.state is State.VOIDING:
            self._fenced(row, done)
        return done.outcome, done.msgid, done.ms

    # -- waiting and deciding

    def _again(self, row: Transaction, known: str, absent: int | None = None) -> Transaction:
        patience, attempts = self._road.centre.patience, row.attempts + 1
        if row.state is State.MANUAL:
            return self._noted(row, known)
        if attempts >= patience.limit:
            return self._to_person(row, say("resolve.limit", count=attempts), attempts)
        now = self._road.clock.now()
        soonest = now + timedelta(seconds=patience.quiet if absent else 0)  # lists may lag so long
        change = Change(
            notes=[("look", known, "")], known=known, attempts=attempts, absent=absent,
            next_try=max(soonest, after(now, patience.backoff, attempts)),
        )  # fmt: skip
        return self._change(row, change)

    def _to_person(self, row: Transaction, text: str, attempts: int | None = None) -> Transaction:
        change = Change([State.MANUAL], [("state", text, "")], known=text, attempts=attempts)
        return self._change(row, change)

    def _noted(self, row: Transaction, text: str) -> Transaction:
        return self._change(row, Change(notes=[("look", text, "")], known=text))

    def hand_over(self, msgid: str, by: str, reason: str) -> Transaction:
        """The cashier gives the case to a supervisor: no more looks by itself."""
        row = self._journal.transaction(msgid)
        if row.state not in {State.UNKNOWN, State.VOIDING}:
            raise Refused(fault("resolve.not_open", msgid=msgid))
        return self._to_person(row, say("resolve.handed_over", by=by, reason=_needed(reason)))

    def decide(self, msgid: str, happened: bool, by: Operator, reason: str) -> Transaction:
        """A supervisor says, with the centre's statement in hand, whether it happened.

        Raises ``Refused`` for another role, an empty reason, or a row that is not ``manual``.
        """
        row = self._journal.transaction(msgid)
        if by.role is not Role.SUPERVISOR:
            raise Refused(fault("resolve.supervisor_only", name=by.name))
        if row.state is not State.MANUAL:
            raise Refused(fault("resolve.not_manual", msgid=msgid))
        key = "resolve.decided_happened" if happened else "resolve.decided_void"
        note = ("decision", say(key, by=by.name, id=by.id, reason=_needed(reason)), "")
        if not happened:
            return self._change(row, Change([State.VOID], [note], known=""))
        row = self._road.accept(row, {}, (), note)
        return self._road.post(row)

    def _change(self, row: Transaction, change: Change) -> Transaction:
        return self._road.changed(row, change)


def _needed(reason: str) -> str:
    if not reason.strip():
        raise Refused(fault("resolve.reason_needed", "reason"))
    return reason.strip()
