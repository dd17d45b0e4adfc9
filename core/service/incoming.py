"""Visits and fee lines that programs of the hospital hand over: checked, kept, announced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.domain import FeeLine, Visit
from core.domain.stay import HospitalStay
from core.errors import InvalidInput, Refused, fault
from core.events import Events, VisitGiven
from core.his.checks import LineFault
from core.journal import Journal
from core.money import show
from core.service.charge import Charge
from core.service.visits import Visits

MOST_LINES = 20_000  # of one visit


class Inbox(Protocol):
    """Where they are kept; implemented by ``core.his.given.GivenHospital``."""

    def take_visit(self, stay: HospitalStay, caller: str) -> bool:
        """A visit or stay, new or as it is now; True when it is new."""
        ...

    def take_lines(self, visit_no: str, lines: Sequence[FeeLine]) -> tuple[int, int]:
        """Lines beside those there are, one of the same id in its place; (new, changed)."""
        ...

    def stay(self, visit_no: str) -> HospitalStay | None:
        """The stay of that number, or nothing."""
        ...

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """The lines of a visit."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of lines: new, changed, known before; ``remarks``: what would stop the upload."""

    new: int
    changed: int
    known: int
    remarks: tuple[LineFault, ...]


class Incoming:
    """Built once by ``core.app``; ``inbox`` is nothing where the API is off."""

    def __init__(
        self, inbox: Inbox | None, journal: Journal, visits: Visits, charge: Charge, events: Events
    ) -> None:
        self._inbox = inbox
        self._journal, self._visits, self._charge = journal, visits, charge
        self._events = events

    def _open(self) -> Inbox:
        if self._inbox is None:
            raise Refused(fault("incoming.off"))
        return self._inbox

    def visit(self, visit_no: str) -> Visit:
        """The visit as hospital and journal have it; ``Refused`` where nobody knows it."""
        return self._visits.find(visit_no)

    def take_visit(self, stay: HospitalStay, caller: str) -> tuple[bool, Visit]:
        """Keep a visit; (is it new, the visit as it stands now)."""
        fresh = self._open().take_visit(stay, caller)
        number = stay.registration.visit_no
        self._events.announce(VisitGiven(number))
        return fresh, self._visits.read(number)

    def take_lines(self, visit_no: str, lines: Sequence[FeeLine]) -> Taken:
        """Keep lines of a visit; ``InvalidInput`` or ``Refused`` takes none of them.

        A line that is at the centre keeps its amount: what changed comes as a refund and a new
        line.
        """
        inbox = self._open()
        self._visits.find(visit_no)
        before = {line.line_id: line for line in inbox.fee_lines(visit_no)}
        self._refuse(visit_no, lines, before)
        new, changed = inbox.take_lines(visit_no, lines)
        self._events.announce(VisitGiven(visit_no))
        remarks = self._charge.check(self._visits.lines(visit_no))
        return Taken(new, changed, len(lines) - new - changed, remarks)

    def _refuse(self, visit_no: str, lines: Sequence[FeeLine], before: dict[str, FeeLine]) -> None:
        ids = Counter(line.line_id for line in lines)
        if twice := sorted(one for one, times in ids.items() if times > 1)[:5]:
            raise InvalidInput(fault("incoming.twice", "line_id", lines="、".join(twice)))
        count = len(before.keys() | ids.keys())
        if count > MOST_LINES:
            raise Refused(fault("incoming.too_many", "lines", count=count, most=MOST_LINES))
        there = {item.line_id: item for item in self._journal.ledger.uploaded(visit_no)}
        moved = [
            fault(
                "incoming.at_centre", f"lines.{place}.amount", line=line.line_id,
                amount=show(line.amount), before=show(before[line.line_id].amount),
            )
            for place, line in enumerate(lines)
            if line.line_id in there and line.line_id in before and _differs(before, line)
        ]  # fmt: skip
        if moved:
            raise Refused(moved)


def _differs(before: dict[str, FeeLine], line: FeeLine) -> bool:
    return before[line.line_id].amount != line.amount
