"""Who works at the desk, and the sign-in at the centre: one number per operator and day.

Without an operator (a command) the one who worked last is taken, else the desk itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from core.centre.port import Header
from core.clock import stamp
from core.domain import Operator, Role
from core.errors import Fault, Refused, fault
from core.journal import Journal
from core.outcome import Accepted, Outcome
from core.service.transact import Road
from core.words import say

MINE = "centre_offset"
INSTITUTION = "*"  # who holds a sign-in that all operators share
FARTHEST = 600.0  # seconds


class Session:
    """The operator at the desk and the centre's clock; implements ``transact.SignIn``."""

    def __init__(self, journal: Journal, road: Road) -> None:
        self._journal = journal
        self._road = road
        self._operator: Operator | None = None

    @property
    def operator(self) -> Operator | None:
        """Who has logged in at this window, or nobody."""
        return self._operator

    def take_over(self, operator: Operator) -> None:
        """``operator`` works here from now on."""
        self._operator = operator
        with self._journal.commit():
            self._journal.ledger.remember_operator(operator)

    def leave(self) -> None:
        """Nobody works here; the sign-in number of the day stays valid for the return."""
        self._operator = None

    def acting(self) -> Operator:
        """Who a message names: the one logged in, else the last one, else the desk itself."""
        return (
            self._operator
            or self._journal.ledger.last_operator()
            or Operator(id="desk", name=say("session.desk"), role=Role.CASHIER)
        )

    # -- the centre's clock

    @property
    def centre_offset(self) -> float | None:
        """Centre's clock minus ours in seconds at the last comparison; ``None``: never compared."""
        text = self._journal.ledger.recall(MINE)
        return float(text) if text else None

    def centre_now(self) -> datetime:
        """The moment by the centre's clock, as far as we know it."""
        return self._road.clock.now() + timedelta(seconds=self.centre_offset or 0.0)

    def compare_clocks(self) -> Outcome:
        """Ask the centre's time and remember the difference; one that tells none is not asked."""
        if not self._road.centre.has("centre_time"):
            return Accepted()
        done = self._road.travel("centre_time", {})
        if isinstance(done.outcome, Accepted) and (
            theirs := done.outcome.values.get("centre_time")
        ):
            offset = (theirs - self._road.clock.now()).total_seconds()
            with self._journal.commit():
                self._journal.ledger.remember(MINE, f"{offset:.0f}")
        return done.outcome

    # -- sign-in

    def _day(self) -> str:
        return self._road.clock.now().date().isoformat()

    def _holder(self) -> str:
        """Whose sign-in the centre wants: each operator's, or one for the institution."""
        shared = self._road.centre.capabilities.sign_in_per == "institution"
        return INSTITUTION if shared else self.acting().id

    def sign_no(self) -> str:
        """Today's sign-in number that the acting operator works under, or empty."""
        return self._journal.ledger.sign_no(self._holder(), self._day())

    @property
    def signed_in(self) -> bool:
        """Has the acting operator a sign-in number for today?"""
        return bool(self.sign_no())

    def header(self, msgid: str) -> Header:
        """What every message carries beside its body."""
        who = self.acting()
        return Header(msgid, stamp(self.centre_now()), who.id, who.name, self.sign_no())

    def sign_in(self) -> Outcome:
        """Sign in at the centre and compare the clocks; the number is kept with the outcome."""
        outcome = self._road.travel("sign_in", {"holder": self._holder()}).outcome
        if isinstance(outcome, Accepted) and self.signed_in:
            self.compare_clocks()  # no answer changes nothing: the last difference stands
        return outcome

    def clock_fault(self) -> Fault | None:
        """Too far from the centre's clock to settle (domain.md §3.2 row 18), or ``None``."""
        offset = self.centre_offset or 0.0
        return (
            fault("session.clock", seconds=round(abs(offset))) if abs(offset) > FARTHEST else None
        )

    @property
    def may_sign_out(self) -> bool:
        """Does the centre want to be told, or does a sign-in end by itself?"""
        return self._road.centre.has("sign_out")

    def sign_out(self) -> Outcome:
        """Sign out at the centre; refused while open transactions are in nobody else's hands.

        Where a sign-in ends by itself nothing is sent: the house goes on under it.
        """
        holders, me = self._journal.ledger.daybook.holders(), self.acting().id
        waiting = [
            row for row in self._journal.open_rows()
            if row.msgid not in holders or holders[row.msgid].taken_by == me
        ]  # fmt: skip
        if waiting:
            raise Refused(fault("session.open_rows", count=len(waiting)))
        if not self.may_sign_out:
            return Accepted()
        return self._road.travel("sign_out", {"holder": self._holder()}).outcome

    def make_sure(self) -> Outcome | None:
        """Sign in when today's number is missing; an outcome only where that failed."""
        if self.signed_in:
            return None
        outcome = self.sign_in()
        return None if self.signed_in else outcome

    def renew(self) -> Outcome | None:
        """The centre no longer knows our number: forget it and sign in again."""
        with self._journal.commit():
            self._journal.ledger.signed_out(self._holder(), self._day())
        return self.make_sure()
