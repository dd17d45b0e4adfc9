"""Sign-in, card, special filing, registration, recent visits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.simulator.world import persons
from tests.helpers.centre import GAO, LUO, MA, SHEN, Counter, line, registration

TANG, WEI, QIN = "990010005", "990010006", "990010007"


@pytest.fixture
def counter() -> Counter:
    return Counter()


# --- 9001, 9002, 1800 ---------------------------------------------------------------------------


def test_a_second_sign_in_gives_the_same_number(counter: Counter) -> None:
    first = counter.teller.sign_no
    assert counter.teller.sign_in() == first
    assert len(counter.books.find("sign_in")) == 1


def test_operators_have_numbers_of_their_own(counter: Counter) -> None:
    assert counter.another("0002").sign_no != counter.teller.sign_no


def test_a_number_belongs_to_its_operator(counter: Counter) -> None:
    other = counter.another("0002")
    assert "请重新签到" in counter.refused("1101", sign_no=other.sign_no)


@pytest.mark.parametrize("number", ["", "20260302000009999", "x"])
def test_an_unknown_number_is_refused(counter: Counter, number: str) -> None:
    assert counter.refused("1101", sign_no=number) == "签到流水号无效或已过期，请重新签到"


def test_a_number_dies_at_midnight(counter: Counter) -> None:
    counter.clock.advance(15 * 3600)
    assert "签到流水号无效或已过期" in counter.refused("1101")
    before = counter.teller.sign_no
    assert counter.teller.sign_in() != before
    counter.done("1101")


def test_after_sign_out_the_number_is_over(counter: Counter) -> None:
    assert counter.done("9002") is None
    assert "请重新签到" in counter.refused("1101")
    assert "请重新签到" in counter.refused("9002")


def test_the_clock_is_the_centres(counter: Counter) -> None:
    assert counter.done("1800") == {"sys_time": "20260302090000"}
    counter.clock.advance(61)
    assert counter.done("1800") == {"sys_time": "20260302090101"}


# --- 1101 ---------------------------------------------------------------------------------------


def test_the_card_gives_the_person(counter: Counter) -> None:
    card = counter.done("1101")
    assert card["psn_no"] == int(SHEN)
    assert card["psn_name"] == "沈建国"
    assert (card["age"], card["birthday"]) == (47, 19780314)
    assert card["exam_ccls"] == "^GS9926000101|右手食指中节指骨骨折|肢体残"
    assert (card["inhosp_stas"], card["trt_chk_rslt"]) == ("0", "")


@pytest.mark.parametrize("one", persons(), ids=lambda one: one.key)
def test_every_card_can_be_read(counter: Counter, one: Any) -> None:
    counter.books.set("card", one.number)
    card = counter.done("1101")
    assert card["psn_name"] == one.name.replace("䶮", "?")
    assert card["exam_ccls"].count("^") == len(one.qualifications)
    assert card["inhosp_stas"] == ("1" if one.in_hospital else "0")
    assert card["trt_chk_rslt"] == one.refused_reason
    assert card["emp_no"] == (one.employer_no or None)


def test_an_empty_reader_is_refused(counter: Counter) -> None:
    counter.books.set("card", "")
    assert "读卡器中没有卡" in counter.refused("1101")


def test_an_electronic_card_is_read_by_its_text(counter: Counter) -> None:
    card = counter.done("1101", idfi_mode="2", qrcode_info=f"GSQR{LUO}")
    assert card["psn_name"] == "罗秀英"
    assert "二维码" in counter.refused("1101", idfi_mode="2", qrcode_info="GSQR1")


# --- 2201 ---------------------------------------------------------------------------------------


def test_a_registration_is_booked(counter: Counter) -> None:
    msgid = counter.register(tel="99900000001")
    row = counter.books.one("visit", visit_no="MZ1")
    assert row is not None
    assert (row["msgid"], row["state"], row["phone"]) == (msgid, "live", "99900000001")
    assert row["booked_at"] == counter.now


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"psn_no": "1"}, "未查询到个人唯一识别码1"),
        ({"psn_no": QIN, "qualification_id": "GS9926000701"}, "原因：欠费"),
        ({"psn_no": "990010013", "qualification_id": "GS9926001301"}, "原因：退保"),
        ({"psn_no": WEI, "qualification_id": "GS9926000601"}, "业务互斥"),
        ({"psn_no": TANG, "qualification_id": "GS1"}, "不存在或不属于该人员"),
        ({"qualification_id": "GS9926000201"}, "不存在或不属于该人员"),
        ({"med_type": "12"}, "须选择「职业病」资格"),
        ({"med_type": "13"}, "须选择「康复治疗」资格"),
        ({"adm_time": "20260302090001"}, "晚于中心系统时间"),
        ({"med_type": "21"}, "须填写住院号"),
    ],
)
def test_what_must_not_be_registered_is_refused(
    counter: Counter, changes: dict[str, str], says: str
) -> None:
    assert says in counter.refused("2201", registration(counter.now, **changes))
    assert counter.books.find("visit") == []


def test_a_live_number_is_refused_and_a_cancelled_one_is_free(counter: Counter) -> None:
    counter.register()
    assert "不能重复登记" in counter.refused("2201", registration(counter.now))
    counter.done("2202", {"ipt_otp_no": "MZ1"})
    counter.register()
    states = [row["state"] for row in counter.books.find("visit")]
    assert states == ["cancelled", "live"]


def test_hospitals_number_their_visits_for_themselves(counter: Counter) -> None:
    counter.register()
    other = counter.another("0001", "H99000000002")
    other.done("2201", registration(counter.now))
    reply = other.call("2202", {"ipt_otp_no": "MZ2"})
    assert reply["infcode"] == -1
    assert len(counter.books.find("visit", state="live")) == 2


@pytest.mark.parametrize(
    ("person", "qualification", "med_type"),
    [(MA, "GS9926000401", "12"), (GAO, "GS9926000903", "13"), (LUO, "GS9926000202", "13")],
)
def test_each_kind_fits_its_category(
    counter: Counter, person: str, qualification: str, med_type: str
) -> None:
    counter.register(psn_no=person, qualification_id=qualification, med_type=med_type)


def test_the_kind_is_not_looked_at_when_the_centre_is_easy(counter: Counter) -> None:
    counter.centre.office.rule("match_kind", False)
    counter.register(med_type="13")


def test_a_stay_excludes_other_business_until_it_is_settled(counter: Counter) -> None:
    counter.register("ZY1", med_type="21", ipt_no="0001")
    assert counter.done("1101")["inhosp_stas"] == "1"
    assert "业务互斥" in counter.refused("2201", registration(counter.now, "MZ2"))
    counter.upload(line(counter.now, "ZY1"))
    counter.settle("ZY1", med_type="21")
    assert counter.done("1101")["inhosp_stas"] == "0"
    counter.register("MZ2")


# --- 2202, 2203 ---------------------------------------------------------------------------------


def test_an_unknown_visit_cannot_be_cancelled_or_changed(counter: Counter) -> None:
    assert "不存在或已撤销" in counter.refused("2202", {"ipt_otp_no": "MZ9"})
    assert "不存在或已撤销" in counter.refused("2203", registration(counter.now, "MZ9"))


def test_a_visit_with_lines_is_not_cancelled(counter: Counter) -> None:
    counter.register()
    counter.upload(line(counter.now))
    assert "请先撤销费用明细" in counter.refused("2202", {"ipt_otp_no": "MZ1"})
    counter.done("2205", {"ipt_otp_no": "MZ1"})
    counter.done("2202", {"ipt_otp_no": "MZ1"})
    row = counter.books.one("visit", visit_no="MZ1")
    assert row is not None and row["closed_by"] == counter.teller.msgid


def test_a_settled_visit_is_neither_cancelled_nor_changed(counter: Counter) -> None:
    counter.settled()
    assert "请先撤销结算" in counter.refused("2202", {"ipt_otp_no": "MZ1"})
    assert "请先撤销结算" in counter.refused("2203", registration(counter.now))


def test_a_change_is_booked(counter: Counter) -> None:
    counter.register()
    counter.done("2203", registration(counter.now, adm_dept_codg="K020", tel="1"))
    row = counter.books.one("visit", visit_no="MZ1")
    assert row is not None
    assert (row["dept_code"], row["phone"], row["changed_by"]) == (
        "K020",
        "1",
        counter.teller.msgid,
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"psn_no": LUO}, "与登记信息不一致"),
        ({"med_type": "12"}, "须选择「职业病」资格"),
        ({"adm_time": "20270101000000"}, "晚于中心系统时间"),
    ],
)
def test_a_change_keeps_the_rules(counter: Counter, changes: dict[str, str], says: str) -> None:
    counter.register()
    assert says in counter.refused("2203", registration(counter.now, **changes))


# --- 1102 ---------------------------------------------------------------------------------------


def filing(counter: Counter, **changes: str) -> dict[str, str]:
    """A 1102 body for Tang, who has no qualification."""
    tang = next(one for one in persons() if one.number == TANG)
    return {
        "psn_no": TANG, "certificate_type": "01", "certno": tang.id_no, "psn_name": tang.name,
        "med_type": "11", "rec_type": "1", "injury_time": "20260301180000",
        "injury_part": "右足", "adm_diag_dscr": "S92.301", "begindate": "20260301000000",
        "enddate": "20260401000000", "apply_reason": "认定中，急诊救治",
    } | changes  # fmt: skip


def test_a_special_filing_opens_the_way_to_a_registration(counter: Counter) -> None:
    found = counter.done("1102", filing(counter))
    assert found["rec_stas"] == "1"
    counter.books.set("card", TANG)
    assert found["qualification_id"] in counter.done("1101")["exam_ccls"]
    counter.register(psn_no=TANG, qualification_id=found["qualification_id"])


def test_a_filing_that_has_run_out_is_no_qualification(counter: Counter) -> None:
    found = counter.done("1102", filing(counter, enddate="20260303000000"))
    counter.clock.advance(2 * 86400)
    counter.teller.sign_in()
    body = registration(counter.now, psn_no=TANG, qualification_id=found["qualification_id"])
    assert "不存在或不属于该人员" in counter.refused("2201", body)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"certno": "1"}, "与参保信息不一致"),
        ({"psn_name": "某人"}, "与参保信息不一致"),
        ({"psn_no": "", "psn_name": "某人"}, "与参保信息不一致"),
        ({"psn_no": "1"}, "未查询到"),
        ({"apply_reason": "急"}, "理由过短"),
        ({"enddate": "20260101000000"}, "结束时间早于开始时间"),
        ({"injury_time": "20270101000000"}, "受伤时间"),
    ],
)
def test_a_bad_filing_is_refused(counter: Counter, changes: dict[str, str], says: str) -> None:
    assert says in counter.refused("1102", filing(counter, **changes))


def test_a_person_may_be_filed_by_name_alone(counter: Counter) -> None:
    assert counter.done("1102", filing(counter, psn_no=""))["rec_no"].startswith("BA")


# --- 9105 ---------------------------------------------------------------------------------------


def test_recent_visits_are_listed_newest_first(counter: Counter) -> None:
    counter.settled("MZ1")
    counter.clock.advance(60)
    counter.register("MZ2")
    rows = counter.done("9105", {"psn_no": SHEN})
    assert [row["ipt_otp_no"] for row in rows] == ["MZ2", "MZ1"]
    assert [row["setl_flag"] for row in rows] == ["0", "1"]
    assert rows[1]["medfee_sumamt"] == Decimal("390.60")
    assert {row["pageCount"] for row in rows} == {1}


def test_cancelled_visits_are_not_listed(counter: Counter) -> None:
    counter.register()
    counter.done("2202", {"ipt_otp_no": "MZ1"})
    assert counter.done("9105", {"psn_no": SHEN}) == []


def test_a_stay_elsewhere_is_listed(counter: Counter) -> None:
    rows = counter.done("9105", {"psn_no": WEI})
    assert [(row["fixmedins_name"], row["inhosp_stas"]) for row in rows] == [("北山示例医院", "1")]


def test_a_period_selects_visits(counter: Counter) -> None:
    counter.register()
    none = {"psn_no": SHEN, "begindate": "20260101000000", "enddate": "20260201000000"}
    assert counter.done("9105", none) == []
    assert len(counter.done("9105", none | {"enddate": ""})) == 1
    assert "开始时间不能晚于" in counter.refused("9105", none | {"begindate": "20260301000000"})
