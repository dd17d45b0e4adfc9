"""What the desk asks of the hospital: its visits and fee lines, and to take results back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.domain import Amounts, FeeLine, Registration
from core.domain.dayend import Side
from core.domain.stay import HospitalStay


class Hospital(Protocol):
    """One way to the hospital's own system. Methods raise ``core.errors.DeskError`` with a
    sentence."""

    def visit(self, visit_no: str) -> Registration | None:
        """The visit or stay of that number, or nothing."""
        ...

    def waiting(self, limit: int = 200) -> Sequence[Registration]:
        """Today's visits that wait to be charged, oldest first."""
        ...

    def stays(self) -> Sequence[HospitalStay]:
        """Stays that are in hospital or left it lately, longest in bed first."""
        ...

    def stay(self, visit_no: str) -> HospitalStay | None:
        """The stay of that number as it stands now, or nothing."""
        ...

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """All lines of a visit in stable order with stable ``line_id``."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...

    def post(
        self, msgid: str, step: str, visit_no: str, bill_no: str, amounts: Amounts | None
    ) -> None:
        """Take a result (``register``, ``settle``, ``cancel_settlement``, ``cancel_registration``).

        Idempotent by ``msgid``; a visit that the hospital does not know is left alone.
        """
        ...


@runtime_checkable
class Postings(Protocol):
    """A hospital that can say what it has settled; one that cannot leaves two books to compare."""

    def settled(self, begin: datetime, end: datetime) -> Sequence[Side]:
        """Its settlements and cancellations (negative) of a period, both ends included."""
        ...

    def knows(self, visits: Iterable[str]) -> frozenset[str]:
        """Those of these visit numbers that are its own; of others it takes no results."""
        ...
