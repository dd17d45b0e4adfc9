"""The GD centre as the services use it: documents, secrets, sessions, quirks of the platform."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.centre.gd import Gd
from core.centre.port import Centre
from core.clock import CHINA
from core.errors import Fault, InvalidInput, SetupError
from core.gateway.port import NoReply, Reply, Unsent
from core.outcome import Accepted, NotSent, Outcome, Rejected, Unknown
from core.protocol.loading import load_profile
from core.protocol.wirexml import parse
from core.secrets import GivenSecrets
from core.settings import Settings
from core.words import say
from tests.helpers.wire import PASSWORD, SETTINGS, gd, header, overlaid, program, shipped

AT = datetime(2026, 3, 2, 9, 30, tzinfo=CHINA)
LINE: dict[str, Any] = {
    "hosp_code": "YP0001", "name": "纱布<A&B>'\"", "occurred_at": AT, "price": Decimal("1.2500"),
    "quantity": Decimal(2), "amount": 250, "line_id": "L1", "is_disease": True,
    "restricted": "1",
}  # fmt: skip
VISIT = {"centre_visit_no": "99000120260302000001"}
PAID = {"akc264": "2.50", "bka831": "1.00", "bka832": "1.50"}


def written(step: str, values: dict[str, Any], *rows: dict[str, Any]) -> dict[str, Any]:
    return parse(gd().prepare(step, values, header(), rows).text)


def faults(step: str, values: dict[str, Any], *rows: dict[str, Any]) -> tuple[Fault, ...]:
    with pytest.raises(InvalidInput) as caught:
        gd().prepare(step, values, header(), rows)
    return caught.value.faults


def read(step: str, document: str) -> Outcome:
    return gd().read(step, Reply(200, document.encode(), 1))


def values(step: str, inner: str) -> dict[str, Any]:
    outcome = read(step, f"<program><return_code>1</return_code>{inner}</program>")
    assert isinstance(outcome, Accepted), outcome
    return outcome.values


def test_it_is_a_centre() -> None:
    centre: Centre = gd()
    assert centre.rule("settle").title == "门诊费用上传并结算"
    assert centre.encoding == "utf-8"
    with pytest.raises(KeyError):
        centre.rule("upload_fees")  # only stays have it
    assert centre.fields("upload_fees") == ()
    assert centre.variant("upload_fees", stay=True) == "upload_fees.stay"
    assert centre.variant("discharge", stay=True) == "discharge"
    assert not centre.has("upload_fees") and centre.has("upload_fees", stay=True)
    assert not centre.has("appeal")


# -- writing


def test_log_in_carries_no_session_and_hides_the_password() -> None:
    message = gd().prepare("sign_in", {}, header(""))
    assert list(parse(message.text)) == ["function_id", "userid", "password"]
    assert PASSWORD not in message.text and "******" in message.text
    assert parse(message.payload.decode())["password"] == PASSWORD
    assert PASSWORD not in gd().mask(message.payload.decode())


def test_without_a_password_nothing_is_sent() -> None:
    with pytest.raises(InvalidInput) as caught:
        Gd(shipped("gd"), SETTINGS["gd"]).prepare("sign_in", {}, header(""))
    assert "钥匙串" in str(caught.value)


@pytest.mark.parametrize("password", ["x" * 101, "a\x00b", "\ud800"])
def test_a_password_that_cannot_be_sent_is_a_sentence(password: str) -> None:
    centre = Gd(shipped("gd"), SETTINGS["gd"], GivenSecrets(centre=password))
    with pytest.raises(InvalidInput) as caught:
        centre.prepare("sign_in", {}, header(""))
    assert "密码" in str(caught.value) and password not in str(caught.value)


def test_a_keyring_that_fails_says_so() -> None:
    class Broken(GivenSecrets):
        def read(self, name: str) -> str:
            raise SetupError(Fault("secrets.unreadable", "钥匙串打不开"))

    centre = Gd(shipped("gd"), SETTINGS["gd"], Broken())
    with pytest.raises(SetupError):
        centre.prepare("sign_in", {}, header(""))
    assert centre.prepare("code_tables", {}, header()).payload


def test_institution_and_user_are_apart() -> None:
    centre = {"family": "gd", "institution": "H4401", "user": "gd01"}
    other = Gd(shipped("gd"), Settings.model_validate({"centre": centre}), GivenSecrets(centre="x"))
    found = parse(other.prepare("code_tables", {}, header()).text)
    assert (found["akb020"], found["session_id"], found["function_id"]) == (
        "H4401",
        "S1",
        "bizh120205",
    )
    assert parse(other.prepare("sign_in", {}, header("")).text)["userid"] == "gd01"


def test_a_settlement_is_as_seen() -> None:
    found = written("settle", VISIT | {"bill_no": "B1", "visit_no": "MZ1"}, LINE)
    assert list(found) == [
        "session_id", "function_id", "akb020", "aaz218", "bka014", "bka015", "bka893", "feeinfo",
    ]  # fmt: skip
    assert (found["function_id"], found["bka893"], found["bka015"]) == ("bizh110105", "1", "王收费")
    assert found["feeinfo"] == [{
        "aaz213": "", "ake005": "YP0001", "ake006": "纱布<A&B>'\"", "bka051": "20260302",
        "bka056": "1.2500", "bka057": "2", "bka058": "2.50", "bka071": "L1", "aka036": "1",
        "aaz267": "1", "bka061": "1",
    }]  # fmt: skip
    assert written("presettle", VISIT, LINE)["bka893"] == "0"


def test_a_constant_cannot_be_overridden() -> None:
    assert written("presettle", VISIT | {"save": "1"}, LINE)["bka893"] == "0"


def test_a_refund_names_the_original_line() -> None:
    negative = LINE | {"quantity": Decimal(-2), "amount": -250}
    assert [item.field for item in faults("cancel_settlement", VISIT, negative)] == ["line_no"]
    found = written("cancel_settlement", VISIT, negative | {"line_no": "7"})["feeinfo"][0]
    assert (found["aaz213"], found["bka057"], found["bka058"]) == ("7", "-2", "-2.50")


def test_lines_of_a_stay_carry_their_own_number_and_who_entered_them() -> None:
    rows = written("upload_fees.stay", VISIT, LINE, LINE | {"line_id": "L2"})["feeinfo"]
    assert [row["aaz213"] for row in rows] == ["L1", "L2"]
    assert {row["bka063"] for row in rows} == {"001"}


def test_who_is_asked_for_in_the_programs_own_words() -> None:
    asked = written("read_card", {"identify_by": "computer_no", "identify_value": "P1"})
    assert (asked["bka895"], asked["bka896"], asked["bka006"]) == ("aac001", "P1", "410")
    assert written("visit_data", VISIT)["bka895"] == "aaz218"
    assert written("visit_data", VISIT)["bka896"] == VISIT["centre_visit_no"]
    assert (
        written("stay_data", {"identify_by": "inpatient_no", "identify_value": "ZY1"})["bka895"]
        == "bka025"
    )
    assert "identify_by" in {item.field for item in faults("read_card", {"identify_by": "face"})}


def test_every_fault_is_named_with_its_row() -> None:
    found = faults("settle", {}, LINE, LINE | {"hosp_code": "", "price": Decimal("0.00001")})
    assert [item.field for item in found] == ["centre_visit_no", "hosp_code", "price"]
    assert found[1].text.startswith("第 2 行")


def test_a_name_that_is_too_long_loses_its_end_and_a_number_does_not() -> None:
    row = written("settle", VISIT, LINE | {"name": "纱" * 60, "spec": "3" * 301})["feeinfo"][0]
    assert (row["ake006"], row["bka054"]) == ("纱" * 50, "3" * 300)
    odd = written("settle", VISIT, LINE | {"name": "A" + "纱" * 60})["feeinfo"][0]
    assert odd["ake006"] == "A" + "纱" * 49
    (found,) = faults("settle", VISIT, LINE | {"line_id": "1" * 21})
    assert (found.field, found.key) == ("line_id", "profile.write.too_long")


def test_too_few_and_too_many_rows() -> None:
    assert [item.key for item in faults("settle", VISIT)] == ["profile.write.no_rows"]
    assert "100" in faults("settle", VISIT, *[LINE] * 101)[0].text


def test_a_message_that_is_too_large(tmp_path: Path) -> None:
    centre = overlaid(tmp_path, "[message]\nlargest = 1024\n", "gd")
    with pytest.raises(InvalidInput) as caught:
        centre.prepare("settle", VISIT, header(), [LINE] * 20)
    assert caught.value.faults[0].key == "profile.write.too_big"


def test_the_shipped_example_of_a_city_works() -> None:
    example = Path("resources/profiles/local-example-gd.toml")
    centre = Gd(load_profile("gd", example), SETTINGS["gd"], GivenSecrets(centre=PASSWORD))
    found = parse(centre.prepare("slip.stay", VISIT, header()).text)
    assert found["aaz217"] == VISIT["centre_visit_no"] and "aaz218" not in found
    assert (found["function_id"], found["trans_id"]) == ("bizh410003", header().msgid)
    asked = parse(centre.prepare("visit_data", VISIT, header()).text)
    assert (asked["bka895"], asked["bka896"]) == ("aaz217", VISIT["centre_visit_no"])
    outcome = centre.read("register", program(aaz217="V9"))
    assert isinstance(outcome, Accepted) and outcome.values == {"centre_visit_no": "V9"}
    message = centre.prepare("upload_fees.stay", VISIT, header(), [LINE, LINE])
    assert [row["aaz213"] for row in parse(message.text)["feeinfo"]] == ["1", "2"]
    assert centre.rule("upload_fees.stay").batch == 50
    assert centre.capabilities.delete_fees == "counter_entry"


# -- bodies by wire names


def test_a_body_by_wire_names_in_three_forms() -> None:
    wanted = ({"identify_by": "card_no", "identify_value": "12", "med_type": "410"}, ())
    body = {"bka895": "bka100", "bka896": "12", "bka006": "410"}
    document = "<program><bka895>bka100</bka895><bka896>12</bka896><bka006>410</bka006></program>"
    for form in (body, '{"bka895":"bka100","bka896":12,"bka006":"410"}', document):
        assert gd().from_wire("read_card", form) == wanted


def test_rows_of_a_body() -> None:
    body = {"aaz218": "V1", "bka893": "1", "feeinfo": [{"ake005": "X", "bka058": "1.5"}]}
    assert gd().from_wire("settle", body) == (
        {"centre_visit_no": "V1"},
        ({"hosp_code": "X", "amount": 150},),
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"aaz128": "V1"}, "aaz218"),
        ({"bka893": "0"}, "固定为「1」"),
        ({"feeinfo": [{"bka058": "x"}]}, "金额"),
        ("<program><aaz218>", "JSON"),
        ([], "JSON 对象"),
    ],
)
def test_a_body_that_is_wrong(body: Any, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        gd().from_wire("settle", body)
    assert words in str(caught.value)


# -- reading


def test_amounts_in_a_dataset_or_flat() -> None:
    flat = "".join(f"<{name}>{value}</{name}>" for name, value in PAID.items())
    wanted = {"total": 250, "personal": 100, "fund": 150}
    batch = "<bka001>1</bka001>"
    for inner in (f"<payinfo><row>{flat}{batch}</row></payinfo>", f"{flat}{batch}",
                  f"<PayInfo><aaz218/>{flat}{batch}</PayInfo>"):  # fmt: skip
        assert values("settle", inner) == wanted | {"fee_batch": "1"}
    assert values("settle.stay", flat) == wanted


def test_a_settlement_without_its_total_is_unknown() -> None:
    outcome = gd().read("settle.stay", program(akc264="2.50", bka831="1.00"))
    assert isinstance(outcome, Unknown) and "工伤保险支付" in outcome.text


def test_two_different_payments_in_one_reply_are_unknown() -> None:
    row = "<row><akc264>{0}</akc264><bka831>0</bka831><bka832>{0}</bka832><bka001>1</bka001></row>"
    rows = row.format("1.00") + row.format("2.00")
    outcome = read(
        "settle", f"<program><return_code>1</return_code><payinfo>{rows}</payinfo></program>"
    )
    assert isinstance(outcome, Unknown) and "医疗总费用" in outcome.text


PERSON = "<aac001>P1</aac001><aac003>沈青</aac003><aac004>1</aac004>"


def test_several_injuries_of_an_outpatient() -> None:
    inner = f"""<personinfo><row>{PERSON}</row></personinfo><injuryorbirthinfo>
<row><bka042>Q1</bka042><aae030>20250101</aae030><aae031>20261231</aae031></row>
<row><bka042>Q2</bka042></row><row><bka042/></row></injuryorbirthinfo>"""
    found = values("read_card", inner)
    assert found["conclusions"] == [
        {"id": "Q1", "begins": "20250101", "ends": "20261231"},
        {"id": "Q2"},
    ]
    assert (found["person_no"], found["name"]) == ("P1", "沈青")
    assert "refused_reason" not in found


def test_an_inpatients_injuries_stand_in_the_persons_rows() -> None:
    rows = "".join(
        f"<row>{PERSON}<bka042>{number}</bka042><bka026>S62</bka026><bka888>0</bka888></row>"
        for number in ("Q1", "Q2")
    )
    found = values("read_card.stay", f"<personinfo>{rows}</personinfo>")
    assert [item["id"] for item in found["conclusions"]] == ["Q1", "Q2"]
    assert found["conclusions"][0]["diagnosis_code"] == "S62"


def test_two_different_persons_are_nobody() -> None:
    rows = f"<row>{PERSON}</row><row><aac001>P2</aac001><aac003>沈青</aac003></row>"
    outcome = read(
        "read_card",
        f"<program><return_code>1</return_code><personinfo>{rows}</personinfo></program>",
    )
    assert isinstance(outcome, Unknown) and "电脑号" in outcome.text


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("<bka888>1</bka888>", "个人基金状态：冻结"),
        ("<bka888>9</bka888>", "个人基金状态：未参保"),
        ("<bka888>0</bka888>", ""),
        ("<bka888/>", ""),
    ],
)
def test_a_frozen_fund_is_a_reason(inner: str, reason: str) -> None:
    found = values("read_card.stay", f"<personinfo><row>{PERSON}{inner}</row></personinfo>")
    assert found.get("refused_reason", "") == reason


def test_a_frozen_fund_of_an_outpatient_says_why() -> None:
    row = "<row><aaa157>{}</aaa157><aad006>工伤保险基金</aad006><aac031>{}</aac031><bka408>欠费</bka408></row>"  # noqa: E501
    rows = [row.format("501", "1"), row.format("511", "1"), row.format("501", "0")]
    reasons = ["工伤保险基金、冻结、欠费", "", ""]
    for one, reason in zip(rows, reasons, strict=True):
        inner = f"<personinfo><row>{PERSON}</row></personinfo><freezeinfo>{one}</freezeinfo>"
        assert values("read_card", inner).get("refused_reason", "") == reason


def test_a_list_under_another_name_and_an_empty_one() -> None:
    document = "<program><return_code>1</return_code>{}</program>"
    row = "<row><aaz218>V1</aaz218><bka017>20260302</bka017></row>"
    for name in ("bizinfo", "clinicinfo"):
        outcome = read("visit_data", document.format(f"<{name}>{row}</{name}>"))
        assert isinstance(outcome, Accepted)
        assert [item["centre_visit_no"] for item in outcome.rows] == ["V1"]
    for inner in ("", "<bizinfo/>"):
        outcome = read("visit_data", document.format(inner))
        assert isinstance(outcome, Accepted) and outcome.rows == ()
    outcome = read("visit_data", document.format(f"<a>{row}</a><b>{row}</b>"))
    assert isinstance(outcome, Unknown)


def test_a_batch_without_lines_is_empty_even_where_its_visit_is_named() -> None:
    business = "<bizinfo><row><aaz218>V1</aaz218></row></bizinfo>"
    for inner in (business, f"{business}<feeinfo/>", ""):
        document = f"<program><return_code>1</return_code>{inner}</program>"
        outcome = read("refund_data", document)
        assert isinstance(outcome, Accepted) and outcome.rows == ()
    strange = business.replace("bizinfo", "elseinfo")
    outcome = read("refund_data", f"<program><return_code>1</return_code>{strange}</program>")
    assert isinstance(outcome, Unknown)


def test_the_number_of_a_new_visit_flat_or_in_a_dataset() -> None:
    for inner in ("<aaz218>V1</aaz218>", "<payinfo><row><aaz218>V1</aaz218></row></payinfo>"):
        assert values("register", inner) == {"centre_visit_no": "V1"}
    assert isinstance(gd().read("register", program()), Unknown)


@pytest.mark.parametrize("wrap", ["<fundList>{}</fundList>",
                                  "<fundInfo><fundList>{}</fundList></fundInfo>",
                                  "<fundInfo>{}</fundInfo>"])  # fmt: skip
def test_shares_of_the_slip_wherever_they_stand(wrap: str) -> None:
    rows = wrap.format("<row><bka800>合计</bka800><bka801_7>2.50</bka801_7></row>")
    found = values("slip.stay", f"<bka979>2.50</bka979>{rows}")
    assert found == {"total": 250, "shares": [{"item": "合计", "sum": 250}]}


# -- endings


@pytest.mark.parametrize(
    ("code", "text", "expired"),
    [("-1", "没有这个人", False), ("-9", "会话超时", True), ("-1", "会话已失效，请重新登录", True),
     ("-100", "", False)],
)  # fmt: skip
def test_every_negative_code_is_a_refusal(code: str, text: str, expired: bool) -> None:
    outcome = gd().read("settle", program(return_code=code, return_code_message=text))
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.text) == (code, text)
    assert gd().is_sign_in_expired(outcome) is expired


@pytest.mark.parametrize("code", ["0", "2", "", "-", "1.0", "一"])
def test_any_other_code_is_unknown(code: str) -> None:
    assert isinstance(gd().read("settle", program(return_code=code)), Unknown)


def test_a_stack_becomes_a_sentence_and_the_original_is_kept() -> None:
    text = (
        "java.lang.RuntimeException: com.powersi.hygeia.framework.HygeiaException: "
        "业务互斥，该人员在北山示例医院住院"
        "\n\tat com.powersi.Biz.run(Biz.java:12)\n\tat x.y.Z(Q.java)"
    )
    outcome = gd().read("register.stay", program(return_code="-1", return_code_message=text))
    assert isinstance(outcome, Rejected)
    assert outcome.text == "业务互斥，该人员在北山示例医院住院"
    assert gd().is_excluded(outcome)
    assert "Biz.java" in outcome.reply["return_code_message"] and b"Biz.java" in outcome.raw


def test_already_refunded_is_already_done() -> None:
    text = "该批次已经办理过退费，不能重复退费"
    outcome = gd().read("refund_data", program(return_code="-1", return_code_message=text))
    assert gd().is_already_done(outcome) and not gd().is_excluded(outcome)


@pytest.mark.parametrize(
    "document",
    [
        "服务执行发生异常",
        "<html><body>服务执行发生异常</body></html>",
        "<program><return_code>-1</return_code>"
        "<return_code_message>服务执行发生异常</return_code_message></program>",
        "<program><return_code>-1</return_code><return_code_message>"
        "java.net.SocketTimeoutException: Read timed out</return_code_message></program>",
        "<program><return_code_message>ok</return_code_message></program>",
        "<program><return_code>1</return_code><return_code>-1</return_code></program>",
        "",
        "{}",
    ],
)
def test_what_the_platform_itself_does_not_know_is_unknown(document: str) -> None:
    outcome = read("settle", document)
    assert isinstance(outcome, Unknown), outcome
    assert outcome.raw == document.encode() and outcome.text


def test_an_http_error_is_unknown_with_its_words() -> None:
    outcome = gd().read("settle", Reply(502, b"<html><h1>Bad Gateway</h1></html>", 1))
    assert isinstance(outcome, Unknown)
    assert outcome.text == say("profile.read.http", status=502, text="Bad Gateway")
    outcome = gd().read("settle", Reply(500, b"", 1))
    assert isinstance(outcome, Unknown) and "500" in outcome.text


def test_what_never_left_and_what_never_came() -> None:
    assert isinstance(gd().read("settle", Unsent("refused", "x")), NotSent)
    assert isinstance(gd().read("settle", NoReply("deadline", "x")), Unknown)


# -- identities


def test_identities_are_checked_to_the_fen() -> None:
    found = {"total": 250, "personal": 100, "fund": 150, "cash": 100, "pooled": 150}
    assert gd().broken_identities("settle", found) == ()
    (broken,) = gd().broken_identities("settle", found | {"cash": 99})
    assert broken.field == "personal"
    assert "个人自付 1.00" in broken.text and "个人现金支付 0.99" in broken.text
    (broken,) = gd().broken_identities("settle.stay", found | {"total": 251})
    assert broken.field == "total"


def test_amounts_that_only_explain_are_no_addends() -> None:
    found = {"total": 250, "personal": 100, "fund": 150, "full_self_paid": 70, "deductible": 9}
    assert gd().broken_identities("settle", found) == ()
    assert gd().broken_identities("sign_in", {}) == ()


def test_a_local_profile_may_say_other_identities(tmp_path: Path) -> None:
    text = '[[identities]]\ntotal = "total"\nparts = ["cash", "pooled"]\n'
    centre = overlaid(tmp_path, text, "gd")
    values = {"total": 250, "cash": 100, "pooled": 149}
    assert [item.field for item in centre.broken_identities("settle", values)] == ["total"]


# -- masks


def test_persons_are_hidden_in_documents_and_the_rest_stays() -> None:
    text = (
        "<program><aac003>沈青云</aac003><aac002>990101199001011230</aac002><ake006>纱布</ake006>"
        "<session_id>abc</session_id><AAC006>19900101</AAC006><aac003/><aac003>A&amp;B</aac003>"
        "<aae005>139000"
    )
    assert gd().mask(text) == (
        "<program><aac003>沈**</aac003><aac002>990101********1230</aac002><ake006>纱布</ake006>"
        "<session_id>***</session_id><AAC006>1990****</AAC006><aac003/><aac003>***</aac003>"
        "<aae005>******"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[transactions.bizh110105]\nrows = "line"', "lines"),
        ("[transactions.bizh110105]\nbatch = 0", "batch"),
        ('[transactions.sys0001]\nwithout = ["sesion_id"]', "session_id"),
        ('[transactions.sys0001.request.password]\nmask = ""', "whole"),
        ('[transactions.sys0001.request.password]\nsecret = ""', "钥匙串"),
        ('[elements.aac001]\nwire = "2aac"', "XML"),
        ('[elements.aka036]\ninstead = "restrict"', "restricted"),
        ('[elements.bka895]\nmeans = { aac001 = "x", aac002 = "x" }', "两次"),
        ('[transactions.bizh120103.request.bka024]\ncodes = "yes_no"\ndefault = "7"', "不在代码表"),
        ('[[identities]]\ntotal = "totl"\nparts = ["cash"]', "total"),
    ],
)
def test_mistakes_of_a_local_profile_are_named(tmp_path: Path, text: str, words: str) -> None:
    local = tmp_path / "local.toml"
    local.write_text(text, "utf-8")
    with pytest.raises(SetupError) as caught:
        load_profile("gd", local)
    assert words in str(caught.value)
