"""The shipped profile and the simulated centre speak the same wire.

Field tables agree (names, lengths, what is required); a message that the profile writes is taken by
the centre; every answer of the centre is read whole; its refusals are understood by their texts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.clock import CHINA, parse_stamp
from core.gateway.port import Reply
from core.outcome import Accepted, Outcome, Rejected
from core.protocol.profile import FieldRule
from core.simulator.centre import COUNTERS
from core.simulator.pricing import Sums
from core.simulator.wire import Field, fields
from core.simulator.world import items, persons
from tests.helpers.centre import (
    CAPPED,
    SHEN,
    Counter,
    cancellation,
    line,
    registration,
    reversal,
    settlement,
    statement,
)
from tests.helpers.wire import zjs

PROFILE = zjs().profile
CONDITIONAL = {("1102", "psn_no"), ("2206", "mdtrt_id")}


@pytest.fixture
def counter() -> Counter:
    return Counter()


def wire_fields(code: str) -> dict[str, FieldRule]:
    """The profile's request fields by wire name."""
    return {rule.wire: rule for rule in PROFILE.transactions[code].request.values()}


def own_fields(code: str) -> dict[str, Field]:
    """The simulator's fields by wire name."""
    return {one.name: one for one in fields(code)}


def pairs(code: str) -> list[tuple[FieldRule, Field]]:
    """Fields that both know."""
    ours, theirs = wire_fields(code), own_fields(code)
    return [(ours[name], theirs[name]) for name in ours if name in theirs]


def test_both_know_the_same_transactions() -> None:
    assert set(PROFILE.transactions) == set(COUNTERS)


@pytest.mark.parametrize("code", sorted(COUNTERS))
def test_what_the_centre_demands_the_profile_writes(code: str) -> None:
    demanded = {one.name for one in fields(code) if one.need == "Y"}
    required = {wire for wire, rule in wire_fields(code).items() if rule.required}
    conditional = {name for c, name in CONDITIONAL if c == code}
    assert demanded <= set(wire_fields(code))
    assert demanded - conditional <= required


@pytest.mark.parametrize("code", sorted(COUNTERS))
def test_no_field_of_the_profile_is_too_long_for_the_centre(code: str) -> None:
    for rule, own in pairs(code):
        if own.kind != "list":
            assert rule.length <= own.length, (code, rule.wire)


@pytest.mark.parametrize("code", sorted(COUNTERS))
def test_no_field_of_the_profile_is_unknown_to_the_centre(code: str) -> None:
    unknown = set(wire_fields(code)) - set(own_fields(code))
    lists = {rule.wire for rule in wire_fields(code).values() if rule.type == "rows"}
    assert unknown <= lists


# --- answers ------------------------------------------------------------------------------------


def ask(counter: Counter, code: str, body: Any = None, **header: Any) -> Outcome:
    """One call by wire names, its answer read by the profile."""
    served = counter.centre.handle(counter.teller.message(code, body or {}, **header))
    step = PROFILE.transactions[code].step
    return zjs().read(step, Reply(served.status, served.payload, 1))


def values(counter: Counter, code: str, body: Any = None, **header: Any) -> dict[str, Any]:
    """The values of an accepted answer."""
    outcome = ask(counter, code, body, **header)
    assert isinstance(outcome, Accepted), (code, outcome)
    return outcome.values


def rows(counter: Counter, code: str, body: Any = None) -> tuple[dict[str, Any], ...]:
    """The rows of an accepted answer."""
    outcome = ask(counter, code, body)
    assert isinstance(outcome, Accepted), (code, outcome)
    return outcome.rows


def test_signing(counter: Counter) -> None:
    assert values(counter, "9001")["sign_no"] == counter.teller.sign_no
    assert values(counter, "1800")["centre_time"] == parse_stamp(counter.now)
    assert isinstance(ask(counter, "9002"), Accepted)


@pytest.mark.parametrize("one", persons(), ids=lambda one: one.key)
def test_every_card_is_read_whole(counter: Counter, one: Any) -> None:
    counter.books.set("card", one.number)
    card = values(counter, "1101")
    assert (card["person_no"], card["id_no"]) == (one.number, one.id_no)
    assert card["name"] == one.name.replace("䶮", "?")
    assert card["employer"] == one.employer
    read = [(item["id"], item["text"], item["kind"]) for item in card.get("conclusions", ())]
    assert read == [(item.id, item.text, item.kind) for item in one.qualifications]


def test_fee_lines_and_settlement(counter: Counter) -> None:
    counter.register()
    sent = [
        line(counter.now, number="L1"),
        line(counter.now, number="L2", code=CAPPED, count="2.5"),
    ]
    first, second = rows(counter, "2204", sent)
    assert (first["line_id"], first["amount"], first["self_paid"]) == ("L1", 1860, 0)
    assert (second["over_limit"], second["price_limit"]) == (5250, 16500)
    assert second["level"] == items()[CAPPED].level and second["memo"]
    shown = values(counter, "2206", settlement(counter.now))
    done = values(counter, "2207", settlement(counter.now))
    assert shown == done
    wanted = Sums(48360, 43110, 5250, 48360, 0, 0)
    assert all(done[name] == getattr(wanted, name) for name in wanted.__slots__)


def test_lists(counter: Counter) -> None:
    msgid = counter.settled()
    (row,) = rows(counter, "9103", day(counter))
    assert (row["msgid"], row["total"], row["bill_no"]) == (msgid, 39060, "B1")
    assert (row["person_no"], row["operator"]) == (SHEN, "0001")
    assert row["settled_at"] == parse_stamp(counter.now)
    assert str(row["pages"]) == "1"
    listed = rows(counter, "9104", {"ipt_otp_no": "MZ1"})
    assert [(item["line_id"], item["amount"]) for item in listed] == [("L1", 1860), ("L2", 37200)]
    assert listed[1]["price"] == Decimal(186) and listed[1]["quantity"] == 2
    (visit,) = rows(counter, "9105", {"psn_no": SHEN})
    assert (visit["visit_no"], visit["total"], visit["settled"]) == ("MZ1", 39060, "1")
    assert visit["admitted_at"].tzinfo is CHINA


def day(counter: Counter) -> dict[str, str]:
    """The centre's day."""
    return {"begindate": f"{counter.now[:8]}000000", "enddate": f"{counter.now[:8]}235959"}


def test_statements(counter: Counter) -> None:
    counter.settled()
    sums = values(counter, "1320", statement(counter.now))
    assert (sums["total"], sums["fund"], sums["personal"]) == (39060, 34860, 4200)
    assert str(sums["count"]) == "1"
    one = values(counter, "1321", {"ipt_otp_no": "MZ1", "medrcdno": "B1"})
    assert (one["visit_no"], one["total"]) == ("MZ1", 39060)
    own = {name: str(value) for name, value in counter.totals().items()}
    assert isinstance(ask(counter, "1322", statement(counter.now) | own), Accepted)


def test_slip_and_deductions(counter: Counter) -> None:
    counter.settled()
    slip = ask(counter, "6101", {"ipt_otp_no": "MZ1", "medrcdno": "B1"})
    assert isinstance(slip, Accepted) and slip.values
    order = {"visit": "MZ1", "bill": "B1", "line": "L2", "amount": 1000, "reason": "超范围"}
    counter.teller.call("SIM:DEDUCT", order)
    (row,) = rows(counter, "9106", day(counter))
    assert row["visit_no"] == "MZ1" and 1000 in row.values()


# --- refusals -----------------------------------------------------------------------------------


def refusal(counter: Counter, code: str, body: Any = None, **header: Any) -> Rejected:
    """A refusal as the profile reads it."""
    outcome = ask(counter, code, body, **header)
    assert isinstance(outcome, Rejected), outcome
    return outcome


@pytest.mark.parametrize("number", ["", "20260302000009999"])
def test_an_expired_sign_in_is_understood(counter: Counter, number: str) -> None:
    assert zjs().is_sign_in_expired(refusal(counter, "1101", sign_no=number))


def test_what_is_done_already_is_understood(counter: Counter) -> None:
    msgid = counter.settled()
    again = [
        refusal(counter, "2201", registration(counter.now)),
        refusal(counter, "2207", settlement(counter.now)),
    ]
    undone = counter.cancel()
    again.append(refusal(counter, "2208", cancellation(counter.now)))
    counter.upload(line(counter.now, number="L9"))
    again.append(refusal(counter, "2204", [line(counter.now, number="L9")]))
    assert undone != msgid
    for outcome in again:
        assert zjs().is_already_done(outcome), outcome.text


def test_nothing_to_reverse_is_understood(counter: Counter) -> None:
    msgid = counter.settled()
    for unknown in ("X1", "X2"):
        assert zjs().is_nothing_to_reverse(refusal(counter, "2209", reversal(unknown)))
    counter.done("2209", reversal(msgid))
    assert zjs().is_nothing_to_reverse(refusal(counter, "2209", reversal(msgid)))


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("2202", {"ipt_otp_no": "MZ1"}),
        ("2204", [line("20260302090000", code="X1")]),
        ("2207", settlement("20260302090000", bill="0")),
    ],
)
def test_a_plain_refusal_is_neither(counter: Counter, code: str, body: Any) -> None:
    counter.register()
    counter.upload(line(counter.now, number="L0"))
    outcome = refusal(counter, code, body)
    assert not zjs().is_sign_in_expired(outcome)
    assert not zjs().is_nothing_to_reverse(outcome)
