"""A local profile over the shipped one: everything follows it — message, checks, masks, forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.centre.zjs import Zjs
from core.errors import InvalidInput
from core.outcome import Accepted, Rejected, Unknown
from core.protocol.loading import load_profile
from core.protocol.wirejson import parse
from core.settings import Settings
from tests.helpers.wire import header, overlaid, reply, shipped, values_for


def body(centre: Zjs, step: str, **changes: Any) -> dict[str, Any]:
    """The body of a message of ``step`` with ``changes`` to the invented values."""
    message = centre.prepare(step, values_for(step) | changes, header())
    found: dict[str, Any] = parse(message.text)["input"]
    return found


def faults(centre: Zjs, step: str, **changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        centre.prepare(step, values_for(step) | changes, header())
    return {item.field: item.key.rpartition(".")[2] for item in caught.value.faults}


def test_without_a_local_file_the_profile_is_as_shipped(tmp_path: Path) -> None:
    assert load_profile("zjs").local_file == ""
    assert overlaid(tmp_path, "").profile.transactions == shipped().transactions


def test_the_issue_s_own_example(tmp_path: Path) -> None:
    centre = overlaid(
        tmp_path,
        "[transactions.2207]\ntimeout = 4\n[resolve]\nquiet = 2\nbackoff = [1, 2, 5]\nlimit = 20\n",
    )
    assert centre.rule("settle").deadline == 4
    assert centre.prepare("settle", values_for("settle"), header()).deadline == 4
    assert centre.rule("presettle").deadline == shipped().steps["presettle"].timeout
    assert (centre.patience.quiet, centre.patience.backoff) == (2, (1, 2, 5))
    assert centre.profile.local_file.endswith("local.toml")


def test_rename_changes_the_wire_and_nothing_else(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, '[transactions.2207.request]\nmdtrt_id = { wire = "bill_id" }\n')
    found = body(centre, "settle", bill_no="B7")
    assert found["bill_id"] == "B7"
    assert "mdtrt_id" not in found
    assert centre.from_wire("settle", {"bill_id": "B7"}) == ({"bill_no": "B7"}, ())
    assert "mdtrt_id" in body(centre, "presettle")
    with pytest.raises(InvalidInput):
        centre.from_wire("settle", {"mdtrt_id": "B7"})


def test_rename_of_an_element_changes_it_everywhere(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, '[elements.ipt_otp_no]\nwire = "visit_id"\n')
    for step in ("register", "settle", "cancel_fees"):
        assert "visit_id" in body(centre, step)
    found = centre.read("presettle", reply(
        {"VISIT_ID": "V", "medfee_sumamt": 1, "hifp_pay": 1, "psn_cash_pay": 0}))  # fmt: skip
    assert isinstance(found, Accepted)
    assert found.values["visit_no"] == "V"


def test_rename_of_a_reply_field(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, '[transactions.9001.reply]\nsign_no = { wire = "signId" }\n')
    found = centre.read("sign_in", reply({"signid": "S9"}))
    assert isinstance(found, Accepted) and found.values == {"sign_no": "S9"}


def test_resize(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, "[transactions.2201.request.ipt_otp_no]\nlength = 4\n")
    assert faults(centre, "register", visit_no="V1234") == {"visit_no": "too_long"}
    assert body(centre, "register", visit_no="V123")["ipt_otp_no"] == "V123"
    assert body(centre, "settle", visit_no="V1234")["ipt_otp_no"] == "V1234"


def test_resize_of_an_element(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, "[elements.ipt_otp_no]\nlength = 4\n")
    for step in ("register", "settle", "details"):
        assert faults(centre, step, visit_no="V1234") == {"visit_no": "too_long"}


def test_require(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, "[transactions.2201.request]\ntel = { required = true }\n")
    assert faults(centre, "register", phone="") == {"phone": "required"}
    view = next(item for item in centre.fields("register") if item.name == "phone")
    assert view.required


def test_require_on_a_condition_by_wire_or_domain_name(tmp_path: Path) -> None:
    for name in ("med_type", "adm_diag_dscr"):
        text = (
            f'[transactions.2201.request]\ntel = {{ when = {{ field = "{name}", in = ["11"] }} }}\n'
        )
        centre = overlaid(tmp_path, text)
        wanted = {"med_type": "11", "diagnosis_code": "11"}
        assert faults(centre, "register", phone="", **wanted) == {"phone": "required_when"}
        other = {"med_type": "12", "diagnosis_code": "12"}
        assert body(centre, "register", phone="", **other)["tel"] == ""


def test_no_longer_required(tmp_path: Path) -> None:
    centre = overlaid(
        tmp_path, "[transactions.2201.request]\nqualification_id = { required = false }\n"
    )
    assert body(centre, "register", qualification_id="")["qualification_id"] == ""


def test_drop_a_field(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, "[transactions.2203.request.tel]\ndrop = true\n")
    assert "tel" not in body(centre, "change_registration", phone="110")
    assert "phone" not in {item.name for item in centre.fields("change_registration")}
    assert "tel" in body(centre, "register")


def test_drop_a_transaction(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, "[transactions.3101]\ndrop = true\n")
    assert centre.step_of("3101") is None
    with pytest.raises(KeyError):
        centre.rule("appeal")


ADDED = """
[transactions.2201.request.injury_date]
label = "受伤日期"
type = "digits"
length = 8
required = true
source = "ask"
"""


def test_an_added_field_is_asked_for_on_the_form(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, ADDED)
    view = centre.fields("register")[-1]
    assert (view.name, view.label, view.source, view.required) == (
        "injury_date",
        "受伤日期",
        "ask",
        True,
    )
    assert faults(centre, "register") == {"injury_date": "required"}
    assert body(centre, "register", injury_date="20260301")["injury_date"] == "20260301"
    assert centre.from_wire("register", {"injury_date": "20260301"})[0] == {
        "injury_date": "20260301"
    }


def test_an_added_constant_and_setting(tmp_path: Path) -> None:
    text = """
    [transactions.2204.request.unit]
    label = "单位"
    source = "constant"
    value = "医院"
    [transactions.2201.request.desk]
    label = "工位"
    source = "setting"
    setting = "desk.number"
    [envelope.request.fixmedins_name]
    label = "机构名称"
    source = "setting"
    setting = "hospital.name"
    """
    centre = overlaid(tmp_path, text)
    rows = [values_for("upload_fees")] * 2
    message = parse(centre.prepare("upload_fees", {}, header(), rows).text)
    assert [row["unit"] for row in message["feedetail"]] == ["医院", "医院"]
    assert message["fixmedins_name"] == Settings().hospital.name
    assert body(centre, "register")["desk"] == "1"


def test_what_the_caller_says_goes_before_a_constant(tmp_path: Path) -> None:
    text = '[transactions.2201.request.unit]\nlabel = "单位"\nsource = "constant"\nvalue = "A"\n'
    centre = overlaid(tmp_path, text)
    assert body(centre, "register", unit="B")["unit"] == "B"


def test_an_added_domain_name(tmp_path: Path) -> None:
    text = '[transactions.9105.reply.hosp_lv]\nname = "hospital_level"\nlabel = "医院等级"\n'
    found = overlaid(tmp_path, text).read("visit_list", reply([{"ipt_otp_no": "V", "hosp_lv": 3}]))
    assert isinstance(found, Accepted)
    assert found.rows == ({"visit_no": "V", "hospital_level": "3"},)


def test_an_added_transaction(tmp_path: Path) -> None:
    text = """
    [transactions.2301]
    step = "referral"
    title = "转诊备案"
    class = "business"
    effect = "writes"
    timeout = 30
    shape = "none"
    [transactions.2301.request]
    psn_no = { label = "个人", source = "ask", required = true }
    applyReason = { name = "reason", label = "申请原因", length = 500, source = "ask" }
    """
    centre = overlaid(tmp_path, text)
    assert centre.step_of("2301") == "referral"
    message = centre.prepare("referral", {"person_no": "P", "reason": "r"}, header())
    assert parse(message.text)["input"] == {"psn_no": "P", "applyReason": "r"}


def test_other_codes(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, '[codes.med_type.values]\n14 = "门诊旧伤复发"\n')
    assert body(centre, "register", med_type="14")["med_type"] == "14"
    assert centre.label("med_type", "14") == "门诊旧伤复发"
    assert centre.label("med_type", "11") == "门诊肢体残"


def test_other_final_codes_replace_the_list(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, '[envelope]\naccepted = ["1"]\nrejected = ["2"]\n')
    assert isinstance(centre.read("sign_out", reply(infcode=1)), Accepted)
    assert isinstance(centre.read("sign_out", reply(infcode="2")), Rejected)
    assert isinstance(centre.read("sign_out", reply(infcode=0)), Unknown)


def test_other_words_of_the_centre(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, '[texts]\nsign_in_expired = ["会话失效"]\n')
    assert centre.is_sign_in_expired(Rejected("-1", "会话失效，请登录"))
    assert not centre.is_sign_in_expired(Rejected("-1", "请重新签到"))
    assert centre.is_already_done(Rejected("-1", "重复上传"))


def test_another_envelope(tmp_path: Path) -> None:
    text = """
    [envelope]
    body = "data"
    [envelope.request]
    infno = { wire = "tradeNo" }
    opter_type = { write_as = "text" }
    inf_time = { drop = true }
    [envelope.reply]
    infcode = { wire = "resultCode" }
    output = { wire = "result" }
    """
    centre = overlaid(tmp_path, text)
    message = parse(centre.prepare("sign_in", {}, header("")).text)
    assert (message["tradeNo"], message["opter_type"], message["data"]) == ("9001", "1", {})
    assert "inf_time" not in message and "input" not in message
    found = centre.read("sign_in", reply(resultCode=0, result={"sign_no": "S"}))
    assert isinstance(found, Accepted) and found.values == {"sign_no": "S"}


def test_lines_inside_input_if_the_manual_says_so(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, '[transactions.2204]\nbody = "input"\nbatch = 100\n')
    rows = [values_for("upload_fees")] * 100
    assert len(parse(centre.prepare("upload_fees", {}, header(), rows).text)["input"]) == 100


def test_escaped_messages(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, "[message]\nescape = true\n")
    message = centre.prepare("settle", values_for("settle") | {"diagnosis_name": "骨折"}, header())
    assert message.text.isascii()
    assert parse(message.text)["input"]["diag_dscr"] == "骨折"
    assert faults(centre, "settle", diagnosis_name="㛃") == {"diagnosis_name": "unencodable"}


def test_a_smaller_message(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, "[message]\nlargest = 1024\n")
    with pytest.raises(InvalidInput) as caught:
        centre.prepare("upload_fees", {}, header(), [values_for("upload_fees")] * 30)
    assert caught.value.faults[0].key == "profile.write.too_big"


def test_capabilities(tmp_path: Path) -> None:
    text = '[capabilities]\nreversal_is_remembered = false\ndelete_fees = "counter_entry"\n'
    text += "card_again = []\nfiling_warning = 14\n"
    can = overlaid(tmp_path, text).capabilities
    assert (can.reversal, can.reversal_is_remembered, can.delete_fees) == (
        True,
        False,
        "counter_entry",
    )
    assert (can.card_again, can.card_fresh, can.filing_warning) == ((), 600, 14)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    local = tmp_path / "local.toml"
    local.write_text("[transactions.2207]\ntimeout = 4\n", "utf-8-sig")
    assert load_profile("zjs", local).transactions["2207"].timeout == 4


def test_the_shipped_example_of_a_local_profile_works() -> None:
    example = Path("resources/profiles/local-example.toml")
    centre = Zjs(load_profile("zjs", example), Settings())
    assert centre.rule("settle").deadline == 90
    found = body(centre, "register", injury_date="20260301", med_type="14")
    assert found["injury_date"] == "20260301"
    assert "psn_no" not in body(centre, "reverse")
