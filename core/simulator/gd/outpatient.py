"""Outpatient visits at the simulated platform (110102, 110103, 110104, 110106)."""

from __future__ import annotations

from core.simulator.books import Row
from core.simulator.gd.lines import fee_row
from core.simulator.gd.office import OUTPATIENT, Platform
from core.simulator.gd.people import chosen_injury, entitled, not_in_stay
from core.simulator.gd.wire import refuse
from core.simulator.wire import Call, Values
from core.simulator.world import InsuredPerson

EVERY_BATCH = "0"
CHARGES = """
  SELECT * FROM settlement WHERE visit_id = :visit AND refund_of IS NULL
  AND reversed_by = '' ORDER BY id"""


def register(platform: Platform, call: Call) -> Values:
    """110104: a visit without fees; the hospital's number must be new among live ones."""
    return {"aaz218": booked_visit(platform, call, OUTPATIENT, "visit_exists")}


def booked_visit(platform: Platform, call: Call, business: str, taken: str) -> str:
    """The number of a new visit or stay; refused as ``taken`` where the hospital's is in use."""
    keys = {"hospital": call.hospital, "business": business, "visit_no": call.body["bka025"]}
    found = platform.books.one("visit", **keys, state="live")
    if found:
        refuse(taken, visit=call.body["bka025"], number=found["centre_visit_no"])
    person = _admitted_person(platform, call)
    number = platform.new_number(call)
    platform.books.add(
        "visit", **keys, **_visit_columns(call, person, number),
        qualification_id=chosen_injury(platform, person, call), msgid=platform.mark(call),
    )  # fmt: skip
    return number


def _admitted_person(platform: Platform, call: Call) -> InsuredPerson:
    """The person of a registration, who may be treated today; else refused."""
    person = platform.person("aac001", call.body["aac001"])
    entitled(person)
    not_in_stay(platform, person)
    if call.body["bka017"] > call.at[:8]:
        refuse("visit_ahead", day=call.body["bka017"], today=call.at[:8])
    return person


COLUMNS = {
    "med_type": "bka006", "admitted_at": "bka017", "diagnosis_code": "bka026",
    "ward_code": "bka021", "ward_name": "bka022", "dept_code": "bka019", "dept_name": "bka020",
    "bed": "bka023", "doctor_code": "bka503", "memo": "bka043", "reason": "ykc679",
    "allowance": "ykc680", "operator": "bka014", "operator_name": "bka015",
}  # fmt: skip


def _visit_columns(call: Call, person: InsuredPerson, number: str) -> Row:
    """What registration and admission write alike."""
    found = {column: call.body.get(name, "") for column, name in COLUMNS.items()}
    return found | {
        "centre_visit_no": number, "person_no": person.number, "booked_at": call.at,
    }  # fmt: skip


def business_row(platform: Platform, visit: Row) -> Values:
    """A row of ``bizinfo``: the visit as registered (columns INFERRED from 120102)."""
    person = platform.person("aac001", visit["person_no"])
    return {
        "akb020": visit["hospital"], "akb021": platform.institution(visit["hospital"]),
        "aka130": visit["business"], "aaa027": platform.rules["wage_region"],
        "aac001": person.number, "aac002": person.id_no, "aac003": person.name,
        "aac004": person.sex, "aac006": person.birthday, "aae005": person.phone,
        "aab001": person.employer_no, "bka008": person.employer, "bka100": person.card_no,
        "baa027": platform.rules["wage_region"], "bka004": person.kind[:1],
        "bka006": visit["med_type"], "aae140": "410", "aaz218": visit["centre_visit_no"],
        "bka013": visit["booked_at"][:8], "bka014": visit["operator"],
        "bka015": visit["operator_name"], "bka017": visit["admitted_at"],
        "bka019": visit["dept_code"], "bka020": visit["dept_name"],
        "bka021": visit["ward_code"], "bka022": visit["ward_name"], "bka023": visit["bed"],
        "bka025": visit["visit_no"], "bka026": visit["diagnosis_code"],
        "bka042": visit["qualification_id"], "bka043": visit["memo"],
        "bka503": visit["doctor_code"],
    }  # fmt: skip


def for_charging(platform: Platform, call: Call) -> Values:
    """110102: the live outpatient visits asked for, oldest first; an empty set when none."""
    rows = []
    for visit in platform.visits_by(call, OUTPATIENT):
        standing = [one for one in charges(platform, visit) if not one["cancelled_by"]]
        batch = standing[-1]["bill_no"] if standing else ""
        settled = "1" if standing else "0"
        rows.append(business_row(platform, visit) | {"bka891": settled, "bka001": batch})
    return {"bizinfo": rows}


def charges(platform: Platform, visit: Row) -> list[Row]:
    """The batches that were charged, refunded ones too, oldest first."""
    return platform.books.rows(CHARGES, visit=visit["id"])


def for_refund(platform: Platform, call: Call) -> Values:
    """110103: the lines of a batch (0: of all) as refund rows; refused when all are refunded."""
    found = platform.visits_by(call, OUTPATIENT)
    if not found:
        return {"bizinfo": [], "feeinfo": []}
    visit, wanted = found[-1], call.body["bka001"]
    asked = [one for one in charges(platform, visit) if wanted in (EVERY_BATCH, one["bill_no"])]
    standing = [one for one in asked if not one["cancelled_by"]]
    if asked and not standing:
        refuse("batch_refunded", batch=wanted)
    if not asked and wanted != EVERY_BATCH:
        refuse("batch_unknown", batch=wanted)
    rows = [
        fee_row(line, -1) | {"bka001": one["bill_no"]}
        for one in standing
        for line in platform.books.find("line", settlement_id=one["id"])
    ]
    return {"bizinfo": [business_row(platform, visit)], "feeinfo": rows}


def cancel(platform: Platform, call: Call) -> Values:
    """110106: only a visit whose batches are all refunded may be cancelled."""
    visit = platform.visit(call, OUTPATIENT)
    for one in charges(platform, visit):
        if not one["cancelled_by"]:
            refuse("charged", batch=one["bill_no"])
    platform.books.change("visit", visit["id"], state="cancelled", closed_by=platform.mark(call))
    return {}
