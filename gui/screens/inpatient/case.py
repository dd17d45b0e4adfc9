"""One stay on the page, until the next one: everything that is shown of it, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.domain import Visit
from core.domain.stay import Balance, Discharge, Filing, LineDifference, Stay, StayRow
from core.money import Fen
from gui.screens.serving import Served


@dataclass(frozen=True, slots=True)
class Look:
    """A stay as it was read: with reasons by line id, the money, the card's faults by step.

    ``unmapped``: the first reason that 目录对照 mends, or empty.
    """

    stay: Stay
    faulty: dict[str, str]
    unmapped: str
    balance: Balance | None
    cards: dict[str, str]
    filings: tuple[Filing, ...]
    prints: int


@dataclass(slots=True, eq=False)
class StayCase(Served):
    """``listed``: the lines with what the centre lists of them, once it was asked;
    ``filing_draft``: a filing that was sent and not taken, to be mended; ``cards``: why the card
    read last does not do, by step."""

    visit_no: str
    stay: Stay | None = None
    filing: Filing | None = None
    filings: tuple[Filing, ...] = ()
    filing_draft: dict[str, str] = field(default_factory=dict)
    listed: tuple[LineDifference, ...] | None = None
    balance: Balance | None = None
    cards: dict[str, str] = field(default_factory=dict)

    @property
    def visit(self) -> Visit | None:
        """The visit of the stay."""
        return self.stay.visit if self.stay else None

    def visit_now(self) -> Visit | None:
        return self.visit

    @property
    def row(self) -> StayRow | None:
        """The stay's line of the worklist."""
        return self.stay.row if self.stay else None

    @property
    def discharge(self) -> Discharge | None:
        """How the stay ended, once that is recorded."""
        if self.stay is None:
            return None
        return self.stay.visit.discharge or self.stay.discharge

    @property
    def missing(self) -> int:
        """Lines of the hospital that the centre does not have."""
        if self.visit is None:
            return 0
        there = {item.line_id for item in self.visit.uploaded}
        return sum(line.line_id not in there for line in self.visit.lines)

    @property
    def stray(self) -> int:
        """Lines of the centre that the hospital no longer has."""
        if self.visit is None:
            return 0
        ours = {line.line_id for line in self.visit.lines}
        return sum(item.line_id not in ours for item in self.visit.uploaded)

    @property
    def due(self) -> Fen | None:
        """To collect, or (negative) to return; nothing before the amounts are known."""
        if self.balance is None or self.owed is None or self.balance.personal is None:
            return None
        return self.balance.to_collect - self.balance.to_return
