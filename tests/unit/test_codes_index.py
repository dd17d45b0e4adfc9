"""Finding rows while typing: order of the hits, heteronyms, wubi, what is taken often, bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.entries import Entry, key_of
from core.catalogue.index import MOST_HITS, TIERS, SearchIndex
from core.catalogue.initials import bare, plain, readings
from tests.helpers.codes import BONES


def indexed(*entries: Entry) -> SearchIndex:
    """An index as a version gives it, in the order of the codes."""
    rows = sorted(entries, key=lambda entry: key_of(entry.code))
    return SearchIndex([(entry, " ".join(readings(entry.name))) for entry in rows])


@pytest.fixture(scope="module")
def bones() -> SearchIndex:
    return indexed(*BONES)


def codes(index: SearchIndex, text: str, **more: object) -> list[str]:
    return [hit.entry.code for hit in index.find(text, **more)]  # type: ignore[arg-type]


def tiers(index: SearchIndex, text: str, **more: object) -> list[str]:
    return [hit.tier for hit in index.find(text, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "first", "tier"),
    [
        ("S52.501", "S52.501", "code"),
        ("s52501", "S52.501", "code"),
        ("S52.500X001", "S52.500x001", "code"),
        ("S52", "S52.500x001", "code_prefix"),
        ("sg", "S42.000", "letters"),
        ("cg", "S72.900", "letters"),
        ("zg", "S72.900", "letters"),
        ("踝关节", "S93.400", "name"),
        ("扭伤", "S93.400", "inner"),
        ("远端", "S52.500x001", "inner"),
        ("ns", "S93.400", "inner"),
        ("ＳＧ", "S42.000", "letters"),
        (" 锁 骨 ", "S42.000", "name"),
    ],
)
def test_every_way_of_typing(bones: SearchIndex, typed: str, first: str, tier: str) -> None:
    hit = bones.find(typed)[0]
    assert (hit.entry.code, hit.tier) == (first, tier)


@pytest.mark.parametrize("typed", ["", "   ", "qqq", "。。", "不存在", "x" * 500])
def test_what_finds_nothing(bones: SearchIndex, typed: str) -> None:
    assert bones.find(typed) == ()


def test_the_tiers_stand_in_their_order() -> None:
    index = indexed(
        Entry("GZ", "甲"), Entry("GZ1", "乙"), Entry("A1", "骨折"), Entry("A2", "桡骨骨折"),
        Entry("A3", "gz在名里"),
    )  # fmt: skip
    assert codes(index, "gz") == ["GZ", "GZ1", "A1", "A3", "A2"]
    assert tiers(index, "gz") == ["code", "code_prefix", "letters", "letters", "inner"]


def test_a_row_stands_once_though_it_fits_in_many_ways() -> None:
    index = indexed(Entry("GZ", "骨折", pinyin="GZ"), Entry("X", "骨折骨折"))
    assert codes(index, "g") == ["GZ", "X"]
    assert codes(index, "骨折") == ["GZ", "X"]


def test_wubi_is_asked_for_and_takes_the_place_of_pinyin(bones: SearchIndex) -> None:
    assert bones.has_wubi
    assert codes(bones, "kmg", mode="wubi") == ["S52.500x001"]
    assert codes(bones, "kmg") == []
    assert codes(bones, "sg", mode="wubi") == []
    assert codes(bones, "S42", mode="wubi") == ["S42.000"]
    assert not indexed(BONES[0]).has_wubi


def test_what_is_taken_often_stands_first_in_its_tier(bones: SearchIndex) -> None:
    assert codes(bones, "桡骨")[0] == "S52.501"
    often = {key_of("S52.500x001"): 3, key_of("gone"): 9}
    assert codes(bones, "桡骨", often=often)[0] == "S52.500x001"
    assert codes(bones, "S52.501", often=often)[0] == "S52.501"
    assert codes(bones, "骨折", often={key_of("S72.900"): 1})[0] == "S72.900"


def test_more_often_goes_before_often() -> None:
    index = indexed(*(Entry(f"K{n}", f"骨折{n}") for n in range(5)))
    often = {"k3": 2, "k1": 7, "k4": 2}
    assert codes(index, "gz", often=often) == ["K1", "K3", "K4", "K0", "K2"]


def test_often_taken_rows_are_found_beyond_the_limit() -> None:
    index = indexed(*(Entry(f"K{n:04}", f"骨折{n}") for n in range(1000)))
    assert codes(index, "gz", limit=3, often={"k0999": 1}) == ["K0999", "K0000", "K0001"]
    assert len(index.find("g", limit=12)) == 12
    assert len(index.find("骨")) == MOST_HITS


def test_the_code_of_the_file_counts_as_initials() -> None:
    rows = [(Entry("A", "骨折", pinyin="XYZ"), "xyz gz gs")]
    assert codes(SearchIndex(rows), "xy") == ["A"]


def test_rows_by_code(bones: SearchIndex) -> None:
    assert bones.entry("s52.501") == BONES[3]
    assert bones.entry("S52501") is None
    assert len(bones) == 5


def test_an_empty_list_finds_nothing() -> None:
    empty = SearchIndex(())
    assert empty.find("a") == () and not len(empty) and empty.entry("a") is None


NAMES = st.text(alphabet="骨折长行关节a1", min_size=1, max_size=5)
TABLE = st.lists(NAMES, max_size=12)
TYPED = st.text(alphabet="gzshjkxca1骨折行", min_size=1, max_size=3)


@given(TABLE, TYPED)
def test_the_index_finds_what_looking_at_every_row_finds(names: list[str], typed: str) -> None:
    entries = [Entry(f"K{place}", name) for place, name in enumerate(names)]
    hits = indexed(*entries).find(typed)
    assert {hit.entry.code for hit in hits} == {one.code for one in entries if _fits(one, typed)}
    order = [TIERS.index(hit.tier) for hit in hits]
    assert order == sorted(order)


def _fits(entry: Entry, typed: str) -> bool:
    letters = " ".join(readings(entry.name))
    wanted = bare(typed)
    inner = wanted.isascii() and wanted.isalpha() and wanted in letters
    starts = any(one.startswith(wanted) for one in letters.split())
    return (
        bare(entry.code).startswith(wanted) or starts or inner or plain(typed) in plain(entry.name)
    )
