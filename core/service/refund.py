"""Undoing a settlement that certainly happened: 2208, a new record that points at the old one.

When it is undone counts: on the same day nothing was reported yet; on a later day or month the
negative row falls into another period than the settlement; after a confirmed reconciliation it is
refused until the confirmation is undone (domain.md §1.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.clock import CHINA
from core.domain import Settlement, Visit
from core.domain.stay import Cancellation, CancelPeriod
from core.errors import Fault, Refused, fault
from core.journal import Journal
from core.money import show
from core.outcome import Accepted
from core.service.charge import Charge
from core.service.confirmed import why_bill_confirmed
from core.service.lifecycle import may
from core.service.result import StepResult
from core.service.session import Session
from core.service.transact import Road, guard
from core.service.visits import Visits
from core.words import say

Row = dict[str, Any]
KEEP_LINES = "1"  # the lines stay at the centre; removing them is a step of its own


class Refund:
    """Cancels settlements; registrations are cancelled by ``Register.cancel``."""

    def __init__(
        self, journal: Journal, road: Road, visits: Visits, session: Session, charge: Charge
    ) -> None:
        self._journal = journal
        self._road = road
        self._visits = visits
        self._session = session
        self._charge = charge

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

    def cancel_settlement(self, visit_no: str, reason: str, partial: int = 0) -> StepResult:
        """Cancel the live settlement of a visit; a reason is required and kept.

        Where an outpatient's lines travelled with the settlement, they are fetched first and sent
        back as the centre has them. ``partial``: the number of the refund in part this begins.
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
        batch = self._journal.ledger.settlement_reply(visit.settlement.msgid).get("fee_batch", "")
        rows: tuple[Row, ...] = ()
        if self._charge.held(visit):
            fetched = self._originals(visit, batch)
            if isinstance(fetched, StepResult):
                return fetched
            rows = fetched
        more = {"partial": partial} if partial else {}
        done = self._road.travel(
            "cancel_settlement",
            {
                "visit_no": visit_no, "bill_no": visit.settlement.bill_no, "fee_batch": batch,
                "cancelled_at": self._session.centre_now(), "keep_lines": KEEP_LINES, **more,
            },
            rows, corrects=visit.settlement.msgid, amount=-visit.settlement.amounts.total,
            why=reason.strip(),
        )  # fmt: skip
        return StepResult(
            done.outcome, self._visits.after(visit_no), done.msgid, done.broken, done.ms
        )

    def _originals(self, visit: Visit, batch: Any) -> tuple[Row, ...] | StepResult:
        """The lines of the batch as the centre wants them back, or why it did not give them.

        Raises ``Refused`` where they are not those of the settlement, to the fen.
        """
        asked = {"visit_no": visit.visit_no, "fee_batch": batch}
        done = self._road.travel("refund_data", asked, blocks=False)
        if self._road.centre.is_already_done(done.outcome):
            raise Refused(fault("refund.already", text=getattr(done.outcome, "text", "")))
        if not isinstance(done.outcome, Accepted):
            return StepResult(done.outcome, visit, done.msgid, ms=done.ms)
        rows = tuple(turned(done.outcome.rows))
        assert visit.settlement is not None
        there, ours = -sum(row["amount"] for row in rows), visit.settlement.amounts.total
        if there != ours:
            raise Refused(fault("refund.lines_differ", ours=show(ours), theirs=show(there)))
        return rows


def turned(rows: Sequence[Row]) -> list[Row]:
    """Lines as they are sent back: with the opposite sign, where they come as they were charged."""
    if sum(row["amount"] for row in rows) < 0:
        return [dict(row) for row in rows]
    return [{**row, "amount": -row["amount"], "quantity": -row["quantity"]} for row in rows]
