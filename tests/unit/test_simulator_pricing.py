"""Pricing: every line splits to the fen, a refund mirrors its original, sums add up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import line_amount
from core.simulator.pricing import Sums, add_up, price_line
from core.simulator.world import catalogue, items

some_item = st.sampled_from(catalogue())
prices = st.decimals(min_value=0, max_value=9999, places=4)
quantities = st.decimals(min_value=Decimal("0.0001"), max_value=999, places=4)


@pytest.mark.parametrize(
    ("code", "price", "count", "amount", "own", "over"),
    [
        ("D9900001", "18.6000", "1", 1860, 0, 0),  # level A: the fund pays all
        ("D9900003", "31.2000", "2", 6240, 624, 0),  # share 90
        ("D9900011", "186.0000", "2", 37200, 0, 4200),  # over the cap of 165
        ("D9900011", "160.0000", "2", 32000, 0, 0),  # under the cap
        ("D9900018", "42.6000", "3", 12780, 570, 1380),  # cap 38, share 95 of the rest
        ("D9900021", "745.0000", "1", 74500, 74500, 0),  # level C: the person pays all
        ("D9900017", "0.8333", "3", 250, 0, 0),  # 2.4999 rounds to 2.50
        ("D9900030", "0.0585", "10", 59, 0, 0),  # 0.585 rounds half up
    ],
)
def test_a_line_splits_as_the_list_says(
    code: str, price: str, count: str, amount: int, own: int, over: int
) -> None:
    found = price_line(items()[code], Decimal(price), Decimal(count), all_self=False)
    assert (found.amount, found.self_paid, found.over_limit) == (amount, own, over)
    assert found.fund == amount - own - over


def test_the_memo_says_why_the_person_pays() -> None:
    found = price_line(items()["D9900018"], Decimal("42.6"), Decimal(1), all_self=False)
    assert "限价38.0000元" in found.memo
    assert "自付5%" in found.memo
    plain = price_line(items()["D9900001"], Decimal("18.6"), Decimal(1), all_self=False)
    assert plain.memo == ""


def test_a_line_asked_for_as_self_paid_is_self_paid() -> None:
    found = price_line(items()["D9900001"], Decimal("18.6"), Decimal(2), all_self=True)
    assert (found.self_paid, found.over_limit, found.fund) == (3720, 0, 0)
    assert "申请" in found.memo


@given(some_item, prices, quantities, st.booleans())
def test_parts_add_up_and_none_is_negative(item, price, quantity, all_self) -> None:
    found = price_line(item, price, quantity, all_self)
    assert found.amount == line_amount(price, quantity)
    assert found.fund + found.self_paid + found.over_limit == found.amount
    assert min(found.self_paid, found.over_limit) >= 0
    assert found.fund >= -1  # a cap and a total that round apart may differ by one fen


@given(some_item, prices, quantities, st.booleans())
def test_a_refund_is_the_mirror_of_its_original(item, price, quantity, all_self) -> None:
    there = price_line(item, price, quantity, all_self)
    back = price_line(item, price, -quantity, all_self)
    assert back.amount == -there.amount
    assert back.self_paid == -there.self_paid
    assert back.over_limit == -there.over_limit
    assert back.fund == -there.fund


rows = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["drug", "service", "material"]),
            "amount": st.integers(0, 10**9),
            "self_paid": st.integers(0, 10**8),
            "over_limit": st.integers(0, 10**8),
        }
    )
)


@given(rows)
def test_sums_keep_both_identities(lines) -> None:
    found = add_up(lines)
    assert found.total == found.fund + found.personal
    assert found.total == found.drug + found.service + found.material
    assert found.total == sum(row["amount"] for row in lines)


def test_nothing_adds_up_to_nothing() -> None:
    assert add_up([]) == Sums()
