"""What no desk may ever do, seen at the centre's end of the line.

No message id leaves twice, and no settlement leaves while another one of the same visit is booked,
or is still on its way and no reversal waits for it.
"""

from __future__ import annotations

from core.simulator.centre import Delayed, SimulatedCentre
from core.simulator.wire import Values, parse

SETTLE = "2207"


class Watch:
    """Reads every message as the centre would; ``wrong`` holds what was against the rules."""

    def __init__(self, centre: SimulatedCentre) -> None:
        self.left: frozenset[str] = frozenset()
        self.sent = 0
        self.wrong: tuple[str, ...] = ()
        self._centre = centre

    def message(self, payload: bytes) -> None:
        """One message is about to leave."""
        request = parse(payload, self._centre.encoding)
        msgid = str(request["msgid"])
        self.sent += 1
        if msgid in self.left:
            self._against("id_twice", msgid)
        self.left |= {msgid}
        if request["infno"] == SETTLE:
            self._second(_visit(request))

    def _against(self, rule: str, what: str) -> None:
        self.wrong = (*self.wrong, f"{rule}: {what}")

    def _second(self, visit_no: str) -> None:
        keys = {"visit_no": visit_no, "cancelled_by": "", "reversed_by": ""}
        if self._centre.books.one("settlement", **keys):
            self._against("settled_again", visit_no)
        if any(self._may_come(one, visit_no) for one in self._centre.delayed):
            self._against("settled_while_one_is_on_its_way", visit_no)

    def _may_come(self, one: Delayed, visit_no: str) -> bool:
        if one.request["infno"] != SETTLE or _visit(one.request) != visit_no:
            return False
        msgid = str(one.request["msgid"])
        fenced = self._centre.books.one("reversal", original_msgid=msgid)
        return not (fenced and self._centre.office.rules["remember_reversals"])


def _visit(request: Values) -> str:
    return str(request["input"]["ipt_otp_no"])
