"""Registration of visits (2201, 2202, 2203)."""

from __future__ import annotations

from core.simulator.books import Row
from core.simulator.office import INPATIENT, Office
from core.simulator.people import entitlements, stay
from core.simulator.wire import Body, Call, Values, refuse
from core.simulator.world import InsuredPerson
from core.words import say

COLUMNS = {
    "med_type": "med_type",
    "admitted_at": "adm_time",
    "diagnosis_code": "adm_diag_dscr",
    "ward_name": "wardarea_name",
    "dept_code": "adm_dept_codg",
    "bed": "adm_bed",
    "doctor_code": "atddr_no",
    "phone": "tel",
    "inpatient_no": "ipt_no",
}


def register(office: Office, call: Call) -> Body:
    """2201: a new live visit. The hospital's number must be new among live ones."""
    body = call.body
    keys = {"hospital": call.hospital, "visit_no": body["ipt_otp_no"]}
    if office.books.one("visit", **keys, state="live"):
        refuse("visit_exists", visit=body["ipt_otp_no"])
    person = office.person(body["psn_no"])
    _entitled(office, person)
    _fits(office, person, body["qualification_id"], body["med_type"], call.at)
    _sensible(call)
    office.books.add(
        "visit", **keys, person_no=person.number, qualification_id=body["qualification_id"],
        operator=call.operator, msgid=call.msgid, booked_at=call.at, **_columns(body),
    )  # fmt: skip
    return {"ipt_otp_no": body["ipt_otp_no"], "psn_no": body["psn_no"]}


def _columns(body: Values) -> Values:
    return {column: body[name] for column, name in COLUMNS.items()}


def _entitled(office: Office, person: InsuredPerson) -> None:
    if person.refused_reason:
        refuse("not_entitled", reason=say(f"simulator.reason_{person.refused_reason}"))
    hospital = stay(office, person)
    if hospital:
        refuse("in_stay", hospital=hospital)


def _fits(office: Office, person: InsuredPerson, wanted: str, med_type: str, at: str) -> None:
    kinds = {number: kind for number, _, kind in entitlements(office, person, at)}
    if wanted not in kinds:
        refuse("qualification_unknown", id=wanted)
    right = office.kinds[med_type]
    if office.rules["match_kind"] and kinds[wanted] != right:
        refuse("kind_differs", med_type=med_type, wanted=right, kind=kinds[wanted])


def _sensible(call: Call) -> None:
    body = call.body
    if body["adm_time"] > call.at:
        refuse("admitted_ahead", at=body["adm_time"], now=call.at)
    if body["med_type"].startswith(INPATIENT) and not body["ipt_no"]:
        refuse("no_inpatient_no")


def change(office: Office, call: Call) -> Body:
    """2203: everything but person and qualification, until the visit is settled."""
    body = call.body
    visit = office.visit(call, body["ipt_otp_no"])
    if visit["person_no"] != body["psn_no"]:
        refuse("person_differs")
    _unsettled(office, visit)
    person = office.person(visit["person_no"])
    _fits(office, person, visit["qualification_id"], body["med_type"], call.at)
    _sensible(call)
    office.books.change("visit", visit["id"], changed_by=call.msgid, **_columns(body))
    return None


def _unsettled(office: Office, visit: Row) -> None:
    settled = office.active_settlement(visit)
    if settled:
        refuse("settled_exists", bill=settled["bill_no"])


def must_be_empty(office: Office, visit: Row) -> None:
    """Refuse while the visit has a settlement or fee lines."""
    _unsettled(office, visit)
    if office.books.find("line", visit_id=visit["id"], removed_by=""):
        refuse("lines_exist")


def cancel(office: Office, call: Call) -> Body:
    """2202: only an empty visit may be cancelled."""
    visit = office.visit(call, call.body["ipt_otp_no"])
    must_be_empty(office, visit)
    office.books.change("visit", visit["id"], state="cancelled", closed_by=call.msgid)
    return None
