"""``gsdesk dayend``: a day's sums beside the centre's, the classes of the pairs, the proposals."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime
from typing import Any

from core.commands.output import CODES, write_json, write_rows
from core.domain.dayend import Comparison, Pair, Side, Sum
from core.errors import InvalidInput, fault
from core.money import show
from core.service.dayend_books import NoAnswer
from core.words import say

EQUAL, DIFFERS = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The day, the operator, the form of the answer."""
    parser.add_argument("--date", default="", metavar="YYYY-MM-DD")
    parser.add_argument("--operator", default="", metavar="ID")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """Compare and match; 0 equal with nothing to repair, 1 differs, else as ``call``."""
    from core.app import open_desk

    day = _day(args.date)
    with open_desk(args.home) as desk:
        desk.resolve.recover()
        try:
            found = desk.dayend.compare(desk.dayend.period(day), args.operator)
            found = desk.dayend.match(found)
        except NoAnswer as error:
            sys.stderr.write(f"{error}\n")
            return CODES[error.ending]
    if args.json:
        write_json(as_json(found))
    else:
        _show(found)
    return EQUAL if found.equal and found.sheet and not found.sheet.open else DIFFERS


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date() if text else None
    except ValueError:
        raise InvalidInput(fault("dayend.bad_date", "date", value=text[:20])) from None


def as_json(found: Comparison) -> dict[str, Any]:
    """One comparison as plain values: amounts in fen, moments with their zone."""
    sheet = found.sheet
    assert sheet is not None
    return {
        "begin": found.period.begin.isoformat(), "end": found.period.end.isoformat(),
        "operator": found.operator, "equal": found.equal, "unresolved": found.unresolved,
        "confirmed": found.confirmed.number if found.confirmed else None,
        "ours": {**found.ours.net.model_dump(), "refunds": found.ours.refunded.model_dump()},
        "centre": found.centre.model_dump(), "listed": sheet.listed,
        "hospital": sheet.hospital,
        "classes": {str(kind): count for kind, count in sheet.count().items()},
        "by_operator": [part.model_dump() for part in found.ours.by_operator],
        "by_kind": [part.model_dump() for part in found.ours.by_kind],
        "pairs": [_pair(pair) for pair in sheet.pairs],
    }  # fmt: skip


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "class": str(pair.kind), "proposal": str(pair.proposal), "says": pair.says,
        "needs_second": pair.needs_second, "difference": pair.difference,
        "journal": _side(pair.journal), "hospital": _side(pair.hospital),
        "centre": _side(pair.centre),
    }  # fmt: skip


def _side(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    hidden = {"person_no", "person_name"}
    values = {name: value for name, value in side._asdict().items() if name not in hidden}
    return {**values, "at": side.at.isoformat()}


def _show(found: Comparison) -> None:
    sheet = found.sheet
    assert sheet is not None
    key = "equal" if found.equal else "differs"
    write_rows([
        [say(f"dayend.shown.{key}"), found.period.begin.date()],
        _sums("ours", found.ours.net), _sums("refunds", found.ours.refunded),
        _sums("centre", found.centre),
    ])  # fmt: skip
    classes = {kind: count for kind, count in sheet.count().items() if count}
    write_rows([[say(f"dayend.class.{kind}"), count] for kind, count in classes.items()])
    write_rows([_line(pair) for pair in sheet.pairs])


def _sums(key: str, sums: Sum) -> list[object]:
    amounts = [show(fen) for fen in (sums.total, sums.fund, sums.personal)]
    return [say(f"dayend.shown.{key}"), sums.count, *amounts]


def _line(pair: Pair) -> list[object]:
    side = pair.first
    return [
        say(f"dayend.class.{pair.kind}"), side.visit_no, side.bill_no, show(side.total),
        say(f"dayend.proposal.{pair.proposal}"), pair.says,
    ]  # fmt: skip
