"""Books that drift apart, on request: what a day end must find. Only a simulator does this.

``visit`` and ``bill`` name a settlement; without them the newest active one is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.clock import parse_stamp, stamp
from core.simulator.books import Row
from core.simulator.settling import release_lines
from core.simulator.wire import Values, refuse
from core.simulator.world import persons

if TYPE_CHECKING:
    from core.simulator.centre import SimulatedCentre

LOST = "SIM:LOSE"
CODE = 12  # letters of the institution at the beginning of a message id
ACTIVE = "SELECT * FROM settlement WHERE reversed_by = '' AND cancelled_by = '' ORDER BY id DESC"


def lose(centre: SimulatedCentre, body: Values) -> Any:
    """The centre has lost a settlement: it is in no list and no sum any more."""
    found = _settlement(centre, body)
    centre.books.change("settlement", found["id"], reversed_by=LOST)
    release_lines(centre.office, found, "")
    return found["msgid"]


def shift(centre: SimulatedCentre, body: Values) -> Any:
    """A settlement stands with ``fen`` more in total and personal part."""
    found, fen = _settlement(centre, body), int(body.get("fen", 100))
    changed = {name: found[name] + fen for name in ("total", "personal")}
    centre.books.change("settlement", found["id"], **changed)
    return found["msgid"]


def move(centre: SimulatedCentre, body: Values) -> Any:
    """A settlement was booked ``seconds`` later (or earlier)."""
    found = _settlement(centre, body)
    at = parse_stamp(found["booked_at"]) + timedelta(seconds=int(body["seconds"]))
    centre.books.change("settlement", found["id"], booked_at=stamp(at))
    return found["msgid"]


def book(centre: SimulatedCentre, body: Values) -> Any:
    """A settlement under ``msgid`` that no desk has sent; a visit for it where there is none.

    Without a ``msgid``: one as the desk of the newest settlement would have made.
    """
    body = body if body.get("msgid") else {**_like_the_newest(centre), **body}
    visit = _visit(centre, body)
    total, fund = int(body["total"]), int(body.get("fund", 0))
    number = centre.books.add(
        "settlement", visit_id=visit["id"], hospital=visit["hospital"],
        visit_no=visit["visit_no"], bill_no=str(body["bill"]), msgid=str(body["msgid"]),
        med_type=visit["med_type"], person_no=visit["person_no"],
        operator=str(body.get("operator", "")), sign_no="", total=total, fund=fund,
        personal=total - fund, drug=total, service=0, material=0,
        settled_at=stamp(centre.now()), booked_at=stamp(centre.now()),
    )  # fmt: skip
    if body.get("cancelled_by"):
        centre.books.change(
            "settlement", number, cancelled_by=str(body["cancelled_by"]),
            cancelled_at=stamp(centre.now()), cancel_operator=str(body.get("operator", "")),
        )  # fmt: skip
    return body["msgid"]


def _like_the_newest(centre: SimulatedCentre) -> Values:
    newest, now = _settlement(centre, {}), stamp(centre.now())
    serial = centre.books.serial("settlement")
    msgid = f"{newest['msgid'][:CODE]}{now}{newest['msgid'][CODE + len(now)]}{999 - serial % 500}"
    visit = f"YL{now}{serial}"
    more = {"total": newest["total"], "fund": newest["fund"], "operator": newest["operator"]}
    return {"msgid": msgid, "visit": visit, "bill": f"{visit}-1", **more}


def _visit(centre: SimulatedCentre, body: Values) -> Row:
    keys = {"hospital": str(body["msgid"])[:CODE], "visit_no": str(body["visit"])}
    found = centre.books.one("visit", **keys, state="live")
    if found:
        return found
    now, empty = stamp(centre.now()), dict.fromkeys(
        ("diagnosis_code", "ward_name", "dept_code", "bed", "doctor_code", "phone",
         "inpatient_no", "qualification_id", "operator", "msgid"), "",
    )  # fmt: skip
    who = persons()[0].number
    more = {"person_no": who, "med_type": "11", "admitted_at": now, "booked_at": now}
    centre.books.add("visit", **keys, **empty, **more)
    return centre.books.find("visit", **keys, state="live")[0]


def _settlement(centre: SimulatedCentre, body: Values) -> Row:
    if not body.get("visit"):
        active = centre.books.rows(f"{ACTIVE} LIMIT 1")
    else:
        keys = {"visit_no": str(body["visit"]), "reversed_by": ""}
        keys |= {"bill_no": str(body["bill"])} if body.get("bill") else {}
        active = centre.books.find("settlement", **keys)[-1:]
    if not active:
        refuse("settlement_unknown", visit=body.get("visit", ""), bill=body.get("bill", ""))
    return active[0]


MISMATCHES: dict[str, Callable[[SimulatedCentre, Values], Any]] = {
    "SIM:LOSE": lose,
    "SIM:SHIFT": shift,
    "SIM:MOVE": move,
    "SIM:BOOK": book,
}
