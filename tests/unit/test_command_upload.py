"""``gsdesk upload``: endings, exit codes, one JSON value, and stopping."""

from __future__ import annotations

import json
import os
import signal
from contextlib import nullcontext

import pytest

import core.app
from core.commands import upload
from core.commands.main import main
from core.domain.stay import UploadEnd, UploadReport
from tests.helpers import stays as ward
from tests.helpers.inprocess import World


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Every desk that a command opens is one of this world."""
    made = World(tmp_path)
    monkeypatch.setattr(core.app, "open_desk", lambda home: made.desk())
    return made


def run(capsys, *words):
    code = main(["upload", *words])
    return code, capsys.readouterr().out


def report(*endings):
    return UploadReport(
        stays=tuple(UploadEnd(visit_no="ZY1", name="", ended=item) for item in endings)
    )


@pytest.mark.parametrize(
    ("endings", "code"),
    [
        ((), 0), (("sent", "nothing"), 0), (("sent", "refused", "left"), 1),
        (("refused", "unknown", "left"), 3), (("open",), 3), (("sent", "stopped"), 4),
        (("not_sent", "left"), 4),
    ],
)  # fmt: skip
def test_the_worst_ending_decides_the_exit_code(endings, code):
    assert upload.CODES[upload.ending_of(report(*endings))] == code


def test_every_ending_has_its_words():
    for ended in upload.WORST:
        assert upload._line(UploadEnd(visit_no="ZY1", name="某", ended=ended)).startswith("ZY1\t某")


def test_the_night_run_uploads_all_and_says_so(world, capsys):
    assert run(capsys, "--all") == (0, "没有需要上传的住院。\n")
    with world.desk() as desk:
        visit_no = ward.admitted(desk, ward.SHORT)
    code, said = run(capsys, "--all")
    assert code == 0 and f"{visit_no}\t向文斌\t已传齐　43 行" in said and "本次上传 43 行" in said
    code, said = run(capsys, "--all", "--json")
    answer = json.loads(said)
    assert (code, answer["outcome"], answer["lines"]) == (0, "accepted", 0)
    assert answer["stays"][0]["ended"] == "nothing"


def test_a_refusal_is_code_one_with_its_sentence(world, capsys):
    with world.desk() as desk:
        visit_no = ward.admitted(desk, ward.UNMAPPED)
    code, said = run(capsys, "--visit", visit_no, "--json")
    [stay] = json.loads(said)["stays"]
    assert (code, stay["ended"], stay["missing"]) == (1, "refused", 27) and "对照" in stay["text"]


def test_the_next_night_first_finds_out_what_the_last_one_left_unknown(world, capsys):
    with world.desk() as desk:
        visit_no = ward.admitted(desk, ward.READY)
    world.fault("reply_lost", "2204")
    code, said = run(capsys, "--all", "--json")
    assert (code, json.loads(said)["stays"][0]["ended"]) == (3, "unknown")
    world.clock.advance(86_400)
    code, said = run(capsys, "--all", "--json")
    assert code == 0 and json.loads(said)["stays"][0]["missing"] == 0
    with world.desk() as desk:
        assert desk.stays.open(visit_no).row.lines_missing == 0


def test_it_wants_to_know_which(world, capsys):
    for words in ((), ("--all", "--visit", "ZY1")):
        with pytest.raises(SystemExit) as ended:
            main(["upload", *words])
        assert ended.value.code == 2


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_stops_after_the_batch_a_second_one_at_once(kind):
    before = signal.getsignal(kind)
    with pytest.raises(KeyboardInterrupt), upload.stopping() as stop:
        assert not stop()
        os.kill(os.getpid(), kind)
        assert stop()
        os.kill(os.getpid(), kind)
    assert signal.getsignal(kind) is before


def test_a_stopped_run_says_what_is_left(world, capsys, monkeypatch):
    with world.desk() as desk:
        ward.admitted(desk, ward.READY)
    monkeypatch.setattr(upload, "stopping", lambda: nullcontext(lambda: True))
    code, said = run(capsys, "--all")
    assert code == 4 and "已停止　本次 30 行，还有 70 行" in said
