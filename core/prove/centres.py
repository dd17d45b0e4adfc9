"""What the proof must know of each simulated centre: its books, and what a message at its end says.

Everything else of the proof is the same for every family.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.clock import Clock
from core.prove.layers import UndoneBooks
from core.simulator.books import Books
from core.simulator.centre import UPLOAD, SimulatedCentre
from core.simulator.gd.books import PLAN
from core.simulator.gd.platform import SimulatedPlatform
from core.simulator.gd.wire import parse as parse_program
from core.simulator.machine import Machine
from core.simulator.wire import Values, parse

Row = dict[str, Any]
ALWAYS = frozenset({"register", "settle", "cancel_settlement", "reverse"})
STANDING = {"cancelled_by": "", "reversed_by": ""}


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as the centre reads it; ``visit`` as its books name the visit, or empty."""

    msgid: str
    step: str
    visit: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One family's simulated centre.

    ``tables`` of its books tell two worlds apart, ``mark`` changes with whatever is booked;
    ``certain``: steps whose late arrival is never a surprise, as something fences them off or keeps
    them open; ``visit``: the column that ``Seen.visit`` stands in; ``held``: outpatients' lines are
    nowhere but at the desk until they are settled.
    """

    family: str
    make: Callable[[Clock], Machine]
    books: Callable[[], Books]
    tables: tuple[str, ...]
    mark: str
    parse: Callable[[bytes, str], Values]
    seen: Callable[[Values], Seen]
    certain: frozenset[str]
    settings: str
    profile: str
    visit: str = "visit_no"
    held: bool = False

    def live(self, books: Mapping[str, list[Row]], visit_no: str) -> list[Row]:
        """The settlements of a visit that stand."""
        return [
            row for row in books["settlements"]
            if row["visit_no"] == visit_no and not row["cancelled_by"] and not row["reversed_by"]
            and not row.get("refund_of")
        ]  # fmt: skip


# -- a list of settlements, reversals by our own message id

SETTINGS = '[centre]\nlibrary = "none"\nprofile = "local.toml"\n[desk]\nnumber = {number}\n'
BATCHES = (
    f"[transactions.{UPLOAD}]\nbatch = 2\n[capabilities]\nreversal_is_remembered = {{remembers}}\n"
)
MARK = """
  SELECT (SELECT count(*) * 1000 + ifnull(sum(state <> 'live'), 0) FROM visit),
    (SELECT count(*) * 1000 + count(settlement_id) FROM line),
    (SELECT ifnull(sum(removed_by <> ''), 0) FROM line), (SELECT count(*) FROM reversal),
    (SELECT count(*) * 1000 + ifnull(sum(cancelled_by <> ''), 0) FROM settlement),
    (SELECT ifnull(sum(reversed_by <> ''), 0) FROM settlement)"""
CODES = {
    "2201": "register", "2202": "cancel_registration", "2204": "upload_fees",
    "2205": "cancel_fees", "2207": "settle", "2208": "cancel_settlement", "2209": "reverse",
}  # fmt: skip


def _listed(request: Values) -> Seen:
    code = str(request["infno"])
    body = request.get("input")
    visit = str(body.get("ipt_otp_no", "")) if isinstance(body, dict) else ""
    return Seen(str(request["msgid"]), CODES.get(code, code), visit)


LISTED = Kind(
    family="zjs",
    make=lambda clock: SimulatedCentre(UndoneBooks(), clock),
    books=lambda: Books(None),
    tables=("sign_in", "visit", "line", "settlement", "reversal", "confirmation"),
    mark=MARK, parse=parse, seen=_listed, certain=ALWAYS, settings=SETTINGS, profile=BATCHES,
)  # fmt: skip


# -- visits asked one by one, nothing that fences off

PLATFORM_SETTINGS = '[centre]\nfamily = "gd"\nprofile = "local.toml"\n[desk]\nnumber = {number}\n'
NUMBERED = """
[transactions.bizh120002]
batch = 2
[envelope.request.trans_id]
name = "msgid"
label = "-"
type = "text"
length = 64
source = "header"
"""
PLATFORM_MARK = """
  SELECT (SELECT count(*) * 1000 + ifnull(sum(state <> 'live'), 0) FROM visit),
    (SELECT ifnull(sum(discharged_at <> ''), 0) FROM visit),
    (SELECT count(*) * 1000 + count(settlement_id) FROM line),
    (SELECT ifnull(sum(removed_by <> ''), 0) FROM line),
    (SELECT count(*) * 1000 + ifnull(sum(cancelled_by <> ''), 0) FROM settlement)"""
FUNCTIONS = {
    "bizh110104": "register", "bizh110106": "cancel_registration", "bizh120103": "register",
    "bizh120109": "cancel_registration", "bizh120002": "upload_fees", "bizh120004": "cancel_fees",
    "bizh120105": "discharge", "bizh120108": "undo_discharge", "bizh120106": "settle",
    "bizh120107": "cancel_settlement",
}  # fmt: skip
CHARGE, BOOK = "bizh110105", "1"


def _asked_by_visit(request: Values) -> Seen:
    code = str(request.get("function_id", ""))
    step = _charge(request) if code == CHARGE else FUNCTIONS.get(code, code)
    return Seen(str(request.get("trans_id", "")), step, str(request.get("aaz218", "")))


def _charge(request: Values) -> str:
    """Trial, charge and refund are one function."""
    rows = request.get("feeinfo") or [{}]
    if request.get("bka893") != BOOK:
        return "presettle"
    return "cancel_settlement" if str(rows[0].get("bka057", "")).startswith("-") else "settle"


BY_VISIT = Kind(
    family="gd",
    make=lambda clock: SimulatedPlatform(UndoneBooks(PLAN), clock),
    books=lambda: Books(None, PLAN),
    tables=("sign_in", "visit", "line", "settlement", "disease_line"),
    mark=PLATFORM_MARK, parse=lambda payload, encoding: parse_program(payload),
    seen=_asked_by_visit, certain=frozenset({"settle", "cancel_settlement"}),
    settings=PLATFORM_SETTINGS, profile=NUMBERED, visit="centre_visit_no", held=True,
)  # fmt: skip

KINDS: dict[str, Kind] = {"zjs": LISTED, "gd": BY_VISIT}
