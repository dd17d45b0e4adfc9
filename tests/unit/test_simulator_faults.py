"""Faults on request and control messages, in-process: what is booked, and what goes back."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, get_args

import pytest

from core.simulator.faults import (
    BEHAVIOUR,
    CRASH,
    GARBAGE,
    LOST,
    FaultList,
    FaultOrder,
    Kind,
    Served,
)
from tests.helpers.centre import CAPPED, Counter, cancellation, line, reversal, settlement


@pytest.fixture
def counter() -> Counter:
    counter = Counter()
    counter.register()
    counter.upload(line(counter.now), line(counter.now, number="L2", code=CAPPED))
    return counter


def order(counter: Counter, what: str, /, **body: Any) -> Any:
    """A control message; gives its output."""
    reply = counter.teller.call(f"SIM:{what}", body)
    assert reply["infcode"] == 0, reply
    return reply["output"]


def settle(counter: Counter) -> Served:
    """Send a 2207 and give whatever is served."""
    return counter.centre.handle(counter.teller.message("2207", settlement(counter.now)))


def booked(counter: Counter) -> int:
    """How many settlements are in the books."""
    return len(counter.books.find("settlement"))


def test_every_kind_has_a_behaviour() -> None:
    assert set(BEHAVIOUR) == set(get_args(Kind))


@pytest.mark.parametrize(("ending", "status"), [("hang", 0), ("close", 0), ("status", LOST)])
@pytest.mark.parametrize(
    ("kind", "there"), [("reply_lost", 1), ("request_lost", 0), ("delayed", 0)]
)
def test_silence_has_three_endings(
    counter: Counter, kind: str, there: int, ending: str, status: int
) -> None:
    order(counter, "FAULT", kind=kind, code="2207", ending=ending)
    served = settle(counter)
    assert served.ending == ("reply" if status else ending)
    assert served.status == status
    assert booked(counter) == there


def test_the_status_text_is_plain_chinese(counter: Counter) -> None:
    order(counter, "FAULT", kind="reply_lost", ending="status")
    assert "超时" in settle(counter).payload.decode("gbk")
    order(counter, "FAULT", kind="reply_lost", ending="status", text="线路中断")
    assert settle(counter).payload.decode("gbk") == "线路中断"


@pytest.mark.parametrize(("kind", "status"), [("hang", 0), ("crash", CRASH), ("garbage", 0)])
@pytest.mark.parametrize("there", [True, False])
def test_a_dead_library_may_or_may_not_have_booked(
    counter: Counter, kind: str, status: int, there: bool
) -> None:
    order(counter, "FAULT", kind=kind, code="2207", booked=there)
    served = settle(counter)
    assert served.status == status
    assert booked(counter) == there
    assert served.ending == ("hang" if kind == "hang" else "reply")


def test_garbage_is_no_text_of_any_encoding(counter: Counter) -> None:
    order(counter, "FAULT", kind="garbage")
    assert settle(counter).payload == GARBAGE
    with pytest.raises(UnicodeDecodeError):
        GARBAGE.decode("gbk")


def test_a_truncated_reply_is_half_of_a_whole_one(counter: Counter) -> None:
    order(counter, "FAULT", kind="truncated")
    served = settle(counter)
    assert served.payload.startswith(b'{"infcode": 0')
    with pytest.raises(ValueError):
        json.loads(served.payload.decode("gbk", errors="replace"))
    assert booked(counter) == 1


@pytest.mark.parametrize(("answer", "infcode"), [("first", 0), ("second", -1)])
def test_a_duplicate_reaches_the_rules_twice(counter: Counter, answer: str, infcode: int) -> None:
    order(counter, "FAULT", kind="duplicate", code="2207", answer=answer)
    served = settle(counter)
    assert json.loads(served.payload.decode("gbk"))["infcode"] == infcode
    assert booked(counter) == 1
    assert [row["infcode"] for row in counter.books.find("call", code="2207")] == [0, -1]


def test_a_slow_reply_says_how_slow(counter: Counter) -> None:
    order(counter, "FAULT", kind="slow", code="2207", seconds=2.5)
    served = settle(counter)
    assert served.wait == 2.5
    assert booked(counter) == 1


def test_wrong_amounts_in_the_reply_only(counter: Counter) -> None:
    right = counter.done("2206", settlement(counter.now))
    order(counter, "FAULT", kind="wrong_amounts", code="2207", fen=100)
    wrong = counter.done("2207", settlement(counter.now))
    assert wrong["hifp_pay"] == right["hifp_pay"] - 1
    assert wrong["psn_cash_pay"] == right["psn_cash_pay"] + 1
    assert wrong["medfee_sumamt"] == right["medfee_sumamt"]
    assert counter.day()[0]["hifp_pay"] == right["hifp_pay"]


def test_wrong_amounts_in_the_books_too(counter: Counter) -> None:
    order(counter, "FAULT", kind="wrong_amounts", code="2207", fen=100, where="books")
    wrong = counter.done("2207", settlement(counter.now))
    (row,) = counter.day()
    assert (row["hifp_pay"], row["psn_cash_pay"]) == (wrong["hifp_pay"], wrong["psn_cash_pay"])


def test_amounts_that_do_not_add_up(counter: Counter) -> None:
    order(counter, "FAULT", kind="wrong_amounts", code="2206", where="broken")
    found = counter.done("2206", settlement(counter.now))
    assert found["hifp_pay"] + found["psn_cash_pay"] == found["medfee_sumamt"] + 1


def test_a_wrong_amount_of_a_line(counter: Counter) -> None:
    order(counter, "FAULT", kind="wrong_amounts", code="2204", fen=7)
    rows = counter.upload(line(counter.now, number="L3"), line(counter.now, number="L4"))
    assert [row["umamt"] for row in rows] == [Decimal("18.67"), Decimal("18.60")]


def test_wrong_amounts_of_a_refusal_stay_a_refusal(counter: Counter) -> None:
    order(counter, "FAULT", kind="wrong_amounts", code="2208", where="books")
    assert "未查询到" in counter.refused("2208", cancellation(counter.now))


def test_an_expired_sign_in_did_nothing(counter: Counter) -> None:
    order(counter, "FAULT", kind="sign_in_expired", code="2207")
    assert "请重新签到" in counter.refused("2207", settlement(counter.now))
    assert booked(counter) == 0
    before = counter.teller.sign_no
    assert counter.teller.sign_in() != before
    counter.settle()


def test_a_refusal_with_a_text_of_ones_own(counter: Counter) -> None:
    order(counter, "FAULT", kind="refuse", code="2207", text="基金已冻结")
    assert counter.refused("2207", settlement(counter.now)) == "基金已冻结"
    order(counter, "FAULT", kind="refuse")
    assert "维护中" in counter.refused("1800")
    assert booked(counter) == 0


# --- delayed ------------------------------------------------------------------------------------


def test_a_delayed_request_arrives_after_further_calls(counter: Counter) -> None:
    order(counter, "FAULT", kind="delayed", code="2207", calls=2)
    settle(counter)
    assert counter.day() == []
    assert counter.day() == []
    assert len(counter.day()) == 1


def test_a_delayed_request_arrives_after_a_time(counter: Counter) -> None:
    order(counter, "FAULT", kind="delayed", code="2207", seconds=30)
    settle(counter)
    counter.clock.advance(29)
    assert counter.day() == []
    counter.clock.advance(1)
    assert len(counter.day()) == 1


def test_a_delayed_request_is_delivered_on_demand(counter: Counter) -> None:
    order(counter, "FAULT", kind="delayed", code="2207", calls=1000)
    settle(counter)
    assert order(counter, "STATE")["delayed"] == 1
    assert order(counter, "DELIVER") == 1
    assert order(counter, "DELIVER") == 0
    assert booked(counter) == 1


def test_a_fence_stands_before_a_delayed_request(counter: Counter) -> None:
    order(counter, "FAULT", kind="delayed", code="2207", calls=1)
    settle(counter)
    late = counter.teller.msgid
    assert "无可冲正" in counter.refused("2209", reversal(late))
    assert counter.day() == []
    counter.settle()
    assert len(counter.day()) == 1
    refused = counter.books.find("call", msgid=late)
    assert [row["infcode"] for row in refused] == [-1]
    assert "不再受理" in refused[0]["text"]


# --- which call ---------------------------------------------------------------------------------


def test_a_fault_waits_for_its_code(counter: Counter) -> None:
    order(counter, "FAULT", kind="refuse", code="2207")
    counter.done("1800")
    counter.refused("2207", settlement(counter.now))
    counter.settle()


def test_a_fault_lets_calls_pass_and_acts_so_often(counter: Counter) -> None:
    order(counter, "FAULT", kind="refuse", code="1800", skip=2, times=2)
    codes = [counter.teller.call("1800")["infcode"] for _ in range(6)]
    assert codes == [0, 0, -1, -1, 0, 0]


def test_a_script_acts_in_order(counter: Counter) -> None:
    script = [{"kind": "refuse", "code": "1800", "text": text} for text in ("一", "二", "三")]
    assert order(counter, "FAULT", script=script) == 3
    assert [counter.refused("1800") for _ in range(3)] == ["一", "二", "三"]
    counter.done("1800")


def test_a_script_with_a_mistake_orders_nothing(counter: Counter) -> None:
    script = [{"kind": "refuse"}, {"kind": "nonsense"}]
    reply = counter.teller.call("SIM:FAULT", {"script": script})
    assert reply["infcode"] == -1
    assert "nonsense" in reply["err_msg"] and "reply_lost" in reply["err_msg"]
    counter.done("1800")


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "slow", "seconds": -1},
        {"kind": "slow", "colour": "red"},
        {"kind": "slow", "times": 0},
        {"kind": "slow", "ending": "maybe"},
    ],
)
def test_a_bad_order_is_refused(counter: Counter, given: dict[str, Any]) -> None:
    assert counter.teller.call("SIM:FAULT", given)["infcode"] == -1
    assert order(counter, "STATE")["faults"] == []


def test_clear_takes_everything_back(counter: Counter) -> None:
    order(counter, "FAULT", kind="delayed", code="2207")
    settle(counter)
    order(counter, "FAULT", kind="refuse")
    order(counter, "CLOCK", offset=3600)
    order(counter, "CLEAR")
    state = order(counter, "STATE")
    assert (state["faults"], state["delayed"], state["clock"]) == ([], 0, counter.now)
    assert counter.day() == []


def test_the_list_counts_down() -> None:
    faults = FaultList()
    faults.add(FaultOrder(kind="slow", code="2207", times=2))
    assert faults.take("2206") is None
    assert faults.take("2207") and faults.take("2207")
    assert faults.take("2207") is None and faults.orders == []


# --- other orders -------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["luo", "990010002", "罗秀英"])
def test_a_card_is_laid_into_the_reader(counter: Counter, wanted: str) -> None:
    assert order(counter, "CARD", person=wanted) == "990010002"
    assert counter.done("1101")["psn_name"] == "罗秀英"


def test_a_card_is_taken_out(counter: Counter) -> None:
    assert order(counter, "CARD", person="") == ""
    assert order(counter, "STATE")["card"] == ""
    counter.refused("1101")


def test_the_card_of_nobody_is_refused(counter: Counter) -> None:
    assert "nobody" in counter.teller.call("SIM:CARD", {"person": "nobody"})["err_msg"]
    assert counter.done("1101")["psn_name"] == "沈建国"


def test_the_centres_clock_may_be_off(counter: Counter) -> None:
    assert order(counter, "CLOCK", offset=-600) == "20260302085000"
    assert counter.done("1800")["sys_time"] == "20260302085000"
    text = counter.refused("2207", settlement("20260302090000"))
    assert "晚于中心系统时间20260302085000" in text


def test_the_books_tell_the_truth(counter: Counter) -> None:
    msgid = counter.settle()
    books = order(counter, "BOOKS")
    assert [row["msgid"] for row in books["settlements"]] == [msgid]
    assert {"visits", "lines", "reversals", "sign_ins", "calls"} <= set(books)
    assert set(order(counter, "BOOKS", tables=["visit"])) == {"visits"}
    assert order(counter, "BOOKS", tables=["setting", "sqlite_master"]) == {}


def test_a_rule_is_changed_for_good(counter: Counter) -> None:
    assert order(counter, "RULE", name="page_size", value=1) == 1
    assert len(counter.done("9104", {"ipt_otp_no": "MZ1"})) == 1
    assert counter.books.setting("rules", {}) == {"page_size": 1}


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("RULE", {"name": "nonsense", "value": 1}),
        ("RULE", {}),
        ("CLOCK", {}),
        ("CLOCK", {"offset": "soon"}),
        ("NONSENSE", {}),
        ("DEDUCT", {"visit": "MZ9", "bill": "B1", "line": "L1", "amount": 1, "reason": "x"}),
        ("DEDUCT", {}),
    ],
)
def test_a_bad_control_message_is_refused(
    counter: Counter, what: str, body: dict[str, Any]
) -> None:
    reply = counter.teller.call(f"SIM:{what}", body)
    assert reply["infcode"] == -1 and reply["err_msg"]


def test_a_deduction_needs_a_settled_line(counter: Counter) -> None:
    counter.settle()
    body = {"visit": "MZ1", "bill": "B1", "line": "L9", "amount": 1, "reason": "x"}
    assert "L9" in counter.teller.call("SIM:DEDUCT", body)["err_msg"]


def test_control_messages_need_no_sign_in_and_leave_no_trace(counter: Counter) -> None:
    before = len(counter.books.find("call"))
    counter.teller.sign_no = ""
    order(counter, "STATE")
    assert len(counter.books.find("call")) == before
