"""The ZJS centre as the services use it: messages, bodies by wire names, views for forms."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.centre.port import Centre, Header
from core.centre.zjs import Zjs
from core.clock import CHINA
from core.errors import Fault, InvalidInput
from core.protocol.wirejson import parse
from core.settings import Settings
from tests.helpers.wire import MOMENT, header, overlaid, shipped, values_for, zjs

AT = datetime(2026, 3, 2, 9, 30, tzinfo=CHINA)
LINE = {
    "visit_no": "V1",
    "list_type": "1",
    "rx_no": "R1",
    "line_id": "L1",
    "occurred_at": AT,
    "centre_code": "A001",
    "price": Decimal("12.5"),
    "quantity": Decimal(2),
    "amount": 2500,
    "doctor_code": "D1",
    "dept_code": "K1",
    "min_unit": "0",
    "full_self_pay": "1",
}


def faults(call: Any, *words: Any, **values: Any) -> tuple[Fault, ...]:
    with pytest.raises(InvalidInput) as caught:
        call(*words, **values)
    return caught.value.faults


def test_it_is_a_centre() -> None:
    centre: Centre = zjs()
    assert centre.rule("settle").title == "费用结算"
    with pytest.raises(KeyError):
        centre.rule("no_such_step")
    with pytest.raises(KeyError):
        centre.prepare("no_such_step", {}, header())
    assert centre.step_of("0000") is None


def test_the_envelope_is_as_seen() -> None:
    message = zjs().prepare("sign_in", {}, header(""))
    assert message.text == (
        '{"infno":"9001","msgid":"H99000000001202603020930001001","recer_sys_code":"ZJS",'
        '"infver":"V1.0","opter_type":1,"opter":"001","opter_name":"王收费",'
        '"inf_time":"20260302093000","fixmedins_code":"H99000000001","sign_no":"",'
        '"idfi_mode":"1","input":{}}'
    )
    assert (message.step, message.code, message.msgid) == ("sign_in", "9001", header().msgid)
    assert message.payload == message.text.encode("gbk")


def test_a_settlement_is_as_seen() -> None:
    values = {
        "visit_no": "V1",
        "bill_no": "B1",
        "med_type": "12",
        "settled_at": AT,
        "discharged_at": AT,
        "outcome_code": "04",
        "diagnosis_code": "S52",
        "person_no": "P1",
        "dept_code": "K1",
        "doctor_code": "D1",
        "diagnosis_name": "骨折",
        "occupational": "1",
    }
    message = zjs().prepare("settle", values, header())
    assert parse(message.text)["input"] == {
        "ipt_otp_no": "V1",
        "mdtrt_id": "B1",
        "med_type": "12",
        "setl_time": MOMENT,
        "dscg_time": MOMENT,
        "dscg_trt_rslt": "04",
        "diag_code": "S52",
        "psn_no": "P1",
        "adm_dept_codg": "K1",
        "atddr_no": "D1",
        "diag_dscr": "骨折",
        "occupationalType": "1",
    }


def test_fee_lines_stand_directly_under_the_envelope() -> None:
    message = zjs().prepare("upload_fees", {}, header(), [LINE, LINE | {"line_id": "L2"}])
    assert message.text.endswith(
        '"feedetail":[{"ipt_otp_no":"V1","list_type":"1","rxno":"R1","feedetl_sn":"L1",'
        '"fee_ocur_time":"20260302093000","med_list_codg":"A001","pric":12.5,"cnt":2,"umamt":25.00,'
        '"bilg_dr_codg":"D1","bilg_dept_codg":"K1","min_unit":"0","allSelfFlag":"1"},'
        '{"ipt_otp_no":"V1","list_type":"1","rxno":"R1","feedetl_sn":"L2",'
        '"fee_ocur_time":"20260302093000","med_list_codg":"A001","pric":12.5,"cnt":2,"umamt":25.00,'
        '"bilg_dr_codg":"D1","bilg_dept_codg":"K1","min_unit":"0","allSelfFlag":"1"}]}'
    )
    assert "input" not in parse(message.text)


def test_names_that_a_step_does_not_have_are_left_out() -> None:
    values = values_for("register")
    message = zjs().prepare("change_registration", values, header())
    assert "qualification_id" not in message.text


def test_cancelling_all_lines_sends_both_numbers_empty() -> None:
    message = zjs().prepare("cancel_fees", {"visit_no": "V1"}, header())
    assert parse(message.text)["input"] == {"ipt_otp_no": "V1", "rxno": "", "feedetl_sn": ""}


def test_settings_and_header_fill_the_envelope() -> None:
    settings = Settings.model_validate(
        {"centre": {"receiver": "JSYTH"}, "hospital": {"code": "H99000000002"}}
    )
    text = Zjs(shipped(), settings).prepare("sign_out", {}, header("S77")).text
    found = parse(text)
    assert (found["recer_sys_code"], found["fixmedins_code"]) == ("JSYTH", "H99000000002")
    assert (found["sign_no"], found["inf_time"]) == ("S77", MOMENT)


def test_another_encoding() -> None:
    settings = Settings.model_validate({"centre": {"encoding": "gb18030"}})
    message = Zjs(shipped(), settings).prepare("sign_out", {}, header_named("张㛃"))
    assert "㛃".encode("gb18030") in message.payload


def test_the_encoding_of_a_local_profile_counts_for_the_envelope_too(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, '[message]\nencoding = "gb18030"\n')
    message = centre.prepare("sign_out", {}, header_named("张㛃"))
    assert "㛃".encode("gb18030") in message.payload


def header_named(name: str) -> Header:
    return Header(header().msgid, MOMENT, "001", name, "S1")


def test_an_operator_whose_name_the_wire_cannot_carry() -> None:
    (found,) = faults(zjs().prepare, "sign_out", {}, header_named("张㛃"))
    assert found.field == "operator_name"
    assert "经办人姓名" in found.text and "㛃" in found.text


def test_without_sign_in_nothing_but_the_sign_in_leaves() -> None:
    (found,) = faults(zjs().prepare, "sign_out", {}, header(""))
    assert found.field == "sign_no"
    assert "交易签到流水号" in found.text


def test_a_scanned_card_needs_its_text() -> None:
    centre = Zjs(shipped(), Settings.model_validate({"centre": {"id_mode": "2"}}))
    (found,) = faults(centre.prepare, "read_card", {}, header())
    assert found.field == "qr_text"
    message = centre.prepare("read_card", {"qr_text": "QR-1"}, header())
    assert parse(message.text)["qrcode_info"] == "QR-1"
    assert parse(message.text)["input"] == {}
    assert "QR-1" not in centre.mask(message.text)


def test_all_faults_of_a_form_are_said_together() -> None:
    found = faults(
        zjs().prepare,
        "settle",
        {"visit_no": "V" * 31, "bill_no": "0", "med_type": "12", "settled_at": "now"},
        header(""),
    )
    assert [item.field for item in found] == [
        "sign_no",
        "visit_no",
        "bill_no",
        "settled_at",
        "discharged_at",
        "outcome_code",
        "diagnosis_code",
        "person_no",
        "dept_code",
        "doctor_code",
        "diagnosis_name",
        "occupational",
    ]
    assert all(item.text.endswith("。") for item in found)


def test_faults_of_lines_name_the_line() -> None:
    rows = [LINE, LINE | {"amount": 1.5}, LINE | {"doctor_code": "㛃", "price": Decimal("0.00001")}]
    found = faults(zjs().prepare, "upload_fees", {}, header(), rows)
    assert [(item.field, item.text[:6]) for item in found] == [
        ("amount", "第 2 行："),
        ("price", "第 3 行："),
        ("doctor_code", "第 3 行："),
    ]


@pytest.mark.parametrize(("count", "key"), [(0, "no_rows"), (31, "batch")])
def test_a_batch_has_its_size(count: int, key: str) -> None:
    (found,) = faults(zjs().prepare, "upload_fees", {}, header(), [LINE] * count)
    assert found.key == f"profile.write.{key}"


def test_the_number_of_faults_has_an_end() -> None:
    found = faults(zjs().prepare, "upload_fees", {}, header(), [{}] * 30)
    assert len(found) == 201
    assert found[-1].key == "profile.write.more_faults"


@pytest.mark.parametrize("value", [["x"], {"a": 1}, object()])
def test_values_of_a_strange_type_are_faults_and_no_crash(value: Any) -> None:
    (found,) = faults(zjs().prepare, "cancel_registration", {"visit_no": value}, header())
    assert (found.field, found.key) == ("visit_no", "profile.write.not_text")


def test_message_ids() -> None:
    assert zjs().new_msgid(MOMENT, 3, 42) == "H99000000001202603020930003042"


# -- bodies by wire names


def test_a_body_by_wire_names() -> None:
    body = {"ipt_otp_no": "V1", "mdtrt_id": "B1", "setl_time": MOMENT, "keep_tp_type": 0}
    assert zjs().from_wire("cancel_settlement", body) == (
        {"visit_no": "V1", "bill_no": "B1", "cancelled_at": AT, "keep_lines": "0"},
        (),
    )


def test_a_body_of_lines_in_every_form() -> None:
    line = {"feedetl_sn": "L1", "pric": 12.5, "cnt": "2", "umamt": 25}
    wanted = {"line_id": "L1", "price": Decimal("12.5"), "quantity": Decimal(2), "amount": 2500}
    text = '{"feedetail":[{"feedetl_sn":"L1","pric":12.5,"cnt":"2","umamt":25.00}]}'
    for body in ({"feedetail": [line]}, [line], text):
        assert zjs().from_wire("upload_fees", body) == ({}, (wanted,))


def test_what_was_written_can_be_sent_again() -> None:
    message = zjs().prepare("settle", values_for("settle"), header())
    values, _ = zjs().from_wire("settle", parse(message.text)["input"])
    assert zjs().prepare("settle", values, header()).text == message.text


def test_an_unknown_name_is_a_fault_with_the_nearest_known() -> None:
    found = faults(zjs().from_wire, "settle", {"setl_tiem": 1, "MDTRT_ID": "1", "zzz": 1})
    assert [item.field for item in found] == ["setl_tiem", "MDTRT_ID", "zzz"]
    assert "「setl_time」" in found[0].text
    assert "「mdtrt_id」" in found[1].text
    assert "是否" not in found[2].text


def test_values_that_cannot_be_understood_are_faults() -> None:
    found = faults(
        zjs().from_wire,
        "confirm_totals",
        {"medfee_sumamt": "x", "setl_cnt": "1.5", "hifp_pay": 1.005},
    )
    assert [item.field for item in found] == ["total", "count", "fund"]


def test_faults_of_lines_by_wire_names_name_the_line() -> None:
    found = faults(
        zjs().from_wire, "upload_fees", {"feedetail": [{"pric": 1}, {"prci": 1}, {"umamt": "x"}]}
    )
    assert [item.text[:6] for item in found] == ["第 2 行：", "第 3 行："]


def test_nested_rows_by_wire_names() -> None:
    body = {"diseinfo": [{"diag_code": "S52", "maindiag_flag": 1}, {"diag_cod": "x"}]}
    (found,) = faults(zjs().from_wire, "outpatient_record", body)
    assert "「diag_code」" in found.text
    del body["diseinfo"][1]
    values, _ = zjs().from_wire("outpatient_record", body)
    assert values == {"diagnoses": [{"code": "S52", "main": "1"}]}


@pytest.mark.parametrize("body", [None, 5, "[]", '"x"', [], [{}]])
def test_a_body_must_be_an_object(body: Any) -> None:
    (found,) = faults(zjs().from_wire, "settle", body)
    assert found.key == "profile.body.not_object"


@pytest.mark.parametrize(
    "body", [None, 5, {}, {"feedetail": {}}, {"feedetail": [1]}, {"input": []}, "{}"]
)
def test_a_body_of_lines_must_be_lines(body: Any) -> None:
    (found,) = faults(zjs().from_wire, "upload_fees", body)
    assert found.key == "profile.body.not_rows"
    assert "feedetail" in found.text


def test_text_that_is_no_json() -> None:
    (found,) = faults(zjs().from_wire, "settle", "{")
    assert found.key == "profile.body.not_json"


def test_null_and_blank_mean_nothing() -> None:
    assert zjs().from_wire("cancel_fees", {"ipt_otp_no": "V", "rxno": "", "feedetl_sn": None}) == (
        {"visit_no": "V"},
        (),
    )


# -- views


def test_fields_for_a_form() -> None:
    views = {view.name: view for view in zjs().fields("register")}
    med_type = views["med_type"]
    assert (med_type.label, med_type.type, med_type.length, med_type.required) == (
        "医疗类别",
        "code",
        6,
        True,
    )
    assert med_type.codes["11"] == "门诊肢体残"
    assert (med_type.code_list, med_type.source) == ("med_type", "given")
    assert views["phone"].mask == "phone" and not views["phone"].required
    when = views["inpatient_no"].when
    assert when is not None and when.holds({"med_type": "21"})
    assert list(views)[:2] == ["visit_no", "med_type"]


def test_views_of_nested_rows_and_replies() -> None:
    nested = next(view for view in zjs().fields("outpatient_record") if view.name == "diagnoses")
    assert [view.name for view in nested.fields] == ["code", "name", "main"]
    assert [view.name for view in zjs().reply_fields("sign_in")] == ["sign_no", "signed_at"]


def test_labels_of_codes() -> None:
    assert zjs().label("gend", "1") == "男"
    assert zjs().label("trt_chk_rslt", "02") == "欠费"
    assert zjs().label("trt_chk_rslt", "其它原因") == "其它原因"
    assert zjs().label("no such list", "1") == "1"
