"""What no desk may ever do, seen at the centre's end of the line.

No message id leaves twice, and no settlement leaves while another one of the same visit is booked,
or is still on its way and no reversal waits for it.
"""

from __future__ import annotations

from core.prove.centres import STANDING, Kind, Seen
from core.simulator.machine import Delayed, Machine

SETTLE = "settle"


class Watch:
    """Reads every message as the centre would; ``wrong`` holds what was against the rules."""

    def __init__(self, centre: Machine, kind: Kind) -> None:
        self.left: frozenset[str] = frozenset()
        self.sent = 0
        self.wrong: tuple[str, ...] = ()
        self._centre = centre
        self._kind = kind

    def message(self, payload: bytes) -> Seen:
        """One message is about to leave."""
        seen = self._kind.seen(self._kind.parse(payload, self._centre.encoding))
        self.sent += 1
        if seen.msgid in self.left:
            self._against("id_twice", seen.msgid)
        self.left |= {seen.msgid}
        if seen.step == SETTLE:
            self._second(seen.visit)
        return seen

    def _against(self, rule: str, what: str) -> None:
        self.wrong = (*self.wrong, f"{rule}: {what}")

    def _second(self, visit: str) -> None:
        found = self._centre.books.find("settlement", **{self._kind.visit: visit}, **STANDING)
        if any(not row.get("refund_of") for row in found):
            self._against("settled_again", visit)
        if any(self._may_come(one, visit) for one in self._centre.delayed):
            self._against("settled_while_one_is_on_its_way", visit)

    def _may_come(self, one: Delayed, visit: str) -> bool:
        seen = self._kind.seen(one.request)
        if seen.step != SETTLE or seen.visit != visit:
            return False
        return not (self._remembers() and self._fenced(seen.msgid))

    def _remembers(self) -> bool:
        return bool(self._centre.habits.rules.get("remember_reversals"))

    def _fenced(self, msgid: str) -> bool:
        return self._centre.books.one("reversal", original_msgid=msgid) is not None
