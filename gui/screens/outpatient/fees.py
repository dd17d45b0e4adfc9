"""The fee table's rows and sums, from the visit as it is; nothing is computed but sums in fen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from core.domain import FeeLine, LineResult, Visit
from core.money import Fen, show
from core.words import say

LineState = Literal["waiting", "accepted", "faulty"]


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One line as shown; ``says`` is the reason of a fault or the centre's memo; ``held``: it is
    checked here and leaves with the settlement."""

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
    held: bool = False


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


class FeeRows(Sequence[FeeRow]):
    """The rows of a visit, each made when it is looked at: a hundred thousand cost nothing."""

    def __init__(self, visit: Visit | None, faulty: Mapping[str, str], held: bool = False) -> None:
        self._held = held
        self._lines = visit.lines if visit else ()
        self._results = _results(visit) if visit else {}
        self._faulty = faulty

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return tuple(map(self._made, self._lines[place]))
        return self._made(self._lines[place])

    def _made(self, line: FeeLine) -> FeeRow:
        reason = self._faulty.get(line.line_id, "")
        row = _row(line, self._results.get(line.line_id), reason)
        return replace(row, held=True) if self._held else row

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FeeRows) and self._key() == other._key()

    def _key(self) -> tuple[Any, ...]:
        return self._lines, self._results, self._faulty, self._held

    __hash__ = None  # type: ignore[assignment]

    @property
    def says(self) -> bool:
        """Any of the rows has a reason or a memo."""
        if any(line_id not in self._results for line_id in self._faulty if line_id):
            return True
        if any(found.over_limit or found.memo for found in self._results.values()):
            return True
        return any(line.amount < 0 and line.line_id in self._results for line in self._lines)

    @property
    def faulty_place(self) -> int:
        """The first row that cannot go, or -1."""
        bad = self._faulty.keys() - self._results.keys()
        return next((n for n, line in enumerate(self._lines) if line.line_id in bad), -1)


def fee_rows(visit: Visit | None, faulty: Mapping[str, str], held: bool = False) -> FeeRows:
    """The table of a visit in the hospital's order; faulty lines carry their reason."""
    return FeeRows(visit, faulty, held)


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
