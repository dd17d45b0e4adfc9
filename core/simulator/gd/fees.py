"""Fee lines of stays (120002, 120004, fee list), and disease data afterwards (§4.2, §4.4).

Lines may come only between admission and discharge registration. A negative line is a refund of
what was uploaded before. Where a city forbids 120004, counter-entries are the only way back.
"""

from __future__ import annotations

from core.money import to_fen
from core.simulator.books import Row
from core.simulator.gd.lines import (
    DISEASE,
    Line,
    columns,
    live_lines,
    no_duplicates,
    priced,
    quantities,
    within_limit,
)
from core.simulator.gd.office import Platform
from core.simulator.gd.wire import money, number, refuse, row_name
from core.simulator.wire import Call, Values
from core.simulator.world import CatalogueItem, items


def upload(platform: Platform, call: Call) -> Values:
    """120002: all rows of a call are booked, or none."""
    visit = _open_stay(platform, call)
    within_limit(platform, call.rows)
    lines = priced(call.rows, call.at[:8])
    for n, line in enumerate(lines, 1):
        day, begin = line.row["bka051"], visit["admitted_at"]
        if day < begin:
            refuse("line_before", where=row_name(n), day=day, begin=begin)
    no_duplicates(platform, visit, lines, ("aaz213", "bka071"))
    _no_excess(platform, visit, lines)
    mark = platform.mark(call)
    platform.books.add_all("line", [columns(call, visit, line, mark) for line in lines])
    return {}


def _open_stay(platform: Platform, call: Call) -> Row:
    visit = platform.unsettled_stay(call)
    if visit["discharged_at"]:
        refuse("fees_closed")
    return visit


def _no_excess(platform: Platform, visit: Row, lines: list[Line]) -> None:
    if all(line.row["bka057"] > 0 for line in lines):
        return
    left = quantities(platform, visit)
    for n, line in enumerate(lines, 1):
        code = line.row["ake005"]
        left[code] += line.row["bka057"]
        if left[code] < 0:
            refuse("refund_too_much", where=row_name(n), name=line.item.name)


def remove_all(platform: Platform, call: Call) -> Values:
    """120004: all lines of the stay; forbidden in some cities."""
    visit = _open_stay(platform, call)
    if not platform.rules["delete_fees"]:
        refuse("delete_forbidden")
    live = {"visit_id": visit["id"], "removed_by": ""}
    platform.books.change_all("line", live, removed_by=platform.mark(call))
    return {}


def fee_list(platform: Platform, call: Call) -> Values:
    """The lines as booked (id INFERRED; rows protocol-gd.md §4.2, plus our number and flag)."""
    visit = platform.any_visit(call)
    person = platform.person("aac001", visit["person_no"])
    who = {
        "aac003": person.name, "aac004": person.sex,
        "akb021": platform.institution(visit["hospital"]), "aaz218": visit["centre_visit_no"],
    }  # fmt: skip
    return {"list": [who | _list_row(line) for line in live_lines(platform, visit)]}


def _list_row(line: Row) -> Values:
    item: CatalogueItem = items()[line["centre_code"]]
    own = line["self_paid"] + line["over_limit"]
    return {
        "aka063": line["category"], "ake001": line["centre_code"], "ake002": item.name,
        "ake005": line["hosp_code"], "ake006": line["name"], "bka051": line["occurred_at"],
        "bka052": "", "bka054": item.spec, "bka056": number(line["price"], 4),
        "dosage": number(line["quantity"], 2), "money": money(line["amount"]),
        "pay_first": money(own), "aka065": line["level"], "aaz213": line["fee_no"],
        "bka071": line["line_id"], "bka061": str(line["disease"]),
    }  # fmt: skip


def disease_part(platform: Platform, call: Call) -> Values:
    """Disease data afterwards (id and fields PROPOSED): once, for a settled visit that has none."""
    visit = platform.any_visit(call)
    if not platform.active_settlement(visit):
        refuse("disease_open")
    within_limit(platform, call.rows)
    sent = platform.books.find("disease_line", visit_id=visit["id"])
    known = {row["line_id"] for row in sent}
    if any(line["disease"] for line in live_lines(platform, visit)):
        refuse("disease_exists")
    lines = priced(call.rows, call.at[:8])
    for n, line in enumerate(lines, 1):
        if line.row["bka061"] != DISEASE:
            refuse("disease_only", where=row_name(n))
        if line.row["bka071"] and line.row["bka071"] in known:
            refuse("line_exists", where=row_name(n), line=line.row["bka071"])
    mark = platform.mark(call)
    platform.books.add_all("disease_line", [_disease(call, visit, line, mark) for line in lines])
    return {}


def _disease(call: Call, visit: Row, line: Line, mark: str) -> Row:
    row = line.row
    return {
        "visit_id": visit["id"], "line_id": row["bka071"], "hosp_code": row["ake005"],
        "occurred_at": row["bka051"], "price": f"{row['bka056']:f}",
        "quantity": f"{row['bka057']:f}", "amount": to_fen(row["bka058"]), "msgid": mark,
        "at": call.at,
    }  # fmt: skip
