"""Medical records of stays (200101–200106): kept whole, every upload a new version (§4.3)."""

from __future__ import annotations

import json

from core.simulator.gd.office import INPATIENT, Platform
from core.simulator.gd.wire import checked, refuse, row_name
from core.simulator.wire import Call, Values

FRONT = "bizh200101"
ROWS = {
    "bizh200102": "diagnosis", "bizh200103": "operation", "bizh200104": "birth",
    "bizh200105": "tumour",
}  # fmt: skip


def keep(platform: Platform, call: Call) -> Values:
    """One part of the record of a discharged stay; the front page comes first."""
    visit = platform.visit(call, INPATIENT)
    if not visit["discharged_at"]:
        refuse("record_not_discharged")
    keys = {"hospital": call.hospital, "centre_visit_no": visit["centre_visit_no"]}
    if call.code != FRONT and not platform.books.find("record", **keys, code=FRONT):
        refuse("record_first")
    rows = _rows(call)
    version = len(platform.books.find("record", **keys, code=call.code)) + 1
    content = json.dumps(call.header, ensure_ascii=False)
    platform.books.add(
        "record", **keys, visit_no=visit["visit_no"], code=call.code, version=version,
        rows=rows, content=content, msgid=platform.mark(call), at=call.at,
    )  # fmt: skip
    return {}


def _rows(call: Call) -> int:
    if call.code not in ROWS:
        return 0
    detail = call.header.get("detail")
    if not isinstance(detail, list) or not detail:
        refuse("no_rows", node="detail")
    for n, row in enumerate(detail, 1):
        checked(ROWS[call.code], row, row_name(n))
    return len(detail)
