"""Rows of visits and stays, whoever sent them: words, gaps, what only a stay has."""

from __future__ import annotations

from datetime import datetime

import pytest

from core.clock import CHINA
from core.his import visitrows
from core.his.visitrows import cells_of, missing, stay, values_of, visit_columns

GOOD = {"visit_no": "V1", "person_name": "沈建国"}


def faults(**cells):
    """{field: key of the sentence} of what is wrong with a row."""
    return {one.field: one.key for one in values_of({**GOOD, **cells})[1]}


def test_every_column_has_a_label_and_no_alias_means_two_fields():
    seen = {}
    for column in visit_columns().values():
        assert column.label and column.aliases
        for alias in column.aliases:
            assert seen.setdefault(alias, column.field) == column.field
    assert {one.field for one in visit_columns().values() if one.required} == set(GOOD)


def test_what_only_a_stay_has_is_no_field_of_a_visit():
    assert set(visitrows.STAY_ONLY) <= set(visit_columns())
    given = dict.fromkeys(visitrows.STAY_ONLY, 1)
    assert visitrows.registration({**GOOD, **given}) == visitrows.registration(GOOD)


@pytest.mark.parametrize(
    ("written", "sex"),
    [("1", "男"), ("F", "女"), ("男性", "男"), ("9", "未知"), ("男", "男"), ("x", "x"), (2, "女")],
)
def test_the_hospitals_words(written, sex):
    assert values_of({**GOOD, "sex": written})[0]["sex"] == sex


def test_words_of_the_settings_stand_for_the_tables():
    said, _ = values_of({**GOOD, "sex": "m1"}, {"sex": {"m1": "男"}})
    assert said["sex"] == "男"
    other, _ = values_of({**GOOD, "med_type": "门诊"}, {"med_type": {"门诊": "11"}})
    assert other["med_type"] == "11"


@pytest.mark.parametrize("empty", ["", "  ", None, "\u3000"])
def test_empty_cells_are_no_values_and_a_needed_one_is_named(empty):
    values, wrong = values_of({**GOOD, "person_name": empty, "phone": empty})
    assert values == {"visit_no": "V1"}
    assert [(one.field, one.key) for one in wrong] == [("person_name", "import.cell.empty")]
    assert visit_columns()["person_name"].label in wrong[0].text


def test_a_row_lacking_everything_names_every_needed_field_once():
    _, wrong = values_of({})
    assert sorted(one.field for one in wrong) == sorted(GOOD)


def test_a_bad_cell_is_named_with_label_and_value_and_not_called_empty_too():
    _, wrong = values_of({**GOOD, "admitted_at": "2026-02-30 08:00"})
    (one,) = wrong
    assert one.field == "admitted_at" and "2026-02-30 08:00" in one.text
    assert visit_columns()["admitted_at"].label in one.text


def test_a_long_bad_cell_is_quoted_short():
    (one,) = values_of({**GOOD, "admitted_at": "x" * 5000})[1]
    assert len(one.text) < 300


def test_every_bad_cell_of_a_row_is_named():
    assert set(faults(admitted_at="gestern", deposit="viel", discharged_at="?")) == {
        "admitted_at", "deposit", "discharged_at",
    }  # fmt: skip


def test_a_stay_has_its_money_in_fen_and_its_ending():
    values, wrong = values_of({
        **GOOD, "deposit": "1,000.50", "discharged_at": "2026-03-02 10:00", "line_count": "3",
        "amount": "12.34", "outcome_code": "01", "diagnosis_code": "S62",
    })  # fmt: skip
    found = stay(values)
    assert wrong == () and (found.deposit, found.amount, found.line_count) == (100_050, 1234, 3)
    assert found.discharge is not None
    assert found.discharge.discharged_at == datetime(2026, 3, 2, 10, tzinfo=CHINA)
    assert (found.discharge.outcome_code, found.discharge.diagnosis_code) == ("01", "S62")


def test_the_diagnosis_at_the_end_goes_before_that_of_the_beginning():
    values, _ = values_of({
        **GOOD, "discharged_at": "2026-03-02 10:00", "diagnosis_code": "S62",
        "diagnosis_name": "骨折", "discharge_code": "S63",
    })  # fmt: skip
    found = stay(values)
    assert found.discharge is not None and found.registration.diagnosis_code == "S62"
    assert (found.discharge.diagnosis_code, found.discharge.diagnosis_name) == ("S63", "骨折")


def test_who_is_in_bed_has_no_ending_whatever_else_is_said():
    found = stay(values_of({**GOOD, "outcome_code": "01", "discharge_code": "S63"})[0])
    assert found.discharge is None and (found.deposit, found.line_count) == (0, 0)


def test_a_short_row_has_empty_cells_at_its_end():
    places = {"visit_no": 0, "person_name": 1, "phone": 5}
    assert cells_of(["V1", "沈建国"], places) == {**GOOD, "phone": ""}


def test_needed_columns_that_a_table_lacks():
    assert [one.field for one in missing({"visit_no": "就诊号"})] == ["person_name"]
    assert missing({"visit_no": "a", "person_name": "b"}) == ()
