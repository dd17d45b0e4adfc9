"""The centre's lines beside ours: every way in which they may differ."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.domain import LineResult
from core.domain.enquiry import CentreLine
from core.service.line_comparison import compare, count_marks
from tests.unit.test_unpaid import fee


def ours(number, **more):
    return fee(line_id=f"L{number}", **more)


def sent(number, amount=112000):
    return LineResult(rx_no="R1", line_id=f"L{number}", amount=amount)


def theirs(number, **more):
    values = {"amount": 112000, "price": Decimal("560.00"), "quantity": Decimal("2.0")}
    return CentreLine(**{"line_id": f"L{number}", "bill_no": "B1", **values, **more})


def marks(rows):
    return {row.line_id: row.mark for row in rows}


def test_equal_lines_are_the_same_whatever_their_zeros():
    rows = compare([ours(1)], [sent(1)], [theirs(1)])
    assert marks(rows) == {"L1": "same"} and rows[0].differs == ()


def test_every_difference_is_named():
    other = theirs(1, amount=1, price=Decimal(1), quantity=Decimal(1))
    (row,) = compare([ours(1)], [sent(1)], [other])
    assert row.mark == "differs" and row.differs == ("amount", "price", "quantity")


def test_what_one_side_does_not_say_is_no_difference():
    (row,) = compare([ours(1)], [sent(1)], [theirs(1, price=None, quantity=None)])
    assert row.mark == "same"


def test_missing_there_is_told_from_never_sent():
    rows = compare([ours(1), ours(2)], [sent(1)], [])
    assert marks(rows) == {"L1": "missing_there", "L2": "not_sent"}


def test_missing_here_is_called_by_the_centres_code():
    (row,) = compare([], [], [theirs(7, centre_code="C7")])
    assert (row.mark, row.name, row.our_amount) == ("missing_here", "C7", None)


def test_an_uploaded_line_that_the_hospital_has_no_more_is_still_ours():
    rows = compare([], [sent(1), sent(2)], [theirs(1)])
    assert marks(rows) == {"L1": "same", "L2": "missing_there"}
    assert rows[0].our_amount == 112000


def test_lines_another_desk_has_sent_are_compared_with_the_hospitals():
    assert marks(compare([ours(1)], [], [theirs(1)])) == {"L1": "same"}


def test_a_line_under_another_bill_is_left_out_and_not_missing():
    rows = compare(
        [ours(1), ours(2)], [sent(1), sent(2)], [theirs(1), theirs(2, bill_no="B2")], "B1"
    )
    assert marks(rows) == {"L1": "same"}


def test_a_centre_that_names_no_bill_gives_all_lines():
    assert marks(compare([ours(1)], [sent(1)], [theirs(1, bill_no="")], "B1")) == {"L1": "same"}


def test_counts_in_the_order_of_their_weight():
    rows = compare([ours(1), ours(2)], [sent(1)], [theirs(1, amount=5), theirs(9)])
    counts = count_marks(rows)
    assert list(counts) == ["differs", "missing_there", "missing_here", "not_sent", "same"]
    assert [counts[name] for name in counts] == [1, 0, 1, 1, 0]


NUMBERS = st.sets(st.integers(0, 30))


@given(mine=NUMBERS, up=NUMBERS, there=NUMBERS)
def test_every_line_of_either_side_appears_once_with_the_right_mark(mine, up, there):
    rows = compare([ours(n) for n in mine], [sent(n) for n in up], [theirs(n) for n in there])
    assert sorted(row.line_id for row in rows) == sorted(f"L{n}" for n in mine | up | there)
    for row in rows:
        number = int(row.line_id[1:])
        known, listed = number in mine | up, number in there
        wanted = "same" if known and listed else "missing_here" if listed else None
        assert row.mark == (wanted or ("missing_there" if number in up else "not_sent"))
