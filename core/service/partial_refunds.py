"""A refund of some lines where the centre takes back whole batches only: everything is refunded,
then the kept lines are charged again (domain.md §1.2; protocol-gd.md §8).

Both transactions carry the number of one refund in part, which is on disk before the first leaves.
After a crash in the middle it is found unfinished: the kept lines are charged, or a person says
that they are not.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.domain import FeeLine, Visit
from core.domain.centrefacts import PartialRefund
from core.errors import Refused, fault
from core.journal import Journal
from core.outcome import Accepted
from core.service.lifecycle import may
from core.service.netting import netted
from core.service.partial_stage import UNFINISHED, told
from core.service.refund import Refund
from core.service.result import StepResult
from core.service.session import Session
from core.service.settle import Settle
from core.service.transact import Road, guard
from core.service.visits import Visits


class PartialRefunds:
    """``desk.partial_refunds``. ``start`` → the trial it gives is shown → ``desk.settle.settle``
    with those amounts ends it; ``go_on`` asks for the trial anew after a crash."""

    def __init__(
        self, journal: Journal, road: Road, visits: Visits, session: Session, refund: Refund,
        settle: Settle,
    ) -> None:  # fmt: skip
        self._journal = journal
        self._road = road
        self._visits = visits
        self._session = session
        self._refund = refund
        self._settle = settle

    @property
    def offered(self) -> bool:
        """Can the centre refund some lines of an outpatient's settlement?"""
        return self._road.centre.capabilities.partial_refund

    def lines(self, visit_no: str) -> tuple[FeeLine, ...]:
        """The lines of the live settlement, of which some may be refunded."""
        visit = self._visits.read(visit_no)
        there = {item.line_id for item in visit.uploaded}
        return netted([line for line in visit.lines if line.line_id in there])

    def start(self, visit_no: str, gone: Sequence[str], reason: str) -> StepResult:
        """Refund everything, then ask what the lines that are not ``gone`` cost.

        ``gone``: ids of the lines to refund; at least one, and not all. The result is the refund's
        where that did not come through, else the trial's, with ``visit.presettlement`` to be shown
        and settled. Raises ``Refused``.
        """
        visit = self._visits.read(visit_no)
        guard(may(visit, "cancel_settlement"))
        kept = self._kept(visit, gone)
        if not reason.strip():
            raise Refused(fault("refund.reason", "reason"))
        assert visit.settlement is not None
        with self._journal.commit():
            number = self._journal.ledger.centrefacts.begin_partial(
                visit_no, visit.settlement.msgid, [line.line_id for line in kept],
                sorted(set(gone)), sum(line.amount for line in kept), reason.strip(),
                self._session.acting().id,
            )  # fmt: skip
        done = self._refund.cancel_settlement(visit_no, reason, partial=number)
        return self._settle.presettle(visit_no) if isinstance(done.outcome, Accepted) else done

    def _kept(self, visit: Visit, gone: Sequence[str]) -> list[FeeLine]:
        if not self.offered or visit.registration.is_inpatient:
            raise Refused(fault("partial.not_offered"))
        lines = self.lines(visit.visit_no)
        if strange := sorted(set(gone) - {line.line_id for line in lines}):
            raise Refused(fault("partial.strange", "line_id", line=strange[0]))
        kept = [line for line in lines if line.line_id not in gone]
        if not gone or not kept:
            raise Refused(fault("partial.none" if not gone else "partial.all", "line_id"))
        return kept

    def go_on(self, visit_no: str) -> StepResult:
        """Ask again what the kept lines cost; ``Refused`` where nothing waits to be charged."""
        if self.unfinished_of(visit_no) is None:
            raise Refused(fault("partial.nothing", visit=visit_no))
        return self._settle.presettle(visit_no)

    def leave(self, number: int, reason: str) -> PartialRefund:
        """A person says that the kept lines are not charged; a reason is required and kept."""
        one = self._one(number)
        if one.stage not in UNFINISHED or one.stage == "refunding":
            raise Refused(fault("partial.nothing", visit=one.visit_no))
        if not reason.strip():
            raise Refused(fault("refund.reason", "reason"))
        who = self._session.acting().id
        with self._journal.commit():
            self._journal.ledger.centrefacts.leave_partial(number, who, reason.strip())
        return self._one(number)

    def _one(self, number: int) -> PartialRefund:
        found = [one for one in self.all() if one.number == number]
        if not found:
            raise Refused(fault("partial.unknown", number=number))
        return found[0]

    # -- seeing

    def all(self, visit_no: str = "") -> tuple[PartialRefund, ...]:
        """Refunds in part of a visit, or all; newest first."""
        found = self._journal.ledger.centrefacts.partials(visit_no)
        return tuple(told(self._journal, one) for one in found)

    def unfinished(self) -> tuple[PartialRefund, ...]:
        """Those whose kept lines are not charged yet: what a start after a crash shows."""
        return tuple(one for one in self.all() if one.stage in UNFINISHED)

    def unfinished_of(self, visit_no: str) -> PartialRefund | None:
        """The one of a visit that is not ended, or nothing."""
        return next((one for one in self.all(visit_no) if one.stage in UNFINISHED), None)
