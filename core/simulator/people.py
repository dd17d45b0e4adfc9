"""Persons: the card in the reader, special filings, recent visits (1101, 1102, 9105)."""

from __future__ import annotations

from core.simulator.books import Row
from core.simulator.office import INPATIENT, Office, in_order
from core.simulator.wire import Body, Call, Values, money, number, refuse
from core.simulator.world import InsuredPerson
from core.simulator.world import person as find_person
from core.words import say

Entitlement = tuple[str, str, str]
QR = "GSQR"


def entitlements(office: Office, person: InsuredPerson, at: str) -> list[Entitlement]:
    """(id, text, kind) of all qualifications, those of valid special filings included."""
    found = [(one.id, one.text, one.kind) for one in person.qualifications]
    for row in office.books.find("filing", person_no=person.number):
        if not row["ends"] or row["ends"] >= at:
            found.append((row["qualification_id"], row["text"], row["kind"]))
    return found


def stay(office: Office, person: InsuredPerson) -> str:
    """Where the person is in stay: a hospital's name or number, or empty."""
    if person.in_hospital:
        return person.stay_hospital_name or say("simulator.other_stay")
    for visit in office.books.find("visit", person_no=person.number, state="live"):
        if visit["med_type"].startswith(INPATIENT) and not office.active_settlement(visit):
            return str(visit["hospital"])
    return ""


def read_card(office: Office, call: Call) -> Body:
    """1101: the person of the card, or of the QR text when the envelope says so."""
    person = _present(office, call)
    return _identity(person, call.at) | {
        "inhosp_stas": "1" if stay(office, person) else "0",
        "trt_chk_rslt": person.refused_reason,
        "exam_ccls": conclusions(entitlements(office, person, call.at)),
    }


def _present(office: Office, call: Call) -> InsuredPerson:
    if call.header["idfi_mode"] == "2":
        found = find_person(str(call.header["qrcode_info"]).removeprefix(QR))
        return found or refuse("bad_qr")
    wanted = office.card()
    if not wanted:
        refuse("no_card")
    return office.person(wanted)


def _identity(person: InsuredPerson, at: str) -> Values:
    return {
        "psn_no": number(person.number),
        "emp_no": person.employer_no or None,
        "emp_name": person.employer,
        "certificate_type": person.id_kind,
        "certno": person.id_no,
        "psn_name": person.name,
        "gend": person.sex,
        "age": number((int(at[:8]) - int(person.birthday)) // 10_000),
        "birthday": number(person.birthday),
        "psn_type": person.kind,
        "insu_admdvs": person.region,
    }


def conclusions(found: list[Entitlement]) -> str:
    """The micro-format of §2.5 (SEEN): records after ``^``, parts between ``|``; empty for none."""
    return "".join("^" + "|".join(one) for one in found)


def special_filing(office: Office, call: Call) -> Body:
    """1102 (PROPOSED): approved at once, gives a qualification that a registration may use."""
    body = call.body
    person = _filed_person(office, body)
    _check_filing(call)
    serial = office.books.serial("filing")
    rec_no, qualification = f"BA{call.at[:8]}{serial:06d}", f"BZ{call.at[:8]}{serial:04d}"
    office.books.add(
        "filing", rec_no=rec_no, hospital=call.hospital, person_no=person.number,
        qualification_id=qualification, kind=office.kinds[body["med_type"]],
        text=say("simulator.filing_text", part=body["injury_part"] or body["adm_diag_dscr"]),
        begins=body["begindate"], ends=body["enddate"], reason=body["apply_reason"],
        msgid=call.msgid, at=call.at,
    )  # fmt: skip
    memo = say("simulator.filing_memo", end=body["enddate"] or "-")
    return {"rec_no": rec_no, "rec_stas": "1", "qualification_id": qualification, "memo": memo}


def _filed_person(office: Office, body: Values) -> InsuredPerson:
    person = office.person(body["psn_no"]) if body["psn_no"] else find_person(body["psn_name"])
    if person is None or (person.name, person.id_no) != (body["psn_name"], body["certno"]):
        refuse("filing_identity")
    return person


def _check_filing(call: Call) -> None:
    if len(call.body["apply_reason"].strip()) < 4:
        refuse("filing_reason")
    if call.body["enddate"] and call.body["enddate"] < call.body["begindate"]:
        refuse("filing_period")
    if call.body["injury_time"] > call.at:
        refuse("injury_ahead")


def recent_visits(office: Office, call: Call) -> Body:
    """9105 (PROPOSED): the person's live visits by time of admission, newest first, paged."""
    body = call.body
    in_order(body["begindate"], body["enddate"])
    person = office.person(body["psn_no"])
    rows = [
        _visit_row(office, visit)
        for visit in reversed(office.books.find("visit", person_no=person.number, state="live"))
        if body["begindate"] <= visit["admitted_at"] <= (body["enddate"] or "9")
    ]
    return office.page_of(call, rows + _elsewhere(person, call.at))


def _visit_row(office: Office, visit: Row) -> Values:
    settled = office.active_settlement(visit)
    staying = visit["med_type"].startswith(INPATIENT) and not settled
    return {
        "ipt_otp_no": visit["visit_no"],
        "fixmedins_code": visit["hospital"],
        "fixmedins_name": "",
        "med_type": visit["med_type"],
        "adm_time": visit["admitted_at"],
        "dscg_time": visit["discharged_at"],
        "diag_code": visit["diagnosis_code"],
        "diag_dscr": "",
        "medfee_sumamt": money(settled["total"] if settled else 0),
        "inhosp_stas": "1" if staying else "0",
        "setl_flag": "1" if settled else "0",
    }


def _elsewhere(person: InsuredPerson, at: str) -> list[Values]:
    if not person.in_hospital:
        return []
    return [
        {
            "ipt_otp_no": f"ZY{person.number}",
            "fixmedins_code": person.stay_hospital_code,
            "fixmedins_name": person.stay_hospital_name,
            "med_type": "21",
            "adm_time": f"{at[:6]}01083000",
            "dscg_time": "",
            "diag_code": person.qualifications[0].diagnosis_code,
            "diag_dscr": person.qualifications[0].diagnosis_name,
            "medfee_sumamt": money(0),
            "inhosp_stas": "1",
            "setl_flag": "0",
        }
    ]
