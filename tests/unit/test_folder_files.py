"""How files move through a watched folder, and what a dropped table of visits holds."""

from __future__ import annotations

import os

import pytest

from core.clock import ManualClock
from core.errors import InvalidInput, SetupError
from core.his import folder_files
from core.his.dropped import DroppedReader, FaultyFile
from core.his.folder_files import MOST_LISTED, PLACES, FolderFiles, free_name
from tests.helpers.his import HEADERS, fee_line, rows_of, text_of

QUIET = 3.0
PEOPLE = ["就诊号", "姓名", "性别", "就诊时间"]


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def files(tmp_path, clock):
    made = FolderFiles(tmp_path, clock, QUIET)
    made.prepare()
    return made


def drop(files, clock, name="a.csv", data=b"x", place="in"):
    """The hospital writes a file at the desk's present moment."""
    path = files.place(place) / name
    path.write_bytes(data)
    touch(path, clock)
    return path


def touch(path, clock):
    now = clock.now().timestamp()
    os.utime(path, (now, now))


def names(paths):
    return [path.name for path in paths]


# -- places


def test_preparing_twice_disturbs_nothing(files, clock):
    drop(files, clock)
    files.prepare()
    assert {one.name for one in files.root.iterdir()} == set(PLACES)
    assert names(files.waiting()) == ["a.csv"]


def test_a_folder_that_is_not_there_is_never_made(tmp_path, clock):
    """A drive that is not connected must not become a folder on this machine's disk."""
    gone = FolderFiles(tmp_path / "share", clock, QUIET)
    with pytest.raises(SetupError, match="share"):
        gone.prepare()
    assert not (tmp_path / "share").exists()


def test_a_file_where_a_place_should_be(tmp_path, clock):
    (tmp_path / "work").write_text("x")
    files = FolderFiles(tmp_path, clock, QUIET)
    with pytest.raises(SetupError, match=tmp_path.name):
        files.prepare()


def test_a_place_that_was_taken_away_while_working(files, clock):
    files.place("in").rmdir()
    with pytest.raises(SetupError, match=files.root.name):
        files.ready()
    files.prepare()
    assert files.ready() == []


# -- when a file is whole


def test_a_file_is_whole_after_the_quiet_time_and_not_a_moment_before(files, clock):
    drop(files, clock)
    assert files.ready() == []
    clock.advance(QUIET - 0.1)
    assert files.ready() == []
    clock.advance(0.1)
    assert names(files.ready()) == ["a.csv"]


@pytest.mark.parametrize("change", ["grows", "same size"])
def test_any_change_begins_the_quiet_time_anew(files, clock, change):
    path = drop(files, clock)
    files.ready()
    clock.advance(QUIET - 1)
    path.write_bytes(b"xy" if change == "grows" else b"y")
    touch(path, clock)
    assert files.ready() == []
    clock.advance(QUIET - 1)
    assert files.ready() == [], "seen twice, but not the same for long enough"
    clock.advance(1)
    assert names(files.ready()) == ["a.csv"]


def test_a_file_that_went_and_came_again_is_a_new_one(files, clock):
    path = drop(files, clock)
    files.ready()
    path.unlink()
    clock.advance(QUIET)
    assert files.ready() == []
    drop(files, clock)
    assert files.ready() == []


def test_a_wall_clock_that_is_set_back_makes_nobody_wait_for_ever(files, clock):
    drop(files, clock)
    files.ready()
    clock.advance(-86_400)
    assert files.ready() == []
    clock.advance(QUIET)
    assert names(files.ready()) == ["a.csv"]


def test_an_empty_file_is_only_begun_however_old(files, clock):
    path = drop(files, clock, data=b"")
    clock.advance(86_400)
    assert files.ready() == []
    path.write_bytes(b"x")
    touch(path, clock)
    files.ready()
    clock.advance(QUIET)
    assert names(files.ready()) == ["a.csv"]


def test_files_come_by_name_and_not_more_than_can_be_looked_at(files, clock, monkeypatch):
    for name in ("c.csv", "a.csv", "b.csv"):
        drop(files, clock, name)
    clock.advance(86_400)
    assert names(files.ready()) == ["a.csv", "b.csv", "c.csv"]
    monkeypatch.setattr(folder_files, "MOST_LISTED", 2)
    assert len(files.ready()) == 2 < MOST_LISTED


@pytest.mark.parametrize(
    "name", ["a.CSV.TMP", "a.part", ".a.csv", "~$a.xlsx", "a.csv.crdownload", "a.lock"]
)
def test_names_of_unfinished_files_whatever_their_letters(files, clock, name):
    drop(files, clock, name)
    clock.advance(86_400)
    assert files.waiting() == []


# -- taking


def test_who_takes_a_file_has_it_alone(files, clock, tmp_path):
    path = drop(files, clock)
    other = FolderFiles(tmp_path, clock, QUIET)
    taken = files.take(path)
    assert taken == files.place("work") / "a.csv" and other.take(path) is None
    assert names(other.left()) == ["a.csv"] and other.waiting() == []


def test_a_second_file_of_a_name_waits_until_the_first_is_read(files, clock):
    first = files.take(drop(files, clock, data=b"first"))
    second = drop(files, clock, data=b"second")
    assert first is not None and files.take(second) is None and second.read_bytes() == b"second"
    files.finish(first, "done")
    again = files.take(second)
    assert again is not None and again.read_bytes() == b"second"


def test_files_put_away_in_one_second_do_not_replace_each_other(files, clock):
    kept = []
    for n in range(3):
        taken = files.take(drop(files, clock, data=str(n).encode()))
        kept.append(files.finish(taken, "done"))
    assert [path.read_bytes() for path in kept] == [b"0", b"1", b"2"]
    assert names(kept) == [
        "20260302-090000-a.csv", "20260302-090000-2-a.csv", "20260302-090000-3-a.csv",
    ]  # fmt: skip


def test_a_free_name_keeps_the_hospitals_own_at_its_end(tmp_path, clock):
    path = free_name(tmp_path, "费用 明细.xlsx", clock.now())
    assert path.parent == tmp_path and path.name == "20260302-090000-费用 明细.xlsx"


def test_what_cannot_be_put_away_stays_in_work_and_is_said(files, clock):
    taken = files.take(drop(files, clock))
    files.place("done").rmdir()
    with pytest.raises(SetupError, match=files.root.name):
        files.finish(taken, "done")
    assert names(files.left()) == ["a.csv"]


# -- tables of visits


def read(tmp_path, rows, most=100):
    return DroppedReader(tmp_path, most).read(text_of(rows).encode("gbk"), "a.csv")


def test_visits_of_which_the_later_row_counts(tmp_path):
    found = read(tmp_path, [
        PEOPLE, ["V1", "沈建国", "男", "2026-03-02 08:00"], ["", "", "", ""],
        ["V2", "罗小芳", "女", "2026-03-02 08:10"], ["V1", "沈建国", "女", "2026-03-02 08:00"],
    ])  # fmt: skip
    assert found.kind == "visits" and found.lines == () and found.rejected == ()
    known = {one.registration.visit_no: one.registration.sex for one in found.stays}
    assert list(known) == ["V1", "V2"] and known["V1"] == known["V2"]
    assert found.mapping["person_name"] == "姓名"


def test_a_faulty_row_of_visits_is_named_by_its_number_and_the_others_are_taken(tmp_path):
    found = read(tmp_path, [
        ["导出时间", "2026-03-02", "", ""], PEOPLE, ["V1", "", "男", "2026-03-02 08:00"],
        ["V2", "罗小芳", "女", "昨天"], ["V3", "韦大伟"],
    ])  # fmt: skip
    assert [one.registration.visit_no for one in found.stays] == ["V3"]
    assert [one.number for one in found.rejected] == [3, 4]
    assert [one.faults[0].field for one in found.rejected] == ["person_name", "admitted_at"]
    assert "昨天" in found.rejected[1].faults[0].text and found.rejected[1].raw[0] == "V2"


def test_visits_without_a_needed_column_are_refused_with_its_label(tmp_path):
    with pytest.raises(InvalidInput, match="就诊号"):
        read(tmp_path, [["姓名", "性别", "年龄"], ["沈建国", "男", "47"]])


def test_a_table_with_prices_is_one_of_lines_even_with_names_of_persons(tmp_path):
    rows = rows_of([fee_line(1), fee_line(2)])
    found = read(tmp_path, [[*row, extra] for row, extra in zip(rows, ("姓名", "甲", "甲"),
                                                               strict=True)])  # fmt: skip
    assert found.kind == "lines" and len(found.lines) == 2 and found.stays == ()


def test_half_a_bill_is_left_out_whole_and_other_visits_are_taken(tmp_path):
    lines = [fee_line(1, visit_no="V1"), fee_line(2, visit_no="V1"), fee_line(3, visit_no="V2")]
    rows = rows_of(lines)
    rows[2][list(HEADERS).index("price")] = "?"
    found = read(tmp_path, rows)
    assert [line.visit_no for line in found.lines] == ["V2"]
    bad, with_it = found.rejected
    assert bad.number == 3 and bad.faults[0].field == "price"
    assert with_it.number == 0 and with_it.raw[:2] == ("V1", "L0001")
    assert "V1" in with_it.faults[0].text


def test_nothing_good_in_the_file_says_how_many_rows_are_to_blame(tmp_path):
    rows = rows_of([fee_line(1), fee_line(2)])
    for row in rows[1:]:
        row[list(HEADERS).index("quantity")] = "many"
    with pytest.raises(FaultyFile, match="2") as caught:
        read(tmp_path, rows)
    assert [one.number for one in caught.value.rejected] == [2, 3]


def test_headers_alone_are_a_file_without_lines(tmp_path):
    with pytest.raises(FaultyFile) as caught:
        read(tmp_path, rows_of([]))
    assert caught.value.rejected == () and caught.value.faults[0].key == "import.remark.no_lines"


def test_more_rows_than_are_allowed_are_refused(tmp_path):
    rows = rows_of([fee_line(n) for n in range(1, 6)])
    assert len(read(tmp_path, rows, most=6).lines) == 5
    with pytest.raises(InvalidInput, match="4"):
        read(tmp_path, rows, most=4)
