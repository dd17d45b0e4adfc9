"""What may go wrong with one call to the centre, and how it is done to the simulated one.

A message travels no longer than the centre's own limit (``ON_ITS_WAY`` seconds, shorter than the
desk's quiet time) or, as ``delayed_end``, arrives when everybody believes it is long gone.
"""

from __future__ import annotations

from core.centre.port import StepRule
from core.simulator.faults import FaultOrder

AT_THE_END = 100_000  # calls
ON_ITS_WAY = 59.0
LAG = 60.0  # seconds after which a list shows what was booked
LATE = "delayed_end"
STALE, NOT_SENT, MEANWHILE, DIE, DOWN = "stale", "not_sent", "meanwhile", "die", "hospital_down"
ORDERS: dict[str, FaultOrder] = {
    "request_lost": FaultOrder(kind="request_lost"),
    "reply_lost": FaultOrder(kind="reply_lost"),
    "delayed_1": FaultOrder(kind="delayed", calls=1, seconds=ON_ITS_WAY),
    "delayed_2": FaultOrder(kind="delayed", calls=2, seconds=ON_ITS_WAY),
    "delayed_3": FaultOrder(kind="delayed", calls=3, seconds=ON_ITS_WAY),
    "delayed_limit": FaultOrder(kind="delayed", seconds=ON_ITS_WAY),
    LATE: FaultOrder(kind="delayed", calls=AT_THE_END),
    "duplicate": FaultOrder(kind="duplicate"),
    "duplicate_second": FaultOrder(kind="duplicate", answer="second"),
    "refused": FaultOrder(kind="refuse"),
    "garbled": FaultOrder(kind="truncated"),
    "expired": FaultOrder(kind="sign_in_expired"),
}
CHANGING = (
    "request_lost", "reply_lost", "delayed_1", "delayed_2", "delayed_3", "delayed_limit",
    LATE, "duplicate", "duplicate_second", "refused", "expired", NOT_SENT, MEANWHILE,
)  # fmt: skip
ASKING = ("request_lost", "refused", "expired")
LISTS = (*ASKING, STALE)
SIGNING = ("request_lost", "refused")
RARE = ("garbled",)  # another face of a lost reply; thrown in where dice are thrown
KINDS = (*CHANGING, STALE, DIE, DOWN, *RARE)


def offered(rule: StepRule, is_list: bool, lagging: bool) -> tuple[str, ...]:
    """The faults that may befall a call of this step now.

    What reads is delayed, doubled or answered in vain without any consequence: one way of getting
    no answer stands for all. A list may lag behind only while something was booked just now.
    """
    if rule.effect != "reads":
        return CHANGING
    if is_list:
        return LISTS if lagging else ASKING
    return ASKING if rule.needs_sign_in else SIGNING
