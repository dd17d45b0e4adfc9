"""Outpatient fees with their settlement, and refunds by batch (110105).

``bka893`` 0 calculates and books nothing, 1 books. Every booking is a batch (bka001) of its visit,
counted from 1. A refund sends the original lines back with negative quantity and amount and their
aaz213; it is a batch of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.money import to_fen
from core.simulator.books import Row
from core.simulator.gd.lines import (
    add_up,
    columns,
    no_duplicates,
    payment,
    priced,
    within_limit,
)
from core.simulator.gd.office import OUTPATIENT, Platform
from core.simulator.gd.wire import refuse, row_name
from core.simulator.wire import Call, Values

BOOK = "1"  # bka893
TURNED = ("self_paid", "over_limit", "amount")


def charge(platform: Platform, call: Call) -> Values:
    """110105: charge (positive lines) or refund (negative lines with aaz213)."""
    visit = platform.visit(call, OUTPATIENT)
    within_limit(platform, call.rows)
    negative = [row["bka057"] < 0 for row in call.rows]
    if any(negative) and not all(negative):
        refuse("mixed")
    if negative[0]:
        return _refund(platform, call, visit)
    lines = priced(call.rows, call.at[:8])
    no_duplicates(platform, visit, lines, ("bka071",))
    mark = platform.mark(call)
    return _booked(platform, call, visit, [columns(call, visit, line, mark) for line in lines])


def _booked(
    platform: Platform, call: Call, visit: Row, rows: Sequence[Row], original: Row | None = None
) -> Values:
    shares = add_up(rows)
    batch = next_batch(platform, visit)
    found = payment(platform, visit, shares) | {"bka001": batch}
    if call.body["bka893"] == BOOK:
        number = platform.books.add(
            "settlement", **settlement_columns(platform, call, visit), **shares._asdict(),
            bill_no=batch, operator=call.body["bka014"],
            refund_of=original["id"] if original else None,
        )  # fmt: skip
        _book_lines(platform, rows, number, original)
        if original:
            _close(platform, call, original)
    return {"payinfo": [found]}


def settlement_columns(platform: Platform, call: Call, visit: Row) -> Row:
    """What every settlement says of its visit and its call."""
    same = ("hospital", "visit_no", "centre_visit_no", "business", "med_type", "person_no")
    return {name: visit[name] for name in same} | {
        "visit_id": visit["id"], "msgid": platform.mark(call), "sign_no": call.sign_no,
        "settled_at": call.at, "booked_at": call.at,
    }  # fmt: skip


def next_batch(platform: Platform, visit: Row) -> str:
    """The number of a visit's next settlement (bka001), counted from 1."""
    return str(len(platform.books.find("settlement", visit_id=visit["id"])) + 1)


def _book_lines(
    platform: Platform, rows: Sequence[Row], settlement: int, original: Row | None
) -> None:
    first = platform.books.serial("line")
    for n, row in enumerate(rows):
        own = {} if original else {"fee_no": str(first + n)}
        platform.books.add("line", **{**row, **own, "settlement_id": settlement})


def _close(platform: Platform, call: Call, original: Row) -> None:
    platform.books.change(
        "settlement", original["id"], cancelled_by=platform.mark(call), cancelled_at=call.at,
        cancel_operator=call.body["bka014"],
    )  # fmt: skip
    mark = platform.mark(call)
    platform.books.change_all("line", {"settlement_id": original["id"]}, removed_by=mark)


def _refund(platform: Platform, call: Call, visit: Row) -> Values:
    originals = [_original(platform, visit, row, row_name(n)) for n, row in enumerate(call.rows, 1)]
    batches = {line["settlement_id"] for line in originals}
    if len(batches) > 1:
        refuse("refund_batches")
    if len({line["id"] for line in originals}) < len(originals):
        refuse("refund_batches")
    batch = platform.books.find("settlement", id=batches.pop())[0]
    missing = len(platform.books.find("line", settlement_id=batch["id"])) - len(originals)
    if missing:
        refuse("refund_part", batch=batch["bill_no"], count=missing)
    mark = platform.mark(call)
    return _booked(platform, call, visit, [_mirror(call, one, mark) for one in originals], batch)


def _original(platform: Platform, visit: Row, row: Values, where: str) -> Row:
    keys = {"visit_id": visit["id"], "fee_no": row["aaz213"], "refund_of": None}
    found = platform.books.one("line", **keys) if row["aaz213"] else None
    if found is None:
        refuse("refund_unknown", where=where, line=row["aaz213"])
    if found["removed_by"]:
        refuse("refunded_already", where=where, line=row["aaz213"])
    same_count = Decimal(found["quantity"]) == -row["bka057"]
    if not same_count or found["amount"] != -to_fen(row["bka058"]):
        refuse("refund_differs", where=where, line=row["aaz213"])
    return found


def _mirror(call: Call, line: Row, mark: str) -> Row:
    same = {name: value for name, value in line.items() if name not in ("id", "settlement_id")}
    changed = {name: -line[name] for name in TURNED}
    return same | changed | {
        "quantity": f"{-Decimal(line['quantity']):f}", "refund_of": line["id"], "msgid": mark,
        "booked_at": call.at, "removed_by": "",
    }  # fmt: skip
