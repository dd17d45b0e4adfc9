"""Stays at the simulated platform: order of steps and of undoing, fees, records (§4.2, §4.3)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.helpers.platform import (
    DRUG,
    LUO,
    LUO_WRIST,
    SHARED,
    SHEN,
    THERE,
    WEI,
    Ground,
    admission,
    leaving,
    line,
)
from tests.unit.test_platform_outpatient import holds

SETTLING = {"bka046": "0101", "bka047": "某"}
STEPS = ("bizh120105", "bizh120106", "bizh120107", "bizh120108", "bizh120109")


@pytest.fixture
def ground():
    return Ground()


def stays(ground, **asked):
    found = ground.desk.done("bizh120102", **({"bka895": "aac001", "bka896": LUO} | asked))
    return found["bizinfo"] or []


# --- admission ------------------------------------------------------------------------------------


def test_a_person_for_admission_has_a_row_an_injury_and_the_fund_state(ground):
    asked = {
        "bka895": "aac001",
        "bka896": LUO,
        "aka130": "42",
        "bka006": "420",
        "bka017": "20260302",
    }
    rows = ground.desk.done("bizh120001", **asked)["personinfo"]
    assert [(row["bka042"], row["bka888"]) for row in rows] == [
        ("GS9926000201", "0"), (LUO_WRIST, "0"),
    ]  # fmt: skip
    frozen = ground.desk.done("bizh120001", **asked | {"bka896": "990010007"})["personinfo"]
    assert frozen[0]["bka888"] == "1"
    none = ground.desk.done("bizh120001", **asked | {"bka896": "990010005"})["personinfo"]
    assert none[0]["bka042"] == ""


@pytest.mark.parametrize(("changes", "words"), [
    ({"aac001": WEI, "bka042": ""}, "北山示例医院"), ({"bka042": ""}, "2条"),
    ({"aac001": SHEN}, "不属于"), ({"bka006": "410"}, "bka006"), ({"bka022": ""}, "bka022"),
    ({"bka017": "20260303"}, "晚于"), ({"aac001": "990010007", "bka042": ""}, "冻结"),
])  # fmt: skip
def test_an_admission_is_refused_with_its_reason(ground, changes, words):
    assert words in ground.desk.refused("bizh120103", **admission(**changes))


def test_business_exclusion_between_hospitals_until_the_admission_is_undone(ground):
    number = ground.admitted()
    other = ground.another(THERE)
    said = other.refused("bizh120103", **admission("ZY9"))
    assert "业务互斥" in said and "东湖示例医院" in said and number in said
    assert "业务互斥" in ground.desk.refused("bizh120103", **admission("ZY2"))
    registering = {
        "aac001": LUO,
        "aka130": "41",
        "bka006": "410",
        "bka017": "20260302",
        "bka014": "1",
        "bka015": "x",
        "bka026": "S57",
        "bka025": "MZ",
        "bka893": "0",
        "bka042": LUO_WRIST,
    }
    assert "业务互斥" in other.refused("bizh110104", **registering)
    ground.desk.done("bizh120109", aaz218=number)
    other.done("bizh120103", **admission("ZY9"))


def test_a_settled_stay_excludes_nobody(ground):
    ground.settled()
    ground.another(THERE).done("bizh120103", **admission("ZY9"))


@pytest.mark.parametrize(("kind", "value"), [
    ("aac001", LUO), ("aac002", "990101198509221040"), ("bka100", "Z90010002"),
    ("bka025", "ZY1"), ("aaz218", "99000120260302000001"),
])  # fmt: skip
def test_a_stay_is_found_by_each_number(ground, kind, value):
    ground.admitted()
    assert [row["bka025"] for row in stays(ground, bka895=kind, bka896=value)] == ["ZY1"]


def test_stays_by_state_and_period(ground):
    ground.settled()
    assert [row["bka891"] for row in stays(ground, bka891="1")] == ["1"]
    assert stays(ground, bka891="0") == []
    assert stays(ground, aae030="20260303") == stays(ground, aae031="20260301") == []
    row = stays(ground, aae030="20260302", aae031="20260302")[0]
    assert (row["bka039"], row["bka030"], row["bka032"]) == ("1", "1", "20260302")


def test_only_some_fields_of_an_admission_change(ground):
    number = ground.admitted()
    fresh = {"bka021": "B02", "bka022": "康复病区", "bka023": "7", "bka025": "ZY7"}
    ground.desk.done("bizh120104", aaz218=number, **fresh)
    row = stays(ground)[0]
    assert {name: row[name] for name in fresh} == fresh and row["bka019"] == "K010"
    ground.desk.done("bizh120104", aaz218=number, bka026="S57.801", bka023="8")
    assert "bka026" in ground.desk.refused("bizh120104", aaz218=number, bka026="S00")
    ground.admitted("ZY8", aac001=SHEN, bka042="")
    assert "ZY8" in ground.desk.refused("bizh120104", aaz218=number, bka025="ZY8")


# --- fees -----------------------------------------------------------------------------------------


def test_fees_come_between_admission_and_discharge_only(ground):
    number = ground.admitted()
    ground.desk.done("bizh120002", [line("", aaz213="1")], aaz218=number)
    ground.desk.done("bizh120105", **leaving(number))
    assert "出院登记" in ground.desk.refused("bizh120002", [line("", aaz213="2")], aaz218=number)
    assert "出院登记" in ground.desk.refused("bizh120004", aaz218=number)
    ground.desk.done("bizh120106", aaz218=number, **SETTLING)
    assert "结算" in ground.desk.refused("bizh120002", [line("", aaz213="2")], aaz218=number)


@pytest.mark.parametrize(("rows", "words"), [
    ([line("", aaz213="1"), line("", aaz213="1")], "重复"),
    ([line("", aaz213="9", bka051="20260301")], "早于入院"),
    ([line("", aaz213="8", count=-1)], "超过已上传"),
    ([line("", aaz213=str(n)) for n in range(101)], "100"),
    ([], "feeinfo"),
])  # fmt: skip
def test_a_faulty_upload_is_refused_whole(ground, rows, words):
    number = ground.admitted()
    assert words in ground.desk.refused("bizh120002", rows, aaz218=number)
    assert ground.books.find("line") == []


def test_numbers_are_used_once_in_a_stay_until_the_lines_are_gone(ground):
    number = ground.admitted()
    rows = [line("A", aaz213="1"), line("B", aaz213="2")]
    ground.desk.done("bizh120002", rows, aaz218=number)
    assert "2" in ground.desk.refused("bizh120002", [line("C", aaz213="2")], aaz218=number)
    assert "B" in ground.desk.refused("bizh120002", [line("B", aaz213="3")], aaz218=number)
    ground.desk.done("bizh120004", aaz218=number)
    ground.desk.done("bizh120002", rows, aaz218=number)
    listed = ground.desk.done("bizh120112", aaz218=number)["list"]
    assert [(row["aaz213"], row["bka071"]) for row in listed] == [("1", "A"), ("2", "B")]


def test_a_city_that_forbids_deleting_takes_counter_entries(ground):
    ground.order("RULE", name="delete_fees", value=False)
    number = ground.admitted()
    ground.desk.done("bizh120002", [line("", aaz213="1", count=2)], aaz218=number)
    assert "退费冲减" in ground.desk.refused("bizh120004", aaz218=number)
    assert "冲减" in ground.desk.refused("bizh120109", aaz218=number)
    ground.desk.done("bizh120002", [line("", aaz213="2", count=-2)], aaz218=number)
    ground.desk.done("bizh120109", aaz218=number)
    assert stays(ground) == []


def test_flags_of_the_lines_shape_the_sums(ground):
    number = ground.admitted()
    rows = [line("", SHARED, aaz213="1"), line("", DRUG, aaz213="2", bka061="1")]
    ground.desk.done("bizh120002", rows, aaz218=number)
    trial = ground.desk.done("bizh120003", aaz218=number, bka438="1")
    assert "payinfo" not in trial and holds(trial)
    assert Decimal(trial["bka825"]) == Decimal(rows[1]["bka058"])
    assert Decimal(trial["bka826"]) > 0
    assert Decimal(trial["bka831"]) == Decimal(trial["bka825"]) + Decimal(trial["bka826"])


# --- steps and their undoing ----------------------------------------------------------------------


def test_trial_discharge_and_settlement_say_the_same(ground):
    number = ground.admitted()
    ground.desk.done("bizh120002", [line("", SHARED, aaz213="1", count=3)], aaz218=number)
    said = [
        ground.desk.done("bizh120003", aaz218=number),
        ground.desk.done("bizh120105", **leaving(number)),
        ground.desk.done("bizh120106", aaz218=number, **SETTLING),
    ]
    assert said[0] == said[1] == said[2]
    assert ground.books.find("settlement")[0]["operator"] == "0101"


@pytest.mark.parametrize(("wanted", "refused"), [
    ("admitted", {"bizh120106": "未办理出院登记", "bizh120107": "未办理出院结算",
                  "bizh120108": "未办理出院登记"}),
    ("discharged", {"bizh120105": "不能重复", "bizh120107": "未办理出院结算",
                    "bizh120109": "先取消出院登记"}),
    ("settled", {"bizh120105": "不能重复", "bizh120106": "不能重复",
                 "bizh120108": "先取消出院结算", "bizh120109": "先取消出院结算",
                 "bizh120003": "不能重复", "bizh120104": "先取消出院结算"}),
])  # fmt: skip
def test_a_step_out_of_order_says_which_comes_first(ground, wanted, refused):
    number = getattr(ground, wanted)()
    for code, words in refused.items():
        assert words in ground.desk.refused(code, **leaving(number) | SETTLING), code


def test_the_way_back(ground):
    number = ground.settled()
    ground.desk.done("bizh120107", aaz218=number)
    assert ground.books.find("settlement")[0]["cancelled_by"]
    ground.desk.done("bizh120106", aaz218=number, **SETTLING)
    ground.desk.done("bizh120107", aaz218=number)
    ground.desk.done("bizh120108", aaz218=number)
    assert "费用明细" in ground.desk.refused("bizh120109", aaz218=number)
    ground.desk.done("bizh120004", aaz218=number)
    ground.desk.done("bizh120109", aaz218=number)
    assert ground.books.find("visit")[0]["state"] == "cancelled"
    assert number in ground.desk.refused("bizh120003", aaz218=number)


@pytest.mark.parametrize(("changes", "words"), [
    ({"bka032": "20260301"}, "早于"), ({"bka032": "20260303"}, "晚于"),
    ({"bkf004": "07"}, "bkf004"), ({"bka031": ""}, "bka031"),
])  # fmt: skip
def test_a_discharge_is_refused_with_its_reason(ground, changes, words):
    number = ground.admitted()
    assert words in ground.desk.refused("bizh120105", **leaving(number, **changes))


def test_nothing_to_settle_and_less_than_nothing(ground):
    number = ground.admitted()
    assert "没有费用" in ground.desk.refused("bizh120003", aaz218=number)


def test_an_outpatient_visit_is_no_stay(ground):
    number = ground.registered()
    assert "不是住院" in ground.desk.refused("bizh120003", aaz218=number)
    stay = ground.admitted()
    assert "不是门诊" in ground.desk.refused("bizh110106", aaz218=stay)


def test_data_of_the_slip_add_up(ground):
    number = ground.settled("ZY1", line("", SHARED, aaz213="1"))
    found = ground.desk.done("bizh120206", aaz218=number)
    total = Decimal(found["bka979"])
    assert total == Decimal(found["bka811"]) + Decimal(found["bka812"]) > 0
    assert sum(Decimal(row["bka801_7"]) for row in found["fundList"]) == total
    assert found["bka030"] == "1" and found["akb021"] == "东湖示例医院"
    ground.desk.done("bizh120107", aaz218=number)
    assert "未办理" in ground.desk.refused("bizh120206", aaz218=number)


# --- disease data afterwards, records -------------------------------------------------------------


def test_disease_data_come_afterwards_once(ground):
    number = ground.settled()
    rows = [line("D1", bka061="1")]
    assert "因病" in ground.desk.refused("bizh999001", [line("D1")], aaz218=number)
    ground.desk.done("bizh999001", rows, aaz218=number)
    assert "D1" in ground.desk.refused("bizh999001", rows, aaz218=number)
    assert [row["line_id"] for row in ground.books.find("disease_line")] == ["D1"]


def test_disease_data_are_for_settled_visits_without_any(ground):
    rows = [line("D1", bka061="1")]
    assert "尚未结算" in ground.desk.refused("bizh999001", rows, aaz218=ground.admitted())
    number, _ = ground.charged("MZ1", line("L1", bka061="1"))
    assert "不能补传" in ground.desk.refused("bizh999001", rows, aaz218=number)
    assert "none" in ground.desk.refused("bizh999001", rows, aaz218="none")


def test_records_in_order_every_upload_a_version(ground):
    number = ground.discharged()
    details = {"detail": [{"yzy201": "1", "yzy202": "1", "akc185": "骨折", "akc196": "S57.801"}]}
    assert "请先上传" in ground.desk.refused("bizh200102", aaz218=number, **details)
    for _ in range(2):
        ground.desk.done("bizh200101", aaz218=number, aac003="罗秀英")
    ground.desk.done("bizh200102", aaz218=number, **details)
    ground.desk.done("bizh200106", aaz218=number, yzy301="骨折")
    assert "detail" in ground.desk.refused("bizh200103", aaz218=number)
    assert "yzy207" in ground.desk.refused("bizh200103", aaz218=number, **details)
    rows = [(row["code"][-3:], row["version"], row["rows"]) for row in ground.books.find("record")]
    assert rows == [("101", 1, 0), ("101", 2, 0), ("102", 1, 1), ("106", 1, 0)]


def test_a_record_waits_for_the_discharge(ground):
    assert "出院登记" in ground.desk.refused("bizh200101", aaz218=ground.admitted())


def test_days_of_a_stay(ground):
    number = ground.admitted(bka017="20260227")
    ground.desk.done("bizh120105", **leaving(number))
    assert stays(ground)[0]["bka030"] == "3"
