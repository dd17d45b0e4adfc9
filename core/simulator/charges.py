"""Fee lines (2204, 2205, 9104): all rows of a message are booked, or none."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from core.money import line_amount, to_fen, yuan
from core.simulator.books import Row
from core.simulator.office import Office
from core.simulator.pricing import Priced, price_line
from core.simulator.wire import Body, Call, Values, money, number, refuse
from core.simulator.world import CatalogueItem, items

PRESENT = """
  SELECT line_id FROM line WHERE visit_id = :visit AND removed_by = ''
  AND line_id IN ({holes}) ORDER BY id"""
LISTED = """
  SELECT line.*, ifnull(settlement.bill_no, '') AS bill_no
  FROM line LEFT JOIN settlement ON settlement.id = line.settlement_id
  WHERE line.visit_id = :visit AND line.removed_by = ''
  AND (:bill = '' OR settlement.bill_no = :bill) ORDER BY line.id"""
QUANTITIES = "SELECT quantity FROM line WHERE visit_id = :visit AND removed_by = ''"


def upload(office: Office, call: Call) -> Body:
    """2204: prices every row by the price list; one row a line comes back, in the same order."""
    _batch(office, call)
    priced = [(_visit(office, call, number_), rows) for number_, rows in _by_visit(call).items()]
    answers: list[Values] = []
    for visit, rows in priced:
        answers += _book(office, call, visit, rows)
    return answers


def _batch(office: Office, call: Call) -> None:
    if not call.rows:
        refuse("no_rows")
    most = int(office.rules["batch"])
    if len(call.rows) > most:
        refuse("batch_too_big", most=most, count=len(call.rows))


def _by_visit(call: Call) -> dict[str, list[Values]]:
    found: dict[str, list[Values]] = {}
    for row in call.rows:
        found.setdefault(row["ipt_otp_no"], []).append(row)
    return found


def _visit(office: Office, call: Call, visit_no: str) -> Row:
    visit = office.visit(call, visit_no)
    settled = office.active_settlement(visit)
    if settled:
        refuse("settled_exists", bill=settled["bill_no"])
    return visit


def _book(office: Office, call: Call, visit: Row, rows: list[Values]) -> list[Values]:
    _no_duplicates(office, visit, rows)
    parts = [_priced(row, call.at) for row in rows]
    _no_excess(office, visit, rows)
    office.books.add_all(
        "line",
        (
            _line(visit, call, row, item, part)
            for row, (item, part) in zip(rows, parts, strict=True)
        ),
    )
    return [_answer(row, part) for row, (_, part) in zip(rows, parts, strict=True)]


def _no_duplicates(office: Office, visit: Row, rows: list[Values]) -> None:
    counted = Counter(row["feedetl_sn"] for row in rows)
    for line, times in counted.items():
        if times > 1:
            refuse("line_twice", line=line)
    lines = {f"line_{number}": line for number, line in enumerate(counted)}
    present = PRESENT.format(holes=", ".join(f":{hole}" for hole in lines))
    for row in office.books.rows(present, visit=visit["id"], **lines):
        refuse("line_exists", line=row["line_id"])


def _priced(row: Values, now: str) -> tuple[CatalogueItem, Priced]:
    line = row["feedetl_sn"]
    item = items().get(row["med_list_codg"])
    if item is None:
        refuse("item_unknown", line=line, item=row["med_list_codg"])
    if row["list_type"] != item.list_type:
        refuse("list_type_differs", line=line, name=item.name, wanted=item.list_type)
    _numbers(row)
    if row["fee_ocur_time"] > now:
        refuse("line_ahead", line=line, at=row["fee_ocur_time"])
    return item, price_line(item, row["pric"], row["cnt"], row["allSelfFlag"] == "1")


def _numbers(row: Values) -> None:
    line, price, quantity = row["feedetl_sn"], row["pric"], row["cnt"]
    if quantity == 0:
        refuse("no_quantity", line=line)
    if price < 0:
        refuse("negative_price", line=line)
    right = line_amount(price, quantity)
    if to_fen(row["umamt"]) != right:
        refuse("amount_differs", line=line, amount=row["umamt"], right=yuan(right))


def _no_excess(office: Office, visit: Row, rows: list[Values]) -> None:
    for row in rows:
        if row["cnt"] < 0:
            code = row["med_list_codg"]
            here = sum((one["cnt"] for one in rows if one["med_list_codg"] == code), Decimal(0))
            if _uploaded(office, visit, code) + here < 0:
                name = items()[code].name
                refuse("refund_too_much", line=row["feedetl_sn"], name=name)


def _uploaded(office: Office, visit: Row, code: str) -> Decimal:
    sql = f"{QUANTITIES} AND centre_code = :code"
    found = office.books.rows(sql, visit=visit["id"], code=code)
    return sum((Decimal(row["quantity"]) for row in found), Decimal(0))


def _line(visit: Row, call: Call, row: Values, item: CatalogueItem, part: Priced) -> Row:
    return {
        "visit_id": visit["id"], "rx_no": row["rxno"], "line_id": row["feedetl_sn"],
        "list_type": row["list_type"], "centre_code": item.centre_code, "kind": item.kind,
        "occurred_at": row["fee_ocur_time"], "price": f"{row['pric']:f}",
        "quantity": f"{row['cnt']:f}", "amount": part.amount, "self_paid": part.self_paid,
        "over_limit": part.over_limit, "price_limit": part.limit, "level": part.level,
        "memo": part.memo, "doctor_code": row["bilg_dr_codg"], "dept_code": row["bilg_dept_codg"],
        "msgid": call.msgid, "booked_at": call.at,
    }  # fmt: skip


def _answer(row: Values, part: Priced) -> Values:
    same = ("rxno", "feedetl_sn", "fee_ocur_time", "med_list_codg")
    return {name: row[name] for name in same} | {
        "umamt": money(part.amount),
        "ownpay_amt": money(part.self_paid),
        "alwpay_amt": money(part.over_limit),
        "pric_uplmt_amt": money(part.limit),
        "chrgitm_lv": part.level,
        "memo": part.memo,
    }


def remove(office: Office, call: Call) -> Body:
    """2205: one line, one prescription, or (both numbers empty) all unsettled lines."""
    body = call.body
    visit = office.visit(call, body["ipt_otp_no"])
    asked = {"rx_no": body["rxno"], "line_id": body["feedetl_sn"]}
    asked = {column: value for column, value in asked.items() if value}
    lines = office.books.find("line", visit_id=visit["id"], removed_by="", **asked)
    if asked and not lines:
        refuse("line_unknown", rx=body["rxno"], line=body["feedetl_sn"])
    _open_only(lines, asked)
    open_lines = {"visit_id": visit["id"], "removed_by": "", **asked}
    office.books.change_all("line", open_lines, removed_by=call.msgid)
    return None


def _open_only(lines: list[Row], asked: dict[str, str]) -> None:
    settled = [line for line in lines if line["settlement_id"]]
    if settled and asked:
        refuse("line_settled", line=settled[0]["line_id"])
    if settled:
        refuse("lines_settled")


def list_lines(office: Office, call: Call) -> Body:
    """9104: the visit's lines as booked (of one bill when named), paged."""
    visit = office.visit(call, call.body["ipt_otp_no"])
    values = {"visit": visit["id"], "bill": call.body["mdtrt_id"]}
    return office.paged(call, LISTED, lambda line: _list_row(visit, line), **values)


def _list_row(visit: Row, line: Row) -> Values:
    return {
        "ipt_otp_no": visit["visit_no"], "medrcdno": line["bill_no"], "rxno": line["rx_no"],
        "feedetl_sn": line["line_id"], "fee_ocur_time": line["occurred_at"],
        "med_list_codg": line["centre_code"], "pric": number(line["price"]),
        "cnt": number(line["quantity"]), "umamt": money(line["amount"]),
        "ownpay_amt": money(line["self_paid"]), "alwpay_amt": money(line["over_limit"]),
        "pric_uplmt_amt": money(line["price_limit"]), "chrgitm_lv": line["level"],
        "memo": line["memo"], "list_type": line["list_type"],
    }  # fmt: skip
