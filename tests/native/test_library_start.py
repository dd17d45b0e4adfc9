"""A library that cannot be used says why, in a sentence of its own, and nothing has been sent."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from core.gateway.port import Unsent
from tests.helpers.gateways import LONG, bench, children, reply, unsent
from tests.helpers.native import SUFFIX, build_library, compiler


def refused(desk, cause, *words):
    """The call is unsent for ``cause``, and the sentence and health name ``words``."""
    answer = desk.say("hello")
    assert unsent(answer) == cause
    for word in words:
        assert str(word) in answer.text
    health = desk.gateway.health()
    assert (health.state, health.says, health.pid) == ("failed", answer.text, 0)
    assert desk.states()[:2] == ["starting", "failed"]
    assert children() == []


def test_a_missing_file(over, tmp_path):
    with over(tmp_path / "no" / "such.dll") as desk:
        refused(desk, "library_missing", tmp_path / "no" / "such.dll", "[centre] library")


def test_a_folder_in_the_place_of_the_file(over, tmp_path):
    with over(tmp_path) as desk:
        refused(desk, "library_missing", tmp_path)


def test_no_library_named_at_all(tmp_path):
    with bench(tmp_path, None) as desk:
        refused(desk, "library_unnamed", "[centre] library")


def test_a_file_that_is_no_library(over, tmp_path):
    text = tmp_path / "notes.dll"
    text.write_text("this is a text file")
    with over(text) as desk:
        refused(desk, "not_a_library", text)


def test_a_library_of_the_other_bitness(over, hostile, tmp_path):
    changed = tmp_path / hostile.name
    data = bytearray(hostile.read_bytes())
    if data[:4] != b"\x7fELF":
        pytest.skip("the file's head is changed in ELF form")
    data[4] = 1
    changed.write_bytes(data)
    with over(changed) as desk:
        refused(desk, "wrong_bitness", changed, "32 位", "64 位", "python32")


def test_an_absent_companion(over, tmp_path):
    other = tmp_path / f"libother{SUFFIX}"
    source = tmp_path / "other.c"
    source.write_text("int from_the_other(void) { return 1; }\n")
    subprocess.run([compiler(), "-shared", "-fPIC", str(source), "-o", str(other)], check=True)
    library = build_library(
        "needy", tmp_path, "-DNEEDS_OTHER", "-Wl,--no-as-needed", str(other), source="hostile"
    )
    other.unlink()
    with over(library) as desk:
        refused(desk, "dependency_missing", library, other.name)


def test_a_missing_business_function(over, tmp_path):
    library = build_library("mute", tmp_path, "-DNO_BUSINESS", source="hostile")
    with over(library) as desk:
        refused(desk, "function_missing", library, "Si_Busi", "_Si_Busi@8")


def test_a_wrong_name_in_the_settings(over, hostile):
    with over(hostile, function="ZJ_Busi", init="ZJ_INIT") as desk:
        refused(desk, "function_missing", "ZJ_INIT@4")


def test_a_failing_init_shows_the_librarys_own_words(over, hostile):
    with over(hostile, {"GSDESK_HOSTILE": "init-fails"}) as desk:
        refused(desk, "init_failed", "-7", "读卡器未连接")


def test_a_positive_init_result_is_a_failure_too(over, hostile):
    with over(hostile, {"GSDESK_HOSTILE": "init-odd"}) as desk:
        refused(desk, "init_failed", "5", "{braces}")


def test_an_init_that_overruns_its_buffer(over, hostile):
    with over(hostile, {"GSDESK_HOSTILE": "init-overrun"}) as desk:
        refused(desk, "init_failed", "overrun")


@pytest.mark.parametrize("mode", ["init-crash", "init-exit"])
def test_an_init_that_dies(over, hostile, mode):
    with over(hostile, {"GSDESK_HOSTILE": mode}) as desk:
        refused(desk, "worker_failed", hostile, "vendor.log")


def test_an_init_that_hangs(over, hostile):
    with over(hostile, {"GSDESK_HOSTILE": "init-hang"}, init_timeout=0.5) as desk:
        refused(desk, "init_deadline", hostile, "0.5 秒", "init_timeout")


def test_a_pinned_library_is_used(over, hostile):
    pin = hashlib.sha256(hostile.read_bytes()).hexdigest()
    with over(hostile, library_sha256=pin.upper()) as desk:
        assert reply(desk.say("pinned")) == b"pinned"
        assert desk.gateway.health().sha256 == pin


def test_a_changed_library_is_refused(over, hostile):
    with over(hostile, library_sha256="0" * 64) as desk:
        refused(desk, "hash_mismatch", hostile, "0" * 64, "library_sha256")


def test_a_library_changed_between_two_starts_is_refused_at_the_second(over, hostile, tmp_path):
    library = tmp_path / hostile.name
    library.write_bytes(hostile.read_bytes())
    pin = hashlib.sha256(library.read_bytes()).hexdigest()
    with over(library, library_sha256=pin) as desk:
        assert reply(desk.say("good")) == b"good"
        desk.say("exit")
        library.unlink()
        library.write_bytes(hostile.read_bytes() + b"!")
        assert unsent(desk.say("changed")) == "hash_mismatch"


def test_the_library_may_be_named_relative_to_the_home(tmp_path, hostile):
    home = tmp_path / "home"
    (home / "vendor").mkdir(parents=True)
    (home / "vendor" / hostile.name).write_bytes(hostile.read_bytes())
    with bench(home, None, library_sha256="", library=f"vendor/{hostile.name}") as desk:
        assert reply(desk.say("cwd")) == os.fsencode(home / "vendor")


def test_the_path_may_hold_chinese_and_blanks(over, tmp_path, hostile):
    folder = tmp_path / "工伤 接口"
    folder.mkdir()
    library = folder / hostile.name
    library.write_bytes(hostile.read_bytes())
    with over(library) as desk:
        assert reply(desk.say("hello")) == b"hello"


def test_a_refused_library_is_tried_again_at_the_next_call(over, tmp_path, hostile):
    library = tmp_path / "later" / hostile.name
    with over(library) as desk:
        assert unsent(desk.say("too soon")) == "library_missing"
        library.parent.mkdir()
        library.write_bytes(hostile.read_bytes())
        assert reply(desk.say("now")) == b"now"


def script(tmp_path, text):
    """An executable that stands for an interpreter."""
    made = tmp_path / "python32"
    made.write_text(f"#!/bin/sh\n{text}\n")
    made.chmod(0o755)
    return str(made)


posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")


@posix
def test_another_interpreter_runs_the_same_worker(over, tmp_path, hostile):
    mark = tmp_path / "mark"
    other = script(tmp_path, f'echo used > {mark}; exec {sys.executable} "$@"')
    with over(hostile, python32=other) as desk:
        assert reply(desk.say("hello")) == b"hello"
    assert mark.read_text() == "used\n"


@posix
def test_the_interpreter_may_be_named_relative_to_the_home(over, tmp_path, hostile):
    (tmp_path / "home").mkdir()
    script(tmp_path / "home", f'exec {sys.executable} "$@"')
    with over(hostile, python32="python32") as desk:
        assert reply(desk.say("hello")) == b"hello"


def test_an_absent_interpreter(line, over, tmp_path, hostile):
    with over(hostile, python32=str(tmp_path / "no-python")) as desk:
        refused(desk, "interpreter_missing", tmp_path / "no-python", "python32")


@posix
@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("exit 3", "worker_failed"),
        ("echo this is no frame and it is long enough", "worker_failed"),
        ("printf 'GSDR\\0\\0\\0\\0\\0\\0\\0\\1{'", "worker_failed"),
        ("printf 'GSDE\\0\\0\\0\\0\\0\\0\\0\\2[]'", "worker_failed"),
        ("printf 'GSDE\\0\\0\\0\\0\\0\\0\\0\\2{}'", "worker_failed"),
        ("printf 'GSDR\\0\\0\\0\\0\\0\\0\\0\\2{}'", "worker_failed"),
        ("exec sleep 100", "init_deadline"),
    ],
)
def test_an_interpreter_that_is_none(over, tmp_path, hostile, text, cause):
    seconds = 0.5 if cause == "init_deadline" else LONG
    with over(hostile, python32=script(tmp_path, text), init_timeout=seconds) as desk:
        assert unsent(desk.say("hello")) == cause
        assert children() == []


def test_a_home_without_room_for_logs(tmp_path, hostile):
    home = tmp_path / "home"
    home.write_text("a file where the folder should be")
    with bench(home, hostile) as desk:
        answer = desk.say("hello")
        assert unsent(answer) == "logs_unwritable"
        assert str(home) in answer.text


def test_a_closed_gateway_sends_nothing(over, hostile):
    with over(hostile) as desk:
        assert reply(desk.say("hello")) == b"hello"
        desk.gateway.close()
        assert desk.gateway.call("1", b"late", LONG) == Unsent("closed", desk.say("late").text)
        assert desk.gateway.health().state == "failed"
        desk.gateway.close()
