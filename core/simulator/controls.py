"""Control messages of the simulated centre: order faults, change the card, ask for the truth.

They travel like any message (``infno`` = ``SIM:…``, body under ``input``) and need no sign-in.
Their replies are ASCII JSON. Only a simulator knows them.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError

from core.clock import stamp
from core.simulator.audits import deduct
from core.simulator.faults import FaultOrder, Kind
from core.simulator.machine import Machine, Order
from core.simulator.mismatches import MISMATCHES
from core.simulator.wire import Refusal, Values, refuse
from core.simulator.world import person as find_person

if TYPE_CHECKING:
    from core.simulator.centre import SimulatedCentre

CONTROL = "SIM:"


def control(centre: Machine, code: str, body: Any) -> bytes:
    """Do one control message; a mistake in it comes back as ``infcode`` -1 with a text."""
    try:
        output = _known(centre, code)(centre, body if isinstance(body, dict) else {})
    except (Refusal, ValidationError, ValueError, KeyError, TypeError) as error:
        return _reply(-1, str(error), None)
    return _reply(0, "", output)


def _known(centre: Machine, code: str) -> Order:
    if code not in centre.controls:
        refuse("control_unknown", code=code)
    return centre.controls[code]


def _reply(infcode: int, text: str, output: Any) -> bytes:
    return json.dumps({"infcode": infcode, "err_msg": text, "output": output}).encode("ascii")


def _fault(centre: Machine, body: Values) -> Any:
    script = body.get("script") or [body]
    orders = [_order(one) for one in script]
    for order in orders:
        centre.faults.add(order)
    return len(centre.faults.orders)


def _order(given: Values) -> FaultOrder:
    if given.get("kind") not in get_args(Kind):
        refuse("fault_unknown", kind=given.get("kind"), known=" ".join(get_args(Kind)))
    return FaultOrder.model_validate(given)


def _card(centre: Machine, body: Values) -> Any:
    wanted = str(body.get("person") or "")
    found = find_person(wanted)
    if wanted and found is None:
        refuse("card_unknown", person=wanted)
    centre.books.set("card", found.number if found else "")
    return found.number if found else ""


def _books(centre: Machine, body: Values) -> Any:
    return centre.books.dump(body.get("tables") or ())


def _clock(centre: Machine, body: Values) -> Any:
    centre.offset = timedelta(seconds=int(body["offset"]))
    return stamp(centre.now())


def _clear(centre: Machine, body: Values) -> Any:
    centre.faults.clear()
    centre.delayed.clear()
    centre.offset = timedelta()
    return None


def _deliver(centre: Machine, body: Values) -> Any:
    return centre.deliver(everything=True)


def _rule(centre: Machine, body: Values) -> Any:
    name = str(body["name"])
    if name not in centre.habits.rules:
        refuse("rule_unknown", rule=name)
    centre.habits.rule(name, body["value"])
    return body["value"]


def _deduct(centre: SimulatedCentre, body: Values) -> Any:
    keys = {"visit_no": body["visit"], "bill_no": body["bill"], "reversed_by": ""}
    settlement = centre.books.one("settlement", **keys)
    if settlement is None:
        refuse("settlement_unknown", visit=body["visit"], bill=body["bill"])
    lines = centre.books.find("line", settlement_id=settlement["id"], line_id=body["line"])
    if not lines:
        refuse("line_unknown", rx="", line=body["line"])
    amount, reason, at = int(body["amount"]), str(body["reason"]), stamp(centre.now())
    return deduct(centre.office, settlement, lines[0], amount, reason, at)


def _state(centre: Machine, body: Values) -> Any:
    return {
        "card": centre.habits.card(),
        "clock": stamp(centre.now()),
        "faults": [order.model_dump() for order in centre.faults.orders],
        "delayed": len(centre.delayed),
        "rules": centre.habits.rules,
    }


COMMON: dict[str, Order] = {
    "SIM:FAULT": _fault,
    "SIM:CARD": _card,
    "SIM:BOOKS": _books,
    "SIM:CLOCK": _clock,
    "SIM:CLEAR": _clear,
    "SIM:DELIVER": _deliver,
    "SIM:RULE": _rule,
    "SIM:STATE": _state,
}
CONTROLS: dict[str, Order] = {**COMMON, "SIM:DEDUCT": _deduct, **MISMATCHES}
