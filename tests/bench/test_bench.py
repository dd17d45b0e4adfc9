"""The benchmark measures what it says: the same bytes, the same library, pairs in turns."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.bench import hospital, library, matching, overhttp, settlement, upload, window
from core.bench.floor import BarePipe, BareStore, Floor
from core.bench.pairs import Measured, measured, timed
from core.bench.stage import AMOUNT, MOMENT, MemoryHospital, Stage, fee_line, registered, sure
from core.commands import bench
from core.commands.main import main
from core.errors import SetupError
from core.his.importer import FeeImporter
from core.outcome import Accepted, Rejected
from tests.helpers.platform import serving


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Forty lines a visit: two batches."""
    return Stage(tmp_path, 40)


def test_the_library_gives_its_replies_in_turn_for_ever(stage, monkeypatch):
    path = stage.yes.write(stage.folder / "r.json", {"settle": ["一", "二"]}, "gbk")
    monkeypatch.setenv("GSDESK_BENCH", str(path))
    assert library.Si_INIT() == (0, b"")
    request = json.dumps({"infno": stage.yes.code("settle")}, separators=(",", ":")).encode()
    said = [library.Si_Busi(request)[1].decode("gbk") for _ in range(3)]
    assert said == ["一", "二", "一"]


def test_bare_pipe_and_desk_speak_to_the_same_library(stage):
    replies = stage.replies()
    desk, recorder = stage.desk(replies, "settle")
    with desk, Floor(stage.folder, replies) as floor:
        settlement.settle(desk, "B1", settlement.prepare(desk, "B1"))
        (payload,) = recorder.seen
        reply = floor.pipe.call(payload)
        journal = desk.journal.entries(desk.journal.of_visit("B1")[-1].msgid)
    assert journal[0].payload.encode("gbk") == payload
    assert journal[1].payload.encode("gbk") == reply


def test_a_settlement_of_the_benchmark_is_a_whole_one(stage):
    desk, _ = stage.desk(stage.replies(), "settle")
    with desk:
        settlement.settle(desk, "B1", settlement.prepare(desk, "B1"))
        visit = desk.visits.read("B1")
        assert visit.settlement is not None
        assert visit.settlement.amounts.total == 40 * AMOUNT
        assert desk.journal.verify() is None
        assert desk.resolve.pending() == ()


def test_the_file_of_the_benchmark_is_read_as_what_it_was_written_from(stage):
    file = upload.write_file(stage.folder / "lines.csv", 40)
    found = FeeImporter(stage.folder).preview(file, "F1")
    assert found.usable
    wanted = [fee_line("F1", number) for number in range(40)]
    seen = [(item.line_id, item.amount, item.price, item.occurred_at) for item in found.lines]
    assert seen == [(item.line_id, item.amount, item.price, item.occurred_at) for item in wanted]


def test_an_upload_of_the_benchmark_arrives_whole(stage):
    file = upload.write_file(stage.folder / "lines.csv", 40)
    desk, recorder = stage.desk(stage.replies(), "upload_fees")
    with desk:
        for visit_no in ("F1", "F2"):
            registered(desk, visit_no)
            upload.upload(desk, file, visit_no)
            assert desk.journal.ledger.uploaded_total(visit_no) == 40 * AMOUNT
    assert len(recorder.seen) == 4


def test_every_commit_of_the_floor_is_flushed(tmp_path):
    store = BareStore(tmp_path / "floor.db")
    assert store._conn.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert store._conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    store.keep("a")
    store.keep("b", "c")
    with closing(sqlite3.connect(tmp_path / "floor.db")) as other:
        assert other.execute("SELECT asked, said FROM kept").fetchall() == [("a", ""), ("b", "c")]
    store.close()


def test_a_bare_pipe_whose_child_died_says_so(stage):
    pipe = BarePipe(stage.replies())
    pipe._process.kill()
    pipe._process.wait(10)
    with pytest.raises((EOFError, BrokenPipeError)):
        pipe.call(b"x")
    pipe.close()


def test_what_failed_is_not_measured():
    sure(Accepted())
    with pytest.raises(RuntimeError, match="没有"):
        sure(Rejected("-1", "没有"))


@pytest.mark.parametrize(
    ("ours", "aims_at", "reached"),
    [([1.0, 3.0, 2.0], "ratio", True), ([9.0], "ratio", False), ([9.0], "value", False)],
)
def test_a_line_is_medians_ratio_and_aim(ours, aims_at, reached):
    found = measured("start", ours, [1.0, 1.0, 1.0], 2.0, aims_at=aims_at)
    assert found.ratio == found.value == sorted(ours)[len(ours) // 2]
    assert found.reached is reached
    assert measured("start", [1.0], [0.0], 2.0).ratio == float("inf")


def test_time_passes():
    assert timed(lambda: None) >= 0


def test_the_invented_hospital_has_every_visit():
    hospital = MemoryHospital(3)
    assert [line.visit_no for line in hospital.fee_lines("A")] == ["A"] * 3
    assert hospital.fee_lines("B")[0].visit_no == "B"
    assert hospital.visit("A") is not None
    assert hospital.waiting() == ()


def test_a_child_that_fails_is_a_sentence(monkeypatch):
    with pytest.raises(SetupError, match="nonsense"):
        window._child(30, "nonsense")


def canned(folder: Path, quick: bool) -> Measured:
    assert folder.is_dir()
    (folder / "left behind").touch()
    return measured("settlement", [2.0], [1.0], 3.0)


def test_the_command_gives_one_array_and_leaves_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(bench.MEASURES, "settlement", canned)
    assert main(["--home", str(tmp_path), "bench", "--json", "--only", "settlement"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert {"name", "value", "floor", "ratio", "aim"} <= set(row)
    assert (row["value"], row["ratio"]) == (2.0, 2.0)
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_for_people_whether_the_aim_is_reached(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(bench.MEASURES, "settlement", canned)
    main(["--home", str(tmp_path), "bench", "--only", "settlement"])
    assert capsys.readouterr().out.startswith("[达到] 一笔结算")


def test_the_lines_of_the_task_are_measured():
    wanted = {"settlement", "fee_lines", "matching", "start", "gap", "memory"}
    assert set(bench.MEASURES) >= wanted


def test_the_match_and_the_join_find_the_same_records():
    found = matching.books(2_000)
    with closing(matching.tables(found)) as database:
        assert matching.ours(found) == matching.joined(database) == 2_000


def test_the_bare_driver_and_the_desk_read_the_same_lines(tmp_path):
    found = hospital.measure(tmp_path, quick=True)
    assert (found.name, found.aim) == ("hospital_sql", 2.0)
    assert min(found.floor, found.value) > 0
    with closing(hospital._File(tmp_path / "b.db", 40)) as ward:
        with closing(hospital.reader(ward.url, tmp_path)) as desk:
            lines = desk.fee_lines(hospital.VISIT)
        assert [line.line_id for line in lines] == [str(row[0]) for row in ward.rows()]
        assert sum(line.amount for line in lines) == 40 * 3720
        with pytest.raises(RuntimeError, match="40 lines instead of 41"):
            hospital.bare(ward, 41)


@pytest.mark.thorough
def test_two_lines_measured_for_real(tmp_path, capsys):
    words = ["bench", "--json", "--quick", "--only", "settlement", "--only", "start"]
    assert main(["--home", str(tmp_path), *words]) == 0
    found = [Measured(**row) for row in json.loads(capsys.readouterr().out)]
    assert [item.name for item in found] == ["settlement", "start"]
    assert all(item.value > 0 and item.floor > 0 for item in found)


def test_the_same_bytes_are_taken_from_the_desk_and_from_a_bare_client(tmp_path):
    who = overhttp.people()[0]
    with serving() as (server, ground), overhttp.desk_at(tmp_path, server.url) as desk:
        ahead = (desk.clock.now() - ground.clock.now()).total_seconds()
        ground.order("CLOCK", offset=int(ahead))
        overhttp.admit(desk, who, "ZY1")
        desk.charge.use_lines("ZY1", overhttp.fee_lines("ZY1", 150, desk.clock.now()))
        sure(desk.charge.upload("ZY1").outcome)
        sent = overhttp.payloads(desk, "ZY1")
        with pytest.raises(RuntimeError):
            overhttp.post(server.url, sent)
        sure(desk.charge.remove("ZY1").outcome)
        overhttp.post(server.url, sent)
        assert len(sent) == 2
        live = ground.books.find("line", removed_by="")
    assert len(live) == 150
    assert sum(row["amount"] for row in live) == sum(
        line.amount for line in overhttp.fee_lines("ZY1", 150, MOMENT)
    )
