"""Answers of a database to visits, stays, lines and records, and what is wrong with them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from core.clock import CHINA
from core.errors import InvalidInput
from core.his.sql import reading
from core.his.sql.gate import Answer
from core.his.sql.reading import Reading

AT = datetime(2026, 3, 2, 9, 30)
LINE = {
    "line_id": 7, "rx_no": "RX1", "item_name": "布洛芬", "hosp_code": "YP1", "centre_no": "D1",
    "price": Decimal("18.6000"), "qty": Decimal("2"), "money": Decimal("37.20"), "made": AT,
}  # fmt: skip
COLUMNS = {"name": "item_name", "centre_code": "centre_no", "occurred_at": "made",
           "amount": "money"}  # fmt: skip
VISIT = {"visit_no": "V1", "PAT_NAME": "沈建国", "sex": 1, "age": 47, "visit_time": AT}
STAY = {**VISIT, "zyh": "BA1", "deposit": Decimal("100.00"), "out": AT, "line_count": 3,
        "total": Decimal("12.34"), "outcome": "01", "icd": "S62"}  # fmt: skip


def answer(*rows):
    """Rows of the same columns."""
    return Answer(tuple(rows[0]), [tuple(row.values()) for row in rows])


def lines(*rows, **more):
    """Read as the lines of V1."""
    return reading.fee_lines(answer(*rows), Reading({"fee_lines": COLUMNS}, **more), "V1")


def test_lines_of_typed_cells():
    (line,) = lines(LINE).lines
    assert (line.visit_no, line.line_id, line.name) == ("V1", "7", "布洛芬")
    assert (line.price, line.quantity, line.amount) == (Decimal("18.6"), Decimal(2), 3720)
    assert line.occurred_at == AT.replace(tzinfo=CHINA)


def test_the_case_of_a_column_does_not_matter_where_it_is_mapped():
    upper = {name.upper(): cell for name, cell in LINE.items()}
    assert lines(upper).lines == lines(LINE).lines


def test_the_hospitals_words_become_ours_before_they_are_read():
    row = {**LINE, "list_type": "X"}
    assert lines(row).rejected
    found = lines(row, words={"list_type": {"X": "3"}})
    assert found.lines[0].list_type == "3"


def test_an_amount_that_does_not_fit_is_left_for_the_check_of_lines():
    assert lines({**LINE, "money": Decimal("40.00")}).lines[0].amount == 4000


def test_a_refund_is_turned_as_in_a_file():
    back = {**LINE, "line_id": 8, "qty": Decimal("-1"), "money": Decimal("-18.60")}
    assert [line.amount for line in lines(LINE, back).lines] == [3720, -1860]


@pytest.mark.parametrize(("change", "words"), [
    ({"price": Decimal("1.23456")}, "4 位小数"), ({"price": None}, "没有填写"),
    ({"money": "x"}, "不是数字"), ({"made": "yesterday"}, "日期时间"),
    ({"price": Decimal("NaN")}, "不是数字"), ({"qty": Decimal("1E+15")}, "不是数字"),
])  # fmt: skip
def test_a_row_that_is_no_line_is_named(change, words):
    found = lines(LINE, {**LINE, "line_id": 8, **change})
    assert len(found.lines) == 1
    (row,) = found.rejected
    assert row.number == 2 and words in row.faults[0].text
    with pytest.raises(InvalidInput, match="第 2 行"):
        reading.all_of(found)


def test_lines_of_somebody_else_or_with_the_same_number_are_refused():
    other = {"visit_no": "V2", **LINE}
    assert "V2" in lines(other).rejected[0].faults[0].text
    assert "重复" in lines(LINE, LINE).rejected[0].faults[0].text


def test_a_needed_column_that_is_missing_is_named_with_those_that_are_there():
    with pytest.raises(InvalidInput, match=r"单价.*line_id"):
        lines({name: cell for name, cell in LINE.items() if name != "price"})


def test_a_mapping_to_a_column_that_is_not_there():
    with pytest.raises(InvalidInput, match="made"):
        lines({name: cell for name, cell in LINE.items() if name != "made"})


def test_nothing_is_no_line_and_no_fault():
    empty = Answer(tuple(LINE), [])
    found = reading.fee_lines(empty, Reading({"fee_lines": COLUMNS}), "V1")
    assert found.lines == () and dict(found.mapping)["amount"] == "money"


def test_visits():
    (one,) = reading.registrations(answer(VISIT), Reading(), "visit")
    assert (one.visit_no, one.person_name, one.sex, one.age) == ("V1", "沈建国", "男", "47")
    assert one.admitted_at == AT.replace(tzinfo=CHINA)


def test_stays():
    columns = {"stay": {"discharged_at": "out"}}
    (one,) = reading.stays(answer(STAY), Reading(columns), "stay")
    assert (one.deposit, one.line_count, one.amount) == (10000, 3, 1234)
    assert one.discharge.diagnosis_code == "S62" and one.registration.inpatient_no == "BA1"
    (still,) = reading.stays(answer({**STAY, "out": None}), Reading(columns), "stay")
    assert still.discharge is None


@pytest.mark.parametrize(("change", "words"), [
    ({"PAT_NAME": None}, "姓名"), ({"visit_no": ""}, "就诊号"), ({"visit_time": "x"}, "就诊时间"),
])  # fmt: skip
def test_a_visit_that_is_none(change, words):
    with pytest.raises(InvalidInput, match=f"第 1 行.*{words}"):
        reading.registrations(answer({**VISIT, **change}), Reading(), "visit")


def test_a_visit_without_its_name_column():
    with pytest.raises(InvalidInput, match="姓名"):
        reading.registrations(answer({"visit_no": "V1"}), Reading(), "visit")


def test_records_are_named_as_their_columns():
    found = reading.record(answer({
        "CHIEF": "疼痛", "at": AT, "day": date(2026, 3, 2), "size": Decimal("1.50"), "no": None,
    }))  # fmt: skip
    assert found == {"chief": "疼痛", "at": "2026-03-02T09:30:00+08:00", "day": "2026-03-02",
                     "size": "1.5"}  # fmt: skip
    assert reading.record(Answer(("a",), [])) is None
