"""Rows of code lists as plain values: what is the same, what differs, what is in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue import mappings
from core.catalogue.entries import Difference, Entry, by_key, difference, key_of
from core.catalogue.initials import MOST_READINGS, bare, begins, plain, readings
from core.catalogue.mappings import MappingBook, Record, Written, in_force
from core.catalogue.similar import MOST, WHOLE, Suggester, compared, scores, spec_form
from core.catalogue.store import CodeStore
from core.clock import ManualClock
from core.domain import FeeLine
from tests.helpers.codes import CENTRE, DAY, ITEMS
from tests.helpers.journals import line

CODES = st.sampled_from(["A1", "a1", "Ａ１", "A 1", "B2", "C3", "S52.500X001", "s52.500x001"])
ROWS = st.lists(st.builds(Entry, CODES, st.sampled_from(["甲", "乙", "丙"])), max_size=6)
WRITTEN = st.text(  # half-width and full-width signs, and what Chinese is written with
    st.characters(min_codepoint=0x20, max_codepoint=0x7E)
    | st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
    | st.characters(min_codepoint=0xFF01, max_codepoint=0xFF5E),
    max_size=40,
)
NAMES = st.text(st.sampled_from("长重布洛芬缓释胶囊（门诊）0.3gA-1 "), max_size=12)
ENTRIES = st.builds(
    Entry, CODES, NAMES, st.sampled_from(["", "0.3g×24粒", "0.30g*24粒", "5ml"]),
    st.sampled_from(["", "盒", "瓶"]), st.just(""), st.sampled_from(["", "1", "2"]),
)  # fmt: skip


def record(day: date, state: Written = "mapped", code: str = "C1001") -> Record:
    """A line of the history of H001."""
    return Record("H001", code, state, day, "信息科", ManualClock().now())


@pytest.fixture
def book(tmp_path: Path):
    store = CodeStore(tmp_path / "codes.db")
    yield MappingBook(store, ManualClock())
    store.close()


# rows


@pytest.mark.parametrize("code", ["S52.500X001", "s52.500x001", "Ｓ52.500Ｘ001", " S52.500 x001"])
def test_case_and_width_of_a_code_say_nothing(code: str) -> None:
    assert key_of(code) == "s52.500x001"


@given(before=ROWS, after=ROWS)
def test_a_difference_leads_from_one_state_to_the_other(
    before: list[Entry], after: list[Entry]
) -> None:
    old, new = by_key(before), by_key(after)
    found = difference(old, new)
    walked = {key: row for key, row in old.items() if row not in found.gone}
    walked |= by_key(found.added) | by_key(row for _, row in found.changed)
    assert walked == new
    assert found.empty is (old == new)
    assert all(old_row != new_row for old_row, new_row in found.changed)


@given(rows=ROWS)
def test_nothing_differs_from_itself(rows: list[Entry]) -> None:
    assert difference(by_key(rows), by_key(rows)) == Difference()
    assert len(difference({}, by_key(rows)).added) == len(by_key(rows))
    assert len(difference(by_key(rows), {}).gone) == len(by_key(rows))


# initials


@given(name=WRITTEN)
def test_readings_are_bounded_letters_and_each_of_them_finds_the_name(name: str) -> None:
    found = readings(name)
    assert len(found) <= MOST_READINGS and len(set(found)) == len(found)
    assert all(begins(name, letters) for letters in found if bare(letters).isascii() and letters)


@given(text=WRITTEN)
def test_a_plain_text_is_plain_again(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert " " not in plain(text) and bare(bare(text)) == bare(text)


@pytest.mark.parametrize("typed", ["", " ", "。", "长", "cgz"])
def test_what_are_no_initials(typed: str) -> None:
    assert not begins("长骨", typed)


# likeness


@given(item=ENTRIES, rows=st.lists(ENTRIES, max_size=8), most=st.integers(0, 6))
def test_suggestions_are_few_sorted_and_from_the_list(
    item: Entry, rows: Sequence[Entry], most: int
) -> None:
    found = Suggester(rows).suggest(item, most)
    ranks = [score for _, score in scores(found)]
    assert len(found) <= most and ranks == sorted(ranks, reverse=True)
    assert all(one.entry in rows and 0 <= one.score <= WHOLE for one in found)
    assert len(Suggester(CENTRE).suggest(ITEMS[0])) <= MOST


@given(item=ENTRIES, entry=ENTRIES, likeness=st.integers(0, 100))
def test_only_what_differs_nowhere_is_whole(item: Entry, entry: Entry, likeness: int) -> None:
    found = compared(item, entry, likeness)
    assert 0 <= found.score <= WHOLE
    if found.score == WHOLE:
        assert False not in (found.spec, found.unit, found.list_type)


@given(
    spec=st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3})?(mg|G|ml)?[*×xX][0-9]{1,3}粒?", fullmatch=True)
)
def test_the_form_of_a_specification_is_its_own_form(spec: str) -> None:
    assert spec_form(spec_form(spec)) == spec_form(spec)


# what is in force


def test_the_last_one_written_whose_day_has_come_counts() -> None:
    later = DAY + timedelta(days=10)
    first, planned, again = record(DAY), record(later, "disabled"), record(DAY, code="C1002")
    assert in_force([], DAY) is None
    assert in_force([first, planned], DAY - timedelta(days=1)) is None
    assert in_force([first, planned], DAY) is first
    assert in_force([first, planned], later) is planned
    assert in_force([first, planned, again], later) is again


@settings(max_examples=50)
@given(days=st.lists(st.integers(0, 20), max_size=8), day=st.integers(0, 20))
def test_what_is_in_force_never_comes_from_the_future(days: list[int], day: int) -> None:
    records = [record(DAY + timedelta(days=days_on)) for days_on in days]
    found = in_force(records, DAY + timedelta(days=day))
    assert (found is None) is all(days_on > day for days_on in days)
    assert found is None or found.valid_from <= DAY + timedelta(days=day)


# the book


def test_before_the_first_list_there_is_nothing_and_no_file(book: MappingBook, tmp_path) -> None:
    assert (book.records(), book.suggestions(), book.met()) == ({}, {}, {})
    book.meet([line(hosp_code="")])
    assert not (tmp_path / "codes.db").exists()


def test_records_come_back_oldest_first_by_the_items_key(book: MappingBook) -> None:
    first, second = record(DAY), record(DAY, "disabled", "")
    assert book.write([first]) == 1 and book.write([second]) == 1 and book.write([]) == 0
    assert book.records() == {"h001": [first, second]}


def test_suggestions_are_replaced_item_by_item(book: MappingBook) -> None:
    book.keep_suggestions({"h001": [("C1", 90), ("C2", 60)], "h002": [("C3", 70)]})
    book.keep_suggestions({"h001": [("C4", 80)], "h003": []})
    assert book.suggestions() == {"h001": [("C4", 80)], "h002": [("C3", 70)]}


def test_the_newest_meeting_counts_and_the_oldest_are_forgotten(
    book: MappingBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def met(code: str, **more: object) -> FeeLine:
        return line(code, hosp_code=code, name=f"项目{code}", **more)

    monkeypatch.setattr(mappings, "MOST_MET", 2)
    book.meet([met("H1"), met("h1", visit_no="MZ2"), met("H2")])
    assert {key: one.visit_no for key, one in book.met().items()} == {"h1": "MZ2", "h2": "MZ1"}
    assert book.met()["h2"].entry.name == "项目H2"
    book.meet([met("H3")])
    assert len(book.met()) == 2
