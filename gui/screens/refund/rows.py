"""What may be undone, as the list and the plan of 退费撤销 show it."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain import Settlement
from core.money import Fen


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One thing that may be undone: a settlement, or a registration that was never settled."""

    visit_no: str
    bill_no: str
    name: str
    settled_at: str
    total: str
    personal: str
    state: str
    settlement: Settlement | None = None


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One transaction of the undoing, in order: ``amount`` in fen goes back, or ``None``."""

    step: str
    title: str
    amount: Fen | None = None
