"""Books of the platform that drift apart, on request: what a comparison by visit must find.

``visit`` (the hospital's number) names the newest standing settlement of a visit; without it the
newest of all is meant.
"""

from __future__ import annotations

from typing import Any

from core.simulator.books import Row
from core.simulator.gd.wire import refuse
from core.simulator.machine import Machine, Order
from core.simulator.wire import Values

LOST = "SIM:LOSE"
STANDING = """
  SELECT * FROM settlement WHERE reversed_by = '' AND cancelled_by = '' AND refund_of IS NULL
  AND :visit IN ('', visit_no) ORDER BY id DESC LIMIT 1"""


def lose(platform: Machine, body: Values) -> Any:
    """The platform has lost a settlement: its lines are gone (outpatient) or unsettled (stay)."""
    found = _standing(platform, body)
    platform.books.change("settlement", found["id"], reversed_by=LOST)
    gone = {"settlement_id": None} if found["business"] == "42" else {"removed_by": LOST}
    platform.books.change_all("line", {"settlement_id": found["id"]}, **gone)
    return found["centre_visit_no"]


def shift(platform: Machine, body: Values) -> Any:
    """A settlement stands with ``fen`` more in total and personal part."""
    found, fen = _standing(platform, body), int(body.get("fen", 100))
    changed = {name: found[name] + fen for name in ("total", "personal")}
    platform.books.change("settlement", found["id"], **changed)
    return found["centre_visit_no"]


def _standing(platform: Machine, body: Values) -> Row:
    visit = str(body.get("visit", ""))
    found = platform.books.rows(STANDING, visit=visit)
    return found[0] if found else refuse("visit_unknown", visit=visit)


MISMATCHES: dict[str, Order] = {"SIM:LOSE": lose, "SIM:SHIFT": shift}
