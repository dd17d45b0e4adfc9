"""Fee lines at the simulated platform (§5): checks, prices by the common rules, columns, sums.

The hospital sends its own codes; the platform maps them to its price list. A line that is marked as
disease (bka061 = 1) is not paid by the work-injury fund.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from core.money import Fen, line_amount, to_fen, yuan
from core.simulator.books import Row
from core.simulator.gd.office import Platform
from core.simulator.gd.wire import money, number, refuse, row_name
from core.simulator.pricing import Priced, price_line
from core.simulator.wire import Call, Values
from core.simulator.world import CatalogueItem, catalogue
from core.words import say

DISEASE, INJURY = "1", "0"  # bka061
CATEGORIES = {
    "01": "017", "02": "008", "03": "011", "04": "012", "05": "005", "06": "014", "07": "010",
    "08": "004", "09": "001", "10": "003", "11": "002",
}  # fmt: skip
OTHER = "099"


class Line(NamedTuple):
    """One checked and priced row."""

    row: Values
    item: CatalogueItem
    part: Priced


class Shares(NamedTuple):
    """Sums of lines in fen: total = fund + personal; ``all_self`` and ``part_self`` explain the
    personal part."""

    total: Fen = 0
    fund: Fen = 0
    personal: Fen = 0
    all_self: Fen = 0
    part_self: Fen = 0


@cache
def by_hospital_code() -> dict[str, CatalogueItem]:
    """The price list by the hospitals' code: the mapping that the platform keeps."""
    return {item.hosp_code: item for item in catalogue()}


def within_limit(platform: Platform, rows: Sequence[Values]) -> None:
    """Refuse more rows than one call may carry."""
    most = int(platform.rules["batch"])
    if len(rows) > most:
        refuse("batch_too_big", most=most, count=len(rows))


def priced(rows: Iterable[Values], today: str) -> list[Line]:
    """Every row checked and priced, in the same order; the first fault is refused by its row."""
    return [_priced(row, row_name(n), today) for n, row in enumerate(rows, 1)]


def _priced(row: Values, where: str, today: str) -> Line:
    item = by_hospital_code().get(row["ake005"])
    if item is None:
        refuse("item_unknown", where=where, item=row["ake005"])
    _numbers(row, where)
    if row["bka051"] > today:
        refuse("line_ahead", where=where, day=row["bka051"])
    price, quantity = Decimal(row["bka056"]), Decimal(row["bka057"])
    if row["bka061"] != DISEASE:
        return Line(row, item, price_line(item, price, quantity, all_self=False))
    amount = line_amount(price, quantity)
    memo = say("platform.disease_memo")
    return Line(row, item, Priced(amount, amount, 0, 0, item.level, memo))


def _numbers(row: Values, where: str) -> None:
    if row["bka057"] == 0:
        refuse("no_quantity", where=where)
    if row["bka056"] < 0:
        refuse("negative_price", where=where)
    right = line_amount(row["bka056"], row["bka057"])
    if to_fen(row["bka058"]) != right:
        refuse("amount_differs", where=where, amount=row["bka058"], right=yuan(right))


def no_duplicates(
    platform: Platform, visit: Row, lines: Sequence[Line], names: Sequence[str]
) -> None:
    """Refuse a number of ``names`` (wire names) that comes twice, or that stands in the books."""
    for name in names:
        known, seen = _known(platform, visit, name, lines), set[str]()
        for n, line in enumerate(lines, 1):
            given = line.row[name]
            where = row_name(n)
            if given and given in seen:
                refuse("line_twice", where=where, line=given)
            if given and given in known:
                refuse("line_exists", where=where, line=given)
            seen.add(given)


def _known(platform: Platform, visit: Row, name: str, lines: Sequence[Line]) -> set[str]:
    given = {f"given_{n}": line.row[name] for n, line in enumerate(lines)}
    sql = PRESENT.format(column=COLUMN[name], holes=", ".join(f":{hole}" for hole in given))
    found = platform.books.rows(sql, visit=visit["id"], **given)
    return {row["number"] for row in found}


PRESENT = """
  SELECT {column} AS number FROM line WHERE visit_id = :visit AND removed_by = ''
  AND refund_of IS NULL AND {column} IN ({holes})"""
COLUMN = {"aaz213": "fee_no", "bka071": "line_id"}


def live_lines(platform: Platform, visit: Row) -> list[Row]:
    """The lines of a visit that stand: neither removed nor refunded nor a refund by number."""
    return [
        row for row in platform.books.find("line", visit_id=visit["id"], removed_by="")
        if row["refund_of"] is None
    ]  # fmt: skip


def quantities(platform: Platform, visit: Row) -> defaultdict[str, Decimal]:
    """What is left of every item (by the hospital's code) after counter-entries."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in live_lines(platform, visit):
        found[line["hosp_code"]] += Decimal(line["quantity"])
    return found


def columns(call: Call, visit: Row, line: Line, msgid: str) -> Row:
    """A row of the books for a priced line."""
    row, item, part = line
    return {
        "visit_id": visit["id"], "line_id": row["bka071"], "fee_no": row["aaz213"],
        "rx_no": row["bka070"], "hosp_code": row["ake005"], "name": row["ake006"],
        "centre_code": item.centre_code, "kind": item.kind,
        "category": CATEGORIES.get(item.category, OTHER), "occurred_at": row["bka051"],
        "price": f"{row['bka056']:f}", "quantity": f"{row['bka057']:f}", "amount": part.amount,
        "self_paid": part.self_paid, "over_limit": part.over_limit, "level": part.level,
        "memo": part.memo, "disease": int(row["bka061"] == DISEASE), "restricted": row["aka036"],
        "doctor_code": row["bka074"], "msgid": msgid, "booked_at": call.at,
    }  # fmt: skip


def add_up(lines: Iterable[Row]) -> Shares:
    """Sums of rows of the books."""
    total = whole = part = 0
    for line in lines:
        own = line["self_paid"] + line["over_limit"]
        total += line["amount"]
        if own == line["amount"]:
            whole += own
        else:
            part += own
    own = whole + part
    return Shares(total, total - own, own, whole, part)


def payment(platform: Platform, visit: Row, shares: Shares) -> Values:
    """The fields of §6; the three identities hold to the fen."""
    percent = Decimal(int(platform.rules["employer_percent"])) / 100
    employer = line_amount(yuan(shares.fund), percent)
    zero = dict.fromkeys(
        ("aka151", "bka838", "akb066", "bka821", "bka839", "ake035", "ake026", "ake029",
         "bka842", "bka840"), money(0),
    )  # fmt: skip
    return zero | {
        "akb020": visit["hospital"], "aaz218": visit["centre_visit_no"],
        "akc264": money(shares.total), "bka831": money(shares.personal),
        "bka832": money(shares.fund), "bka825": money(shares.all_self),
        "bka826": money(shares.part_self), "akb067": money(shares.personal),
        "ake039": money(shares.fund - employer), "bka841": money(employer),
    }  # fmt: skip


def fee_row(line: Row, sign: int = 1) -> Values:
    """A row of ``feeinfo`` as the platform gives it; ``sign`` −1: ready to be sent as a refund."""
    return {
        "ake005": line["hosp_code"], "ake006": line["name"], "bka051": line["occurred_at"],
        "bka056": number(line["price"], 4), "bka057": number(sign * Decimal(line["quantity"]), 2),
        "bka058": money(sign * line["amount"]), "aaz213": line["fee_no"],
        "bka071": line["line_id"], "bka070": line["rx_no"], "bka074": line["doctor_code"],
        "aka036": line["restricted"], "bka061": str(line["disease"]),
    }  # fmt: skip
