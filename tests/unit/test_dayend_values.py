"""The values of a day's end: sums, parts, pairs and closings add up whatever stands in them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import CHINA
from core.domain.dayend import (
    Closing,
    MatchSheet,
    Pair,
    PairClass,
    Part,
    Period,
    Proposal,
    Side,
    Sum,
    Totals,
)

AT = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
DAY = Period(begin=AT.replace(hour=0), end=AT.replace(hour=23, minute=59, second=59))
FEN = st.integers(-(10**12), 10**12)
SUMS = st.builds(Sum, count=st.none() | st.integers(0, 10**6), total=FEN, fund=FEN, personal=FEN)


def side(total: int = 100, **more: object) -> Side:
    """A record whose whole amount the fund pays."""
    return Side("MZ1", "B1", "M1", total, total, 0, total < 0, AT)._replace(**more)


def closing(personal: int, **more: object) -> Closing:
    """A closing whose till must hold ``personal`` fen."""
    totals = Totals(settled=Sum(count=1, total=personal, personal=personal))
    known = {"number": 1, "period": DAY, "operator_id": "0101", "operator_name": "甲",
             "made_at": AT, "totals": totals} | more  # fmt: skip
    return Closing(**known)


@given(one=SUMS, other=SUMS)
def test_sums_are_added_in_any_order(one: Sum, other: Sum) -> None:
    assert one.plus(other) == other.plus(one)
    assert one.plus(other).total == one.total + other.total
    assert one.plus(Sum()).same(one)


@given(one=SUMS, part=st.sampled_from(["total", "fund", "personal"]), by=st.integers(1, 5))
def test_a_fen_of_difference_is_a_difference(one: Sum, part: str, by: int) -> None:
    other = one.model_copy(update={part: getattr(one, part) + by})
    assert one.same(one) and not one.same(other) and not other.same(one)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [(1, 1, True), (1, 2, False), (None, 2, True), (1, None, True), (None, None, True)],
)
def test_numbers_count_only_where_both_sides_tell_one(
    ours: int | None, theirs: int | None, same: bool
) -> None:
    assert Sum(count=ours, total=5).same(Sum(count=theirs, total=5)) is same


@given(settled=SUMS, refunded=SUMS)
def test_the_net_is_what_was_settled_with_what_was_cancelled(settled: Sum, refunded: Sum) -> None:
    part = Part(key="0101", name="甲", settled=settled, refunded=refunded)
    totals = Totals(settled=settled, refunded=refunded)
    assert part.net == totals.net == settled.plus(refunded)


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        (DAY.begin, True), (DAY.end, True), (DAY.begin - timedelta(seconds=1), False),
        (DAY.end + timedelta(microseconds=1), False), (AT, True),
    ],
)  # fmt: skip
def test_both_ends_belong_to_a_period(moment: datetime, inside: bool) -> None:
    assert DAY.holds(moment) is inside


@pytest.mark.parametrize(
    ("journal", "hospital", "centre", "named", "difference"),
    [
        (side(100), side(90), side(70), 100, 30),
        (None, side(90), side(70), 70, 20),
        (None, side(90), None, 90, 90),
        (None, None, side(70), 70, -70),
        (side(-100), None, side(-70), -100, -30),
        (side(0), side(90), None, 0, 0),
    ],
)
def test_a_pair_is_named_by_its_first_book_and_differs_from_the_centre(
    journal: Side | None, hospital: Side | None, centre: Side | None, named: int, difference: int
) -> None:
    pair = Pair(PairClass.AMOUNT_DIFFERS, journal, hospital, centre)
    assert (pair.first.total, pair.difference) == (named, difference)


def test_a_pair_without_a_record_is_none() -> None:
    with pytest.raises(AssertionError):
        assert Pair(PairClass.MATCHED).first


def test_a_settlement_and_its_cancellation_have_keys_of_their_own() -> None:
    pairs = [Pair(PairClass.REFUND_PAIR, side(total)) for total in (100, -100)]
    assert [pair.key for pair in pairs] == ["MZ1|B1|0|M1", "MZ1|B1|1|M1"]
    moved = Pair(PairClass.MATCHED, None, side(1), side(70, msgid="M9"))
    assert moved.key == "MZ1|B1|0|M9"


def test_a_sheet_counts_every_class_and_shows_what_wants_a_repair() -> None:
    pairs = (
        Pair(PairClass.CENTRE_ONLY, centre=side(), proposal=Proposal.REVERSE),
        Pair(PairClass.CENTRE_ONLY, centre=side(), proposal=Proposal.ASK),
        Pair(PairClass.OTHER_DESK, centre=side()),
    )
    sheet = MatchSheet(listed=9, matched=6, pairs=pairs)
    count = sheet.count()
    assert set(count) == set(PairClass) and sum(count.values()) == 9
    assert (count[PairClass.MATCHED], count[PairClass.CENTRE_ONLY]) == (6, 2)
    assert sheet.open == pairs[:2]
    assert MatchSheet(listed=0, matched=0).open == ()


@pytest.mark.parametrize(
    ("counted", "over"), [(None, None), (0, -500), (500, 0), (501, 1), (-1, -501)]
)
def test_the_till_is_compared_only_where_somebody_counted(
    counted: int | None, over: int | None
) -> None:
    found = closing(500, counted=counted)
    assert (found.cash, found.over) == (500, over)


@given(personal=FEN, counted=FEN)
def test_a_closing_comes_back_from_its_text(personal: int, counted: int) -> None:
    found = closing(personal, counted=counted, note="备注")
    assert Closing.model_validate_json(found.model_dump_json()) == found
    assert found.over == counted - personal
