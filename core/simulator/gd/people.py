"""Persons at the simulated platform: facts for registration and admission, fund state (§4.1, §4.2).

The invented persons are those of ``core.simulator.world``. A person who may not be treated at the
fund's cost is frozen here, or (who has left the insurance) not insured.
"""

from __future__ import annotations

from core.simulator.books import Row
from core.simulator.gd.office import INPATIENT, Platform
from core.simulator.gd.wire import money, refuse
from core.simulator.wire import Call, Values
from core.simulator.world import InsuredPerson, InsuredQualification
from core.words import say

LEFT = "05"
NORMAL, FROZEN, UNINSURED = "0", "1", "9"  # bka888
FUND = "501"  # aaa157


def fund_state(person: InsuredPerson) -> str:
    """bka888 of a person."""
    if not person.refused_reason:
        return NORMAL
    return UNINSURED if person.refused_reason == LEFT else FROZEN


def for_registration(platform: Platform, call: Call) -> Values:
    """110001: person, injury records (the set is absent when there are none), frozen funds."""
    person = platform.person(call.body["bka895"], call.body["bka896"])
    found: Values = {"personinfo": [_identity(platform, person)]}
    if person.qualifications:
        found["injuryorbirthinfo"] = _injuries(platform, person, call.at)
    if person.refused_reason:
        found["freezeinfo"] = [frozen_row(person)]
    return found


def for_admission(platform: Platform, call: Call) -> Values:
    """120001: one row an injury record (one without, where there is none)."""
    person = platform.person(call.body["bka895"], call.body["bka896"])
    common = _identity(platform, person) | {
        "aaa027": platform.rules["wage_region"], "aaz267": "", "bka006": call.body["bka006"],
        "bka888": fund_state(person),
    }  # fmt: skip
    records = _injuries(platform, person, call.at)
    empty = dict.fromkeys(("bka042", "aae030", "aae031", "bka026", "bka043"), "")
    return {"personinfo": [common | record for record in records or [empty]]}


def _identity(platform: Platform, person: InsuredPerson) -> Values:
    return {
        "aac001": person.number, "aac002": person.id_no, "aac003": person.name,
        "aac004": person.sex, "aac006": person.birthday, "aac013": "1",
        "aae005": person.phone, "aab001": person.employer_no, "bka008": person.employer,
        "baa027": platform.rules["wage_region"], "bka004": person.kind[:1], "bka005": "",
        "aae140": "410", "bka100": person.card_no,
    }  # fmt: skip


def _injuries(platform: Platform, person: InsuredPerson, at: str) -> list[Values]:
    return [injury(platform, one, at) | {"bka043": one.text} for one in person.qualifications]


def injury(platform: Platform, record: InsuredQualification, at: str) -> Values:
    """An injury record: its number, the period of treatment, the disease."""
    year, years = int(at[:4]), int(platform.rules["years"])
    return {
        "bka042": record.id, "aae030": f"{year - years}0101", "aae031": f"{year + years}1231",
        "bka026": record.diagnosis_code,
    }  # fmt: skip


def frozen_row(person: InsuredPerson) -> Values:
    """A row of ``freezeinfo`` (also of the fund state)."""
    state = fund_state(person)
    reason = person.refused_reason
    return {
        "aaa157": FUND, "aad006": say("platform.slip_fund"), "aac031": state,
        "bka408": say(f"simulator.reason_{reason}") if reason else "",
    }  # fmt: skip


def entitled(person: InsuredPerson) -> None:
    """Refuse who is frozen or not insured."""
    state = fund_state(person)
    if state == UNINSURED:
        refuse("uninsured")
    if state == FROZEN:
        refuse("frozen", reason=say(f"simulator.reason_{person.refused_reason}"))


def chosen_injury(platform: Platform, person: InsuredPerson, call: Call) -> str:
    """The injury record of a registration: the named one, or the only one there is."""
    wanted, records = call.body["bka042"], person.qualifications
    if not records:
        refuse("no_injury")
    if not wanted and len(records) > 1:
        refuse("injury_wanted", count=len(records))
    found = [one for one in records if one.id == (wanted or records[0].id)]
    if not found:
        refuse("injury_unknown", id=wanted)
    period = injury(platform, found[0], call.at)
    begin, end, day = period["aae030"], period["aae031"], call.body["bka017"]
    if not begin <= day <= end:
        refuse("injury_over", day=day, id=found[0].id, begin=begin, end=end)
    return found[0].id


def not_in_stay(platform: Platform, person: InsuredPerson) -> None:
    """Refuse while the person is in stay anywhere: business exclusion between hospitals."""
    if person.in_hospital:
        hospital = person.stay_hospital_name
        refuse("other_stay", hospital=hospital or say("simulator.other_stay"))
    for visit in platform.books.find(
        "visit", person_no=person.number, business=INPATIENT, state="live"
    ):
        if not platform.active_settlement(visit):
            name = platform.institution(visit["hospital"])
            refuse("in_stay", hospital=name, visit=visit["centre_visit_no"])


def state_of_fund(platform: Platform, call: Call) -> Values:
    """410005: the state of the person's fund, one row a fund (INFERRED as ``freezeinfo``)."""
    person = platform.person("aac001", call.body["aac001"])
    row = frozen_row(person)
    state = fund_state(person)
    return {"freezeinfo": [row | {"bka408": row["bka408"] or say(f"platform.state_{state}")}]}


ACCUMULATED = """
  SELECT count(DISTINCT visit_id) AS visits, ifnull(sum(total), 0) AS total,
    ifnull(sum(fund), 0) AS fund, ifnull(sum(personal), 0) AS personal
  FROM settlement WHERE person_no = :person AND substr(booked_at, 1, 4) = :year
  AND reversed_by = '' AND (business = '41' OR cancelled_by = '')"""


def accumulated(platform: Platform, call: Call) -> Row:
    """410004: sums of a year over all hospitals, refunds deducted (fields PROPOSED)."""
    person = platform.person("aac001", call.body["aac001"])
    year = call.body["aae001"]
    row = platform.books.rows(ACCUMULATED, person=person.number, year=year)[0]
    return {
        "aac001": person.number, "aae001": year, "aae140": "410",
        "akc264": money(row["total"]), "bka832": money(row["fund"]),
        "bka831": money(row["personal"]), "bka030": row["visits"],
    }  # fmt: skip
