"""Pre-settlement, settlement and its cancellation (2206, 2207, 2208)."""

from __future__ import annotations

from dataclasses import asdict

from core.money import yuan
from core.simulator.books import Row
from core.simulator.office import Office
from core.simulator.pricing import Sums, add_up
from core.simulator.wire import Body, Call, Values, money, refuse
from core.words import say

OCCUPATIONAL = "2"  # last digit of the medical category
UNSETTLED = """
  SELECT kind, sum(amount) AS amount, sum(self_paid) AS self_paid, sum(over_limit) AS over_limit
  FROM line WHERE visit_id = :visit AND removed_by = '' AND settlement_id IS NULL GROUP BY kind"""


def presettle(office: Office, call: Call) -> Body:
    """2206: what 2207 would book now, to the fen; books nothing."""
    visit = _ready(office, call)
    return _answer(call.body, _sums(office, visit))


def settle(office: Office, call: Call) -> Body:
    """2207: books the settlement under visit and bill number and ties the lines to it."""
    visit = _ready(office, call)
    _free_bill(office, call, visit)
    sums = _sums(office, visit)
    number = office.books.add("settlement", **_keys(call, visit), **asdict(sums))
    open_lines = {"visit_id": visit["id"], "removed_by": ""}
    office.books.change_all("line", open_lines, settlement_id=number)
    office.books.change("visit", visit["id"], discharged_at=call.body["dscg_time"])
    return _answer(call.body, sums)


def _ready(office: Office, call: Call) -> Row:
    visit = office.visit(call, call.body["ipt_otp_no"])
    settled = office.active_settlement(visit)
    if settled:
        refuse("settled_already", bill=settled["bill_no"])
    _same(call.body, visit)
    _in_time(call, visit)
    return visit


def _same(body: Values, visit: Row) -> None:
    if body["psn_no"] != visit["person_no"]:
        refuse("person_differs")
    if body["med_type"] != visit["med_type"]:
        refuse("med_type_differs", med_type=visit["med_type"])
    if body["med_type"].endswith(OCCUPATIONAL) and body["occupationalType"] != "1":
        refuse("occupational_flag")


def _in_time(call: Call, visit: Row) -> None:
    if call.body["setl_time"] > call.at:
        refuse("settled_ahead", at=call.body["setl_time"], now=call.at)
    if call.body["dscg_time"] < visit["admitted_at"]:
        refuse("discharged_before")


def _free_bill(office: Office, call: Call, visit: Row) -> None:
    bill = call.body["mdtrt_id"]
    if not bill.strip("0 "):
        refuse("no_bill")
    if office.books.one("settlement", visit_id=visit["id"], bill_no=bill, reversed_by=""):
        refuse("bill_used", bill=bill)


def _sums(office: Office, visit: Row) -> Sums:
    lines = office.books.rows(UNSETTLED, visit=visit["id"])
    if not lines:
        refuse("no_lines")
    sums = add_up(lines)
    if sums.total < 0:
        refuse("total_negative")
    return sums


def _keys(call: Call, visit: Row) -> Row:
    return {
        "visit_id": visit["id"], "hospital": call.hospital, "visit_no": visit["visit_no"],
        "bill_no": call.body["mdtrt_id"], "msgid": call.msgid, "med_type": visit["med_type"],
        "person_no": visit["person_no"], "operator": call.operator, "sign_no": call.sign_no,
        "settled_at": call.body["setl_time"], "booked_at": call.at,
    }  # fmt: skip


def _answer(body: Values, sums: Sums) -> Values:
    text = say("simulator.explanation", fund=yuan(sums.fund), personal=yuan(sums.personal))
    return {
        "ipt_otp_no": body["ipt_otp_no"],
        "mdtrt_id": body["mdtrt_id"],
        "medfee_sumamt": money(sums.total),
        "hifp_pay": money(sums.fund),
        "psn_cash_pay": money(sums.personal),
        "drug_fee": money(sums.drug),
        "dati_fee": money(sums.service),
        "ms_fee": money(sums.material),
        "med_list_codg": text,
        "umamt": "",
    }


def cancel(office: Office, call: Call) -> Body:
    """2208: the settlement keeps its row; its lines are unsettled again, or gone (keep flag 0)."""
    body = call.body
    found = office.settlement(call, body["ipt_otp_no"], body["mdtrt_id"])
    must_be_unconfirmed(office, found)
    if body["setl_time"] > call.at:
        refuse("settled_ahead", at=body["setl_time"], now=call.at)
    office.books.change(
        "settlement", found["id"], cancelled_by=call.msgid, cancelled_at=call.at,
        cancel_operator=call.operator, cancel_sign_no=call.sign_no,
    )  # fmt: skip
    removed = "" if body["keep_tp_type"] == "1" else call.msgid
    release_lines(office, found, removed)
    return None


def release_lines(office: Office, settlement: Row, removed_by: str) -> None:
    """Untie the lines of a settlement; ``removed_by`` a message id: they are gone, too."""
    lines = {"settlement_id": settlement["id"], "removed_by": ""}
    if removed_by:
        office.books.change_all("line", lines, removed_by=removed_by)
    else:
        office.books.change_all("line", lines, settlement_id=None)
    office.books.change("visit", settlement["visit_id"], discharged_at="")


CONFIRMED = """
  SELECT stmt_no FROM confirmation
  WHERE hospital = :hospital AND equal = 1 AND undone_by = ''
  AND :moment BETWEEN begins AND ends AND operator IN ('', :operator)"""


def must_be_unconfirmed(office: Office, settlement: Row) -> None:
    """Refuse when a confirmed statement (1322) holds the settlement."""
    names = {"hospital": "hospital", "moment": "booked_at", "operator": "operator"}
    values = {hole: settlement[column] for hole, column in names.items()}
    for row in office.books.rows(CONFIRMED, **values):
        refuse("confirmed", bill=settlement["bill_no"], stmt=row["stmt_no"])
