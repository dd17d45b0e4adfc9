"""The difference table of a stay: each line at the hospital, as uploaded, and at the centre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.domain import FeeLine, LineResult, Visit
from core.domain.stay import Difference, LineDifference
from core.errors import Refused, fault
from core.money import show
from core.service.line_ids import longest, own_ids
from core.service.pages import all_rows
from core.service.transact import Road
from core.words import say

Centre = Mapping[str, Mapping[str, Any]]


def known_differences(visit: Visit) -> tuple[LineDifference, ...]:
    """Lines where hospital and upload differ, without asking the centre."""
    rows = _compared(visit, None)
    return tuple(row for row in rows if row.kind is not Difference.NONE)


def all_differences(road: Road, visit: Visit) -> tuple[LineDifference, ...]:
    """Every line, with the centre's own list (9104); ``Refused`` when it could not be read whole.

    Lines that differ come first.
    """
    found = all_rows(road, "fee_list", {"visit_no": visit.visit_no})
    if found is None:
        raise Refused(fault("stays.difference.no_answer", visit=visit.visit_no))
    ids = [*(line.line_id for line in visit.lines), *(item.line_id for item in visit.uploaded)]
    own = own_ids(ids, longest(road.centre))
    theirs = ((str(item.get("line_id", "")), item) for item in found)
    rows = _compared(visit, {own.get(number, number): item for number, item in theirs})
    return tuple(sorted(rows, key=lambda row: row.kind is Difference.NONE))


def _compared(visit: Visit, centre: Centre | None) -> list[LineDifference]:
    lines = {line.line_id: line for line in visit.lines}
    uploaded = {item.line_id: item for item in visit.uploaded}
    numbers = dict.fromkeys([*lines, *uploaded, *(centre or {})])
    return [_row(number, lines.get(number), uploaded.get(number), centre) for number in numbers]


def _row(
    number: str, line: FeeLine | None, sent: LineResult | None, centre: Centre | None
) -> LineDifference:
    there = (centre or {}).get(number)
    theirs = there.get("amount") if there else None
    ours = line.amount if line else None
    uploaded = sent.amount if sent else None
    kind = _kind(ours, uploaded, theirs, asked=centre is not None, sent=sent is not None)
    rx = line.rx_no if line else sent.rx_no if sent else str((there or {}).get("rx_no", ""))
    memo = (there or {}).get("memo") or (sent.memo if sent else "")
    amounts = {"ours": show(ours), "uploaded": show(uploaded), "theirs": show(theirs)}
    why = "" if kind is Difference.NONE else say(f"stays.difference.{kind}", **amounts)
    return LineDifference(
        line_id=number, rx_no=rx, line=line, hospital=ours, uploaded=uploaded, centre=theirs,
        kind=kind, why=why, memo=str(memo or ""),
    )  # fmt: skip


def _kind(
    ours: int | None, uploaded: int | None, theirs: int | None, *, asked: bool, sent: bool
) -> Difference:
    rules: Sequence[tuple[bool, Difference]] = (
        (asked and sent and theirs is None, Difference.NOT_AT_CENTRE),
        (not sent and theirs is not None, Difference.NOT_OURS),
        (sent and ours is None, Difference.NOT_IN_HOSPITAL),
        (not sent, Difference.NOT_UPLOADED),
        (ours != uploaded, Difference.AMOUNT_CHANGED),
        (asked and theirs != uploaded, Difference.CENTRE_AMOUNT),
    )
    return next((kind for holds, kind in rules if holds), Difference.NONE)
