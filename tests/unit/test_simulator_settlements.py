"""Pre-settlement, settlement, cancellation, reversal: once each, to the fen, remembered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.simulator.books import Row
from tests.helpers.centre import (
    CAPPED,
    LUO,
    MA,
    Counter,
    cancellation,
    line,
    registration,
    reversal,
    settlement,
)

AMOUNTS = ("medfee_sumamt", "hifp_pay", "psn_cash_pay", "drug_fee", "dati_fee", "ms_fee")


@pytest.fixture
def counter() -> Counter:
    return Counter()


def booked(counter: Counter, msgid: str) -> Row:
    """The settlement that ``msgid`` has booked."""
    row = counter.books.one("settlement", msgid=msgid)
    assert row is not None
    return row


def ready(counter: Counter, visit: str = "MZ1") -> None:
    """A registered visit with a plain and a capped line."""
    counter.register(visit)
    counter.upload(line(counter.now, visit, "L1"), line(counter.now, visit, "L2", CAPPED, 2))


# --- 2206, 2207 ---------------------------------------------------------------------------------


def test_a_settlement_equals_its_presettlement(counter: Counter) -> None:
    ready(counter)
    shown = counter.done("2206", settlement(counter.now, bill=""))
    done = counter.done("2207", settlement(counter.now))
    assert [shown[name] for name in AMOUNTS] == [done[name] for name in AMOUNTS]
    assert done["medfee_sumamt"] == Decimal("390.60")
    assert (done["hifp_pay"], done["psn_cash_pay"]) == (Decimal("348.60"), 42)
    assert "348.60" in done["med_list_codg"]


def test_a_presettlement_books_nothing(counter: Counter) -> None:
    ready(counter)
    before = counter.books.dump(("visit", "line", "settlement"))
    counter.done("2206", settlement(counter.now))
    assert counter.books.dump(("visit", "line", "settlement")) == before


def test_a_settlement_is_in_the_books(counter: Counter) -> None:
    msgid = counter.settled()
    row = booked(counter, msgid)
    assert (row["total"], row["fund"], row["personal"]) == (39060, 34860, 4200)
    assert (row["drug"], row["service"], row["material"]) == (39060, 0, 0)
    assert (row["visit_no"], row["bill_no"], row["operator"]) == ("MZ1", "B1", "0001")
    assert row["sign_no"] == counter.teller.sign_no
    assert {one["settlement_id"] for one in counter.books.find("line")} == {row["id"]}


@pytest.mark.parametrize("code", ["2206", "2207"])
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ipt_otp_no": "MZ9"}, "不存在或已撤销"),
        ({"psn_no": LUO}, "与登记信息不一致"),
        ({"med_type": "12"}, "登记为11"),
        ({"setl_time": "20260302090001"}, "晚于中心系统时间"),
        ({"dscg_time": "20260302085959"}, "出院时间早于入院时间"),
        ({"dscg_trt_rslt": "09"}, "不在代码表内"),
    ],
)
def test_what_does_not_fit_the_visit_is_refused(
    counter: Counter, code: str, changes: dict[str, str], says: str
) -> None:
    ready(counter)
    assert says in counter.refused(code, settlement(counter.now) | changes)
    assert counter.books.find("settlement") == []


@pytest.mark.parametrize("bill", ["0", "00000", "0 0"])
def test_a_settlement_needs_a_bill_number(counter: Counter, bill: str) -> None:
    ready(counter)
    assert "不能为空或为0" in counter.refused("2207", settlement(counter.now, bill=bill))
    counter.done("2206", settlement(counter.now, bill=bill))


@pytest.mark.parametrize("code", ["2206", "2207"])
def test_nothing_to_settle_is_refused(counter: Counter, code: str) -> None:
    counter.register()
    assert "没有未结算的费用明细" in counter.refused(code, settlement(counter.now))


def test_a_settled_visit_is_not_settled_again(counter: Counter) -> None:
    counter.settled()
    for code in ("2206", "2207"):
        text = counter.refused(code, settlement(counter.now, bill="B2"))
        assert text == "该就诊已结算（单据号B1），不能重复结算"


def test_an_occupational_disease_needs_its_flag(counter: Counter) -> None:
    counter.register(psn_no=MA, med_type="12", qualification_id="GS9926000401")
    counter.upload(line(counter.now))
    body = settlement(counter.now, psn_no=MA, med_type="12")
    assert "职业病标志" in counter.refused("2207", body)
    counter.done("2207", body | {"occupationalType": "1"})


def test_lines_that_cancel_out_settle_to_nothing(counter: Counter) -> None:
    counter.register()
    counter.upload(line(counter.now, number="L1"), line(counter.now, number="T1", count=-1))
    done = counter.done("2207", settlement(counter.now))
    assert done["medfee_sumamt"] == 0


# --- 2208 ---------------------------------------------------------------------------------------


def test_a_cancellation_keeps_the_settlement_and_drops_the_lines(counter: Counter) -> None:
    msgid = counter.settled()
    undone = counter.cancel()
    row = booked(counter, msgid)
    assert (row["cancelled_by"], row["cancelled_at"]) == (undone, counter.now)
    assert {one["removed_by"] for one in counter.books.find("line")} == {undone}
    counter.done("2202", {"ipt_otp_no": "MZ1"})


def test_a_cancellation_may_keep_the_lines(counter: Counter) -> None:
    counter.settled()
    counter.cancel(keep="1")
    assert "请先撤销费用明细" in counter.refused("2202", {"ipt_otp_no": "MZ1"})
    counter.settle(bill="B2")


def test_a_bill_number_serves_once(counter: Counter) -> None:
    counter.settled()
    counter.cancel(keep="1")
    assert "单据号B1在该就诊下已使用" in counter.refused("2207", settlement(counter.now))


def test_what_is_not_settled_cannot_be_cancelled(counter: Counter) -> None:
    counter.settled()
    assert "未查询到" in counter.refused("2208", cancellation(counter.now, bill="B2"))
    ahead = cancellation(counter.now) | {"setl_time": "20270101000000"}
    assert "晚于中心" in counter.refused("2208", ahead)
    counter.cancel()
    assert "已撤销" in counter.refused("2208", cancellation(counter.now))


# --- 2209 ---------------------------------------------------------------------------------------


def test_a_reversed_settlement_never_happened(counter: Counter) -> None:
    msgid = counter.settled()
    counter.done("2209", reversal(msgid))
    assert booked(counter, msgid)["reversed_by"] == counter.teller.msgid
    assert counter.day() == []
    assert counter.totals()["medfee_sumamt"] == 0
    assert "未查询到" in counter.refused("1321", {"ipt_otp_no": "MZ1", "medrcdno": "B1"})
    counter.settle(bill="B1")  # the bill number is free again


def test_a_reversal_is_not_repeated(counter: Counter) -> None:
    msgid = counter.settled()
    counter.done("2209", reversal(msgid))
    assert "已冲正，不能重复冲正" in counter.refused("2209", reversal(msgid))


def test_a_late_original_is_refused(counter: Counter) -> None:
    ready(counter)
    late = counter.teller.message("2207", settlement(counter.now))
    msgid = counter.teller.msgid
    assert "无可冲正" in counter.refused("2209", reversal(msgid))
    served = counter.centre.handle(late)
    assert "已冲正，不再受理" in served.payload.decode("gbk")
    assert counter.books.find("settlement") == []
    assert "不能重复冲正" in counter.refused("2209", reversal(msgid))


def test_a_forgetful_centre_takes_a_late_original(counter: Counter) -> None:
    counter.centre.office.rule("remember_reversals", False)
    ready(counter)
    late = counter.teller.message("2207", settlement(counter.now))
    msgid = counter.teller.msgid
    counter.refused("2209", reversal(msgid))
    counter.centre.handle(late)
    assert len(counter.day()) == 1
    counter.done("2209", reversal(msgid))
    assert counter.day() == []


def test_a_registration_is_reversed_while_it_is_empty(counter: Counter) -> None:
    msgid = counter.register()
    counter.upload(line(counter.now))
    assert "请先撤销费用明细" in counter.refused("2209", reversal(msgid, "2201"))
    counter.done("2205", {"ipt_otp_no": "MZ1"})
    counter.done("2209", reversal(msgid, "2201"))
    assert counter.books.find("visit")[0]["state"] == "reversed"
    counter.register()


def test_a_reversed_cancellation_brings_the_settlement_back(counter: Counter) -> None:
    msgid = counter.settled()
    before = counter.totals()
    undone = counter.cancel()
    counter.done("2209", reversal(undone, "2208"))
    assert booked(counter, msgid)["cancelled_by"] == ""
    assert counter.totals() == before
    assert len(counter.books.find("line", removed_by="")) == 2
    counter.done("1321", {"ipt_otp_no": "MZ1", "medrcdno": "B1"})


def test_a_reversed_cancellation_ties_kept_lines_again(counter: Counter) -> None:
    msgid = counter.settled()
    undone = counter.cancel(keep="1")
    counter.done("2209", reversal(undone, "2208"))
    number = booked(counter, msgid)["id"]
    assert {row["settlement_id"] for row in counter.books.find("line")} == {number}


@pytest.mark.parametrize("keep", ["0", "1"])
def test_a_cancellation_is_not_reversed_after_new_business(counter: Counter, keep: str) -> None:
    counter.settled()
    undone = counter.cancel(keep=keep)
    counter.upload(line(counter.now, number="L9"))
    before = counter.books.dump(("visit", "line", "settlement"))
    assert "已有新的业务" in counter.refused("2209", reversal(undone, "2208"))
    assert counter.books.dump(("visit", "line", "settlement")) == before


def test_a_cancellation_is_not_reversed_after_the_visit_has_gone(counter: Counter) -> None:
    counter.settled()
    undone = counter.cancel()
    counter.done("2202", {"ipt_otp_no": "MZ1"})
    assert "已有新的业务" in counter.refused("2209", reversal(undone, "2208"))


@pytest.mark.parametrize("code", ["2206", "2204", "2209", "9001", "1101"])
def test_only_three_transactions_are_reversed(counter: Counter, code: str) -> None:
    assert "不在代码表内" in counter.refused("2209", reversal("x", code))


def test_the_code_must_be_the_originals(counter: Counter) -> None:
    msgid = counter.settled()
    assert "不是2201交易" in counter.refused("2209", reversal(msgid, "2201"))
    assert "不是2208交易" in counter.refused("2209", reversal(msgid, "2208"))
    undone = counter.cancel()
    assert "不是2207交易" in counter.refused("2209", reversal(undone, "2207"))


def test_what_was_undone_by_other_means_needs_no_reversal(counter: Counter) -> None:
    msgid = counter.settled()
    counter.cancel()
    assert "无需冲正" in counter.refused("2209", reversal(msgid))
    counter.done("2202", {"ipt_otp_no": "MZ1"})
    visit = counter.books.find("visit")[0]
    assert "无需冲正" in counter.refused("2209", reversal(visit["msgid"], "2201"))


def test_another_hospital_cannot_reverse(counter: Counter) -> None:
    msgid = counter.settled()
    other = counter.another("0001", "H99000000002")
    assert other.call("2209", reversal(msgid))["infcode"] == -1
    assert len(counter.day()) == 1


def test_a_visit_may_go_round_many_times(counter: Counter) -> None:
    for turn in range(5):
        counter.register()
        counter.upload(line(counter.now))
        counter.settle(bill=f"B{turn}")
        counter.cancel(bill=f"B{turn}")
        counter.done("2202", {"ipt_otp_no": "MZ1"})
    assert counter.totals()["medfee_sumamt"] == 0
    assert counter.totals()["setl_cnt"] == 10


@pytest.mark.parametrize("code", ["2203", "2204", "2205", "2206", "2207", "2208"])
def test_nothing_works_without_a_registration(counter: Counter, code: str) -> None:
    bodies: dict[str, Any] = {
        "2203": registration(counter.now), "2204": [line(counter.now)],
        "2205": {"ipt_otp_no": "MZ1"}, "2206": settlement(counter.now),
        "2207": settlement(counter.now), "2208": cancellation(counter.now),
    }  # fmt: skip
    assert "未查询到" in counter.refused(code, bodies[code])
