"""The values of a medical record: completed from the visit, typed, judged; never an exception."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.centre.views import FieldView
from core.clock import CHINA
from core.domain import Registration, Visit
from core.domain.record import OUTPATIENT, Gap, MedicalRecord
from core.errors import Fault, Refused
from core.his.adapter import Adapter
from core.service.record_values import completed, gaps_of, inpatient, score
from tests.helpers.flows import settled
from tests.helpers.inprocess import World

AT = datetime(2026, 3, 2, 9, 30, tzinfo=CHINA)
YES_NO = {"1": "是", "0": "否"}
ROWS = (
    FieldView("code", "诊断编码", "text", 20, True),
    FieldView("main", "主诊断", "text", 1, True, codes=YES_NO),
)
FIELDS = (
    FieldView("visit_no", "就诊流水号", "text", 30, True),
    FieldView("name", "姓名", "text", 50, True, mask="name"),
    FieldView("dept_name", "科室名称", "text", 50, False),
    FieldView("visited_at", "就诊时间", "moment", 0, True),
    FieldView("born", "出生日期", "day", 0, False),
    FieldView("complaint", "主诉", "text", 2000, True, mask="whole"),
    FieldView("allergies", "过敏史", "text", 2000, False, mask="whole"),
    FieldView("valid", "有效标志", "flag", 1, True, codes=YES_NO),
    FieldView("diagnoses", "诊断列表", "rows", 0, True, fields=ROWS),
)


def visit(**more: object) -> Visit:
    """A visit that was registered, without a card."""
    known = {"visit_no": "MZ1", "person_name": "沈示例", "dept_name": "骨科", "admitted_at": AT}
    return Visit(registration=Registration(**{**known, **more}))


def full(values: dict[str, Any], **more: object) -> dict[str, Any]:
    """The values of a record as they would be uploaded."""
    record = MedicalRecord(visit_no="MZ1", step=OUTPATIENT, values=values, at=AT)
    return completed(visit(**more), record, FIELDS)


@pytest.mark.parametrize(
    ("med_type", "stay"), [("11", False), ("21", True), ("2", True), ("", False), ("12", False)]
)
def test_a_stay_is_told_by_its_category(med_type: str, stay: bool) -> None:
    assert inpatient(Registration(visit_no="MZ1", med_type=med_type)) is stay


def test_the_visit_fills_what_the_record_leaves_open() -> None:
    assert full({"complaint": "夹伤", "dept_name": ""}) == {
        "visit_no": "MZ1", "name": "沈示例", "dept_name": "骨科", "visited_at": AT,
        "complaint": "夹伤", "valid": "1",
    }  # fmt: skip


def test_the_records_own_words_go_before_the_visits_but_not_its_number() -> None:
    found = full({"dept_name": "康复科", "visit_no": "MZ999", "strange": "x"})
    assert (found["dept_name"], found["visit_no"]) == ("康复科", "MZ1")
    assert "strange" not in found


@pytest.mark.parametrize(
    ("name", "given_as", "typed"),
    [
        ("visited_at", "2026-03-02T09:30:00+08:00", AT),
        ("visited_at", "2026-03-02 09:30", AT),
        ("visited_at", "2026-03-02T01:30:00Z", AT),
        ("visited_at", "昨天", "昨天"),
        ("visited_at", "10000-01-01", "10000-01-01"),
        ("visited_at", 5, 5),
        ("born", "1970-05-01", date(1970, 5, 1)),
        ("born", "1970-02-30", "1970-02-30"),
        ("valid", "是", "1"),
        ("valid", "0", "0"),
        ("valid", "也许", "也许"),
        ("valid", ["1"], ["1"]),
        ("diagnoses", [{"code": "S62", "main": "是", "x": 1}], [{"code": "S62", "main": "1"}]),
        ("diagnoses", [], []),
        ("diagnoses", "S62", "S62"),
        ("diagnoses", ["S62", {"code": "S63"}], ["S62", {"code": "S63"}]),
        ("diagnoses", {"code": "S62"}, {"code": "S62"}),
    ],
)
def test_values_are_typed_and_what_is_none_stays_as_it_is(
    name: str, given_as: object, typed: object
) -> None:
    assert full({name: given_as})[name] == typed


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=40)
@given(values=st.dictionaries(st.sampled_from([view.name for view in FIELDS]), ANYTHING))
def test_whatever_a_hospital_hands_out_is_completed_and_scored(values: dict[str, Any]) -> None:
    found = full(values)
    assert found["visit_no"] == "MZ1" and set(found) <= {view.name for view in FIELDS}
    assert 0 <= score(FIELDS, values, ()) <= 100


# judging


def test_a_gap_carries_the_label_of_its_field() -> None:
    faults = [
        Fault("a", "主诉必填。", "complaint"), Fault("b", "第 2 行不对。", "diagnoses[1].code"),
        Fault("c", "编码太长。", "code"), Fault("d", "没有这一项。", "strange"),
    ]  # fmt: skip
    assert [(gap.name, gap.label) for gap in gaps_of(FIELDS, faults)] == [
        ("complaint", "主诉"), ("diagnoses[1].code", "诊断列表"), ("code", "诊断编码"),
        ("strange", "strange"),
    ]  # fmt: skip
    assert [gap.says for gap in gaps_of(FIELDS, faults)] == [fault.text for fault in faults]
    assert gaps_of(FIELDS, []) == ()


@pytest.mark.parametrize(
    ("values", "faulty", "wanted"),
    [
        ({}, "", 0),
        ({"name": "沈示例", "visited_at": AT}, "", 0),
        ({"complaint": "x"}, "", 43),
        ({"allergies": "x"}, "", 14),
        ({"complaint": "x", "allergies": "x", "diagnoses": [{}]}, "", 100),
        ({"complaint": "x", "allergies": "x", "diagnoses": [{}]}, "diagnoses[0].code", 57),
        ({"complaint": "", "allergies": "x"}, "", 14),
    ],
)
def test_required_fields_weigh_three_times_and_faulty_ones_nothing(
    values: dict[str, Any], faulty: str, wanted: int
) -> None:
    gaps = [Gap(name=faulty, label="", says="")] if faulty else []
    assert score(FIELDS, values, gaps) == wanted


def test_where_nothing_is_counted_all_is_there() -> None:
    assert score(FIELDS[:3], {}, ()) == 100 and score((), {}, ()) == 100


# a hospital that hands out nonsense


class Nonsense:
    """A hospital's system whose record has something strange in it."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    @property
    def records(self) -> Nonsense:
        """It has records."""
        return self

    def record(self, visit_no: str) -> dict[str, Any]:
        """The same for every visit."""
        return self.values


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with World(tmp_path_factory.mktemp("values")).desk() as desk:
        yield desk


@pytest.fixture(scope="module")
def paid(desk) -> str:
    return settled(desk)


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("visited_at", "昨天", "就诊时间"),
        ("visited_at", 5, "就诊时间"),
        ("diagnoses", "S62.601", "诊断列表"),
        ("diagnoses", ["S62.601"], "诊断列表"),
        ("complaint", ["夹伤"], "主诉"),
        ("complaint", "长" * 20_000, "主诉"),
    ],
)
def test_one_strange_record_is_a_gap_and_never_hides_the_list(
    desk, paid, name: str, value: object, label: str
) -> None:
    whole = desk.hospital.record(paid)
    desk.records._hospital = Nonsense({**whole, name: value})
    try:
        sheet = desk.records.fetch(paid)
    finally:
        desk.records._hospital = desk.hospital
    assert label in [gap.label for gap in sheet.gaps]
    assert all(gap.says.endswith(("。", "！")) for gap in sheet.gaps)
    assert paid in [row.visit_no for row in desk.records.worklist()]
    with pytest.raises(Refused, match=f"「{label}」"):
        desk.records.upload(paid)


def test_a_hospital_without_records_leads_to_the_file(desk, paid) -> None:
    desk.records._hospital = Adapter()
    try:
        with pytest.raises(Refused, match="没有连接能提供病历的医院系统；请用「从文件导入」"):
            desk.records.fetch(paid)
    finally:
        desk.records._hospital = desk.hospital
