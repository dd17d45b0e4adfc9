"""Undoing a settlement that certainly happened: 2208, a new record that points at the old one."""

from __future__ import annotations

from core.errors import Refused, fault
from core.journal import Journal
from core.service.lifecycle import may
from core.service.result import StepResult
from core.service.session import Session
from core.service.transact import Road, guard
from core.service.visits import Visits

KEEP_LINES = "1"  # the lines stay at the centre; removing them is a step of its own


class Refund:
    """Cancels settlements; registrations are cancelled by ``Register.cancel``."""

    def __init__(self, journal: Journal, road: Road, visits: Visits, session: Session) -> None:
        self._journal = journal
        self._road = road
        self._visits = visits
        self._session = session

    def cancel_settlement(self, visit_no: str, reason: str) -> StepResult:
        """Cancel the live settlement of a visit; a reason is required and kept."""
        visit = self._visits.read(visit_no)
        guard(may(visit, "cancel_settlement"))
        if not reason.strip():
            raise Refused(fault("refund.reason", "reason"))
        assert visit.settlement is not None
        done = self._road.travel(
            "cancel_settlement",
            {
                "visit_no": visit_no, "bill_no": visit.settlement.bill_no,
                "cancelled_at": self._session.centre_now(), "keep_lines": KEEP_LINES,
            },
            corrects=visit.settlement.msgid, amount=-visit.settlement.amounts.total,
        )  # fmt: skip
        if done.row:
            self._journal.note(done.msgid, "note", reason.strip())
        return StepResult(done.outcome, self._visits.read(visit_no), done.msgid, ms=done.ms)
