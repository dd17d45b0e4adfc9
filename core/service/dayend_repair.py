"""The repairs of the day end: one proposal, done once, on the one road of every transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.domain import Amounts, Operator, Role, State, Transaction
from core.domain.dayend import Pair, PairClass, Proposal, Repaired, Side
from core.domain.pairing import BOOKED, WAITING, same_amounts
from core.domain.writeback import WriteBack
from core.errors import DeskError, Refused, fault
from core.journal import Journal
from core.journal.decisions import adopt, decide
from core.money import show
from core.outcome import Accepted, Outcome, Rejected
from core.service import effects
from core.service.confirmed import why_confirmed
from core.service.refund import Refund
from core.service.resolve import Resolver
from core.service.settle import Settle
from core.service.transact import Road, Travelled, guard
from core.words import say

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Tools:
    """The services that a repair stands on."""

    journal: Journal
    road: Road
    settle: Settle
    refund: Refund
    resolve: Resolver


class Repairs:
    """Does what a pair proposes. Safe to try again: what is done already is not done twice."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._journal = tools.journal
        self._road = tools.road
        self._how: dict[Proposal, Callable[[Pair, str], Repaired]] = {
            Proposal.COMPLETE: self._complete,
            Proposal.POST: self._post,
            Proposal.TAKE_MOMENT: self._take_moment,
            Proposal.REVERSE: self._reverse,
            Proposal.CANCEL: self._cancel,
            Proposal.SETTLE_AGAIN: self._settle_again,
            Proposal.VOID: self._void,
        }

    def repair(
        self, pair: Pair, reason: str, by: Operator, second: Operator | None = None
    ) -> Repaired:
        """As ``DayEnd.repair``."""
        reason = reason.strip()
        guard_reason(reason)
        if pair.proposal not in self._how:
            raise Refused(fault("dayend.nothing_to_do"))
        if pair.needs_second:
            _guard_second(by, second)
        text = say(
            f"dayend.decided_{'two' if second else 'one'}",
            what=say(f"dayend.proposal.{pair.proposal}"), by=by.name, id=by.id, reason=reason,
            second=second.name if second else "", second_id=second.id if second else "",
        )  # fmt: skip
        decide(self._journal, pair.first.msgid, text, lambda ledger: None)
        return self._how[pair.proposal](pair, reason)

    # -- into our books

    def _complete(self, pair: Pair, reason: str) -> Repaired:
        centre = _needed(pair.centre)
        row = self._known(pair.journal.msgid if pair.journal else centre.msgid)
        if row is None:
            self._adopt(centre)
        elif row.state in WAITING:
            if row.state is State.INTENT:
                self._tools.resolve.recover()
                row = self._journal.transaction(row.msgid)
            note = ("decision", say("dayend.completed"), "")
            row = self._road.accept(row, _values(centre), (), note)
        elif row.state not in BOOKED:
            raise Refused(fault("dayend.stale"))
        if row is not None:
            self._road.post(row)
        if pair.hospital is None:
            self._tell(centre.msgid, centre)
        if pair.hospital is not None and not same_amounts(pair.hospital, centre):
            self._correct(pair.hospital, centre)
        return Repaired(done=True, says=say("dayend.completed"), msgid=centre.msgid)

    def _adopt(self, side: Side) -> None:
        """The journal lost it: write it from the centre's list, as if it had just been done."""
        step = "cancel_settlement" if side.refund else "settle"
        live = self._journal.ledger.live_settlement(side.visit_no, side.bill_no)
        if side.refund and live is None:
            raise Refused(fault("dayend.no_settlement", bill=side.bill_no))
        row = Transaction(
            msgid=side.msgid, step=step, code=self._road.centre.rule(step).code,
            visit=side.visit_no, corrects=live.msgid if live and side.refund else "",
            amount=side.total, state=State.SETTLED, operator=side.operator, made=side.at,
            business_day=side.at.date().isoformat(),
            facts={"bill_no": side.bill_no, "person_no": side.person_no, "adopted": True},
        )  # fmt: skip
        effect, values, clock = effects.EFFECTS[step], _values(side), self._road.clock
        adopt(
            self._journal, row, say("dayend.adopted"),
            lambda ledger: effect(ledger, row, values, (), clock),
        )  # fmt: skip

    def _post(self, pair: Pair, reason: str) -> Repaired:
        centre = _needed(pair.centre)
        if pair.hospital is not None:
            self._correct(pair.hospital, centre)
        else:
            journal = _needed(pair.journal)
            row = self._known(journal.msgid)
            if row is not None:
                self._road.post(row)
            self._tell(journal.msgid, centre)
        late = self._road.outbox.is_waiting_for(centre.visit_no)
        says = say("outbox.entered" if late else "dayend.posted")
        return Repaired(done=True, says=says, msgid=centre.msgid)

    def _take_moment(self, pair: Pair, reason: str) -> Repaired:
        journal, at = _needed(pair.journal), _needed(pair.centre).at
        guard(why_confirmed(self._journal, journal.at, journal.operator))
        text = say("dayend.moment_taken", at=f"{at:%Y-%m-%d %H:%M:%S}")
        decide(
            self._journal, journal.msgid, text,
            lambda ledger: ledger.daybook.take_moment(journal.msgid, at),
        )  # fmt: skip
        return Repaired(done=True, says=text, msgid=journal.msgid)

    # -- out of the centre's books

    def _reverse(self, pair: Pair, reason: str) -> Repaired:
        side = pair.centre or _needed(pair.journal)
        guard(why_confirmed(self._journal, side.at, side.operator))
        row = self._known(pair.journal.msgid if pair.journal else side.msgid)
        if row is not None and row.is_open:
            return self._by_resolver(row)
        done = self._fence(side, reason)
        if not isinstance(done.outcome, Accepted):
            return _failed(done)
        if pair.hospital is not None:
            self._take_back(pair.hospital)
        return Repaired(done=True, says=say("dayend.reversed"), msgid=done.msgid)

    def _by_resolver(self, row: Transaction) -> Repaired:
        if row.state is State.INTENT:
            self._tools.resolve.recover()
        if row.state is State.VOIDING:
            row = self._tools.resolve.look(row.msgid)
        else:
            row = self._tools.resolve.reverse(row.msgid)
        key = "dayend.reversed" if row.state is State.VOID else "dayend.completed"
        done = not row.is_open
        return Repaired(done=done, says=say(key) if done else row.known, msgid=row.msgid)

    def _fence(self, side: Side, reason: str) -> Travelled:
        step = "cancel_settlement" if side.refund else "settle"
        values = {
            "original_msgid": side.msgid, "original_code": self._road.centre.rule(step).code,
            "visit_no": side.visit_no, "person_no": side.person_no, "reason": reason,
        }  # fmt: skip
        return self._road.travel("reverse", values, corrects=side.msgid, blocks=False)

    def _cancel(self, pair: Pair, reason: str) -> Repaired:
        """2208: of what the centre alone has, or once more where the first never arrived."""
        if pair.centre is not None and pair.journal is None:
            self._adopt(pair.centre)
            self._tell(pair.centre.msgid, pair.centre)
        if pair.centre is None:
            self._forget_refund(pair)
        return self._cancelled(pair.first.visit_no, reason)

    def _forget_refund(self, pair: Pair) -> None:
        refund = pair.journal
        if refund is not None:
            guard(why_confirmed(self._journal, refund.at, refund.operator))
            decide(
                self._journal, refund.msgid, say("dayend.refund_struck"),
                lambda ledger: ledger.daybook.strike_refund(refund.msgid, refund.msgid),
            )  # fmt: skip
        if pair.hospital is not None:
            self._take_back(pair.hospital)

    def _cancelled(self, visit_no: str, reason: str) -> Repaired:
        result = self._tools.refund.cancel_settlement(visit_no, reason)
        if isinstance(result.outcome, Accepted):
            return Repaired(done=True, says=say("dayend.cancelled"), msgid=result.msgid)
        return Repaired(done=False, says=_text(result.outcome), msgid=result.msgid)

    # -- anew

    def _settle_again(self, pair: Pair, reason: str) -> Repaired:
        """Undo what is there, on whichever side, then ask for the amounts and settle them."""
        side, centre = pair.first, pair.centre
        if centre is not None and pair.journal is not None:
            self._take_amounts(pair.journal, pair.hospital, centre)
            undone = self._cancelled(side.visit_no, reason)
        else:
            undone = self._void(pair, reason)
        if not undone.done:
            return undone
        try:
            return self._anew(side)
        except DeskError as error:  # a guard: what was undone stays undone, and is said
            return Repaired(done=False, says=say("dayend.undone_only", text=error))

    def _anew(self, side: Side) -> Repaired:
        shown = self._tools.settle.presettle(side.visit_no)
        amounts = shown.visit.presettlement
        if not isinstance(shown.outcome, Accepted) or amounts is None:
            return _undone_only(shown.outcome, shown.msgid)
        result = self._tools.settle.settle(side.visit_no, amounts)
        if not isinstance(result.outcome, Accepted):
            return _undone_only(result.outcome, result.msgid)
        more = amounts.personal - side.personal
        says = say(f"dayend.settled_{'same' if not more else 'other'}", more=show(more))
        return Repaired(done=True, says=says, msgid=result.msgid)

    def _take_amounts(self, journal: Side, hospital: Side | None, centre: Side) -> None:
        """Count it as the centre has it, so that its cancellation takes back exactly that."""
        guard(why_confirmed(self._journal, centre.at, centre.operator))
        decide(
            self._journal, journal.msgid,
            say("dayend.amounts_taken", ours=show(journal.total), theirs=show(centre.total)),
            lambda ledger: ledger.daybook.take_amounts(
                journal.msgid, centre.total, centre.fund, centre.personal
            ),
        )  # fmt: skip
        if hospital is not None and not same_amounts(hospital, centre):
            self._correct(hospital, centre)

    # -- out of our books

    def _void(self, pair: Pair, reason: str) -> Repaired:
        journal = pair.journal
        msgid = ""
        if journal is not None and journal.state in BOOKED:
            guard(why_confirmed(self._journal, journal.at, journal.operator))
            by = journal.msgid
            if pair.kind is not PairClass.REFUND_PAIR:
                self._must_be_absent(journal)
                done = self._fence(journal, reason)
                gone = self._road.centre.is_already_done(done.outcome)
                if not (isinstance(done.outcome, Accepted) or gone):
                    return _failed(done)
                by = done.msgid
            decide(
                self._journal, journal.msgid, say("dayend.struck"),
                lambda ledger: ledger.daybook.strike_settlement(journal.msgid, by),
            )  # fmt: skip
            msgid = by
        if pair.hospital is not None and pair.kind is not PairClass.REFUND_PAIR:
            self._take_back(pair.hospital)
        return Repaired(done=True, says=say("dayend.voided"), msgid=msgid)

    def _must_be_absent(self, side: Side) -> None:
        """1321: the list may have left it out; what the centre has is not voided."""
        asked = {"visit_no": side.visit_no, "bill_no": side.bill_no, "operator": ""}
        outcome = self._road.travel("details", asked, corrects=side.msgid, blocks=False).outcome
        if isinstance(outcome, Accepted):
            raise Refused(fault("dayend.is_there", bill=side.bill_no))
        if not isinstance(outcome, Rejected):
            raise Refused(fault("dayend.no_details", text=_text(outcome)))

    # -- the hospital

    def _tell(self, msgid: str, side: Side) -> None:
        step = "cancel_settlement" if side.refund else "settle"
        self._road.outbox.tell(_written(msgid, step, side))

    def _take_back(self, side: Side) -> None:
        """Book the opposite of what the hospital has, under a number that tells which."""
        step = "settle" if side.refund else "cancel_settlement"
        number = f"{side.msgid or side.bill_no}-V"
        self._road.outbox.tell(_written(number, step, side))

    def _correct(self, wrong: Side, right: Side) -> None:
        self._take_back(wrong)
        right = right._replace(visit_no=wrong.visit_no, bill_no=wrong.bill_no)
        self._tell(f"{wrong.msgid or wrong.bill_no}-R", right)

    def _known(self, msgid: str) -> Transaction | None:
        try:
            return self._journal.transaction(msgid)
        except KeyError:
            return None


def guard_reason(reason: str) -> None:
    """A reason is needed, and fits into one line of the journal."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Refused(fault("dayend.reason", "reason", most=LONGEST_REASON))


def _guard_second(by: Operator, second: Operator | None) -> None:
    if second is None:
        raise Refused(fault("dayend.second_needed", "second"))
    if second.role is not Role.SUPERVISOR or second.id == by.id:
        raise Refused(fault("dayend.second_unfit", "second", name=second.name))


def _needed(side: Side | None) -> Side:
    if side is None:
        raise Refused(fault("dayend.stale"))
    return side


def _values(side: Side) -> dict[str, object]:
    """What a settlement's reply would have said, from the centre's list."""
    return {
        "visit_no": side.visit_no, "bill_no": side.bill_no, "total": side.total,
        "fund": side.fund, "personal": side.personal, "settled_at": side.at,
    }  # fmt: skip


def _amounts(side: Side) -> Amounts:
    return Amounts(total=abs(side.total), fund=abs(side.fund), personal=abs(side.personal))


def _written(msgid: str, step: str, side: Side) -> WriteBack:
    return WriteBack(
        msgid=msgid, step=step, visit_no=side.visit_no, bill_no=side.bill_no,
        amounts=_amounts(side),
    )  # fmt: skip


def _text(outcome: Outcome) -> str:
    return "" if isinstance(outcome, Accepted) else outcome.text


def _undone_only(outcome: Outcome, msgid: str) -> Repaired:
    text = _text(outcome)
    return Repaired(done=False, says=say("dayend.undone_only", text=text), msgid=msgid)


def _failed(done: Travelled) -> Repaired:
    key = "dayend.fence_refused" if isinstance(done.outcome, Rejected) else "dayend.fence_unknown"
    return Repaired(done=False, says=say(key, text=_text(done.outcome)), msgid=done.msgid)
