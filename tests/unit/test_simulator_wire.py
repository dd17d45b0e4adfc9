"""The envelope, the strict checks of fields, and what goes back."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from core.simulator import wire
from core.simulator.centre import COUNTERS, SimulatedCentre
from core.simulator.wire import Field, Refusal, Unreadable, checked, encode, fields, money, parse
from tests.helpers.centre import Counter, line, registration

LONG = "长" * 60


@pytest.fixture
def counter() -> Counter:
    return Counter()


def test_every_transaction_has_fields_and_a_counter() -> None:
    assert len(COUNTERS) == 26
    for code in COUNTERS:
        fields(code)


@pytest.mark.parametrize("code", [*COUNTERS, "envelope"])
def test_every_field_is_of_a_known_kind(code: str) -> None:
    for one in fields(code):
        assert one.kind in {*wire.KINDS, *wire.codes(), "list"}, one
        assert one.need in "YN"
        assert one.length or one.kind == "list"


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff\xff", b'{"a": nope}', b"[" * 100_000])
def test_what_is_no_json_is_unreadable(payload: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(payload, "gbk")


@pytest.mark.parametrize("payload", [b"[]", b"1", b'"x"', b"null"])
def test_what_is_no_object_is_unreadable(payload: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(payload, "gbk")


def test_numbers_never_become_floats() -> None:
    assert parse(b'{"a": 1.10, "b": 2}', "gbk") == {"a": Decimal("1.10"), "b": 2}


def test_gbk_second_bytes_that_look_like_ascii_survive() -> None:
    text = "誠億過"
    assert parse(json.dumps({"a": text}, ensure_ascii=False).encode("gbk"), "gbk") == {"a": text}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ipt_otp_no", "", "不能为空"),
        ("ipt_otp_no", None, "不能为空"),
        ("ipt_otp_no", "9" * 31, "超长：最多30字节，实际31字节"),
        ("adm_diag_dscr", LONG, "实际120字节"),
        ("med_type", "99", "不在代码表内"),
        ("adm_time", "2026030109000", "不是合法的14位时间"),
        ("adm_time", "20260231090000", "不是合法的14位时间"),
        ("adm_time", "2026-03-01 090", "应全为数字"),
        ("tel", "a\x00b", "不可见字符"),
        ("tel", ["1"], "类型错误"),
        ("tel", True, "类型错误"),
    ],
)
def test_a_bad_field_is_refused_by_name(counter: Counter, name: str, value: Any, says: str) -> None:
    text = counter.refused("2201", registration(counter.now, **{name: value}))
    assert says in text
    assert name in text


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("pric", "1.23456", "最多4位小数"),
        ("cnt", "abc", "不是合法数值"),
        ("cnt", "NaN", "不是合法数值"),
        ("umamt", "18.601", "最多2位小数"),
        ("umamt", "", "不能为空"),
        ("allSelfFlag", "2", "不在代码表内"),
        ("list_type", "9", "不在代码表内"),
    ],
)
def test_a_bad_row_is_refused_by_number_and_name(
    counter: Counter, name: str, value: Any, says: str
) -> None:
    counter.register()
    rows = [line(counter.now, number="L1"), line(counter.now, number="L2", **{name: value})]
    text = counter.refused("2204", rows)
    assert text.startswith("第2条明细")
    assert says in text
    assert counter.books.find("line") == []


@pytest.mark.parametrize("value", [18, 18.5, "18.50"])
def test_numbers_may_come_as_texts_or_numbers(value: Any) -> None:
    found = checked("2204", row_with(value), "gbk")
    assert found["pric"] == Decimal(str(value))


def row_with(price: Any) -> dict[str, Any]:
    """A row as the parser gives it: no floats."""
    number = Decimal(str(price)) if isinstance(price, float) else price
    return line("20260302090000", pric=number)


def test_absent_optional_fields_become_empty_texts() -> None:
    found = checked("2205", {"ipt_otp_no": "1"}, "gbk")
    assert found == {"ipt_otp_no": "1", "rxno": "", "feedetl_sn": ""}


def test_unknown_fields_are_passed_over() -> None:
    assert "surprise" not in checked("2205", {"ipt_otp_no": "1", "surprise": 1}, "gbk")


def test_a_list_must_be_a_list() -> None:
    with pytest.raises(Refusal, match="类型错误"):
        checked("3101", good_appeal() | {"attachment": "x"}, "gbk")


def good_appeal() -> dict[str, str]:
    """A 3101 body of right form."""
    return {
        "ded_id": "1", "ipt_otp_no": "1", "medrcdno": "1", "appeal_amt": "1",
        "appeal_reason": "x", "appeal_time": "20260302090000",
    }  # fmt: skip


NEEDED = [one.name for one in fields("envelope") if one.need == "Y" and one.name != "infno"]


@pytest.mark.parametrize("name", NEEDED)
def test_every_required_header_field_is_missed(counter: Counter, name: str) -> None:
    assert name in counter.refused("1800", **{name: ""})


def test_a_transaction_that_does_not_exist_is_refused(counter: Counter) -> None:
    assert "8888不存在" in counter.refused("8888")


@pytest.mark.parametrize("body", [[], "x", None])
def test_a_body_of_the_wrong_form_is_refused(counter: Counter, body: Any) -> None:
    assert "缺少节点input" in counter.refused("1800", input=body)


@pytest.mark.parametrize("body", [{}, "x", None, [1]])
def test_fee_lines_of_the_wrong_form_are_refused(counter: Counter, body: Any) -> None:
    assert "feedetail" in counter.refused("2204", feedetail=body)


def test_the_answer_has_the_envelope_of_the_family(counter: Counter) -> None:
    reply = counter.teller.call("1800")
    assert reply["infcode"] == 0
    assert reply["err_msg"] == ""
    assert len(reply["inf_refmsgid"]) == 30
    assert len(reply["refmsg_time"]) == len(reply["respond_time"]) == 17
    assert reply["inf_refmsgid"].startswith("990101" + counter.now)


def test_amounts_go_back_as_numbers_with_two_decimals() -> None:
    text = encode({"a": money(-1205), "b": "1.20", "c": [money(0)]}, "gbk").decode("gbk")
    assert text == '{"a": -12.05, "b": "1.20", "c": [0.00]}'


def test_a_character_beyond_the_encoding_becomes_a_question_mark() -> None:
    assert encode({"a": "陈䶮"}, "gbk") == '{"a": "陈?"}'.encode("gbk")
    assert encode({"a": "陈䶮"}, "gb18030") == '{"a": "陈䶮"}'.encode("gb18030")


def test_a_message_that_is_no_json_gets_a_status_and_a_plain_text(counter: Counter) -> None:
    served = counter.centre.handle(b"nonsense")
    assert served.status != 0
    assert "JSON" in served.payload.decode("gbk")


def test_the_centre_may_speak_gb18030(counter: Counter) -> None:
    centre = SimulatedCentre(counter.books, counter.clock, "gb18030")
    teller = counter.teller
    teller.send, teller.encoding = centre.handle, "gb18030"
    centre.books.set("card", "990010012")
    assert teller.done("1101")["psn_name"] == "陈䶮"


def test_lengths_are_counted_in_bytes_of_the_encoding() -> None:
    with pytest.raises(Refusal, match="实际8字节"):
        checked_one("㛃㛃", "gb18030", 4)
    assert checked_one("㛃㛃", "gbk", 4) == "㛃㛃"


def checked_one(text: str, encoding: str, length: int) -> Any:
    """One text against one field."""
    return wire._value(Field("x", "x", "text", length, "Y"), text, encoding, "")
