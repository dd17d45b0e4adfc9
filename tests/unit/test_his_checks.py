"""What blocks a line before the upload."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.his.checks import LineRule, check_lines
from tests.helpers.his import AT, VISIT, fee_line


def keys(lines, rule: LineRule | None = None) -> list[tuple[str, str]]:
    return [
        (found.line_id, found.fault.key.removeprefix("lines."))
        for found in check_lines(lines, rule)
    ]


def test_good_lines_have_no_fault() -> None:
    lines = [
        fee_line(1),
        fee_line(2, price="0.8333", quantity="1.5"),
        fee_line(3, price="0", quantity="1"),
    ]
    assert keys(lines, LineRule(now=AT, visit_no=VISIT)) == []
    assert keys([]) == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"centre_code": ""}, "no_centre_code"),
        ({"quantity": "0"}, "no_quantity"),
        ({"price": "-1", "quantity": "1"}, "negative_price"),
        ({"amount": -3720}, "sign"),
        ({"quantity": "-2", "amount": 3720}, "sign"),
        ({"amount": 3721}, "amount"),
        ({"amount": 0}, "amount"),
        ({"price": "1.00001"}, "places"),
        ({"quantity": "0.00001", "price": "1"}, "places"),
        ({"line_id": ""}, "no_id"),
        ({"rx_no": ""}, "no_id"),
        ({"visit_no": "MZ8"}, "other_visit"),
        ({"occurred_at": AT + timedelta(minutes=6)}, "future"),
        ({"occurred_at": AT - timedelta(days=3660)}, "too_old"),
    ],
)
def test_each_fault(changes, key: str) -> None:
    found = check_lines([fee_line(1, **changes)], LineRule(now=AT, visit_no=VISIT))
    assert key in [each.fault.key.removeprefix("lines.") for each in found]
    assert all(each.fault.text.endswith("。") for each in found)


def test_a_different_amount_shows_both() -> None:
    text = check_lines([fee_line(1, amount=4000)])[0].fault.text
    assert "40.00" in text and "37.20" in text and "18.6000" in text


def test_a_moment_alone_means_now() -> None:
    late = fee_line(1, occurred_at=AT + timedelta(hours=1))
    assert [each.fault.key for each in check_lines([late], AT)] == ["lines.future"]
    assert check_lines([late]) == ()


def test_a_clock_that_is_a_little_behind_is_forgiven() -> None:
    assert keys([fee_line(1, occurred_at=AT + timedelta(minutes=4))], LineRule(now=AT)) == []


def test_where_the_centre_maps_codes_itself_none_is_asked_for() -> None:
    assert keys([fee_line(1, centre_code="")], LineRule(need_centre_code=False)) == []


def test_an_id_counts_once_in_a_visit() -> None:
    lines = [fee_line(1), fee_line(2), fee_line(1), fee_line(1, visit_no="MZ8")]
    assert keys(lines) == [("L0001", "twice")]


def test_all_faults_are_collected() -> None:
    lines = [fee_line(1, centre_code="", amount=1), fee_line(2, quantity="0")]
    assert keys(lines) == [
        ("L0001", "amount"),
        ("L0001", "no_centre_code"),
        ("L0002", "no_quantity"),
    ]


# -- refunds


def back(number: int, quantity: str, ref: str = "", **changes):
    return fee_line(number, quantity=quantity, ref_line_id=ref, **changes)


@pytest.mark.parametrize("ref", ["", "L0001"])
def test_a_refund_up_to_the_original_is_good(ref: str) -> None:
    assert keys([fee_line(1), back(2, "-2", ref)]) == []
    assert keys([fee_line(1), back(2, "-0.5", ref), back(3, "-1.5", ref)]) == []
    assert keys([back(2, "-2", ref), fee_line(1)]) == []


@pytest.mark.parametrize("ref", ["", "L0001"])
def test_refunds_that_are_too_large_together(ref: str) -> None:
    more = fee_line(9, name="另一种", centre_code="X", quantity="9")
    found = keys([fee_line(1), more, back(2, "-1.5", ref), back(3, "-1", ref)])
    assert found == [("L0002", "refund_too_large"), ("L0003", "refund_too_large")]


def test_a_refund_without_an_original() -> None:
    more = fee_line(9, centre_code="X", quantity="9")
    assert keys([more, back(2, "-1")]) == [("L0002", "no_original")]
    assert keys([fee_line(1), back(2, "-1", "L0007")]) == [("L0002", "no_original")]
    assert keys([fee_line(1), more, back(2, "-1", price="5")]) == [("L0002", "no_original")]


def test_a_named_and_an_unnamed_refund_share_the_original() -> None:
    more = fee_line(9, centre_code="X", quantity="9")
    found = keys([fee_line(1), more, back(2, "-2", "L0001"), back(3, "-1")])
    assert found == [("L0002", "refund_too_large"), ("L0003", "refund_too_large")]


def test_prices_are_compared_by_value() -> None:
    assert keys([fee_line(1, price="5.0000"), back(2, "-1", price="5")]) == []


def test_a_negative_whole_is_a_fault_of_the_whole() -> None:
    assert ("", "total_negative") in keys([back(1, "-1")])


@given(st.lists(st.decimals("0.01", 99, places=2), min_size=1, max_size=8))
def test_taking_everything_back_is_always_allowed(quantities: list[Decimal]) -> None:
    lines = [fee_line(n, quantity=str(q)) for n, q in enumerate(quantities)]
    backs = [back(n + 100, str(-q), f"L{n:04}") for n, q in enumerate(quantities)]
    assert check_lines([*lines, *backs], AT) == ()
