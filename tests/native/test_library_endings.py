"""Each misbehaviour of a real library ends as the right answer, and the next call works."""

from __future__ import annotations

import os
import sys

import pytest

from core.gateway.port import NoReply, Reply, Unsent
from tests.helpers.gateways import (
    LONG,
    SHORT,
    alive,
    no_reply,
    reply,
    unsent,
    wait_gone,
)

LARGEST = 4 * 1024 * 1024
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")


def test_a_good_call_returns_what_the_library_wrote(desk):
    answer = desk.say("交易文本")
    assert answer == Reply(0, "交易文本".encode("gbk"), answer.ms)
    assert desk.states() == ["starting", "ready"]


def test_many_calls_use_one_process(desk):
    pids = {desk.gateway.health().pid for _ in range(3) if reply(desk.say("again")) == b"again"}
    assert len(pids) == 1
    assert desk.gateway.health().replaced == 0


@pytest.mark.parametrize("size", [0, 1, 4095, 65535, 65536, 70000, 1_000_000, LARGEST - 1])
def test_any_size_comes_back_whole(desk, size):
    assert reply(desk.say(b"x" * size)) == b"x" * size


@pytest.mark.parametrize(
    ("request_text", "cause"),
    [
        ("crash", "worker_died"),
        ("abort", "worker_died"),
        ("exit", "worker_died"),
        ("closes-all", "worker_died"),
        ("overrun", "overrun"),
        ("overrun-by-one", "overrun"),
        ("overrun-far", "worker_died"),
        ("no-terminator", "no_terminator"),
        ("garbage-on-the-line", "frame_garbage"),
        ("half-a-frame", "worker_died"),
        ("giant-frame", "reply_too_large"),
    ],
)
def test_a_misbehaving_library_leaves_the_call_unknown(desk, request_text, cause):
    reply(desk.say("before"))
    before = desk.gateway.health().pid
    assert no_reply(desk.say(request_text)) == cause
    assert not alive(before)
    assert reply(desk.say("after")) == b"after"
    assert desk.gateway.health().pid != before
    assert desk.states() == ["starting", "ready", "replaced", "starting", "ready"]


@pytest.mark.parametrize("request_text", ["hang", pytest.param("stops", marks=posix)])
def test_a_hung_library_is_killed_at_its_deadline(desk, request_text):
    reply(desk.say("before"))
    before = desk.gateway.health().pid
    answer = desk.say(request_text, SHORT)
    assert no_reply(answer) == "deadline"
    assert answer.ms >= SHORT * 1000
    assert f"{SHORT:g} 秒" in answer.text
    assert not alive(before)
    assert reply(desk.say("after")) == b"after"


def test_the_largest_answer_that_fits_is_taken(desk):
    assert reply(desk.say("largest")) == b"g" * (LARGEST - 1)


def test_an_overrun_leaves_evidence_and_its_size_in_the_sentence(desk):
    answer = desk.say("overrun")
    assert isinstance(answer, NoReply)
    assert answer.payload.startswith(b"ooo")
    assert len(answer.payload) <= 64 * 1024
    assert str(LARGEST) in answer.text


def test_a_crash_names_its_signal_or_code(desk):
    answer = desk.say("crash")
    assert isinstance(answer, NoReply)
    assert "SIGSEGV" in answer.text or "0xC0000005" in answer.text


def test_a_nonzero_result_is_a_reply_with_its_plain_text(desk):
    answer = desk.say("refuses")
    assert answer == Reply(-3, "网络不通".encode("gbk"), answer.ms)
    assert "replaced" not in desk.states()


def test_half_a_character_is_handed_over_unharmed(desk):
    assert reply(desk.say("half-character")).endswith(b"\xd6\xd0\xd0")


def test_a_library_that_writes_nothing_gives_an_empty_reply(desk):
    assert reply(desk.say("silent")) == b""


def test_nothing_of_one_answer_is_left_in_the_next(desk):
    assert len(reply(desk.say("largest"))) == LARGEST - 1
    assert reply(desk.say("silent")) == b""
    assert reply(desk.say("short")) == b"short"


def test_a_library_may_scribble_on_its_input(desk):
    assert reply(desk.say("writes-into-input")) == b"spoiled"
    assert reply(desk.say("clean")) == b"clean"


def test_the_library_works_in_its_own_folder(desk, hostile):
    assert reply(desk.say("cwd")) == os.fsencode(hostile.parent)


def test_a_library_that_moves_away_is_brought_back(desk, hostile):
    here = os.getcwd()
    assert reply(desk.say("chdir")) == b"moved"
    assert reply(desk.say("cwd")) == os.fsencode(hostile.parent)
    assert os.getcwd() == here


def test_what_the_library_prints_goes_to_the_log(desk):
    assert reply(desk.say("prints")) == b"printed"
    assert reply(desk.say("next")) == b"next"
    desk.gateway.close()
    said = desk.vendor_log()
    assert "vendor says on stdout 1101**********000X" in said
    assert "vendor says on stderr" in said


def test_a_flood_of_output_stops_nobody_and_the_log_stays_small(desk):
    for _ in range(2):
        assert reply(desk.say("flood")) == b"flooded"
    desk.gateway.close()
    files = list((desk.home / "logs").iterdir())
    assert 1 < len(files) <= 4
    assert sum(file.stat().st_size for file in files) < 10 * 1024 * 1024


def test_the_library_finds_nothing_on_its_standard_input(desk):
    assert reply(desk.say("reads-stdin")) == b"nothing there"
    assert reply(desk.say("next")) == b"next"


def test_a_crash_leaves_its_stack_in_the_log(desk):
    desk.say("crash")
    desk.gateway.close()
    assert "Segmentation fault" in desk.vendor_log() or "access violation" in desk.vendor_log()


def test_a_request_with_a_nul_byte_never_leaves(desk):
    assert unsent(desk.say(b"cut\0off")) == "bad_request"
    assert desk.states() == []


def test_a_request_beyond_all_measure_never_leaves(desk):
    assert unsent(desk.say(b"x" * (16 * 1024 * 1024 + 1))) == "bad_request"


def test_a_deadline_of_nothing_is_not_sent_or_unknown_but_never_a_hang(desk):
    reply(desk.say("warm"))
    answer = desk.say("hang", 0.0)
    assert isinstance(answer, NoReply | Unsent)
    assert reply(desk.say("after")) == b"after"


@posix
def test_a_helper_of_the_library_dies_with_its_worker(desk):
    helper = int(reply(desk.say("helper")))
    assert alive(helper)
    no_reply(desk.say("hang", SHORT))
    wait_gone(helper)


@posix
def test_a_daemon_that_holds_the_line_open_cannot_hold_the_desk(desk, line):
    if line == "pipes":
        pytest.skip("Windows has no fork: nobody else can hold a pipe there")
    daemon = int(reply(desk.say("daemon")))
    try:
        assert no_reply(desk.say("hang", SHORT)) == "deadline"
        assert alive(daemon)
        assert reply(desk.say("after", LONG)) == b"after"
        assert no_reply(desk.say("exit", LONG)) == "worker_died"
    finally:
        os.kill(daemon, 9)
