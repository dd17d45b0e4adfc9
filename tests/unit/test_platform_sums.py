"""Money at the simulated platform as laws: whatever is charged, it adds up to the fen."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import line_amount, to_fen
from core.simulator.books import Books
from core.simulator.gd import lines, people
from core.simulator.gd.books import PLAN
from core.simulator.gd.lines import Shares, add_up, by_hospital_code, fee_row, payment, priced
from core.simulator.gd.office import OUTPATIENT, Platform
from core.simulator.pricing import price_line
from core.simulator.wire import Refusal
from core.simulator.world import catalogue, persons
from tests.helpers.platform import Ground

CODES = sorted(by_hospital_code())
VISIT = {"hospital": "990001", "centre_visit_no": "99000120260302000001"}
TODAY = "20260302"
PRICES = st.decimals("0.0001", "99999", places=4)
COUNTS = st.decimals("0.01", "999", places=2)


def platform(percent=0, batch=100):
    """As much of a platform as sums need."""
    return SimpleNamespace(rules={"employer_percent": percent, "batch": batch})


def row(code=CODES[0], price="1.00", count="1", **more):
    """A row of ``feeinfo`` as the wire reader gives it."""
    one, many = Decimal(price), Decimal(count)
    return {
        "ake005": code, "ake006": "x", "bka051": TODAY, "bka056": one, "bka057": many,
        "bka058": Decimal(line_amount(one, many)) / 100, "bka061": "0", "aaz213": "",
        "bka071": "L1", "bka070": "R1", "bka074": "", "aka036": "0", **more,
    }  # fmt: skip


def booked(line):
    """The sums of a priced line as the books have them."""
    part = line.part
    return {"amount": part.amount, "self_paid": part.self_paid, "over_limit": part.over_limit}


ROWS = st.lists(
    st.builds(
        lambda code, price, count, ill: row(code, str(price), str(count), bka061=ill),
        st.sampled_from(CODES), PRICES, COUNTS, st.sampled_from("01"),
    ), min_size=1, max_size=12,
)  # fmt: skip


@given(ROWS, st.integers(0, 100))
def test_the_identities_hold_for_any_bill_and_any_share_of_the_employer(rows, percent):
    shares = add_up(booked(line) for line in priced(rows, TODAY))
    paid = {name: to_fen(value) for name, value in payment(platform(percent), VISIT, shares).items()
            if name.startswith(("ak", "bk")) and name != "akb020"}  # fmt: skip
    assert (
        paid["akc264"]
        == paid["bka831"] + paid["bka832"]
        == sum(line_amount(one["bka056"], one["bka057"]) for one in rows)
    )
    assert paid["bka831"] == paid["akb067"] + paid["akb066"] + paid["bka839"]
    assert paid["bka831"] == paid["bka825"] + paid["bka826"]
    assert paid["bka832"] == paid["ake039"] + paid["bka841"]
    assert min(paid["ake039"], paid["bka841"], paid["bka831"]) >= 0


@given(ROWS)
def test_a_bill_and_its_refund_are_nothing(rows):
    found = [booked(line) for line in priced(rows, TODAY)]
    back = [{name: -value for name, value in one.items()} for one in found]
    assert add_up(found + back) == Shares()


@given(st.sampled_from(catalogue()), PRICES, COUNTS, st.booleans())
def test_a_line_and_its_counter_entry_are_priced_alike(item, price, count, own):
    one = price_line(item, price, count, all_self=own)
    back = price_line(item, price, -count, all_self=own)
    assert (back.amount, back.self_paid, back.over_limit) == (
        -one.amount, -one.self_paid, -one.over_limit,
    )  # fmt: skip
    assert 0 <= one.fund <= one.amount and one.self_paid >= 0 and one.over_limit >= 0


@given(st.sampled_from(CODES), PRICES, COUNTS)
def test_what_belongs_to_a_disease_is_the_patients_whole(code, price, count):
    (line,) = priced([row(code, str(price), str(count), bka061=lines.DISEASE)], TODAY)
    assert (line.part.self_paid, line.part.fund) == (line.part.amount, 0) and line.part.memo


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ake005": "NONE"}, "NONE"),
        ({"bka057": Decimal(0)}, ""),
        ({"bka056": Decimal("-1.00")}, ""),
        ({"bka058": Decimal("1.01")}, "1.01"),
        ({"bka051": "20260303"}, "20260303"),
    ],
)
def test_the_first_wrong_line_is_refused_by_its_row(change, words):
    good = row()
    with pytest.raises(Refusal) as caught:
        priced([good, {**good, **change}, {**good, "ake005": "LATER"}], TODAY)
    said = str(caught.value)
    assert "2" in said and words in said and "LATER" not in said


def test_as_many_rows_as_one_call_may_carry():
    lines.within_limit(platform(batch=2), [row(), row()])
    with pytest.raises(Refusal) as caught:
        lines.within_limit(platform(batch=2), [row()] * 3)
    assert "2" in str(caught.value) and "3" in str(caught.value)


def test_a_line_comes_back_ready_to_be_sent_as_its_refund():
    kept = {
        "hosp_code": "A", "name": "x", "occurred_at": TODAY, "price": "1.2500", "quantity": "3",
        "amount": 375, "fee_no": "7", "line_id": "L1", "rx_no": "R", "doctor_code": "D",
        "restricted": "0", "disease": 0,
    }  # fmt: skip
    there, back = fee_row(kept), fee_row(kept, -1)
    assert (there["bka057"], there["bka058"]) == ("3.00", "3.75")
    assert (back["bka057"], back["bka058"]) == ("-3.00", "-3.75")
    assert {name for name in there if there[name] != back[name]} == {"bka057", "bka058"}


# -- persons


def test_who_is_not_entitled_is_told_why_and_everybody_else_is_treated():
    states = set()
    for person in persons():
        state, row = people.fund_state(person), people.frozen_row(person)
        states.add(state)
        assert row["aac031"] == state and bool(row["bka408"]) == bool(person.refused_reason)
        if state == people.NORMAL:
            people.entitled(person)
            continue
        with pytest.raises(Refusal) as caught:
            people.entitled(person)
        assert state == people.UNINSURED or row["bka408"] in str(caught.value)
    assert states == {people.NORMAL, people.FROZEN, people.UNINSURED}


def test_every_number_of_a_person_leads_to_the_same_one_and_only_by_its_kind():
    books = Books(None, PLAN)
    office = Platform(books)
    for person in persons():
        numbers = {"aac001": person.number, "aac002": person.id_no, "bka100": person.card_no}
        found = {office.person(kind, value).key for kind, value in numbers.items()}
        assert found == {person.key}
        with pytest.raises(Refusal, match=person.card_no):
            office.person("aac001", person.card_no)
    books.close()


def test_the_numbers_of_visits_have_twenty_digits_and_differ():
    ground = Ground()
    first, second = ground.registered("MZ1"), ground.registered("MZ2")
    for number in (first, second):
        assert len(number) == 20 and number.isdigit()
        assert number.startswith(f"990001{ground.clock.now():%Y%m%d}")
    assert first != second
    (row,) = ground.books.find("visit", centre_visit_no=second)
    assert (row["business"], row["visit_no"]) == (OUTPATIENT, "MZ2")
