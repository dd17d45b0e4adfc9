"""Outpatients at the simulated platform: persons, registration, batches, refunds (§4.1, §6)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.helpers.platform import (
    CAPPED,
    DRUG,
    LUO,
    LUO_WRIST,
    QIN,
    SELF,
    SHARED,
    SHEN,
    TANG,
    THERE,
    WEI,
    ZHOU,
    Ground,
    line,
    registration,
)

SUMS = {
    "akc264": ("bka831", "bka832"),
    "bka831": ("akb067", "akb066", "bka839"),
    "bka832": (
        "ake039", "ake035", "ake026", "ake029", "bka841", "bka842", "bka840", "bka821",
    ),
}  # fmt: skip


@pytest.fixture
def ground():
    return Ground()


def person(ground, number, kind="aac001"):
    return ground.desk.done("bizh110001", bka895=kind, bka896=number, bka006="410")


def holds(pay):
    """The three identities of §6, to the fen."""
    return all(
        Decimal(pay[whole]) == sum(Decimal(pay[part]) for part in parts)
        for whole, parts in SUMS.items()
    )


# --- persons --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "value"), [
    ("aac001", SHEN), ("aac002", "990101197803141030"), ("bka100", "Z90010001"),
])  # fmt: skip
def test_a_person_is_found_by_each_number(ground, kind, value):
    found = person(ground, value, kind)
    assert [row["aac003"] for row in found["personinfo"]] == ["沈建国"]
    assert [row["bka042"] for row in found["injuryorbirthinfo"]] == ["GS9926000101"]
    assert "freezeinfo" not in found


def test_several_injury_records_are_several_rows(ground):
    records = person(ground, LUO)["injuryorbirthinfo"]
    assert [row["bka042"] for row in records] == ["GS9926000201", LUO_WRIST]
    assert all(row["aae030"] < "20260302" < row["aae031"] for row in records)


def test_a_person_without_injury_has_no_such_set(ground):
    assert "injuryorbirthinfo" not in person(ground, TANG)


def test_a_frozen_fund_is_told(ground):
    rows = person(ground, QIN)["freezeinfo"]
    assert [(row["aaa157"], row["aac031"], row["bka408"]) for row in rows] == [("501", "1", "欠费")]


def test_nobody_by_that_number(ground):
    said = ground.desk.refused("bizh110001", bka895="aac001", bka896="1", bka006="410")
    assert "参保信息" in said


@pytest.mark.parametrize(("changes", "words"), [
    ({"bka895": "aac003"}, "bka895"), ({"bka006": "420"}, "bka006"), ({"bka896": ""}, "bka896"),
    ({"bka896": "x" * 26}, "超长"),
])  # fmt: skip
def test_demands_are_named(ground, changes, words):
    asked = {"bka895": "aac001", "bka896": SHEN, "bka006": "410"} | changes
    assert words in ground.desk.refused("bizh110001", **asked)


# --- registration ---------------------------------------------------------------------------------


def test_a_registration_gives_twenty_characters_and_calculates_nothing(ground):
    found = ground.desk.done("bizh110104", **registration())
    assert set(found) == {"return_code", "return_code_message", "aaz218"}
    assert found["aaz218"] == "99000120260302000001"
    visits = ground.desk.done("bizh110102", bka895="aac001", bka896=SHEN, bka006="410")["bizinfo"]
    assert [(row["aaz218"], row["bka025"], row["bka891"]) for row in visits] == [
        (found["aaz218"], "MZ1", "0")
    ]


@pytest.mark.parametrize(("changes", "words"), [
    ({"aac001": QIN}, "冻结"), ({"aac001": ZHOU}, "未参加"), ({"aac001": TANG}, "工伤认定"),
    ({"aac001": WEI}, "业务互斥"), ({"aac001": LUO}, "2条"), ({"bka042": LUO_WRIST}, "不属于"),
    ({"bka017": "20260303"}, "晚于"), ({"bka017": "20240101"}, "医疗期"),
    ({"bka017": "20260231"}, "bka017"), ({"bka893": "2"}, "bka893"), ({"aka130": "42"}, "aka130"),
    ({"bka025": ""}, "门诊号"),
])  # fmt: skip
def test_a_registration_is_refused_with_its_reason(ground, changes, words):
    assert words in ground.desk.refused("bizh110104", **registration(**changes))
    assert ground.books.find("visit") == []


def test_a_number_of_ours_is_registered_once(ground):
    number = ground.registered()
    assert number in ground.desk.refused("bizh110104", **registration())
    ground.desk.done("bizh110106", aaz218=number)
    assert ground.registered() != number


def test_a_visit_belongs_to_its_hospital(ground):
    number = ground.registered()
    other = ground.another(THERE)
    assert other.done("bizh110102", bka895="aaz218", bka896=number)["bizinfo"] == ""
    assert number in other.refused("bizh110106", aaz218=number)


def test_a_cancelled_visit_is_in_no_list(ground):
    number = ground.registered()
    ground.desk.done("bizh110106", aaz218=number, bka014="0101", bka015="某")
    assert ground.desk.done("bizh110102", bka895="aaz218", bka896=number)["bizinfo"] == ""
    assert number in ground.desk.refused("bizh110106", aaz218=number)


# --- charging -------------------------------------------------------------------------------------


def test_a_trial_books_nothing_and_the_settlement_equals_it(ground):
    number = ground.registered()
    lines = [line("L1"), line("L2", CAPPED, 3), line("L3", SHARED, 2), line("L4", SELF)]
    trial = ground.charge(number, lines, "0")
    assert ground.books.find("settlement") == ground.books.find("line") == []
    booked = ground.charge(number, lines)
    assert booked == trial and booked["bka001"] == "1"
    assert holds(booked)
    row = ground.books.find("settlement")[0]
    assert row["total"] == row["fund"] + row["personal"] > row["fund"] > 0
    assert row["personal"] == row["all_self"] + row["part_self"]


def test_lines_of_a_disease_are_not_paid_by_the_fund(ground):
    number = ground.registered()
    injury, disease = line("L1"), line("L2", bka061="1")
    pay = ground.charge(number, [injury, disease])
    assert pay["bka832"] == pay["bka831"] == pay["bka825"] == injury["bka058"]
    assert [row["disease"] for row in ground.books.find("line")] == [0, 1]


def test_the_employer_may_pay_a_part(ground):
    ground.order("RULE", name="employer_percent", value=30)
    pay = ground.charge(ground.registered(), [line("L1", count=3)])
    assert Decimal(pay["bka841"]) > 0 and holds(pay)


@pytest.mark.parametrize(("changes", "words"), [
    ({"ake005": "XX"}, "XX"), ({"bka058": "1.00"}, "1.00"), ({"bka057": "0"}, "不能为零"),
    ({"bka056": "-1", "bka058": "-1.00"}, "单价"), ({"bka051": "20260303"}, "晚于"),
    ({"bka058": "1.234"}, "bka058"), ({"ake006": ""}, "ake006"), ({"bka061": "3"}, "bka061"),
])  # fmt: skip
def test_a_wrong_line_is_refused_by_its_row_and_nothing_is_booked(ground, changes, words):
    number = ground.registered()
    rows = [line("L1"), line("L2") | changes]
    said = ground.desk.refused("bizh110105", rows, aaz218=number, bka893="1")
    assert words in said and "第2条" in said
    assert ground.books.find("line") == []


def test_no_lines_too_many_lines_and_lines_twice(ground):
    number = ground.registered()
    asked = {"aaz218": number, "bka893": "1"}
    assert "feeinfo" in ground.desk.refused("bizh110105", **asked)
    assert "feeinfo" in ground.desk.refused("bizh110105", [], **asked)
    many = [line(f"L{n}") for n in range(101)]
    assert "100" in ground.desk.refused("bizh110105", many, **asked)
    assert "L1" in ground.desk.refused("bizh110105", [line("L1"), line("L1")], **asked)
    ground.charge(number, [line("L1")])
    assert "L1" in ground.desk.refused("bizh110105", [line("L1")], **asked)
    assert ground.charge(number, [line("L2")])["bka001"] == "2"


# --- refunds --------------------------------------------------------------------------------------


def test_a_batch_is_refunded_by_its_own_lines(ground):
    number, paid = ground.charged()
    rows = ground.refund_rows(number)
    assert all(Decimal(row["bka058"]) < 0 and row["aaz213"] for row in rows)
    trial = ground.charge(number, rows, "0")
    back = ground.charge(number, rows)
    assert back == trial and back["bka001"] == "2" and holds(back)
    assert all(Decimal(back[name]) == -Decimal(paid[name]) for name in (*SUMS, "akb067"))
    first, second = ground.books.find("settlement")
    assert second["refund_of"] == first["id"] and first["cancelled_by"]


def test_what_is_refunded_is_not_refunded_again(ground):
    number, _ = ground.charged()
    rows = ground.refund_rows(number)
    ground.charge(number, rows)
    asked = {"bka895": "aaz218", "bka896": number}
    for batch in ("1", "0"):
        said = ground.desk.refused("bizh110103", bka001=batch, **asked)
        assert "已经办理过退费，不能重复退费" in said
    said = ground.desk.refused("bizh110105", rows, aaz218=number, bka893="1")
    assert "已经办理过退费，不能重复退费" in said


def test_kept_lines_are_charged_again_after_a_refund(ground):
    number, _ = ground.charged("MZ1", line("L1"), line("L2"))
    ground.charge(number, ground.refund_rows(number))
    assert ground.charge(number, [line("L2")])["bka001"] == "3"
    assert [row["bka071"] for row in ground.refund_rows(number, "0")] == ["L2"]
    assert "批次" in ground.desk.refused("bizh110106", aaz218=number)


def test_batches_are_apart(ground):
    number, _ = ground.charged("MZ1", line("L1"))
    ground.charge(number, [line("L2")])
    assert [row["bka001"] for row in ground.refund_rows(number, "0")] == ["1", "2"]
    assert len(ground.refund_rows(number, "2")) == 1
    rows = ground.refund_rows(number, "0")
    said = ground.desk.refused("bizh110105", rows, aaz218=number, bka893="1")
    assert "一个费用批次" in said
    asked = {"bka895": "aaz218", "bka896": number}
    assert "9" in ground.desk.refused("bizh110103", bka001="9", **asked)


def test_nothing_charged_gives_no_lines(ground):
    assert ground.refund_rows(ground.registered(), "0") == []
    empty = ground.desk.done("bizh110103", bka895="aaz218", bka896="none", bka001="0")
    assert (empty["bizinfo"], empty["feeinfo"]) == ("", "")


@pytest.mark.parametrize(("change", "words"), [
    (lambda rows: rows[:1], "整批"), (lambda rows: [*rows[:1], *rows[:1]], "一个费用批次"),
    (lambda rows: [{**rows[0], "aaz213": "999"}, rows[1]], "999"),
    (lambda rows: [{**rows[0], "aaz213": ""}, rows[1]], "未查询到"),
    (lambda rows: [{**rows[0], "bka058": "-1.00"}, rows[1]], "不一致"),
    (lambda rows: [rows[0], line("L9")], "既有收费"),
])  # fmt: skip
def test_a_refund_is_the_mirror_of_its_batch(ground, change, words):
    number, _ = ground.charged()
    rows = change(ground.refund_rows(number))
    assert words in ground.desk.refused("bizh110105", rows, aaz218=number, bka893="1")
    assert len(ground.books.find("settlement")) == 1


def test_the_year_adds_up_with_refunds_deducted(ground):
    number, paid = ground.charged("MZ1", line("L1", DRUG))
    ground.charged("MZ2", line("L1", DRUG))
    ground.charge(number, ground.refund_rows(number))
    found = ground.desk.done("bizh410004", aac001=SHEN, aae001="2026", aae140="410")
    assert found["akc264"] == paid["akc264"]
    assert ground.desk.done("bizh410004", aac001=SHEN, aae001="2025")["akc264"] == "0.00"


@pytest.mark.parametrize(("who", "state"), [(SHEN, "0"), (QIN, "1"), (ZHOU, "9")])
def test_the_state_of_the_fund(ground, who, state):
    rows = ground.desk.done("bizh410005", aac001=who, aae140="410")["freezeinfo"]
    assert [row["aac031"] for row in rows] == [state]


def test_code_tables_whole_by_category_and_by_code(ground):
    every = ground.desk.done("bizh120205")["codeinfo"]
    kinds = {row["aaa100"] for row in every}
    assert {"aka130", "bka006", "bkf004"} <= kinds
    one = ground.desk.done("bizh120205", aaa100="bka006", aaa102="420")["codeinfo"]
    assert [(row["aaa101"], row["aaa103"]) for row in one] == [("待遇类型", "工伤普通住院")]
    assert ground.desk.done("bizh120205", aaa100="none")["codeinfo"] == ""
