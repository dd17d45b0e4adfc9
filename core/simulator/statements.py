"""Lists and sums of settlements, and their confirmation (9103, 1320, 1321, 1322, 1323).

A cancelled settlement is two rows: the original, and its negative with the id of the cancellation,
each on the centre's own day of booking. A reversed settlement is no row at all.
"""

from __future__ import annotations

from typing import Any

from core.money import to_fen, yuan
from core.simulator.books import Row
from core.simulator.office import Office, in_order
from core.simulator.wire import Body, Call, Values, money, number, refuse
from core.simulator.world import person as find_person
from core.words import say

MOVEMENTS = """
  SELECT id, 0 AS refund, visit_no, bill_no, msgid, med_type, person_no, operator, sign_no,
    booked_at AS at, total, fund, personal FROM settlement
  WHERE hospital = :hospital AND reversed_by = '' AND booked_at BETWEEN :begin AND :end
  UNION ALL
  SELECT id, 1, visit_no, bill_no, cancelled_by, med_type, person_no, cancel_operator,
    cancel_sign_no, cancelled_at, -total, -fund, -personal FROM settlement
  WHERE hospital = :hospital AND cancelled_at BETWEEN :begin AND :end AND cancelled_by <> ''
    AND reversed_by = ''"""
LISTED = f"SELECT * FROM ({MOVEMENTS}) ORDER BY at, id, refund"
SUMS = f"""
  SELECT count(*) AS count, ifnull(sum(total), 0) AS total, ifnull(sum(fund), 0) AS fund,
    ifnull(sum(personal), 0) AS personal
  FROM ({MOVEMENTS}) WHERE (:operator = '' OR operator = :operator)
  AND (:sign_no = '' OR sign_no = :sign_no) AND (:refunds <> '1' OR refund = 1)"""


def list_settlements(office: Office, call: Call) -> Body:
    """9103: settlements and cancellations booked in the period, oldest first, paged."""
    begin, end = call.body["begindate"], call.body["enddate"]
    in_order(begin, end)
    values = {"hospital": call.hospital, "begin": begin, "end": end}
    return office.paged(call, LISTED, _movement, **values)


def _movement(row: Row) -> Values:
    person = find_person(row["person_no"])
    return {
        "ipt_otp_no": row["visit_no"],
        "medrcdno": row["bill_no"],
        "medfee_sumamt": money(row["total"]),
        "hifp_pay": money(row["fund"]),
        "psn_cash_pay": money(row["personal"]),
        "msgid": row["msgid"],
        "med_type": row["med_type"],
        "psn_no": number(row["person_no"]),
        "psn_name": person.name if person else "",
        "setl_time": row["at"],
        "opter": row["operator"],
    }


def _sums(office: Office, call: Call) -> Row:
    body = call.body
    in_order(body["stmt_begindate"], body["stmt_enddate"])
    values: dict[str, Any] = {
        "hospital": call.hospital,
        "begin": body["stmt_begindate"],
        "end": body["stmt_enddate"],
        "operator": body["opter"],
        "sign_no": body["sign_no"],
        "refunds": body["refd_setl_flag"],
    }
    return office.books.rows(SUMS, **values)[0]


def totals(office: Office, call: Call) -> Body:
    """1320: net sums of the period; flag 1: cancellations only."""
    sums = _sums(office, call)
    return {
        "medfee_sumamt": money(sums["total"]),
        "hifp_pay": money(sums["fund"]),
        "psn_cash_pay": money(sums["personal"]),
        "setl_cnt": number(sums["count"]),
    }


def details(office: Office, call: Call) -> Body:
    """1321: one active settlement; unknown and cancelled ones are refused."""
    body = call.body
    found = office.settlement(call, body["ipt_otp_no"], body["medrcdno"])
    if body["opter"] not in ("", found["operator"]):
        refuse("settlement_unknown", visit=body["ipt_otp_no"], bill=body["medrcdno"])
    return {
        "ipt_otp_no": found["visit_no"],
        "medrcdno": found["bill_no"],
        "medfee_sumamt": money(found["total"]),
        "hifp_pay": money(found["fund"]),
        "psn_cash_pay": money(found["personal"]),
    }


def confirm(office: Office, call: Call) -> Body:
    """1322 (PROPOSED): compares sums and count; equal ones lock the period's settlements."""
    sums = _sums(office, call)
    _not_again(office, call)
    equal = _claimed(call.body) == (sums["total"], sums["fund"], sums["personal"], sums["count"])
    stmt_no = f"DZ{call.at[:8]}{office.books.serial('confirmation'):08d}"
    office.books.add(
        "confirmation", stmt_no=stmt_no, equal=int(equal), msgid=call.msgid, at=call.at,
        **_period(call), **sums,
    )  # fmt: skip
    return {
        "stmt_no": stmt_no,
        "stmt_rslt": "0" if equal else "1",
        "stmt_rslt_dscr": _verdict(sums, equal),
    }


def _verdict(sums: Row, equal: bool) -> str:
    if equal:
        return say("simulator.stmt_equal")
    shown = {name: yuan(sums[name]) for name in ("total", "fund", "personal")}
    return say("simulator.stmt_differs", **shown, count=sums["count"])


def _claimed(body: Values) -> tuple[int, int, int, int]:
    amounts = (to_fen(body[name]) for name in ("medfee_sumamt", "hifp_pay", "psn_cash_pay"))
    total, fund, personal = amounts
    return total, fund, personal, int(body["setl_cnt"])


def _period(call: Call) -> Row:
    body = call.body
    return {
        "hospital": call.hospital,
        "begins": body["stmt_begindate"],
        "ends": body["stmt_enddate"],
        "operator": body["opter"],
    }


def _not_again(office: Office, call: Call) -> None:
    found = office.books.one("confirmation", **_period(call), equal=1, undone_by="")
    if found:
        refuse("stmt_repeated", stmt=found["stmt_no"])


def undo_confirmation(office: Office, call: Call) -> Body:
    """1323 (PROPOSED): unlocks what the statement had locked."""
    keys = {"hospital": call.hospital, "stmt_no": call.body["stmt_no"]}
    found = office.books.one("confirmation", **keys, equal=1, undone_by="")
    if found is None:
        refuse("stmt_unknown", stmt=call.body["stmt_no"])
    office.books.change("confirmation", found["id"], undone_by=call.msgid)
    return None
