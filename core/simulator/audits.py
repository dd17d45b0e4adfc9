"""Audit deductions and appeals against them (9106, 3101; PROPOSED fields)."""

from __future__ import annotations

from datetime import timedelta

from core.clock import parse_stamp, stamp
from core.money import Fen, to_fen, yuan
from core.simulator.books import Row
from core.simulator.office import Office, in_order
from core.simulator.wire import Body, Call, Values, money, number, refuse
from core.simulator.world import person as find_person

LISTED = """
  SELECT * FROM deduction WHERE hospital = :hospital AND audited_at BETWEEN :begin AND :end
  AND (:visit = '' OR visit_no = :visit) AND (:bill = '' OR bill_no = :bill) ORDER BY id"""


def deduct(office: Office, settlement: Row, line: Row, amount: Fen, reason: str, at: str) -> str:
    """The audit takes ``amount`` fen off a line of a settlement; gives the deduction's number."""
    ded_id = f"KK{at[:8]}{office.books.serial('deduction'):06d}"
    ends = parse_stamp(at) + timedelta(days=int(office.rules["appeal_days"]))
    office.books.add(
        "deduction", ded_id=ded_id, settlement_id=settlement["id"],
        hospital=settlement["hospital"], visit_no=settlement["visit_no"],
        bill_no=settlement["bill_no"], person_no=settlement["person_no"],
        line_id=line["line_id"], centre_code=line["centre_code"], amount=line["amount"],
        deducted=amount, reason=reason, audited_at=at, appeal_ends=stamp(ends),
    )  # fmt: skip
    return ded_id


def list_deductions(office: Office, call: Call) -> Body:
    """9106: deductions by time of audit, paged."""
    body = call.body
    in_order(body["begindate"], body["enddate"])
    values = {
        "hospital": call.hospital, "begin": body["begindate"], "end": body["enddate"],
        "visit": body["ipt_otp_no"], "bill": body["medrcdno"],
    }  # fmt: skip
    return office.paged(call, LISTED, _row, **values)


def _row(row: Row) -> Values:
    person = find_person(row["person_no"])
    return {
        "ded_id": row["ded_id"], "ipt_otp_no": row["visit_no"], "medrcdno": row["bill_no"],
        "psn_no": number(row["person_no"]), "psn_name": person.name if person else "",
        "feedetl_sn": row["line_id"], "med_list_codg": row["centre_code"],
        "umamt": money(row["amount"]), "ded_amt": money(row["deducted"]),
        "ded_reason": row["reason"], "audit_time": row["audited_at"],
        "appeal_end_time": row["appeal_ends"], "appeal_stas": row["appeal_state"],
    }  # fmt: skip


def appeal(office: Office, call: Call) -> Body:
    """3101: one appeal a deduction, within its time, for no more than was deducted."""
    found = _deduction(office, call)
    amount = _amount(call.body, found)
    if call.at > found["appeal_ends"]:
        refuse("appeal_late", id=found["ded_id"], end=found["appeal_ends"])
    appeal_no = f"SS{call.at[:8]}{office.books.serial('appeal'):06d}"
    office.books.add(
        "appeal", appeal_no=appeal_no, ded_id=found["ded_id"], amount=amount,
        reason=call.body["appeal_reason"], attachments=len(call.body["attachment"]),
        msgid=call.msgid, at=call.at,
    )  # fmt: skip
    office.books.change("deduction", found["id"], appeal_state="1")
    return {"appeal_no": appeal_no, "appeal_stas": "1"}


def _deduction(office: Office, call: Call) -> Row:
    body = call.body
    found = office.books.one("deduction", ded_id=body["ded_id"], hospital=call.hospital)
    if found is None:
        refuse("deduction_unknown", id=body["ded_id"])
    if (found["visit_no"], found["bill_no"]) != (body["ipt_otp_no"], body["medrcdno"]):
        refuse("deduction_differs", id=body["ded_id"])
    if found["appeal_state"] != "0":
        refuse("appealed_already", id=body["ded_id"])
    return found


def _amount(body: Values, found: Row) -> Fen:
    amount = to_fen(body["appeal_amt"])
    if amount <= 0:
        refuse("appeal_amount")
    if amount > found["deducted"]:
        deducted = yuan(found["deducted"])
        refuse("appeal_too_much", amount=body["appeal_amt"], deducted=deducted)
    return amount
