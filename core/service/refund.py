"""Undoing a settlement that certainly happened: 2208, a new record that points at the old one.

When it is undone counts: on the same day nothing was reported yet; on a later day or month the
negative row falls into another period than the settlement; after a confirmed reconciliation it is
refused until the confirmation is undone (domain.md §1.3).
"""

from __future__ import annotations

from core.clock import CHINA
from core.domain import Settlement
from core.domain.stay import Cancellation, CancelPeriod
from core.errors import Fault, Refused, fault
from core.journal import Journal
from core.service.confirmed import why_bill_confirmed
from core.service.lifecycle import may
from core.service.result import StepResult
from core.service.session import Session
from core.service.transact import Road, guard
from core.service.visits import Visits
from core.words import say

KEEP_LINES = "1"  # the lines stay at the centre; removing them is a step of its own


class Refund:
    """Cancels settlements; registrations are cancelled by ``Register.cancel``."""

    def __init__(self, journal: Journal, road: Road, visits: Visits, session: Session) -> None:
        self._journal = journal
        self._road = road
        self._visits = visits
        self._session = session

    def cancellation(self, visit_no: str) -> Cancellation:
        """What cancelling the live settlement would mean now; ``Refused`` where there is none."""
        visit = self._visits.read(visit_no)
        guard(may(visit, "cancel_settlement"))
        assert visit.settlement is not None
        return self._meaning(visit.settlement)

    def _meaning(self, paid: Settlement) -> Cancellation:
        held = why_bill_confirmed(self._journal, paid.msgid)
        if held:
            return Cancellation(period=CancelPeriod.CONFIRMED, text=held.text, refused=True)
        period = self._period(paid)
        day = f"{paid.settled_at.astimezone(CHINA):%Y-%m-%d}"
        return Cancellation(period=period, text=say(f"refund.period.{period}", day=day))

    def _period(self, paid: Settlement) -> CancelPeriod:
        then, now = paid.settled_at.astimezone(CHINA), self._session.centre_now().astimezone(CHINA)
        if then.date() == now.date():
            return CancelPeriod.SAME_DAY
        same_month = (then.year, then.month) == (now.year, now.month)
        return CancelPeriod.LATER_DAY if same_month else CancelPeriod.LATER_MONTH

    def cancel_settlement(self, visit_no: str, reason: str) -> StepResult:
        """Cancel the live settlement of a visit; a reason is required and kept.

        Refused where a confirmed reconciliation holds the settlement: the centre would refuse too.
        """
        visit = self._visits.read(visit_no)
        guard(may(visit, "cancel_settlement"))
        if not reason.strip():
            raise Refused(fault("refund.reason", "reason"))
        assert visit.settlement is not None
        meaning = self._meaning(visit.settlement)
        if meaning.refused:
            raise Refused(Fault("dayend.is_confirmed", meaning.text))
        done = self._road.travel(
            "cancel_settlement",
            {
                "visit_no": visit_no, "bill_no": visit.settlement.bill_no,
                "cancelled_at": self._session.centre_now(), "keep_lines": KEEP_LINES,
            },
            corrects=visit.settlement.msgid, amount=-visit.settlement.amounts.total,
            why=reason.strip(),
        )  # fmt: skip
        return StepResult(done.outcome, self._visits.read(visit_no), done.msgid, ms=done.ms)
