"""Day end: our sums beside the centre's, the three-way match, its repairs, and the confirmation."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from core.domain import Operator, Transaction
from core.domain.dayend import (
    Closing,
    ClosingSheet,
    Comparison,
    Confirmation,
    HandOver,
    Pair,
    Period,
    Repaired,
    Totals,
)
from core.outcome import Outcome


class DayEndService(Protocol):
    """``desk.dayend``. What needs the centre runs on the centre lane; raises ``DeskError``."""

    def period(self, day: date | None = None) -> Period:
        """A whole day by the centre's clock; without ``day`` today."""
        ...

    def totals(self, period: Period, operator: str = "", sign_no: str = "") -> Totals:
        """Our journal's sums; by operator, by kind, refunds apart. Sends nothing."""
        ...

    def compare(self, period: Period, operator: str = "", sign_no: str = "") -> Comparison:
        """Our sums beside 1320's; ``Refused`` where the centre gave no answer."""
        ...

    def match(self, comparison: Comparison) -> Comparison:
        """The same with ``sheet``: journal, hospital and the centre's whole list (9103) matched."""
        ...

    def repair(
        self, pair: Pair, reason: str, by: Operator, second: Operator | None = None
    ) -> Repaired:
        """Do the pair's proposal, once; then compare and match anew.

        Raises ``Refused`` without a reason, without a second person where the pair needs one (a
        supervisor other than ``by``), or where the proposal no longer fits the books.
        """
        ...

    def confirm(self, comparison: Comparison) -> tuple[Outcome, Confirmation | None]:
        """1322 for an equal comparison; ``Refused`` for an unequal one or with open cases."""
        ...

    def undo_confirmation(self, msgid: str, reason: str, by: Operator) -> Outcome:
        """1323 of the confirmation that ``msgid`` made; a supervisor, with a reason."""
        ...

    def confirmations(self, limit: int = 100) -> tuple[Confirmation, ...]:
        """Newest first, undone ones too."""
        ...

    def unresolved(self, period: Period | None = None) -> tuple[Transaction, ...]:
        """Open transactions, of the period or all."""
        ...


class ClosingsService(Protocol):
    """``desk.closings``: cuts of one operator's takings, void sheets, hand-overs; no centre."""

    def preview(self, operator: Operator) -> Closing:
        """What a closing now would hold: number 0, from the last cut to this moment."""
        ...

    def close(
        self, operator: Operator, counted: int | None = None, note: str = "", end: object = None
    ) -> Closing:
        """Cut at ``end`` (a moment not in the future; now), keep it, copy the journal."""
        ...

    def void(self, number: int, reason: str, by: Operator) -> Closing:
        """Take back an operator's last closing by a new line; he himself or a supervisor."""
        ...

    def closings(self, limit: int = 200) -> tuple[Closing, ...]:
        """Newest first, voids too."""
        ...

    def sheet(self, number: int) -> ClosingSheet:
        """The printed sheet of a closing or of a void."""
        ...

    def hand_over(self, to_id: str, password: str, by: Operator, note: str = "") -> HandOver:
        """Give all open cases to a named operator, who accepts with his password."""
        ...

    def hand_overs(self, limit: int = 100) -> tuple[HandOver, ...]:
        """Newest first."""
        ...
