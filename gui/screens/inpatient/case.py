"""One stay on the page, until the next one: everything that is shown of it, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.domain import Amounts, Operator, Person, Qualification, Registration, Stage, Visit
from core.domain.stay import Balance, Discharge, Filing, LineDifference, Stay, StayRow
from core.money import Fen


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
class StayCase:
    """``draft``: the registration as the form has it; ``listed``: the lines with what the centre
    lists of them, once it was asked; ``filing_draft``: a filing that was sent
    and not taken, to be mended; ``cards``: why the card read last does not do, by step;
    ``armed``: F2 was pressed once; ``surprise``: amounts shown and amounts settled, where they
    differ; ``to_print``: msgid of the settlement whose slip this page may print."""

    visit_no: str
    stay: Stay | None = None
    person: Person | None = None
    qualification: Qualification | None = None
    filing: Filing | None = None
    filings: tuple[Filing, ...] = ()
    filing_draft: dict[str, str] = field(default_factory=dict)
    draft: Registration | None = None
    differences: tuple[str, ...] = ()
    override: Operator | None = None
    faulty: dict[str, str] = field(default_factory=dict)
    unmapped: str = ""
    listed: tuple[LineDifference, ...] | None = None
    balance: Balance | None = None
    cards: dict[str, str] = field(default_factory=dict)
    received: Fen | None = None
    received_fault: str = ""
    armed: bool = False
    surprise: tuple[Amounts, Amounts] | None = None
    to_print: str = ""
    printed: bool = False

    @property
    def visit(self) -> Visit | None:
        """The visit of the stay."""
        return self.stay.visit if self.stay else None

    @property
    def row(self) -> StayRow | None:
        """The stay's line of the worklist."""
        return self.stay.row if self.stay else None

    @property
    def stage(self) -> Stage | None:
        """How far the stay is; nothing before it is read."""
        return self.visit.stage if self.visit else None

    @property
    def registered(self) -> bool:
        """The centre has the stay (and it was not cancelled)."""
        return self.stage not in (None, Stage.NEW, Stage.CANCELLED)

    @property
    def settled(self) -> bool:
        """There is a live settlement."""
        return self.stage is Stage.SETTLED

    @property
    def open(self) -> bool:
        """A transaction of unknown ending blocks the stay."""
        return bool(self.visit and self.visit.open_msgid)

    @property
    def discharge(self) -> Discharge | None:
        """How the stay ended, once that is recorded."""
        if self.stay is None:
            return None
        return self.stay.visit.discharge or self.stay.discharge

    @property
    def shown(self) -> Amounts | None:
        """The pre-settlement as the patient was shown it."""
        return self.visit.presettlement if self.visit else None

    @property
    def owed(self) -> Amounts | None:
        """What the money panel shows: the settlement, else the pre-settlement."""
        if self.settled and self.visit and self.visit.settlement:
            return self.visit.settlement.amounts
        return self.shown

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
