"""The watched folder: files are taken whole and once, and results come back as files."""

from __future__ import annotations

import csv
import os
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.domain import Amounts
from core.errors import SetupError
from core.his import folder as folder_module
from core.his.connect import Place, adapter
from core.his.folder import FolderHospital
from core.secrets import GivenSecrets
from core.settings import FolderSettings
from tests.helpers.his import VISIT, fee_line, rows_of, text_of, told

PAID = Amounts(total=3720, fund=3000, personal=720)
VISITS = [
    ["就诊号", "姓名", "身份证号", "科室", "就诊时间"],
    [VISIT, "沈建国", "990101199001010016", "骨科", "2026-03-02 08:30:00"],
]


class Drop:
    """A folder, the hospital that writes into it, and the desk's adapter over it."""

    def __init__(self, home: Path, clock: ManualClock) -> None:
        self.home, self.clock = home, clock
        self.root = home / "drop"
        self.root.mkdir()
        self.settings = FolderSettings(path="drop", quiet_seconds=3, most_mib=1, most_rows=100)
        self.hospital = self.opened()
        self.hospital.pick_up()

    def opened(self) -> FolderHospital:
        """The adapter of a new process."""
        return FolderHospital(
            self.root, self.home / "folder.db", self.home, self.clock, self.settings, watch=False
        )

    def drop(self, name: str, data: bytes | str) -> Path:
        """The hospital writes a file."""
        path = self.root / "in" / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        now = self.clock.now().timestamp()
        os.utime(path, (now, now))
        return path

    def taken(self) -> list[folder_module.Taken]:
        """A look now, and one after the quiet time."""
        found = list(self.hospital.pick_up())
        self.clock.advance(3)
        return [*found, *self.hospital.pick_up()]

    def names(self, place: str) -> list[str]:
        """What lies in one of the places, without the moments."""
        return sorted(path.name for path in (self.root / place).iterdir())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def drop(tmp_path: Path, clock: ManualClock):
    made = Drop(tmp_path, clock)
    yield made
    made.hospital.close()


def sheet(path: Path) -> list[list[str]]:
    """The rows of a sheet of ours."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def fees(*lines) -> str:
    """An export of fee lines."""
    return text_of(rows_of(lines or (fee_line(1), fee_line(2))))


def test_visits_and_lines_are_taken_and_the_files_put_away(drop):
    drop.drop("visits.csv", text_of(VISITS))
    drop.drop("lines.csv", fees())
    assert [(one.visits, one.lines) for one in drop.taken()] == [(1, 2), (0, 0)]
    (visit,) = drop.hospital.waiting()
    assert (visit.visit_no, visit.person_name, visit.dept_name) == (VISIT, "沈建国", "骨科")
    assert drop.hospital.fee_lines(VISIT) == (fee_line(1), fee_line(2))
    assert drop.names("in") == drop.names("work") == drop.names("rejected") == []
    assert [name.split("-", 2)[2] for name in drop.names("done")] == ["lines.csv", "visits.csv"]


def test_lines_of_a_visit_that_nobody_announced_make_it_known_by_its_number(drop):
    drop.drop("lines.csv", fees())
    (done,) = drop.taken()
    assert (done.visits, done.lines) == (1, 2)
    assert drop.hospital.visit(VISIT).person_name == ""
    drop.drop("visits.csv", text_of(VISITS))
    drop.taken()
    assert drop.hospital.visit(VISIT).person_name == "沈建国"
    assert len(drop.hospital.fee_lines(VISIT)) == 2


def test_the_same_file_twice_adds_nothing(drop):
    for _ in range(2):
        drop.drop("lines.csv", fees())
        drop.taken()
    assert len(drop.hospital.fee_lines(VISIT)) == 2
    without = [name for name in rows_of([fee_line(1)])[0] if name != "明细流水号"]
    rows = rows_of([fee_line(1)])
    place = rows[0].index("明细流水号")
    for _ in range(2):
        drop.drop("no-ids.csv", text_of([[*row[:place], *row[place + 1 :]] for row in rows]))
        drop.taken()
    assert len(drop.hospital.fee_lines(VISIT)) == 3 and without


def test_a_file_that_is_being_written_is_left_until_it_is_whole(drop):
    half = fees()[:-40]
    path = drop.drop("lines.csv", half)
    assert drop.hospital.pick_up() == ()
    drop.clock.advance(2)
    assert drop.hospital.pick_up() == ()
    path.write_text(fees(), "utf-8")
    drop.clock.advance(2)
    assert drop.hospital.pick_up() == ()  # it grew: the quiet time begins anew
    drop.clock.advance(3)
    (done,) = drop.hospital.pick_up()
    assert done.lines == 2


@pytest.mark.parametrize("name", ["lines.csv.tmp", ".lines.csv", "~$lines.xlsx", "a.part"])
def test_unfinished_and_hidden_names_are_nobodys_business(drop, name):
    drop.drop(name, fees())
    assert drop.taken() == [] and drop.names("in") == [name]


def test_an_empty_file_and_a_link_and_a_folder_are_left_alone(drop, tmp_path):
    drop.drop("empty.csv", b"")
    (drop.root / "in" / "folder.csv").mkdir()
    (tmp_path / "secret.csv").write_text(fees(), "utf-8")
    (drop.root / "in" / "link.csv").symlink_to(tmp_path / "secret.csv")
    assert drop.taken() == []
    assert drop.names("in") == ["empty.csv", "folder.csv", "link.csv"]


def test_an_old_file_is_whole_at_the_first_look(drop):
    path = drop.drop("lines.csv", fees())
    old = (drop.clock.now() - timedelta(minutes=5)).timestamp()
    os.utime(path, (old, old))
    (done,) = drop.hospital.pick_up()
    assert done.lines == 2


def test_a_visit_with_a_faulty_line_is_left_out_whole_with_the_reason(drop):
    good, other = fee_line(1, visit_no="MZ1"), fee_line(2)
    rows = rows_of([good, other, fee_line(3)])
    rows[3][rows[0].index("金额")] = "1.00"
    rows[2][rows[0].index("项目名称")] = "=HYPERLINK(1)"
    drop.drop("lines.csv", text_of(rows))
    (done,) = drop.taken()
    assert (done.lines, done.rejected) == (1, 2)
    assert drop.hospital.fee_lines("MZ1") == (good,)
    assert drop.hospital.fee_lines(VISIT) == ()
    (name,) = drop.names("rejected")
    head, wrong, innocent = sheet(drop.root / "rejected" / name)
    assert name.endswith("lines.csv.reasons.csv") and head[:2] == ["行号", "原因"]
    assert wrong[0] == "4" and "金额 1.00 与单价" in wrong[1]
    assert "别的明细不合格" in innocent[1]
    assert innocent[-1] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"hello", "没有找到表头行"),
        (b"PK\x03\x04broken", "工作簿无法读取"),
        (b"\x00\x01\x02\x03" * 40, "不是文本表格"),
        (b"x" * (1024 * 1024 + 1), "文件超过 1 MiB"),
        (fees(*(fee_line(n) for n in range(101))).encode(), "文件超过 100 行"),
        (b"\xe5\xa7\x93\xe5\x90\x8d,sex,age\r\na,b,c\r\n", "「就诊号」"),
    ],
)
def test_what_is_no_table_is_rejected_with_a_sentence(drop, data, says):
    drop.drop("bad.csv", data)
    (done,) = drop.taken()
    assert says in done.says
    file, reasons = drop.names("rejected")
    assert file.endswith("-bad.csv") and reasons == f"{file}.reasons.csv"
    assert says in sheet(drop.root / "rejected" / reasons)[1][1]
    assert drop.hospital.waiting() == ()


def test_a_file_whose_own_sum_differs_is_not_whole(drop):
    drop.drop("lines.csv", fees() + "合计,,,,,,,,,,,99.00\r\n")
    (done,) = drop.taken()
    assert "合计" in done.says and drop.hospital.fee_lines(VISIT) == ()


def test_a_faulty_line_of_nobody_knows_whom_rejects_the_whole_file(drop):
    rows = rows_of([fee_line(1), fee_line(2)])
    rows[2][rows[0].index("就诊号")] = ""
    drop.drop("lines.csv", text_of(rows))
    (done,) = drop.taken()
    assert "有 1 行不合格" in done.says and drop.hospital.fee_lines(VISIT) == ()


def test_a_faulty_visit_is_named_and_the_others_are_taken(drop):
    drop.drop("visits.csv", text_of([*VISITS, ["MZ2", "", "", "", "昨天"]]))
    (done,) = drop.taken()
    assert (done.visits, done.rejected) == (1, 1)
    (name,) = drop.names("rejected")
    assert "「姓名」没有填写" in sheet(drop.root / "rejected" / name)[1][1]


def test_what_was_being_read_when_the_program_died_is_read_again(drop, monkeypatch):
    class Died(BaseException):
        pass

    def die(*_):
        raise Died

    for place in ("take_lines", "_keep"):
        drop.drop("lines.csv", fees())
        drop.hospital.pick_up()
        drop.clock.advance(3)
        with monkeypatch.context() as patch:
            patch.setattr(drop.hospital, place, die)
            with pytest.raises(Died):
                drop.hospital.pick_up()
        assert drop.names("work") == ["lines.csv"]
        drop.hospital.close()
        drop.hospital = drop.opened()
        (done,) = drop.hospital.pick_up()
        assert drop.names("work") == [] and done.name == "lines.csv"
    assert len(drop.hospital.fee_lines(VISIT)) == 2


def test_our_own_mistake_rejects_one_file_and_the_watch_goes_on(drop, monkeypatch, strays):
    strays.expected = ("reading bad.csv",)
    drop.drop("bad.csv", fees())
    read = drop.hospital._reader.read

    def stumble(data, name):
        return read(data, name) if name != "bad.csv" else 1 // 0

    monkeypatch.setattr(drop.hospital._reader, "read", stumble)
    drop.drop("good.csv", fees())
    bad, good = drop.taken()
    assert "ZeroDivisionError" in bad.says and good.lines == 2


# -- results


def test_a_result_is_one_file_written_once(drop):
    drop.drop("visits.csv", text_of(VISITS))
    drop.taken()
    paid = told("M1", "settle", VISIT, "=1+1", PAID)
    for _ in range(2):
        drop.hospital.post(paid)
    (name,) = drop.names("out")
    assert name == f"{'0' * 20}-M1-settle.csv"
    head, row = sheet(drop.root / "out" / name)
    said = dict(zip(head, row, strict=True))
    assert (said["msgid"], said["total"], said["personal"]) == ("M1", "37.20", "7.20")
    assert said["bill_no"] == "'=1+1"
    (drop.root / "out" / name).unlink()  # the hospital has read it
    drop.hospital.post(paid)
    assert drop.names("out") == [] and drop.hospital.waiting() == ()


def test_a_result_without_amounts_says_nothing_of_money(drop):
    drop.drop("visits.csv", text_of(VISITS))
    drop.taken()
    drop.hospital.post(told("M1", "register", VISIT))
    head, row = sheet(drop.root / "out" / folder_module.result_name(told("M1", "register", VISIT)))
    assert dict(zip(head, row, strict=True)) == {
        **dict.fromkeys(head, ""), "msgid": "M1", "step": "register", "visit_no": VISIT,
    }  # fmt: skip


def test_results_stand_in_the_order_in_which_things_happened(clock):
    names = []
    for msgid, step in (("M3", "settle"), ("M1", "cancel_settlement"), ("M2", "settle")):
        at = clock.now()
        names.append(folder_module.result_name(told(msgid, step, VISIT).model_copy(
            update={"at": at}
        )))  # fmt: skip
        clock.advance(0.5)
    assert names == sorted(names)


def test_a_visit_of_somebody_else_is_left_alone(drop):
    drop.hospital.post(told("M1", "settle", "MZ-OTHER", "1", PAID))
    assert drop.names("out") == []


def test_a_folder_that_is_gone_is_said_and_the_result_waits(drop):
    drop.drop("visits.csv", text_of(VISITS))
    drop.taken()
    drop.root.rename(drop.root.with_name("elsewhere"))
    with pytest.raises(SetupError, match="不存在或连不上"):
        drop.hospital.post(told("M1", "settle", VISIT, "1", PAID))
    with pytest.raises(SetupError, match="不存在或连不上"):
        drop.hospital.pick_up()
    assert not drop.hospital.test()[0].good
    drop.root.with_name("elsewhere").rename(drop.root)
    drop.hospital.post(told("M1", "settle", VISIT, "1", PAID))
    assert len(drop.names("out")) == 1


# -- trying it


def test_the_test_button_tries_every_place(drop):
    drop.drop("lines.csv", fees())
    steps = drop.hospital.test()
    assert [step.good for step in steps] == [True] * 3
    assert "1 个文件" in steps[-1].says and drop.names("out") == []


def test_a_preview_takes_nothing(drop):
    assert drop.hospital.preview().remarks[0].key == "folder.nothing_there"
    drop.drop("visits.csv", text_of(VISITS))
    drop.drop("lines.csv", fees(fee_line(1), fee_line(2, visit_no="MZ2")))
    drop.drop("bad.csv", "hello")
    found = drop.hospital.preview()
    assert [one.visit_no for one in found.visits] == [VISIT]
    assert len(found.lines) == 2 and dict(found.mapping)["price"] == "单价"
    assert "没有找到表头行" in found.rejected[0].faults[0].text
    assert [line.visit_no for line in drop.hospital.preview("MZ2").lines] == ["MZ2"]
    assert len(drop.names("in")) == 3 and drop.hospital.waiting() == ()


def test_the_desk_opens_it_from_its_settings(tmp_path, clock):
    place = Place(tmp_path, tmp_path / "data", clock, GivenSecrets())
    with pytest.raises(SetupError, match="还没有填写"):
        adapter("folder", FolderSettings(), place)
    made = adapter("folder", FolderSettings(path="drop"), place)
    with pytest.raises(SetupError, match="不存在或连不上"):
        made.waiting()
    made.close()


def test_a_watched_folder_fills_the_list_by_itself(drop, monkeypatch):
    path = drop.drop("visits.csv", text_of(VISITS))
    os.utime(path, (0, 0))
    monkeypatch.setattr(folder_module, "EVERY_SECONDS", 0.01)
    watched = FolderHospital(
        drop.root, drop.home / "watched.db", drop.home, drop.clock, drop.settings
    )
    assert [one.visit_no for one in watched.waiting()] == [VISIT]
    watched.close()
    assert not watched._thread.is_alive()


def test_the_first_look_does_not_wait_for_itself(drop, monkeypatch):
    """Lines of a visit that nobody announced are looked up in what the thread itself reads."""
    path = drop.drop("lines.csv", fees())
    os.utime(path, (0, 0))
    monkeypatch.setattr(folder_module, "FIRST_SECONDS", 3.0)
    watched = FolderHospital(
        drop.root, drop.home / "watched.db", drop.home, drop.clock, drop.settings
    )
    assert [one.visit_no for one in watched.waiting()] == [VISIT]
    assert len(watched.fee_lines(VISIT)) == 2
    watched.close()
