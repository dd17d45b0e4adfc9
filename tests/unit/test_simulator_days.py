"""A centre over days, operators and hospitals: who sees what, and on which day."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from core.clock import CHINA
from core.simulator.pricing import price_line
from core.simulator.world import catalogue, items
from tests.helpers.centre import Counter, line, reversal, settlement, statement

LATE = datetime(2026, 3, 2, 23, 59, 58, tzinfo=CHINA)


def test_a_settlement_just_before_midnight_is_of_that_day() -> None:
    counter = Counter(start=LATE)
    msgid = counter.settled()
    assert [row["msgid"] for row in counter.day()] == [msgid]
    counter.clock.advance(5)
    counter.teller.sign_in()
    assert counter.day() == []
    both = {"begindate": "20260302000000", "enddate": "20260303235959"}
    assert [row["msgid"] for row in counter.done("9103", both)] == [msgid]


def test_a_settlement_sent_before_and_booked_after_midnight_is_of_the_new_day() -> None:
    counter = Counter(start=LATE)
    counter.register()
    counter.upload(line(counter.now))
    counter.teller.call("SIM:FAULT", {"kind": "delayed", "code": "2207", "seconds": 5})
    counter.centre.handle(counter.teller.message("2207", settlement(counter.now)))
    counter.clock.advance(5)
    counter.teller.sign_in()
    assert counter.books.find("settlement") == []  # its sign-in was over when it came
    counter.settle(bill="B2")
    assert [row["setl_time"] for row in counter.day()] == ["20260303000003"]


def test_the_list_goes_by_the_time_of_booking_not_by_the_time_sent() -> None:
    counter = Counter()
    counter.register(adm_time="20260301080000")
    counter.upload(line(counter.now))
    counter.settle(setl_time="20260301090000", dscg_time="20260301090000")
    assert len(counter.day()) == 1
    yesterday = {"begindate": "20260301000000", "enddate": "20260301235959"}
    assert counter.done("9103", yesterday) == []
    assert counter.books.find("settlement")[0]["settled_at"] == "20260301090000"


def test_days_add_up_to_the_month() -> None:
    counter = Counter()
    single = Decimal(0)
    for day in range(5):
        counter.settled(f"MZ{day}", f"B{day}")
        if day % 2:
            counter.cancel(f"MZ{day}", f"B{day}")
        single += counter.totals()["medfee_sumamt"]
        counter.clock.advance(86400)
        counter.teller.sign_in()
    month = statement(counter.now, stmt_begindate="20260301000000", stmt_enddate="20260331235959")
    found = counter.done("1320", month)
    assert found["medfee_sumamt"] == single == 3 * Decimal("390.60")
    assert found["setl_cnt"] == 7


def test_a_cancellation_belongs_to_who_cancels() -> None:
    counter = Counter()
    counter.settled()
    counter.teller = counter.another("0002")
    counter.cancel()
    assert [row["opter"] for row in counter.day()] == ["0001", "0002"]
    assert counter.totals(opter="0001")["medfee_sumamt"] == Decimal("390.60")
    assert counter.totals(opter="0002")["medfee_sumamt"] == Decimal("-390.60")


def test_any_operator_may_ask_and_reverse() -> None:
    counter = Counter()
    msgid = counter.settled()
    counter.teller = counter.another("0002")
    counter.done("1321", {"ipt_otp_no": "MZ1", "medrcdno": "B1"})
    counter.done("2209", reversal(msgid))


def test_hospitals_share_persons_but_not_visits() -> None:
    counter = Counter()
    counter.settled()
    other = counter.another("0001", "H99000000002")
    for code, body in (
        ("9104", {"ipt_otp_no": "MZ1"}),
        ("1321", {"ipt_otp_no": "MZ1", "medrcdno": "B1"}),
        ("6101", {"ipt_otp_no": "MZ1", "medrcdno": "B1"}),
        ("2205", {"ipt_otp_no": "MZ1"}),
    ):
        assert other.call(code, body)["infcode"] == -1, code
    visits = other.done("9105", {"psn_no": "990010001"})
    assert [row["fixmedins_code"] for row in visits] == ["H99000000001"]


def test_two_operators_work_on_two_visits() -> None:
    counter = Counter()
    first, second = counter.teller, counter.another("0002")
    for teller, visit in ((first, "MZ1"), (second, "MZ2"), (first, "MZ3"), (second, "MZ4")):
        counter.teller = teller
        counter.settled(visit, f"B{visit}")
    assert [row["opter"] for row in counter.day()] == ["0001", "0002", "0001", "0002"]
    assert len({row["sign_no"] for row in counter.books.find("settlement")}) == 2


@pytest.mark.parametrize("quantity", ["1", "3", "0.5", "2.25"])
def test_the_whole_price_list_settles_to_the_fen(quantity: str) -> None:
    counter = Counter()
    counter.register()
    rows = [
        line(counter.now, number=f"L{n}", code=item.centre_code, count=quantity)
        for n, item in enumerate(catalogue())
    ]
    answers = counter.upload(*rows)
    priced = [
        price_line(items()[row["med_list_codg"]], Decimal(row["pric"]), Decimal(quantity), False)
        for row in rows
    ]
    for answer, part in zip(answers, priced, strict=True):
        assert answer["umamt"] * 100 == part.amount
        assert answer["ownpay_amt"] * 100 == part.self_paid
        assert answer["alwpay_amt"] * 100 == part.over_limit
    done = counter.done("2207", settlement(counter.now))
    assert done["medfee_sumamt"] * 100 == sum(part.amount for part in priced)
    assert done["hifp_pay"] * 100 == sum(part.fund for part in priced)
    kinds = done["drug_fee"] + done["dati_fee"] + done["ms_fee"]
    assert kinds == done["medfee_sumamt"] == done["hifp_pay"] + done["psn_cash_pay"]


def test_taking_the_whole_price_list_back_leaves_nothing() -> None:
    counter = Counter()
    counter.register()
    for sign in ("1", "-1"):
        rows = [
            line(counter.now, number=f"{sign}-{n}", code=item.centre_code, count=f"{sign}.5")
            for n, item in enumerate(catalogue())
        ]
        counter.upload(*rows)
    done = counter.done("2206", settlement(counter.now))
    amounts = ("medfee_sumamt", "hifp_pay", "psn_cash_pay", "drug_fee", "dati_fee", "ms_fee")
    assert [done[name] for name in amounts] == [0] * 6
