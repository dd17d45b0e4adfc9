"""The fee table's rows and sums, from the visit as it is; nothing is computed but sums in fen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from core.domain import FeeLine, LineResult, Visit
from core.money import Fen, show
from core.words import say

LineState = Literal["waiting", "accepted", "faulty"]


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One line as shown; ``says`` is the reason of a fault or the centre's memo."""

    line_id: str
    rx_no: str
    code: str
    name: str
    spec: str
    price: str
    quantity: str
    amount: str
    self_paid: str
    level: str
    state: LineState
    says: str
    refund: bool


@dataclass(frozen=True, slots=True)
class FeeSums:
    """Counts of lines and the hospital's sum in fen."""

    lines: int
    accepted: int
    faulty: int
    total: Fen
    stray: int

    @property
    def complete(self) -> bool:
        """Every line of the hospital is at the centre, and no other."""
        return bool(self.lines) and self.accepted == self.lines and not self.stray


def plain(value: Decimal) -> str:
    """A quantity without trailing zeros, never in exponent form."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _row(line: FeeLine, result: LineResult | None, reason: str) -> FeeRow:
    state: LineState = "accepted" if result else ("faulty" if reason else "waiting")
    return FeeRow(
        line_id=line.line_id,
        rx_no=line.rx_no,
        code=line.centre_code or line.hosp_code,
        name=line.name,
        spec=line.spec or line.unit,
        price=f"{line.price:.4f}",
        quantity=plain(line.quantity),
        amount=show(line.amount),
        self_paid=show(result.self_paid) if result else "",
        level=result.level if result else "",
        state=state,
        says=_says(line, result, reason),
        refund=line.amount < 0,
    )


def _says(line: FeeLine, result: LineResult | None, reason: str) -> str:
    if result is None:
        return reason
    over = say("outpatient.fees.over", over=show(result.over_limit)) if result.over_limit else ""
    refund = say("outpatient.fees.refund") if line.amount < 0 else ""
    return " ".join(part for part in (refund, over, result.memo) if part)


def _results(visit: Visit) -> dict[str, LineResult]:
    return {result.line_id: result for result in visit.uploaded}


def fee_rows(visit: Visit | None, faulty: Mapping[str, str]) -> tuple[FeeRow, ...]:
    """The table of a visit in the hospital's order; faulty lines carry their reason."""
    if visit is None:
        return ()
    results = _results(visit)
    return tuple(
        _row(line, results.get(line.line_id), faulty.get(line.line_id, "")) for line in visit.lines
    )


def fee_sums(visit: Visit | None, faulty: Mapping[str, str]) -> FeeSums:
    """How many lines, how many the centre has, how many cannot go."""
    if visit is None:
        return FeeSums(0, 0, 0, 0, 0)
    results, ids = _results(visit), {line.line_id for line in visit.lines}
    return FeeSums(
        lines=len(visit.lines),
        accepted=len(ids & results.keys()),
        faulty=len(ids & faulty.keys() - results.keys()),
        total=sum(line.amount for line in visit.lines),
        stray=len(results.keys() - ids) if visit.lines else 0,
    )
