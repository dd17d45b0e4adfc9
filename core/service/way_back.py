"""Taking a stay back, strictly in the opposite order: which step is next, and why not another.

settlement → discharge → fee lines (deleted, or taken back by lines of the opposite sign) →
admission (domain.md §1.3; protocol-gd.md §8 SEEN). An admission that is not taken back keeps the
patient out of every other hospital.
"""

from __future__ import annotations

from core.centre.port import Capabilities
from core.domain import Stage, Visit
from core.domain.stay import WayBack
from core.service.charge import nothing_left
from core.words import say

BACKWARDS = ("cancel_settlement", "undo_discharge", "cancel_fees", "cancel_registration")
FIRST = BACKWARDS[:2]  # what cancelling the admission does not do by itself


def way_back(visit: Visit, can: Capabilities) -> tuple[WayBack, ...]:
    """The steps in order, with what is done already and the one that may be done now."""
    done = {
        "cancel_settlement": visit.settlement is None,
        "undo_discharge": visit.discharge is None,
        "cancel_fees": not visit.uploaded or nothing_left(visit),
        "cancel_registration": visit.stage in (Stage.NEW, Stage.CANCELLED),
    }
    first = next((step for step in BACKWARDS if not done[step]), "")
    return tuple(_step(step, done[step], step == first, first, can) for step in BACKWARDS)


def _step(step: str, done: bool, next_one: bool, first: str, can: Capabilities) -> WayBack:
    text = say(f"stays.back.{_named(step, can)}")
    if done:
        return WayBack(step=step, text=text, done=True)
    if step == "cancel_fees" and can.delete_fees == "forbidden":
        return WayBack(step=step, text=text, done=False, why=say("charge.delete.forbidden"))
    why = "" if next_one else say("stays.back.first", step=say(f"stays.back.{_named(first, can)}"))
    return WayBack(step=step, text=text, done=False, next=next_one, why=why)


def _named(step: str, can: Capabilities) -> str:
    by_lines = step == "cancel_fees" and can.delete_fees == "counter_entry"
    return "counter_lines" if by_lines else step
