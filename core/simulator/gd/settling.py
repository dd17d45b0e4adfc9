"""Settlement of stays at the simulated platform (120003, 120106, 120107, settlement data)."""

from __future__ import annotations

from core.simulator.books import Row
from core.simulator.gd.charging import next_batch, settlement_columns
from core.simulator.gd.inpatient import days_of
from core.simulator.gd.lines import Shares, add_up, live_lines, payment
from core.simulator.gd.office import INPATIENT, Platform
from core.simulator.gd.wire import money, refuse
from core.simulator.wire import Call, Values
from core.words import say


def trial(platform: Platform, call: Call) -> Values:
    """120003: what 120106 would book now, to the fen; books nothing."""
    visit = platform.unsettled_stay(call, "settled_already")
    return payment(platform, visit, _shares(platform, visit))


def settle(platform: Platform, call: Call) -> Values:
    """120106: books the settlement of a discharged stay."""
    visit = platform.unsettled_stay(call, "settled_already")
    if not visit["discharged_at"]:
        refuse("not_discharged")
    shares = _shares(platform, visit)
    number = platform.books.add(
        "settlement", **settlement_columns(platform, call, visit), **shares._asdict(),
        bill_no=next_batch(platform, visit), operator=call.body["bka046"],
    )  # fmt: skip
    live = {"visit_id": visit["id"], "removed_by": ""}
    platform.books.change_all("line", live, settlement_id=number)
    return payment(platform, visit, shares)


def _shares(platform: Platform, visit: Row) -> Shares:
    lines = live_lines(platform, visit)
    if not lines:
        refuse("no_lines")
    shares = add_up(lines)
    if shares.total < 0:
        refuse("total_negative")
    return shares


def undo(platform: Platform, call: Call) -> Values:
    """120107: the stay is discharged and unsettled again; its lines stay."""
    settled = _settled(platform, platform.visit(call, INPATIENT))
    platform.books.change(
        "settlement", settled["id"], cancelled_by=platform.mark(call), cancelled_at=call.at,
        cancel_operator=str(call.header.get("bka014", "")),
    )  # fmt: skip
    platform.books.change_all("line", {"settlement_id": settled["id"]}, settlement_id=None)
    return {}


def _settled(platform: Platform, visit: Row) -> Row:
    return platform.active_settlement(visit) or refuse("not_settled")


def data(platform: Platform, call: Call) -> Values:
    """Data of the printed inpatient slip (id and data set names INFERRED; fields §4.2, D and B)."""
    visit = platform.visit(call, INPATIENT)
    settled = _settled(platform, visit)
    person = platform.person("aac001", visit["person_no"])
    head = {
        "akb021": platform.institution(visit["hospital"]), "bkc110": say("platform.slip_grade"),
        "bkc119": "0", "bka989": "0", "aaz218": visit["centre_visit_no"],
        "aac001": person.number, "aac003": person.name, "aac004": person.sex,
        "bka004": person.kind[:1], "bka100": person.card_no, "bka006": visit["med_type"],
        "aka130": visit["business"], "bka045": settled["booked_at"][:8],
        "bka020": visit["dept_name"], "bka025": visit["visit_no"],
        "bka017": visit["admitted_at"], "bka032": visit["discharged_at"],
        "bka030": days_of(visit), "aae011": settled["operator"], "bka890": call.at[:8],
    }  # fmt: skip
    return head | _totals(settled) | {"fundList": _funds(settled)}


def _totals(settled: Row) -> Values:
    return {
        "bka979": money(settled["total"]), "bka811": money(settled["fund"]),
        "bka812": money(settled["personal"]), "bka814": money(settled["fund"]),
        "bka815": money(0), "bka816": money(0),
    }  # fmt: skip


def _funds(settled: Row) -> list[Values]:
    """One row a payer; the columns of a row add up to its total (bka801_7)."""
    rows = (("slip_cash", "bka801_1", "personal"), ("slip_fund", "bka801_2", "fund"))
    found = []
    for word, column, name in rows:
        amounts = {f"bka801_{n}": money(0) for n in range(1, 8)}
        amounts |= {column: money(settled[name]), "bka801_7": money(settled[name])}
        found.append({"bka800": say(f"platform.{word}"), **amounts})
    return found
