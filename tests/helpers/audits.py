"""A settled visit and an audit that takes things off it, for the tests of appeals."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from core.domain.deduction import Deduction
from tests.helpers.flows import settled
from tests.helpers.inprocess import World

PDF = b"%PDF-1.4 scan"
REASON = "审核：与工伤部位无关的费用"
WORDS = "该项目系治疗认定部位所必需，请复核。"


class Audited:
    """A world with one settled visit; ``deduct`` makes a deduction, ``listed`` fetches it too."""

    def __init__(self, home: Path) -> None:
        self.world = World(home)
        self.desk = self.world.desk()
        self.visit_no = settled(self.desk)
        visit = self.desk.visits.read(self.visit_no)
        assert visit.settlement is not None
        self.bill_no, self.lines = visit.settlement.bill_no, visit.lines
        self.appeals = self.desk.appeals

    def close(self) -> None:
        """Close the desk."""
        self.desk.close()

    @property
    def today(self) -> date:
        """The day of the world."""
        return self.world.clock.now().date()

    def deduct(self, amount: int = 100, reason: str = REASON, line: int = 0) -> str:
        """The audit takes ``amount`` fen off a line."""
        return str(self.world.order(
            "DEDUCT", visit=self.visit_no, bill=self.bill_no, line=self.lines[line].line_id,
            amount=amount, reason=reason,
        ))  # fmt: skip

    def fetch(self, back: int = 60) -> Any:
        """The list of the last days."""
        return self.appeals.fetch(self.today - timedelta(days=back), self.today)

    def listed(self, amount: int = 100, reason: str = REASON, line: int = 0) -> Deduction:
        """A deduction that the desk knows."""
        ded_id = self.deduct(amount, reason, line)
        self.fetch()
        return self.appeals.item(ded_id)

    def written(self, amount: int = 100, words: str = WORDS, line: int = 0) -> Deduction:
        """A deduction with a complete draft."""
        item = self.listed(amount, line=line)
        self.appeals.save(item.ded_id, amount, words)
        return self.appeals.item(item.ded_id)

    def decide(self, ded_id: str, code: str) -> None:
        """The centre changes its state (no message does that)."""
        books = self.world.centre.books
        row = books.one("deduction", ded_id=ded_id)
        assert row is not None
        books.change("deduction", row["id"], appeal_state=code)

    def withdraw(self, ded_id: str, hidden: bool = True) -> None:
        """The centre lists it no more (or again)."""
        books = self.world.centre.books
        row = books.one("deduction", ded_id=ded_id)
        assert row is not None
        hospital = "H99000000001"
        books.change("deduction", row["id"], hospital="-" if hidden else hospital)

    def booked(self, ded_id: str) -> list[dict[str, Any]]:
        """The appeals against it in the centre's books."""
        return [row for row in self.world.books()["appeals"] if row["ded_id"] == ded_id]
