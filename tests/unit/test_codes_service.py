"""The desk's code lists: who may change them, what is loaded, what is taken often, training."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.app import Desk
from core.catalogue import invented
from core.catalogue.importer import CodeImporter
from core.catalogue.kinds import LISTS
from core.domain import Registration
from core.errors import InvalidInput, Refused
from core.his import invented as hospital
from core.service.catalogue import Catalogue
from core.simulator.world import catalogue as price_list
from tests.helpers.codes import BONES, CASHIER, CHIEF, DAY, IT, Lists, write_csv


@pytest.fixture
def lists(tmp_path: Path):
    made = Lists(tmp_path)
    yield made
    made.store.close()


def preview(lists: Lists, *lines: str):
    path = write_csv(lists.home / "a.csv", "编码,名称", *lines)
    return lists.catalogue.importer("diagnosis").preview(path)


def test_before_a_list_is_loaded_nothing_is_found(lists: Lists) -> None:
    lists.take("diagnosis", BONES)
    catalogue = lists.catalogue
    assert catalogue.stale("diagnosis")
    assert catalogue.find("diagnosis", "cg") == ()
    assert catalogue.name_of("diagnosis", "S42.000") == ""
    assert len(catalogue.load("diagnosis")) == 5
    assert [hit.entry.code for hit in catalogue.find("diagnosis", "cg")] == ["S72.900"]
    assert catalogue.name_of("diagnosis", "s42.000") == "锁骨骨折"
    assert not catalogue.stale("diagnosis")


def test_a_list_that_nobody_imported(lists: Lists) -> None:
    assert len(lists.catalogue.load("doctor")) == 0
    assert not lists.catalogue.stale("doctor")
    assert lists.catalogue.find("doctor", "a") == ()


def test_a_new_version_is_stale_and_then_found(lists: Lists) -> None:
    lists.take("diagnosis", BONES[:2])
    before = lists.catalogue.load("diagnosis")
    lists.take("diagnosis", BONES)
    assert lists.catalogue.stale("diagnosis")
    assert lists.catalogue.index("diagnosis") is before
    assert len(lists.catalogue.load("diagnosis")) == 5
    same = lists.catalogue.load("diagnosis")
    lists.take("doctor", BONES)
    assert lists.catalogue.load("diagnosis") is same


def test_a_version_counts_from_its_day(lists: Lists) -> None:
    lists.take("diagnosis", BONES[:2])
    lists.take("diagnosis", BONES, DAY + timedelta(days=2))
    assert len(lists.catalogue.load("diagnosis")) == 2
    lists.clock.advance(2 * 24 * 3600)
    assert lists.catalogue.stale("diagnosis")
    assert len(lists.catalogue.load("diagnosis")) == 5


def test_another_process_imports(lists: Lists) -> None:
    lists.take("diagnosis", BONES[:2])
    lists.catalogue.load("diagnosis")
    other = Lists(lists.home)
    other.take("diagnosis", BONES)
    other.store.close()
    assert lists.catalogue.stale("diagnosis")
    assert len(lists.catalogue.load("diagnosis")) == 5


def test_what_an_operator_takes_stands_first_for_him_only(lists: Lists) -> None:
    lists.take("diagnosis", BONES)
    catalogue = lists.catalogue
    catalogue.load("diagnosis", "0101")
    first = [hit.entry.code for hit in catalogue.find("diagnosis", "S")]
    catalogue.chose("diagnosis", first[-1], "0101")
    assert catalogue.find("diagnosis", "S")[0].entry.code == first[-1]
    assert not catalogue.stale("diagnosis", "0101")
    assert catalogue.stale("diagnosis", "0102")
    catalogue.load("diagnosis", "0102")
    assert [hit.entry.code for hit in catalogue.find("diagnosis", "S")] == first
    again = Catalogue(lists.store, lists.clock, lists.home)
    again.load("diagnosis", "0101")
    assert again.find("diagnosis", "S")[0].entry.code == first[-1]


def test_who_may_import(lists: Lists) -> None:
    found = preview(lists, "A,甲")
    for by in (CASHIER, None):
        with pytest.raises(Refused) as refused:
            lists.catalogue.take(found, DAY, by)
        assert refused.value.faults[0].key == "codes.role"
    made = lists.catalogue.take(found, DAY, IT)
    assert (made.author, made.source, made.number) == (IT.name, "a.csv", 1)
    with pytest.raises(Refused):
        lists.catalogue.restore("diagnosis", 1, DAY, CASHIER)


def test_wrong_rows_block_unless_they_are_left_out(lists: Lists) -> None:
    found = preview(lists, "A,甲", ",乙")
    with pytest.raises(Refused) as refused:
        lists.catalogue.take(found, DAY, CHIEF)
    assert refused.value.faults[0].key == "codes.wrong_rows"
    assert lists.catalogue.take(found, DAY, CHIEF, skip_wrong=True).rows == 1
    with pytest.raises(InvalidInput):
        lists.catalogue.take(preview(lists), DAY, CHIEF, skip_wrong=True)


def test_missing_columns_are_never_skipped(lists: Lists) -> None:
    path = write_csv(lists.home / "b.csv", "甲,乙", "A,B")
    found = CodeImporter(lists.home, "diagnosis").preview(path)
    with pytest.raises(InvalidInput) as refused:
        lists.catalogue.take(found, DAY, CHIEF, skip_wrong=True)
    assert [item.field for item in refused.value.faults] == ["code", "name"]


def test_an_older_version_comes_back(lists: Lists) -> None:
    lists.take("diagnosis", BONES)
    lists.take("diagnosis", BONES[:1])
    made = lists.catalogue.restore("diagnosis", 1, DAY, CHIEF)
    assert (made.number, made.restores, made.author) == (3, 1, CHIEF.name)
    assert [one.number for one in lists.catalogue.versions("diagnosis")] == [3, 2, 1]


def test_names_follow_their_codes(lists: Lists) -> None:
    lists.take("diagnosis", BONES)
    lists.catalogue.load("diagnosis")
    before = Registration(visit_no="1", diagnosis_code="S42.000", diagnosis_name="院内名称",
                          dept_code="K1", dept_name="骨科")  # fmt: skip
    after = before.model_copy(update={"diagnosis_code": "S72.900"})
    named = lists.catalogue.with_names(before, after)
    assert named.diagnosis_name == "长骨骨折" and named.dept_name == "骨科"
    assert lists.catalogue.with_names(before, before) is before
    strange = lists.catalogue.with_names(before, before.model_copy(update={"dept_code": "K9"}))
    assert strange.dept_name == ""
    assert lists.catalogue.with_names(None, after).diagnosis_name == "长骨骨折"


# training


def test_the_invented_lists_fit_the_invented_hospital() -> None:
    made = invented.invented()
    codes = {name: {row.code for row in rows} for name, rows in made.items()}
    assert set(made) == set(LISTS)
    assert {row.code for row in hospital.departments()} <= codes["department"]
    assert {row.code for row in hospital.doctors()} <= codes["doctor"]
    assert {row.code for row in hospital.diagnoses()} <= codes["diagnosis"]
    assert {item.hosp_code for item in price_list()} <= codes["item"]
    assert {item.centre_code for item in price_list()} <= codes["centre"]
    assert sum(map(len, made.values())) > 1500
    for rows in made.values():
        assert all(row.code and row.name for row in rows)
        assert len({row.code.casefold() for row in rows}) == len(rows)


def test_a_training_desk_has_lists_when_it_is_first_asked(desk: Desk) -> None:
    assert not desk.codes.path.exists()
    assert len(desk.catalogue.load("diagnosis")) > 500
    rows = desk.mappings.table()
    states = {row.state for row in rows}
    assert states == {"mapped", "unmapped"}
    number = len(desk.catalogue.versions("item"))
    desk.catalogue.ensure()
    invented.stock(desk.codes, desk.clock)
    assert len(desk.catalogue.versions("item")) == number == 1


def test_a_list_of_ones_own_is_not_stocked_over(lists: Lists) -> None:
    lists.take("diagnosis", BONES)
    invented.stock(lists.store, lists.clock)
    assert lists.book.versions("diagnosis")[0].rows == 5
    assert lists.book.versions("centre")[0].rows > 100
