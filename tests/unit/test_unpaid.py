"""Why a line is not paid, case by case, in the sentences that a patient reads."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import CHINA
from core.domain import FeeLine, LineResult
from core.domain.enquiry import CentreLine, ComparedLine
from core.service.unpaid import Line, of_comparison, of_result, why_not_paid

AT = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
LEVELS = {"1": "甲类", "2": "乙类", "3": "自费"}


def fee(**more):
    values = {
        "visit_no": "V1", "line_id": "L1", "rx_no": "R1", "name": "支具", "price": Decimal("560"),
        "quantity": Decimal(2), "amount": 112000, "occurred_at": AT,
    }  # fmt: skip
    return FeeLine(**{**values, **more})


def said(**more):
    return LineResult(**{"rx_no": "R1", "line_id": "L1", "amount": 112000, **more})


def explained(ours=None, answer=None):
    line = of_result(ours or fee(), answer or said())
    return why_not_paid(line, lambda code: LEVELS.get(code, code))


def keys(found):
    return [reason.key for reason in found.reasons]


def text(found):
    return "\n".join(reason.text for reason in found.reasons)


def test_a_line_that_the_fund_pays_says_so():
    found = explained(answer=said(self_paid=0, over_limit=0, level="1"))
    assert keys(found) == ["paid"]
    assert (found.fund, found.personal) == (112000, 0)


def test_the_own_part_names_level_share_and_amount():
    found = explained(answer=said(self_paid=11200, over_limit=0, level="2"))
    assert keys(found) == ["share"]
    assert "乙类" in text(found) and "10%" in text(found) and "112.00" in text(found)
    assert (found.fund, found.personal) == (100800, 11200)


def test_above_the_cap_the_calculation_is_shown():
    found = explained(answer=said(self_paid=18000, over_limit=22000, price_limit=45000, level="2"))
    assert keys(found) == ["share", "over_cap"]
    assert all(part in text(found) for part in ("560", "450", "× 数量 2", "220.00", "20%"))
    assert found.personal == 40000 and found.fund == 72000
    assert [reason.amount for reason in found.reasons] == [18000, 22000]


def test_a_cap_that_does_not_add_up_is_not_explained_away():
    found = explained(answer=said(self_paid=0, over_limit=22100, price_limit=45000))
    assert keys(found) == ["over_cap_otherwise"]
    assert "221.00" in text(found)


def test_above_an_unknown_cap_only_the_amount_is_said():
    assert keys(explained(answer=said(self_paid=0, over_limit=5, price_limit=0))) == ["over"]


def test_what_is_on_no_list_is_the_persons():
    found = explained(answer=said(self_paid=112000, over_limit=0, level="3"))
    assert keys(found) == ["whole"] and "自费" in text(found)
    assert found.fund == 0


def test_restricted_use_is_told_from_the_list_level():
    found = explained(fee(full_self_pay=True), said(self_paid=112000, over_limit=0, level="2"))
    assert keys(found) == ["restricted"] and "限制使用" in text(found)


def test_a_disease_line_says_where_it_belongs():
    found = explained(fee(is_disease=True), said(self_paid=0, over_limit=0))
    assert keys(found) == ["paid", "disease"] and "基本医疗保险" in text(found)


def test_the_centres_memo_stands_unchanged():
    found = explained(answer=said(self_paid=0, over_limit=0, memo="限二级医院 <&>"))
    assert found.reasons[-1].text.endswith("限二级医院 <&>")


def test_a_silent_centre_is_not_guessed_at():
    found = explained(answer=said())
    assert keys(found) == ["nothing_said"]
    assert found.fund is None and found.personal is None


def test_a_line_that_was_not_sent_is_nobodys_but_the_persons():
    found = why_not_paid(Line("L1", "支具", fee()))
    assert keys(found) == ["not_sent"] and found.fund is None and found.personal is None


def test_a_refund_line_mirrors_its_original():
    ours = fee(quantity=Decimal(-2), amount=-112000)
    answer = said(amount=-112000, self_paid=-18000, over_limit=-22000, price_limit=45000, level="2")
    found = explained(ours, answer)
    assert keys(found) == ["refund", "share", "over_cap"]
    assert found.fund == -72000 and "20%" in text(found)


def test_no_level_is_said_to_be_none():
    assert "等级未注明" in text(explained(answer=said(self_paid=100, over_limit=0)))


@pytest.mark.parametrize(
    ("mark", "key"), [("missing_there", "nothing_said"), ("not_sent", "not_sent")]
)
def test_a_line_that_the_centre_does_not_list(mark, key):
    row = ComparedLine(line_id="L1", name="支具", mark=mark, ours=fee(), our_amount=112000)
    assert keys(why_not_paid(of_comparison(row))) == [key]


def test_a_line_that_only_the_centre_has_is_explained_by_its_own_figures():
    theirs = CentreLine(
        line_id="L9", amount=11000, price=Decimal("55"), quantity=Decimal(2), self_paid=0,
        over_limit=1000, price_limit=5000,
    )  # fmt: skip
    row = ComparedLine(line_id="L9", name="X", mark="missing_here", theirs=theirs)
    found = why_not_paid(of_comparison(row))
    assert keys(found) == ["over_cap"] and found.personal == 1000 and found.amount == 11000


@given(
    amount=st.integers(-(10**9), 10**9), own=st.integers(-(10**9), 10**9) | st.none(),
    over=st.integers(-(10**9), 10**9) | st.none(), limit=st.integers(0, 10**7) | st.none(),
)  # fmt: skip
def test_any_answer_is_explained_and_adds_up(amount, own, over, limit):
    answer = said(amount=amount, self_paid=own, over_limit=over, price_limit=limit)
    found = explained(answer=answer)
    assert found.reasons and all(reason.text for reason in found.reasons)
    if found.personal is not None:
        assert found.fund + found.personal == found.amount == amount
