"""目录对照 as a service: states, suggestions, history, bulk acceptance, and what lines get."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.catalogue.entries import Entry
from core.catalogue.similar import LEAST_SCORE, Suggester, spec_form
from core.clock import CHINA
from core.domain import FeeLine
from core.errors import InvalidInput, Refused
from core.events import Progress
from core.service.mapping import LEAST_BULK, MappingRow
from tests.helpers.codes import CASHIER, CENTRE, CHIEF, DAY, IT, ITEMS, Lists

LATER = DAY + timedelta(days=10)


@pytest.fixture
def lists(tmp_path: Path):
    made = Lists(tmp_path)
    made.stock()
    yield made
    made.store.close()


def line(hosp_code: str, day: date = DAY, **more: object) -> FeeLine:
    """A fee line as a hospital sends it, without the centre's code."""
    values = {
        "visit_no": "MZ1", "line_id": f"L{hosp_code}", "rx_no": "R1", "hosp_code": hosp_code,
        "name": f"项目{hosp_code}", "price": Decimal("1.00"), "quantity": Decimal(1), "amount": 100,
        "occurred_at": datetime(day.year, day.month, day.day, 9, tzinfo=CHINA),
    }  # fmt: skip
    return FeeLine(**{**values, **more})


def row(lists: Lists, code: str) -> MappingRow:
    return next(one for one in lists.mappings.table() if one.item.code == code)


def keys(error: pytest.ExceptionInfo) -> list[str]:
    return [item.key for item in error.value.faults]


# similarity


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("0.3g×24粒", "0.30g*24粒", True),
        ("5ML", "5ml", True),
        ("10.0g", "10g", True),
        ("0.3g*24粒", "0.3g*12粒", False),
        ("2x5ml", "2*5ml", True),
    ],
)
def test_specifications_are_compared_by_what_they_say(one: str, other: str, same: bool) -> None:
    assert (spec_form(one) == spec_form(other)) is same


def test_the_likeliest_code_stands_first() -> None:
    suggester = Suggester(CENTRE)
    first = [suggester.suggest(item) for item in ITEMS]
    assert [found[0].entry.code if found else "" for found in first] == [
        "C1001",
        "C2001",
        "C3001",
        "",
    ]
    exact = first[1][0]
    assert (exact.score, exact.name, exact.unit, exact.spec) == (100, 100, True, None)
    assert first[0][0].spec is True
    assert all(one.score >= LEAST_SCORE for found in first for one in found)


def test_another_specification_unit_or_list_costs_points() -> None:
    same = Entry("A", "布洛芬缓释胶囊", "0.3g*24粒", "盒", "", "1")
    suggester = Suggester([same])

    def score(**more: str) -> int:
        return suggester.suggest(same._replace(**more))[0].score

    assert score() == 100
    assert 100 > score(unit="瓶") > score(spec="0.3g*12粒") > score(list_type="2")


@pytest.mark.parametrize("name", ["", "（）", "甲", "完全不同的东西"])
def test_names_that_are_like_nothing(name: str) -> None:
    assert Suggester(CENTRE).suggest(Entry("X", name)) == ()
    assert Suggester(()).suggest(ITEMS[0]) == ()


def test_common_pairs_do_not_slow_it_down() -> None:
    many = [Entry(f"C{n}", f"一次性使用物品{n}号") for n in range(6000)]
    found = Suggester(many).suggest(Entry("H", "一次性使用物品4321号"))
    assert found[0].entry.code == "C4321"


# states


def test_at_first_nothing_is_mapped(lists: Lists) -> None:
    rows = lists.mappings.table()
    assert [one.item for one in rows] == list(ITEMS)
    assert {one.state for one in rows} == {"unmapped"}
    assert not any(one.centre_code or one.blocks or one.lost for one in rows)


def test_suggestions_are_kept_and_counted(lists: Lists) -> None:
    heard: list[Progress] = []
    lists.events.listen(heard.append)  # type: ignore[arg-type]
    assert lists.mappings.suggest() == 3
    assert [one.state for one in lists.mappings.table()] == ["suggested"] * 3 + ["unmapped"]
    assert heard == [Progress("suggest", "", 4, 4)]
    assert row(lists, "H002").best == ("C2001", 100) and row(lists, "H002").clear
    found = lists.mappings.suggestions(ITEMS[1])
    assert found[0].entry == CENTRE[2] and found[0].score == 100
    assert lists.mappings.suggestions(ITEMS[3]) == ()


def test_suggesting_stops_after_a_batch(lists: Lists, monkeypatch) -> None:
    monkeypatch.setattr("core.service.mapping.BATCH", 1)
    lists.mappings.suggest(stop=lambda: True)
    assert [one.state for one in lists.mappings.table()].count("suggested") == 1


def test_without_the_centres_list_there_are_no_suggestions(tmp_path: Path) -> None:
    lists = Lists(tmp_path)
    lists.take("item", ITEMS)
    with pytest.raises(Refused) as refused:
        lists.mappings.suggest()
    assert keys(refused) == ["codes.mapping.no_centre_list"]


def test_mapping_is_written_with_its_author(lists: Lists) -> None:
    lists.mappings.map("H001", " C1001 ", DAY, CHIEF, 95)
    found = row(lists, "H001")
    assert (found.state, found.centre_code, found.centre) == ("mapped", "C1001", CENTRE[0])
    (record,) = lists.mappings.history("h001")
    assert (record.author, record.valid_from, record.score) == (CHIEF.name, DAY, 95)
    assert record.at == lists.clock.now()


def test_history_is_append_only(lists: Lists) -> None:
    lists.mappings.map("H001", "C1002", DAY, CHIEF)
    lists.mappings.map("H001", "C1001", DAY, IT)
    lists.mappings.disable("H001", DAY, CHIEF, "停售")
    lists.mappings.unmap("H001", DAY, CHIEF, "弄错了")
    states = [(one.state, one.centre_code, one.note) for one in lists.mappings.history("H001")]
    assert states == [("unmapped", "", "弄错了"), ("disabled", "", "停售"), ("mapped", "C1001", ""),
                      ("mapped", "C1002", "")]  # fmt: skip
    assert row(lists, "H001").state == "unmapped"


def test_a_mapping_counts_from_its_day(lists: Lists) -> None:
    lists.mappings.map("H001", "C1002", DAY, CHIEF)
    lists.mappings.map("H001", "C1001", LATER, CHIEF)
    assert row(lists, "H001").centre_code == "C1002"
    codes = [
        lists.mappings.translate([line("H001", day)])[0].centre_code
        for day in (DAY - timedelta(days=1), DAY, LATER - timedelta(days=1), LATER)
    ]
    assert codes == ["", "C1002", "C1002", "C1001"]


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda m: m.map("H001", "C9999", DAY, CHIEF), "codes.mapping.strange_code"),
        (lambda m: m.map("H001", "", DAY, CHIEF), "codes.mapping.no_code"),
        (lambda m: m.map("H001", "C" * 51, DAY, CHIEF), "codes.mapping.no_code"),
        (lambda m: m.map(" ", "C1001", DAY, CHIEF), "codes.mapping.no_item"),
        (lambda m: m.disable("H001", DAY, CHIEF, "  "), "codes.mapping.no_note"),
        (lambda m: m.unmap("H001", DAY, CHIEF, ""), "codes.mapping.no_note"),
        (lambda m: m.map("H001", "C1001", DAY, CASHIER), "codes.role"),
        (lambda m: m.disable("H001", DAY, None, "x"), "codes.role"),
        (lambda m: m.accept(LEAST_BULK, DAY, CASHIER), "codes.role"),
        (lambda m: m.accept(LEAST_BULK - 1, DAY, CHIEF), "codes.mapping.too_bold"),
        (lambda m: m.write_all([], CASHIER), "codes.role"),
    ],
)
def test_what_is_refused(lists: Lists, call, key: str) -> None:
    with pytest.raises((InvalidInput, Refused)) as refused:
        call(lists.mappings)
    assert keys(refused) == [key]
    assert lists.mappings.history("H001") == ()


def test_without_the_centres_list_any_code_may_be_typed(tmp_path: Path) -> None:
    lists = Lists(tmp_path)
    lists.take("item", ITEMS)
    lists.mappings.map("H001", "XYZ", DAY, CHIEF)
    assert row(lists, "H001").centre_code == "XYZ" and not row(lists, "H001").lost


def test_a_code_that_the_new_list_has_not_is_lost(lists: Lists) -> None:
    lists.mappings.map("H001", "C1001", DAY, CHIEF)
    lists.take("centre", CENTRE[1:])
    found = row(lists, "H001")
    assert found.lost and found.state == "mapped" and found.centre is None


def test_bulk_acceptance_takes_what_is_clear_and_good(lists: Lists) -> None:
    twins = (*CENTRE, CENTRE[2]._replace(code="C2009"))
    lists.take("centre", twins)
    lists.mappings.suggest()
    assert not row(lists, "H002").clear
    assert lists.mappings.accept(LEAST_BULK, DAY, CHIEF) == len(
        [one for one in lists.mappings.table() if one.state == "mapped"]
    )
    assert row(lists, "H002").state == "suggested"
    assert lists.mappings.accept(100, DAY, CHIEF) == 0
    for one in lists.mappings.table():
        if one.record:
            assert one.record.score is not None and one.record.score >= LEAST_BULK


# fee lines


def test_lines_take_their_code_from_the_mapping(lists: Lists) -> None:
    lists.mappings.map("H002", "C2001", DAY, CHIEF)
    given = (line("H002"), line("h002"), line("H001"), line("", centre_code=""),
             line("H002", centre_code="OWN"))  # fmt: skip
    lines = lists.mappings.translate(given)
    assert [one.centre_code for one in lines] == ["C2001", "C2001", "", "", "OWN"]
    assert [one.list_type for one in lines] == ["2", "2", "1", "1", "1"]
    assert lines[0].model_copy(update={"centre_code": "", "list_type": "1"}) == given[0]


def test_lines_that_need_nothing_open_no_file(tmp_path: Path) -> None:
    lists = Lists(tmp_path)
    own = (line("H1", centre_code="C"), line(""))
    assert lists.mappings.translate(own) == own
    assert lists.mappings.stopped(own) == {}
    lists.mappings.meet(own)
    assert not lists.store.exists


def test_disabled_items_say_since_when(lists: Lists) -> None:
    lists.mappings.disable("H001", LATER, CHIEF, "停售")
    assert lists.mappings.stopped([line("H001", DAY)]) == {}
    assert lists.mappings.stopped([line("H001", LATER)]) == {"H001": LATER.isoformat()}
    assert lists.mappings.translate([line("H001", LATER)])[0].centre_code == ""


def test_what_blocks_an_upload_comes_first(lists: Lists) -> None:
    lists.mappings.meet([line("H003"), line("Z9", name="新项目", spec="5g"), line("", name="无码")])
    rows = lists.mappings.table()
    assert [(one.item.code, one.blocks, one.listed) for one in rows[:3]] == [
        ("H003", True, True), ("Z9", True, False), ("H001", False, True),
    ]  # fmt: skip
    assert rows[1].item.name == "新项目" and rows[1].met.visit_no == "MZ1"
    lists.mappings.map("Z9", "C3001", DAY, CHIEF)
    assert not row(lists, "Z9").blocks
    assert lists.mappings.translate([line("Z9")])[0].centre_code == "C3001"


def test_met_items_are_bounded(lists: Lists, monkeypatch) -> None:
    monkeypatch.setattr("core.catalogue.mappings.MOST_MET", 3)
    for number in range(5):
        lists.clock.advance(60)
        lists.mappings.meet([line(f"Z{number}")])
    assert set(lists.records.met()) == {"z2", "z3", "z4"}


def test_an_item_that_left_the_list_keeps_its_mapping(lists: Lists) -> None:
    lists.mappings.map("H001", "C1001", DAY, CHIEF)
    lists.take("item", ITEMS[1:])
    found = row(lists, "H001")
    assert not found.listed and found.centre_code == "C1001"
