"""The tables behind code lists: aliases, labels, the profile's words, and a local profile's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue import initials
from core.catalogue.entries import Entry, by_key, difference, key_of
from core.catalogue.kinds import LISTS, columns
from core.catalogue.sheets import mapping_columns, state_words
from core.catalogue.similar import WHOLE, Suggester, compared, spec_form
from core.centre.views import field_views
from core.his.headers import HeaderFinder, MappingBook, guess
from core.his.tables import bare, tables
from core.protocol.loading import load_profile
from core.words import say, texts
from gui.forms.spec import from_views
from tests.helpers.codes import CENTRE, ITEMS
from tests.helpers.wire import overlaid

STRICT = """
[elements]
adm_dept_codg = { beyond_catalogue = false }
"""
NAMES = st.text(alphabet="布洛芬缓释胶囊片膝关节CT平扫", max_size=8)
SPECS = st.sampled_from(["", "0.3g*24粒", "0.30g×24粒", "5ml", "大号"])
ENTRIES = st.builds(Entry, st.text("ABC", min_size=1, max_size=3), NAMES, SPECS, SPECS)


# tables


@pytest.mark.parametrize("name", LISTS)
def test_each_first_alias_is_recognised_as_its_field(name: str) -> None:
    heads = [column.aliases[0] for column in columns(name).values()]
    assert guess(heads, columns(name)) == dict(zip(columns(name), heads, strict=True))


@pytest.mark.parametrize("name", LISTS)
def test_aliases_are_bare_and_their_kinds_are_read(name: str) -> None:
    from core.his.cells import reader

    for column in columns(name).values():
        assert all(alias == bare(alias) for alias in column.aliases)
        assert callable(reader(column.kind))


def test_every_field_of_a_row_has_a_label() -> None:
    assert all(f"codes.field.{name}" in texts() for name in Entry._fields)
    assert all(f"codes.list.{name}" in texts() for name in LISTS)


def test_the_states_of_a_sheet_are_those_that_people_read() -> None:
    assert state_words()[say("codes.state.mapped")] == "mapped"
    assert state_words()[say("codes.state.suggested")] == "unmapped"
    assert {name for name, column in mapping_columns().items() if column.required} == {
        "hosp_code", "centre_code",
    }  # fmt: skip


def test_a_header_of_two_words_is_one_for_lists_and_none_for_fees(tmp_path: Path) -> None:
    rows = [["目录", ""], ["诊断编码", "诊断名称"], ["A", "甲"]]
    book = MappingBook(tmp_path, columns("diagnosis"))
    assert HeaderFinder(book, 2).find(rows).index == 1
    assert HeaderFinder(book, 2).score(rows) == 2
    fees = MappingBook(tmp_path / "fees")
    assert fees.columns is tables().columns


def test_mappings_of_different_lists_do_not_mix(tmp_path: Path) -> None:
    book = MappingBook(tmp_path / "diagnosis", columns("diagnosis"))
    book.keep(("甲", "乙"), {"code": "甲", "name": "乙"})
    assert book.find(("甲", "乙")) == {"code": "甲", "name": "乙"}
    assert MappingBook(tmp_path / "item", columns("item")).find(("甲", "乙")) is None
    assert MappingBook(tmp_path / "diagnosis").find(("甲", "乙")) is None


# the profile


def views(profile) -> dict[str, object]:
    return {view.name: view for view in field_views(profile, profile.steps["register"].request)}


def test_the_registration_knows_its_lists() -> None:
    found = views(load_profile("zjs"))
    lists = {name: view.catalogue for name, view in found.items() if view.catalogue}
    assert lists == {
        "diagnosis_code": "diagnosis",
        "dept_code": "department",
        "doctor_code": "doctor",
    }
    assert all(found[name].beyond_catalogue for name in lists)


def test_forms_take_their_lists_from_the_profile() -> None:
    specs = {spec.name: spec for spec in from_views(views(load_profile("zjs")).values())}
    assert (specs["diagnosis_code"].kind, specs["diagnosis_code"].catalogue) == (
        "listed",
        "diagnosis",
    )
    assert specs["diagnosis_code"].beyond and specs["med_type"].kind == "choice"
    assert specs["phone"].catalogue == ""


def test_a_local_profile_may_want_the_list_to_have_it(tmp_path: Path) -> None:
    found = {view.name: view for view in overlaid(tmp_path, STRICT).fields("register")}
    assert not found["dept_code"].beyond_catalogue and found["dept_code"].catalogue == "department"
    assert found["doctor_code"].beyond_catalogue
    (spec,) = [one for one in from_views(found.values()) if one.name == "dept_code"]
    assert not spec.beyond


# values


@given(st.lists(ENTRIES, max_size=6), st.lists(ENTRIES, max_size=6))
def test_a_difference_leads_from_one_state_to_the_other(one: list, other: list) -> None:
    before, after = by_key(one), by_key(other)
    change = difference(before, after)
    reached = dict(before)
    for row in change.gone:
        del reached[key_of(row.code)]
    for row in (*change.added, *(new for _, new in change.changed)):
        reached[key_of(row.code)] = row
    assert reached == after
    assert change.empty is (before == after)


@given(ENTRIES, ENTRIES, st.integers(0, WHOLE))
def test_a_score_stays_within_its_bounds(item: Entry, entry: Entry, likeness: int) -> None:
    found = compared(item, entry, likeness)
    assert 0 <= found.score <= WHOLE and found.name == likeness
    if False in (found.spec, found.unit, found.list_type):
        assert found.score < WHOLE


@given(st.lists(ENTRIES, max_size=12), ENTRIES)
def test_suggestions_are_few_ordered_and_of_the_list(rows: list[Entry], item: Entry) -> None:
    found = Suggester(rows).suggest(item, most=3)
    assert len(found) <= 3 and all(one.entry in rows for one in found)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)


@given(ENTRIES)
def test_the_thing_itself_is_found_whole(item: Entry) -> None:
    if initials.bare(item.name):
        assert Suggester([*CENTRE, item]).suggest(item)[0].score == WHOLE


@pytest.mark.parametrize("spec", ["", "0.3g", "大号", "1/2", "×", "0.0.0"])
def test_a_specification_equals_itself(spec: str) -> None:
    assert spec_form(spec) == spec_form(f" {spec} ")


def test_units_of_both_sides_are_compared_only_where_both_say_one() -> None:
    item = ITEMS[1]._replace(unit="")
    assert compared(item, CENTRE[2], 90).unit is None
    assert compared(ITEMS[1], CENTRE[2]._replace(unit="部位"), 90).unit is False
