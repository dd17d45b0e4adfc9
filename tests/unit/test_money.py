"""Money is exact to the fen, whatever spelling it arrives in."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import LARGEST, line_amount, show, to_fen, yuan


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("12.5", 1250),
        ("-0.01", -1),
        (" 1234.50 ", 123450),
        (7, 700),
        (Decimal("1.10"), 110),
    ],
)
def test_yuan_become_fen(text, fen):
    assert to_fen(text) == fen


@pytest.mark.parametrize(
    "text", ["", "abc", "1.005", "NaN", "Infinity", "1e30", "1,000.00", LARGEST]
)
def test_what_is_not_exact_fen_is_refused(text):
    with pytest.raises(ValueError, match="amount"):
        to_fen(text)


@pytest.mark.parametrize(
    ("price", "quantity", "fen"),
    [
        ("0.005", "1", 1),
        ("-0.005", "1", -1),
        ("18.5000", "2", 3700),
        ("12.3450", "1", 1235),
        ("0.3333", "3", 100),
        ("45.0000", "-3", -13500),
        ("2.6750", "1", 268),
    ],
)
def test_a_line_rounds_half_away_from_zero(price, quantity, fen):
    assert line_amount(Decimal(price), Decimal(quantity)) == fen


@given(st.integers(-LARGEST + 1, LARGEST - 1))
def test_fen_survive_the_way_through_yuan(fen):
    assert to_fen(yuan(fen)) == fen
    assert to_fen(show(fen).replace(",", "")) == fen


def test_nothing_shows_as_nothing():
    assert show(None) == ""
    assert show(123450) == "1,234.50"
    assert show(-5) == "-0.05"
