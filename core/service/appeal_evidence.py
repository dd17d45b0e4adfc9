"""What the desk itself knows of a deducted visit: the hospital's lines beside the uploaded ones."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.domain import FeeLine, LineResult, Registration
from core.domain.deduction import Deduction
from core.errors import DeskError, Fault, fault
from core.journal import Journal
from core.money import Fen
from core.service.visits import Visits


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A line of the visit: what the hospital has and what the centre answered; amounts in fen.

    ``sent`` is ``None`` where the line was never uploaded by this journal; ``deducted`` marks the
    line that the audit took something off.
    """

    line_id: str
    name: str
    centre_code: str
    amount: Fen
    sent: Fen | None
    price: Decimal | None = None
    quantity: Decimal | None = None
    self_paid: Fen | None = None
    level: str = ""
    memo: str = ""
    occurred: str = ""
    deducted: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the desk itself knows of a deducted visit; ``problem``: why the lines are missing."""

    registration: Registration | None
    lines: tuple[EvidenceLine, ...] = ()
    problem: Fault | None = None

    @property
    def line(self) -> EvidenceLine | None:
        """The line that was deducted, or nothing."""
        return next((line for line in self.lines if line.deducted), None)


def evidence_of(item: Deduction, visits: Visits, journal: Journal) -> Evidence:
    """The lines of a deduction's visit; a hospital that is silent leaves the uploaded ones."""
    ledger, problem = journal.ledger, None
    sent = {line.line_id: line for line in ledger.uploaded(item.visit_no)}
    ours: tuple[FeeLine, ...] = ()
    try:
        ours = visits.lines(item.visit_no)
    except DeskError as error:
        problem = error.faults[0]
    known = {line.line_id for line in ours}
    lines = [_line(line, sent.get(line.line_id), item) for line in ours]
    lines += [_sent(line, item) for line in sent.values() if line.line_id not in known]
    if not lines and problem is None:
        problem = fault("appeals.no_lines", visit=item.visit_no)
    return Evidence(ledger.visit(item.visit_no).registration, tuple(lines), problem)


def _line(line: FeeLine, sent: LineResult | None, item: Deduction) -> EvidenceLine:
    return EvidenceLine(
        line_id=line.line_id, name=line.name or line.centre_code, centre_code=line.centre_code,
        amount=line.amount, sent=sent.amount if sent else None, price=line.price,
        quantity=line.quantity, self_paid=sent.self_paid if sent else None,
        level=sent.level if sent else "", memo=sent.memo if sent else "",
        occurred=f"{line.occurred_at:%Y-%m-%d}", deducted=line.line_id == item.line_id,
    )  # fmt: skip


def _sent(line: LineResult, item: Deduction) -> EvidenceLine:
    return EvidenceLine(
        line_id=line.line_id, name=line.line_id, centre_code="", amount=line.amount or 0,
        sent=line.amount, self_paid=line.self_paid, level=line.level, memo=line.memo,
        deducted=line.line_id == item.line_id,
    )  # fmt: skip
