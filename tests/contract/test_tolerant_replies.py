"""Replies as libraries really give them: what is read, what is refused, what stays unknown."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from core.clock import CHINA
from core.gateway.port import NoReply, Reply, Unsent
from core.outcome import Accepted, NotSent, Outcome, Rejected, Unknown
from tests.helpers.wire import reply, zjs

AMOUNTS = {"medfee_sumamt": Decimal("100.00"), "hifp_pay": "80.00", "psn_cash_pay": 20}


def read(text: str, step: str = "settle", encoding: str = "gbk", status: int = 0) -> Outcome:
    return zjs().read(step, Reply(status, text.encode(encoding), 5))


def good(output: str = "{}", step: str = "sign_out") -> Outcome:
    return read(f'{{"infcode":0,"output":{output}}}', step)


def unreadable(outcome: Outcome) -> str:
    assert isinstance(outcome, Unknown), outcome
    assert outcome.cause == "reply_unreadable"
    assert outcome.text
    return outcome.text


def accepted(outcome: Outcome) -> Accepted:
    assert isinstance(outcome, Accepted), outcome
    return outcome


# -- the two result levels


def test_not_sent_and_no_answer_keep_the_gateway_s_words() -> None:
    assert zjs().read("settle", Unsent("library_missing", "没有")) == NotSent(
        "library_missing", "没有"
    )
    lost = zjs().read("settle", NoReply("deadline", "超时", 60, b"half"))
    assert lost == Unknown("deadline", "超时", b"half")


def test_a_library_status_is_unknown_with_its_own_words() -> None:
    outcome = read("网络通讯超时\0\0", status=-3)
    assert isinstance(outcome, Unknown)
    assert (outcome.cause, outcome.raw) == ("reply_status", "网络通讯超时\0\0".encode("gbk"))
    assert "-3" in outcome.text and "网络通讯超时" in outcome.text


def test_a_status_without_words_says_so() -> None:
    outcome = read("", status=7)
    assert isinstance(outcome, Unknown) and "没有说明" in outcome.text


def test_a_good_body_does_not_heal_a_bad_status() -> None:
    outcome = read('{"infcode":0,"output":{}}', "sign_out", status=1)
    assert isinstance(outcome, Unknown) and outcome.cause == "reply_status"


def test_long_library_text_is_cut() -> None:
    outcome = read("长" * 5000, status=1)
    assert isinstance(outcome, Unknown) and len(outcome.text) < 600


@pytest.mark.parametrize("code", ["0", '"0"', '" 0 "', "0.0", "-0"])
def test_accepted_codes_as_number_or_text(code: str) -> None:
    assert isinstance(read(f'{{"infcode":{code}}}', "sign_out"), Accepted)


@pytest.mark.parametrize("code", ["-1", '"-1"', '"-9"', "-9"])
def test_rejected_codes_keep_the_centre_s_words(code: str) -> None:
    outcome = read(f'{{"infcode":{code},"err_msg":"该就诊已结算"}}')
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.text) == (code.strip('"'), "该就诊已结算")
    assert outcome.reply["err_msg"] == "该就诊已结算"


@pytest.mark.parametrize("code", ["1", '"1"', '""', "null", "true", '"OK"', "2.5", '"00"'])
def test_any_other_code_is_unknown(code: str) -> None:
    outcome = read(f'{{"infcode":{code},"err_msg":"好"}}', "sign_out")
    assert isinstance(outcome, Unknown) and outcome.cause == "reply_code"


def test_no_code_is_unknown() -> None:
    outcome = read('{"output":{}}', "sign_out")
    assert isinstance(outcome, Unknown) and outcome.cause == "reply_code"


@pytest.mark.parametrize("code", ["{}", "[0]"])
def test_a_code_that_is_no_code_is_unreadable(code: str) -> None:
    unreadable(read(f'{{"infcode":{code}}}', "sign_out"))


# -- what is no reply at all


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\0\0",
        "成功",
        '{"infcode":0',
        '{"infcode":0}{"infcode":0}',
        "[]",
        '"0"',
        "0",
        "null",
    ],
)
def test_garbage_is_unreadable(text: str) -> None:
    unreadable(read(text))


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1" * 5000, "1e99999999999999999999"]
)
def test_numbers_that_are_none_are_unreadable(number: str) -> None:
    unreadable(good(f'{{"x":{number}}}'))


def test_deep_nesting_is_unreadable() -> None:
    unreadable(good("[" * 100_000 + "]" * 100_000))


def test_bytes_of_no_encoding_are_unreadable() -> None:
    unreadable(zjs().read("settle", Reply(0, b'{"infcode":"\xff\xff"}', 1)))


# -- encodings


def test_gbk_is_the_rule() -> None:
    found = accepted(read('{"infcode":0,"output":{"psn_no":1,"psn_name":"张三"}}', "read_card"))
    assert found.values["name"] == "张三"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_other_encodings_are_understood(encoding: str) -> None:
    found = accepted(
        read('{"infcode":0,"output":{"psn_no":1,"psn_name":"张㛃"}}', "read_card", encoding)
    )
    assert found.values["name"] == "张㛃"


def test_utf_8_that_is_no_gbk_is_understood() -> None:
    found = accepted(
        read('{"infcode":0,"output":{"psn_no":1,"psn_name":"张"}}', "read_card", "utf-8")
    )
    assert found.values["name"] == "张"


def test_zeros_behind_the_text_are_cut() -> None:
    payload = b'{"infcode":0,"output":{}}\r\n' + b"\0" * 100
    assert accepted(zjs().read("sign_out", Reply(0, payload, 1))).raw == payload


# -- keys


def test_keys_are_found_in_any_case() -> None:
    found = accepted(
        read('{"InfCode":"0","OUTPUT":{"MedFee_SumAmt":"1.00","HIFP_PAY":1,"psn_cash_pay":0}}')
    )
    assert found.values == {"total": 100, "fund": 100, "personal": 0}


def test_a_key_twice_with_the_same_value_is_harmless() -> None:
    assert accepted(good('{"a":1,"a":1}')).reply == {"infcode": 0, "output": {"a": 1}}


@pytest.mark.parametrize(
    "text",
    ['{"infcode":0,"infcode":-1}', '{"infcode":0,"INFCODE":-1}', '{"infcode":0,"x":{"a":1,"a":2}}'],
)
def test_a_key_twice_with_two_values_is_unreadable(text: str) -> None:
    assert "两次" in unreadable(read(text, "sign_out"))


def test_unknown_fields_are_kept_in_the_envelope_only() -> None:
    found = accepted(
        read('{"infcode":0,"more":1,"output":{"sign_no":"S","new":[1.50]}}', "sign_in")
    )
    assert found.values == {"sign_no": "S"}
    assert found.reply == {
        "infcode": 0,
        "more": 1,
        "output": {"sign_no": "S", "new": [Decimal("1.50")]},
    }


# -- shapes


@pytest.mark.parametrize("output", ["null", '""', "{}", "[]", "[{}]", "7", '"text"', "[1,2]"])
def test_where_nothing_is_expected_anything_may_come(output: str) -> None:
    assert accepted(good(output)).values == {}


@pytest.mark.parametrize(
    "output", ['{"sign_no":"S1"}', '[{"sign_no":"S1"}]', '"{\\"sign_no\\":\\"S1\\"}"']
)
def test_an_object_may_come_wrapped(output: str) -> None:
    assert accepted(good(output, "sign_in")).values == {"sign_no": "S1"}


@pytest.mark.parametrize(
    "output", ["null", "[]", '""', "7", '"text"', '[{"sign_no":"a"},{"sign_no":"b"}]', "[[]]"]
)
def test_no_single_object_is_unreadable(output: str) -> None:
    unreadable(good(output, "sign_in"))


ROW = '{"ipt_otp_no":"V1","medfee_sumamt":1,"hifp_pay":1,"psn_cash_pay":0,"msgid":"M"}'


@pytest.mark.parametrize(
    "output", [f"[{ROW}]", ROW, f'{{"list":[{ROW}]}}', f'{{"n":1,"data":[{ROW}]}}']
)
def test_rows_may_come_bare_single_or_wrapped(output: str) -> None:
    rows = accepted(good(output, "settlement_list")).rows
    assert rows == ({"visit_no": "V1", "total": 100, "fund": 100, "personal": 0, "msgid": "M"},)


@pytest.mark.parametrize("output", ["null", "[]", "{}", '""', '{"rows":[]}'])
def test_nothing_is_an_empty_list(output: str) -> None:
    assert accepted(good(output, "settlement_list")).rows == ()


@pytest.mark.parametrize(
    "output", ['"text"', "7", "[1]", "[null]", '{"a":1}', '{"a":[],"b":[]}', f"[[{ROW}]]"]
)
def test_a_list_of_another_shape_is_never_read_as_empty(output: str) -> None:
    unreadable(good(output, "settlement_list"))


def test_a_list_that_does_not_show_our_message_id_proves_nothing() -> None:
    without = ROW.replace(',"msgid":"M"', "")
    assert "发送方报文ID" in unreadable(good(f"[{without}]", "settlement_list"))


def test_a_row_without_a_message_id_value_belongs_to_someone_else() -> None:
    rows = accepted(good("[" + ROW.replace('"M"', '""') + "]", "settlement_list")).rows
    assert "msgid" not in rows[0]


# -- values


@pytest.mark.parametrize(
    ("wire", "fen"),
    [
        ("100", 10000),
        ('"100"', 10000),
        ("100.5", 10050),
        ('"100.50"', 10050),
        ("1.0E2", 10000),
        ('"-0.01"', -1),
        ("100.500000", 10050),
        ('" 7 "', 700),
        ('"+7"', 700),
        ("0", 0),
        ('"-0"', 0),
    ],
)
def test_money_is_exact_fen(wire: str, fen: int) -> None:
    text = f'{{"medfee_sumamt":{wire},"hifp_pay":0,"psn_cash_pay":0}}'
    assert accepted(good(text, "settle")).values["total"] == fen


@pytest.mark.parametrize(
    "wire",
    [
        '"1.005"',
        "1.005",
        '"1,000.00"',
        '"一百"',
        "true",
        "{}",
        "[1]",
        '"1_0"',
        '"１"',
        '"NaN"',
        '"1e99"',
        "99999999999999999",
        '""',
        "null",
        '"0x1"',
        '"1.2.3"',
    ],
)
def test_money_that_is_not_exact_leaves_the_ending_unknown(wire: str) -> None:
    text = f'{{"medfee_sumamt":1,"hifp_pay":{wire},"psn_cash_pay":0}}'
    for step in ("settle", "presettle", "totals"):
        unreadable(good(text, step))


def test_optional_money_must_be_exact_as_well() -> None:
    text = '{"medfee_sumamt":1,"hifp_pay":1,"psn_cash_pay":0,"drug_fee":"1.001"}'
    assert "药费合计" in unreadable(good(text, "settle"))


def test_missing_money_is_not_zero() -> None:
    assert "统筹支付" in unreadable(good('{"medfee_sumamt":1,"psn_cash_pay":1}', "settle"))


def card(**fields: Any) -> dict[str, Any]:
    output = {"psn_no": 1, "psn_name": "张三"} | fields
    return accepted(zjs().read("read_card", reply(output))).values


def test_a_card_as_the_field_client_saw_it() -> None:
    found = card(
        psn_no=990000000001, age=41, birthday=19850101, emp_no=None, gend="1", inhosp_stas=0
    )
    assert found == {
        "person_no": "990000000001",
        "name": "张三",
        "age": "41",
        "birthday": "19850101",
        "sex": "1",
        "in_hospital": "0",
    }


def test_absent_blank_and_null_are_the_same() -> None:
    assert card(emp_name="", certno=None, trt_chk_rslt="  ") == card()


def test_whole_numbers_with_a_point_lose_it() -> None:
    assert card(age=Decimal("41.0"))["age"] == "41"


def test_what_is_optional_and_odd_is_left_out() -> None:
    assert card(age="四十", certno={"a": 1}, exam_ccls=[]) == card()


def test_conclusions_are_split_after_decoding() -> None:
    found = card(exam_ccls="^Q1|骨折 S52|肢体残^^Q2||职业病^|x|y")["conclusions"]
    assert found == [
        {"id": "Q1", "text": "骨折 S52", "kind": "肢体残"},
        {"id": "Q2", "text": "", "kind": "职业病"},
    ]


def test_separators_inside_a_gbk_character_do_not_split() -> None:
    tricky = "刓坁"  # second bytes 0x5E and 0x7C or the like
    raw = tricky.encode("gbk")
    assert b"^" in raw or b"|" in raw
    assert card(exam_ccls=f"^Q1|{tricky}|k")["conclusions"][0]["text"] == tricky


@pytest.mark.parametrize(
    "wire",
    [
        "20260302093000",
        "2026-03-02 09:30:00",
        "2026/03/02T09:30:00",
        "20260302093000123",
        20260302093000,
    ],
)
def test_moments_in_all_forms(wire: Any) -> None:
    found = accepted(zjs().read("centre_time", reply({"sys_time": wire}))).values
    assert found == {"centre_time": datetime(2026, 3, 2, 9, 30, tzinfo=CHINA)}


@pytest.mark.parametrize("wire", ["", "20261302093000", "9:30", "now", 1, "2026030209300"])
def test_a_clock_without_a_time_is_unreadable(wire: Any) -> None:
    unreadable(zjs().read("centre_time", reply({"sys_time": wire})))


def test_a_day_is_midnight() -> None:
    found = accepted(zjs().read("centre_time", reply({"sys_time": "20260302"}))).values
    assert found["centre_time"] == datetime(2026, 3, 2, tzinfo=CHINA)


def test_lines_come_back_with_exact_amounts() -> None:
    line = {
        "rxno": "R1",
        "feedetl_sn": 17,
        "umamt": "25.00",
        "ownpay_amt": 5,
        "memo": "",
        "pric_uplmt_amt": None,
    }
    rows = accepted(zjs().read("upload_fees", reply([line]))).rows
    assert rows == ({"rx_no": "R1", "line_id": "17", "amount": 2500, "self_paid": 500},)


def test_too_many_rows_are_refused() -> None:
    unreadable(zjs().read("fee_list", reply([{}] * 20_001)))


def test_reading_an_unknown_step_is_unknown_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    unreadable(zjs().read("no_such_step", reply({})))
    assert "no_such_step" in caplog.text


# -- what a refusal means


@pytest.mark.parametrize(
    ("code", "text", "expired"),
    [
        ("-9", "", True),
        ("-1", "签到流水号无效或已过期，请重新签到", True),
        ("-1", "余额不足", False),
    ],
)
def test_sign_in_expiry(code: str, text: str, expired: bool) -> None:
    assert zjs().is_sign_in_expired(Rejected(code, text)) is expired


def test_only_a_refusal_proves_that_nothing_was_done() -> None:
    assert not zjs().is_sign_in_expired(Unknown("reply_status", "请重新签到"))
    assert not zjs().is_already_done(Accepted())


@pytest.mark.parametrize(
    "text",
    [
        "处方流水号L1已存在，不能重复上传",
        "报文M已冲正，不能重复冲正",
        "无可冲正",
        "结算已撤销",
        "登记信息不存在",
    ],
)
def test_already_done(text: str) -> None:
    assert zjs().is_already_done(Rejected("-1", text))


@pytest.mark.parametrize("text", ["该人员暂不享受工伤待遇", "报文M已冲正，不再受理", ""])
def test_not_already_done(text: str) -> None:
    assert not zjs().is_already_done(Rejected("-1", text))


def test_nothing_to_reverse_is_told_from_the_rest() -> None:
    assert zjs().is_nothing_to_reverse(Rejected("-1", "未查询到报文M的2207交易，无可冲正"))
    assert not zjs().is_nothing_to_reverse(Rejected("-1", "处方已上传"))


# -- values that recur are understood once, and still strictly


def test_a_remembered_amount_does_not_let_true_pass() -> None:
    for wire in ("1", '"1"', "1.0", "1"):
        text = f'{{"medfee_sumamt":{wire},"hifp_pay":1,"psn_cash_pay":0}}'
        assert accepted(good(text, "settle")).values["total"] == 100
    unreadable(good('{"medfee_sumamt":true,"hifp_pay":1,"psn_cash_pay":0}', "settle"))


def test_rows_of_many_shapes_are_matched_each_for_itself() -> None:
    line = {"feedetl_sn": "L1", "umamt": 1}
    rows = [line | {f"x{n}": n} for n in range(100)] + [{"UMAMT": "1.00", "FEEDETL_SN": "L1"}] * 2
    found = accepted(zjs().read("upload_fees", reply(rows))).rows
    assert found == ({"line_id": "L1", "amount": 100},) * 102


def test_many_different_values_are_all_understood() -> None:
    lines = ((n, {"feedetl_sn": f"L{n}", "umamt": f"{n}.01"}) for n in range(9000))
    rows = [line | {"memo": "x" * (n % 60)} for n, line in lines]
    found = accepted(zjs().read("upload_fees", reply(rows))).rows
    assert [row["amount"] for row in found] == [n * 100 + 1 for n in range(9000)]
