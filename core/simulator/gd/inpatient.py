"""Stays at the simulated platform: the order of steps, and of undoing them (§4.2, §8).

admitted → (fees) → discharged → settled, and back 120107 → 120108 → fees gone → 120109; every step
out of order is refused with the step that comes first.
"""

from __future__ import annotations

import json

from core.clock import parse_stamp
from core.simulator.books import Row
from core.simulator.gd.lines import add_up, live_lines, payment, quantities
from core.simulator.gd.office import INPATIENT, Platform
from core.simulator.gd.outpatient import COLUMNS, booked_visit, business_row
from core.simulator.gd.wire import refuse
from core.simulator.wire import Call, Values

SETTLED = "1"  # bka891
CHANGEABLE = (
    "ward_code", "ward_name", "dept_code", "dept_name", "visit_no", "bed", "doctor_code",
    "reason", "allowance",
)  # fmt: skip
FIXED = {"bka026", "bka017", "bka006", "aac001", "aka130", "bka042"}


def admit(platform: Platform, call: Call) -> Values:
    """120103: a stay; the hospital's number must be new among live stays."""
    return {"aaz218": booked_visit(platform, call, INPATIENT, "stay_exists")}


def change(platform: Platform, call: Call) -> Values:
    """120104: only ward, department, inpatient number, bed, doctor and the two codes may change."""
    visit = platform.unsettled_stay(call)
    for name in sorted(FIXED & call.header.keys()):
        column = next((column for column, wire in COLUMNS.items() if wire == name), "")
        if call.header[name] and column and call.header[name] != visit[column]:
            refuse("change_forbidden", field=name)
    wire = COLUMNS | {"visit_no": "bka025"}
    given = {column: call.body[wire[column]] for column in CHANGEABLE}
    fresh = {column: value for column, value in given.items() if value}
    _free_number(platform, call, visit, fresh.get("visit_no", ""))
    platform.books.change("visit", visit["id"], changed_by=platform.mark(call), **fresh)
    return {}


def _free_number(platform: Platform, call: Call, visit: Row, wanted: str) -> None:
    keys = {"hospital": call.hospital, "business": INPATIENT, "visit_no": wanted}
    found = platform.books.one("visit", **keys, state="live") if wanted else None
    if found and found["id"] != visit["id"]:
        refuse("stay_exists", visit=wanted, number=found["centre_visit_no"])


def find(platform: Platform, call: Call) -> Values:
    """120102: the live stays asked for, settled or not as ``bka891`` says; empty when none."""
    body, rows = call.body, []
    for visit in platform.visits_by(call, INPATIENT):
        settled = platform.active_settlement(visit)
        right = body["bka891"] in ("", SETTLED if settled else "0")
        end = body["aae031"] or "9"
        if right and body["aae030"] <= visit["admitted_at"] <= end:
            rows.append(_stay_row(platform, visit, settled))
    return {"bizinfo": rows}


def _stay_row(platform: Platform, visit: Row, settled: Row | None) -> Values:
    discharge = json.loads(visit["discharge"])
    return business_row(platform, visit) | {
        "bka030": days_of(visit), "bka031": discharge.get("bka031", ""),
        "bka032": visit["discharged_at"], "bka033": discharge.get("bka033", ""),
        "bka034": discharge.get("bka034", ""), "bka036": "0",
        "bka039": "1" if visit["discharged_at"] else "0",
        "bka045": settled["booked_at"][:8] if settled else "",
        "bka046": settled["operator"] if settled else "", "bka501": "990101",
        "bka502": "3", "bka891": "1" if settled else "0",
    }  # fmt: skip


def days_of(visit: Row) -> int:
    """Days of a discharged stay: the first counts, the last does not, at least one; else 0."""
    if not visit["discharged_at"]:
        return 0
    ends = (visit["admitted_at"], visit["discharged_at"])
    begin, end = (parse_stamp(f"{day}000000") for day in ends)
    return max(1, (end - begin).days)


def discharge(platform: Platform, call: Call) -> Values:
    """120105: no more fees from here on; answers what the settlement would be."""
    visit, body = platform.visit(call, INPATIENT), call.body
    if visit["discharged_at"]:
        refuse("discharged_already")
    if body["bka032"] < visit["admitted_at"]:
        refuse("discharged_before", day=body["bka032"], begin=visit["admitted_at"])
    if body["bka032"] > call.at[:8]:
        refuse("discharged_ahead", day=body["bka032"], today=call.at[:8])
    kept = {name: value for name, value in body.items() if name != "aaz218"}
    platform.books.change(
        "visit", visit["id"], discharged_at=body["bka032"], changed_by=platform.mark(call),
        discharge=json.dumps(kept, ensure_ascii=False),
    )  # fmt: skip
    shares = add_up(live_lines(platform, visit))
    return payment(platform, visit, shares) | {"aaz218": visit["centre_visit_no"]}


def undo_discharge(platform: Platform, call: Call) -> Values:
    """120108: the stay is admitted again."""
    visit = platform.unsettled_stay(call)
    if not visit["discharged_at"]:
        refuse("not_discharged")
    platform.books.change(
        "visit", visit["id"], discharged_at="", discharge="{}", changed_by=platform.mark(call)
    )
    return {}


def undo_admission(platform: Platform, call: Call) -> Values:
    """120109: the stay is gone; its lines must be deleted, or cancel each other out."""
    visit = platform.unsettled_stay(call)
    if visit["discharged_at"]:
        refuse("discharged_exists")
    if any(quantities(platform, visit).values()):
        refuse("lines_exist")
    platform.books.change("visit", visit["id"], state="cancelled", closed_by=platform.mark(call))
    return {}
