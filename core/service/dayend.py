"""Day end: our sums beside the centre's, the three-way match, its repairs, and the confirmation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from core.clock import CHINA
from core.domain import Operator, Role, State, Transaction
from core.domain.dayend import (
    Comparison,
    Confirmation,
    MatchSheet,
    Pair,
    Period,
    Proposal,
    Repaired,
    Side,
    Sum,
    Totals,
)
from core.errors import Refused, fault
from core.journal import Journal
from core.journal.store import Change
from core.outcome import Accepted, Outcome, Rejected
from core.service.dayend_books import Books, NoAnswer, is_open
from core.service.dayend_repair import Repairs, guard_reason
from core.service.session import Session
from core.service.transact import Road
from core.words import say

ALL_KINDS = "0"  # refd_setl_flag: settlements with their cancellations (protocol-zjs.md §3.6)
LONGEST = timedelta(days=31)
NUMBER = re.compile(r"[A-Za-z]*\d{8,}")


class DayEnd:
    """``desk.dayend``. What asks the centre runs on the centre lane; all raise ``DeskError``."""

    def __init__(
        self, journal: Journal, road: Road, session: Session, books: Books, repairs: Repairs,
        limit_yuan: int, label: Callable[[str, str], str],
    ) -> None:  # fmt: skip
        self._journal = journal
        self._road = road
        self._session = session
        self._books = books
        self._repairs = repairs
        self._limit = limit_yuan * 100
        self._label = label

    def period(self, day: date | None = None) -> Period:
        """A whole day by the centre's clock; without ``day`` today."""
        day = day or self._session.centre_now().astimezone(CHINA).date()
        begin = datetime.combine(day, time(), CHINA)
        return Period(begin=begin, end=begin + timedelta(days=1, seconds=-1))

    # -- comparing

    def totals(self, period: Period, operator: str = "", sign_no: str = "") -> Totals:
        """Our journal's sums; by operator, by kind, refunds apart. Sends nothing."""
        found = self._journal.ledger.daybook.totals(period, operator, sign_no)
        by_kind = tuple(
            part.model_copy(update={"name": self._label("med_type", part.key)})
            for part in found.by_kind
        )
        return found.model_copy(update={"by_kind": by_kind})

    def compare(self, period: Period, operator: str = "", sign_no: str = "") -> Comparison:
        """Our sums beside 1320's; ``Refused`` where the period is none or the centre is silent."""
        _must_be_a_period(period)
        centre = self._centre_sums(period, operator, sign_no)
        ours = self.totals(period, operator, sign_no)
        return Comparison(
            period=period, operator=operator, sign_no=sign_no, ours=ours, centre=centre,
            equal=ours.net.same(centre), unresolved=len(self.unresolved(period)),
            untold=sum(self._road.outbox.counts()),
            confirmed=self._journal.ledger.daybook.confirmation_of(period, operator),
        )  # fmt: skip

    def _centre_sums(self, period: Period, operator: str, sign_no: str) -> Sum:
        """As the centre adds up, or, where it does not, the sum of what stands there by visit."""
        if not self._road.centre.has("totals"):
            return _sum_of(self._books.by_visit(period, operator, sign_no))
        asked = {
            "begin": period.begin, "end": period.end, "sign_no": sign_no, "operator": operator,
            "refund_flag": ALL_KINDS,
        }  # fmt: skip
        outcome = self._road.travel("totals", asked, blocks=False).outcome
        if not isinstance(outcome, Accepted):
            raise NoAnswer("dayend.no_totals", outcome.name, text=outcome.text)
        said = outcome.values
        return Sum(
            count=said.get("count"), total=said.get("total") or 0, fund=said.get("fund") or 0,
            personal=said.get("personal") or 0,
        )  # fmt: skip

    @property
    def may_confirm(self) -> bool:
        """Does the centre take confirmations of a period's sums?"""
        return self._road.centre.has("confirm_totals")

    def match(self, comparison: Comparison) -> Comparison:
        """The same with ``sheet``: journal, hospital and the centre's whole list (9103) matched.

        Raises ``Refused`` when the list could not be read whole: half a list proves nothing.
        """
        sheet = self._books.sheet(
            comparison.period, comparison.operator, self.period(), self._limit
        )
        waiting = frozenset(one.told.msgid for one in self._road.outbox.open())
        return comparison.model_copy(update={"sheet": _explained(sheet, waiting)})

    def unresolved(self, period: Period | None = None) -> tuple[Transaction, ...]:
        """Open transactions, of the period or all, oldest first."""
        rows = self._journal.open_rows()
        return tuple(row for row in rows if period is None or period.holds(row.made))

    def repair(
        self, pair: Pair, reason: str, by: Operator, second: Operator | None = None
    ) -> Repaired:
        """Do the pair's proposal, once; then compare and match anew.

        Raises ``Refused`` without a reason, without a second person where the pair needs one (a
        supervisor other than ``by``), or where the books have moved on and the proposal no longer
        fits. Whoever calls has verified the passwords.
        """
        return self._repairs.repair(pair, reason, by, second)

    # -- confirming

    def confirm(self, comparison: Comparison) -> tuple[Outcome, Confirmation | None]:
        """1322 for an equal comparison, with our sums as they are now.

        No confirmation comes back where the centre refused, was silent, or found other sums.
        Raises ``Refused`` for unequal sums, open cases, or a period that is confirmed.
        """
        period, operator = comparison.period, comparison.operator
        net = self.totals(period, operator, comparison.sign_no).net
        self._must_be_confirmable(comparison, net)
        values = {
            "begin": period.begin, "end": period.end, "operator": operator,
            "sign_no": comparison.sign_no, "refund_flag": ALL_KINDS, **net.model_dump(),
        }  # fmt: skip
        earlier = self._unanswered("confirm_totals", period)
        done = self._road.travel("confirm_totals", values, amount=net.total)
        self._settle_earlier(earlier, done.outcome)
        return done.outcome, self._journal.ledger.daybook.confirmation_of(period, operator)

    def _must_be_confirmable(self, comparison: Comparison, net: Sum) -> None:
        if not (comparison.equal and net.same(comparison.centre)):
            raise Refused(fault("dayend.not_equal"))
        period = comparison.period
        if self._journal.ledger.daybook.confirmation_of(period, comparison.operator):
            raise Refused(fault("dayend.confirmed_already"))
        waiting = [row for row in self.unresolved(period) if is_open(row)]
        if waiting:
            raise Refused(fault("dayend.unresolved", count=len(waiting)))

    def _unanswered(
        self, step: str, period: Period | None, corrects: str = ""
    ) -> list[Transaction]:
        return [
            row for row in self._journal.open_rows()
            if row.step == step and row.corrects == corrects
            and (period is None or row.facts.get("begin") == period.begin.isoformat())
        ]  # fmt: skip

    def _settle_earlier(self, earlier: list[Transaction], outcome: Outcome) -> None:
        """A message whose answer was lost: the next one shows whether it had happened."""
        happened = isinstance(outcome, Rejected) and self._road.centre.is_already_done(outcome)
        for row in earlier:
            if happened and isinstance(outcome, Rejected):
                number = NUMBER.search(outcome.text)
                values = {"confirmation_no": number.group() if number else ""}
                note = ("look", say("dayend.had_happened", text=outcome.text), "")
                self._road.accept(row, values, (), note)
            elif isinstance(outcome, Accepted):
                note = ("state", say("resolve.superseded"), "")
                self._road.changed(row, Change(_way_to_void(row), [note], known=""))

    def undo_confirmation(self, msgid: str, reason: str, by: Operator) -> Outcome:
        """1323 of the confirmation that ``msgid`` made; by a supervisor, with a reason."""
        guard_reason(reason)
        if by.role is not Role.SUPERVISOR:
            raise Refused(fault("dayend.supervisor_only", name=by.name))
        found = self._journal.ledger.daybook.confirmation(msgid)
        if found is None or found.undone_by:
            raise Refused(fault("dayend.no_confirmation"))
        values = {
            "confirmation_no": found.number, "operator": found.operator, "reason": reason.strip(),
        }  # fmt: skip
        earlier = self._unanswered("undo_confirmation", None, msgid)
        why = say("dayend.undone", by=by.name, id=by.id, reason=reason.strip())
        done = self._road.travel("undo_confirmation", values, corrects=msgid, why=why)
        if earlier:
            self._settle_earlier(earlier, done.outcome)
        return done.outcome

    def confirmations(self, limit: int = 100) -> tuple[Confirmation, ...]:
        """Newest first, undone ones too."""
        return self._journal.ledger.daybook.confirmations(limit)

    def is_confirmed(self, moment: datetime, operator: str = "") -> bool:
        """Is a movement of ``operator`` at that moment held by a confirmation?"""
        return self._journal.ledger.daybook.is_confirmed(moment, operator)


def _sum_of(sides: Iterable[Side]) -> Sum:
    found = Sum()
    for side in sides:
        one = Sum(count=1, total=side.total, fund=side.fund, personal=side.personal)
        found = found.plus(one)
    return found


def _way_to_void(row: Transaction) -> list[State]:
    return [State.VOID] if row.state is not State.INTENT else [State.UNKNOWN, State.VOID]


def _must_be_a_period(period: Period) -> None:
    if period.end < period.begin:
        raise Refused(fault("dayend.period_order", "end"))
    if period.end - period.begin > LONGEST:
        raise Refused(fault("dayend.period_long", "end", days=LONGEST.days))


def _explained(sheet: MatchSheet, waiting: frozenset[str]) -> MatchSheet:
    """Each pair with its sentence; ``waiting``: results on their way to the hospital."""
    pairs = tuple(replace(pair, says=_says(pair, waiting)) for pair in sheet.pairs)
    return sheet.model_copy(update={"pairs": pairs})


def _says(pair: Pair, waiting: frozenset[str]) -> str:
    if pair.proposal is Proposal.POST and pair.first.msgid in waiting:
        return say("dayend.in_outbox")
    return say(f"dayend.says.{pair.kind}.{pair.proposal}")
