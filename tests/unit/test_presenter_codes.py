"""目录对照 without a window: chips and letters, what may be pressed, and what is written."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.errors import DeskError
from gui.messages import Message
from gui.screens.codes.importing import CodeImporting
from gui.screens.codes.lists import ListsPresenter
from gui.screens.codes.presenter import MappingPresenter
from gui.screens.work import Work
from tests.helpers.codes import BONES, CASHIER, CENTRE, CHIEF, DAY, ITEMS, Lists, write_csv


class Page:
    """Runs work at once and remembers what was said."""

    def __init__(self) -> None:
        self.said: list[Message] = []
        self.took: list[Any] = []

    def run(self, work: Work) -> bool:
        try:
            value = work.call()
        except DeskError as error:
            work.failed(error)
        else:
            work.done(value)
        return True

    def refresh(self) -> None:
        """Nothing to draw."""

    def hush(self) -> None:
        self.said.clear()

    def tell(self, message: Message) -> None:
        self.said.insert(0, message)

    def print_slip(self, msgid: str) -> None:
        raise AssertionError(msgid)

    def taken(self, version: Any) -> None:
        self.took.append(version)

    @property
    def keys(self) -> list[str]:
        return [message.key for message in self.said]


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def desk(tmp_path: Path):
    lists = Lists(tmp_path)
    lists.stock()
    lists.take("diagnosis", BONES)
    yield SimpleNamespace(
        catalogue=lists.catalogue, mappings=lists.mappings, mapping_sheets=lists.sheets,
        clock=lists.clock, session=SimpleNamespace(operator=CHIEF), lists=lists, home=tmp_path,
    )  # fmt: skip
    lists.store.close()


@pytest.fixture
def mapping(desk: Any, page: Page) -> MappingPresenter:
    made = MappingPresenter(desk, page)
    made.load()
    return made


def codes(presenter: MappingPresenter) -> list[str]:
    return [row.item.code for row in presenter.shown]


# mappings


def test_before_reading_nothing_is_said(desk: Any, page: Page) -> None:
    made = MappingPresenter(desk, page)
    assert made.empty() == ("", "") and made.row is None
    assert made.why_not("map_item") is not None


def test_the_first_item_is_looked_at(mapping: MappingPresenter) -> None:
    assert mapping.row is not None and mapping.row.item == ITEMS[0]
    assert mapping.counts()["all"] == 4 and mapping.counts()["unmapped"] == 4
    assert "4" in mapping.sums()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("h00", 4),
        ("xgj", 1),
        ("膝关节", 1),
        ("ct", 1),
        ("自制", 1),
        ("没有", 0),
        ("", 4),
        ("C2001", 0),
    ],
)
def test_letters_find_items(mapping: MappingPresenter, typed: str, found: int) -> None:
    mapping.find(typed)
    assert len(mapping.shown) == found
    if not found:
        assert mapping.row is None and mapping.empty()[0] == "没有符合的项目"


def test_a_mapped_item_is_found_by_the_centres_words(mapping: MappingPresenter) -> None:
    mapping.choose("h002")
    mapping.map("C2001")
    mapping.find("C2001")
    assert codes(mapping) == ["H002"]


def test_mapping_says_so_and_goes_on(mapping: MappingPresenter, page: Page) -> None:
    mapping.show("unmapped")
    mapping.map("C1001")
    assert page.keys == ["codes.screen.done.mapped"]
    assert codes(mapping) == ["H002", "H003", "H004"] and mapping.chosen == "h002"
    mapping.choose("h004")
    mapping.map("C3001")
    assert mapping.chosen == "h002"


def test_the_score_of_a_taken_suggestion_is_kept(mapping: MappingPresenter, desk: Any) -> None:
    mapping.suggest()
    assert mapping.looked.suggestions[0].entry == CENTRE[0]
    score = mapping.looked.suggestions[0].score
    mapping.map("C1001")
    assert desk.mappings.history("H001")[0].score == score
    assert mapping.looked.history[0].score == score


def test_a_wrong_code_or_day_is_a_banner(mapping: MappingPresenter, page: Page) -> None:
    mapping.map("nothing")
    assert page.keys == ["refused"]
    mapping.valid_from = "明天"
    mapping.map("C1001")
    assert page.keys[0] == "codes.screen.bad_day"
    assert mapping.row is not None and mapping.row.record is None


def test_disable_and_unmap_take_a_reason(mapping: MappingPresenter, page: Page) -> None:
    assert mapping.why_not("unmap_item").key == "codes.screen.why.not_mapped"
    mapping.disable("停售")
    assert mapping.row.state == "disabled"
    assert mapping.why_not("disable_item").key == "codes.screen.why.disabled"
    mapping.unmap("又有了")
    assert mapping.row.state == "unmapped"
    assert [one.note for one in mapping.looked.history] == ["又有了", "停售"]


def test_many_at_once(mapping: MappingPresenter, page: Page) -> None:
    assert mapping.why_not("accept_items").key == "codes.screen.why.no_suggestions"
    mapping.suggest()
    assert page.keys == ["codes.screen.done.suggested"]
    mapping.least = 85
    count = len(mapping.clear())
    assert count and mapping.why_not("accept_items") is None
    mapping.accept()
    assert mapping.counts()["mapped"] == count
    assert str(count) in page.said[0].text


def test_a_cashier_looks_and_changes_nothing(
    mapping: MappingPresenter, desk: Any, page: Page
) -> None:
    desk.session.operator = CASHIER
    for action in ("map_item", "disable_item", "suggest_items", "accept_items", "read_sheet"):
        assert mapping.why_not(action).key == "codes.role"
    assert mapping.why_not("export_items") is None and mapping.why_not("find_item") is None
    mapping.map("C1001")
    mapping.suggest()
    mapping.accept()
    assert page.keys == ["why"] * len(page.keys) and desk.mappings.history("H001") == ()


def test_out_and_back(mapping: MappingPresenter, page: Page, tmp_path: Path) -> None:
    asked: list[Any] = []
    mapping.show("mapped")
    assert mapping.why_not("export_items").key == "codes.screen.why.no_rows"
    mapping.show("all")
    mapping.export(str(tmp_path / "out.xlsx"))
    assert page.keys == ["codes.screen.done.exported"]
    path = write_csv(tmp_path / "in.csv", "院内编码,中心编码", "H002,C2001")
    mapping.read_sheet(str(path), asked.append)
    mapping.take_sheet(asked[0])
    assert mapping.counts()["mapped"] == 1
    bad = write_csv(tmp_path / "bad.csv", "院内编码,中心编码", *(f"H00{n},XX" for n in range(1, 9)))
    mapping.read_sheet(str(bad), asked.append)
    mapping.tell_faulty(asked[1].preview.faulty)
    assert "8 行" in page.said[0].text and "第 2 行" in page.said[0].text
    assert page.said[0].text.count("\n") == 5


def test_a_new_read_keeps_the_place(mapping: MappingPresenter) -> None:
    mapping.choose("h003")
    mapping.load()
    assert mapping.chosen == "h003"
    mapping.choose("")
    assert mapping.chosen == "h003"


# lists


@pytest.fixture
def lists(desk: Any, page: Page) -> ListsPresenter:
    made = ListsPresenter(desk, page)
    made.load()
    return made


def test_the_lists_with_the_version_in_force(lists: ListsPresenter, desk: Any) -> None:
    faces = {face.name: face for face in lists.lists}
    assert faces["diagnosis"].now.rows == 5 and faces["doctor"].now is None
    desk.lists.take("diagnosis", BONES[1:], DAY + timedelta(days=30))
    lists.load()
    assert lists.lists[0].now.number == 1
    assert [one.number for one in lists.versions] == [2, 1]


def test_rows_and_differences(lists: ListsPresenter, desk: Any) -> None:
    changed = BONES[0]._replace(name="新名", wubi="WB")
    desk.lists.take("diagnosis", (changed, *BONES[2:]))
    lists.load()
    lists.choose_version(2)
    assert lists.counts() == {"rows": 4, "added": 0, "changed": 1, "gone": 1}
    assert len(lists.faces()) == 4
    lists.show("changed")
    (face,) = lists.faces()
    assert face.says == "名称：锁骨骨折 → 新名；五笔码：— → WB"
    lists.show("gone")
    assert [one.entry for one in lists.faces()] == [BONES[1]]
    lists.show("added")
    assert lists.faces() == ()


def test_another_list_begins_at_its_newest(lists: ListsPresenter) -> None:
    lists.choose("centre")
    assert lists.version.rows == len(CENTRE) and len(lists.faces()) == len(CENTRE)
    lists.choose("doctor")
    assert lists.version is None and lists.faces() == () and lists.note() == ""
    assert lists.why_not("restore_version").key == "codes.screen.why.no_version"


def test_bringing_a_version_back(lists: ListsPresenter, desk: Any, page: Page) -> None:
    desk.lists.take("diagnosis", BONES[1:])
    lists.load()
    lists.choose_version(2)
    assert lists.why_not("restore_version").key == "codes.screen.why.newest"
    lists.choose_version(1)
    assert lists.why_not("restore_version") is None
    lists.restore()
    assert page.keys == ["codes.screen.done.taken"]
    assert lists.version.number == 3 and "第 1 版" in lists.note()
    desk.session.operator = CASHIER
    assert lists.why_not("import_list").key == "codes.role"
    assert lists.blocked("restore_version") and page.keys[0] == "why"


# importing


@pytest.fixture
def importing(desk: Any, page: Page) -> CodeImporting:
    return CodeImporting(desk, page, "diagnosis")


def test_a_file_shows_what_it_would_change(
    importing: CodeImporting, page: Page, tmp_path: Path
) -> None:
    assert importing.why_not_take().key == "codes.screen.why.read"
    rows = [f"{row.code},{row.name}" for row in BONES[:3]]
    path = write_csv(tmp_path / "a.csv", "编码,名称", *rows, "T1,新的")
    importing.read(f'"{path}"')
    assert importing.why_not_take() is None
    assert any("新增 1，变化 1，消失 2" in text for text in importing.summary())
    assert not importing.loses_much()
    importing.take()
    (version,) = page.took
    assert (version.number, version.rows) == (2, 4)


def test_a_part_of_the_list_is_asked_about(importing: CodeImporting, tmp_path: Path) -> None:
    importing.read(str(write_csv(tmp_path / "a.csv", "编码,名称", "T1,新的")))
    assert importing.loses_much()
    assert "5 项消失" in importing.remarks()[0]


def test_wrong_rows_may_be_left_out(importing: CodeImporting, page: Page, tmp_path: Path) -> None:
    importing.read(str(write_csv(tmp_path / "a.csv", "编码,名称", "T1,新的", ",坏")))
    assert importing.why_not_take().key == "codes.wrong_rows"
    assert [row.row_number for row in importing.rejected()] == [3]
    importing.take()
    assert page.took == []
    importing.skip(True)
    importing.take()
    assert page.took[0].rows == 1


def test_columns_are_mapped_and_remembered(
    importing: CodeImporting, page: Page, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", "甲,乙", "T1,新的")
    importing.read(str(path))
    assert importing.why_not_take().key == "codes.screen.why.missing"
    importing.map("code", "甲")
    importing.map("name", "乙")
    assert importing.why_not_take() is None
    importing.map("name", "甲")
    assert importing.preview.missing == ("code",)
    importing.map("name", "乙")
    importing.map("code", "甲")
    importing.take()
    again = CodeImporting(importing.desk, page, "diagnosis")
    again.read(str(path))
    assert again.mapping == {"code": "甲", "name": "乙"}


def test_another_list_reads_the_file_again(importing: CodeImporting, tmp_path: Path) -> None:
    importing.read(str(write_csv(tmp_path / "a.csv", "编码,名称,规格", "T1,新的,5g")))
    assert "spec" not in importing.mapping
    importing.choose("item")
    assert importing.mapping["spec"] == "规格" and importing.preview.list == "item"
    importing.choose("nonsense")
    assert importing.list == "item"


def test_bad_days_and_files(importing: CodeImporting, page: Page, tmp_path: Path) -> None:
    importing.read("nowhere.csv")
    assert page.keys == ["refused"] and importing.preview is None
    importing.read("  ")
    assert importing.summary() == () and importing.remarks() == () and importing.rejected() == ()
    importing.read(str(write_csv(tmp_path / "a.csv", "编码,名称", "T1,新的")))
    importing.valid_from = "某天"
    assert importing.why_not_take().key == "codes.screen.bad_day"
    importing.take()
    assert page.took == []
