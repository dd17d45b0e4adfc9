"""Replacing the worker is a normal event: nothing is left behind, nobody waits for ever."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.gateway import lane
from core.gateway.port import NoReply, Unsent
from tests.helpers.gateways import (
    LONG,
    alive,
    children,
    eventually,
    no_reply,
    open_files,
    reply,
    wait_gone,
)

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")


REPLACEMENTS = int(os.environ.get("GSDESK_REPLACEMENTS", "50"))  # 1000 were run by hand


def test_many_replacements_leave_nothing_behind(desk):
    reply(desk.say("prints"))
    no_reply(desk.say("exit"))
    reply(desk.say("warm"))
    gc.collect()  # what earlier tests dropped must not be counted
    files, threads = open_files(), threading.active_count()
    for turn in range(REPLACEMENTS):
        no_reply(desk.say(("exit", "overrun", "no-terminator", "closes-all")[turn % 4]))
        assert reply(desk.say("alive")) == b"alive"
    assert open_files() <= files
    assert threading.active_count() == threads
    assert children() == [desk.gateway.health().pid]
    assert desk.gateway.health().replaced == REPLACEMENTS + 1


def test_failed_starts_leave_nothing_behind(over, hostile):
    with over(hostile, {"GSDESK_HOSTILE": "init-fails"}) as desk:
        desk.say("first")
        files, threads = open_files(), threading.active_count()
        for _ in range(10):
            assert isinstance(desk.say("again"), Unsent)
        assert (open_files(), threading.active_count(), children()) == (files, threads, [])


def test_closing_ends_process_threads_and_files(over, hostile):
    files, threads = open_files(), threading.active_count()
    with over(hostile) as desk:
        reply(desk.say("hello"))
    assert (open_files(), threading.active_count(), children()) == (files, threads, [])


def test_a_gateway_that_was_never_used_costs_nothing(over, hostile, tmp_path):
    files, threads = open_files(), threading.active_count()
    with over(hostile):
        assert (open_files(), threading.active_count(), children()) == (files, threads, [])
    assert not (tmp_path / "home").exists()


@posix
def test_a_worker_that_died_idle_is_replaced_before_anything_is_sent(desk):
    reply(desk.say("hello"))
    pid = desk.gateway.health().pid
    os.kill(pid, signal.SIGKILL)
    wait_gone(pid)
    assert reply(desk.say("again")) == b"again"
    assert any("SIGKILL" in event.says for event in desk.heard if event.state == "replaced")


@posix
def test_a_worker_killed_during_a_call_leaves_it_unknown(desk):
    reply(desk.say("hello"))
    pid = desk.gateway.health().pid
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(desk.say, "hang", LONG)
        eventually(lambda: "the library hangs" in desk.vendor_log())
        os.kill(pid, signal.SIGKILL)
        assert no_reply(call.result()) == "worker_died"
    assert reply(desk.say("again")) == b"again"


def test_health_never_waits_for_a_running_call(desk):
    reply(desk.say("hello"))
    pid = desk.gateway.health().pid
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(desk.say, "hang", 3.0)
        eventually(lambda: "the library hangs" in desk.vendor_log())
        health = desk.gateway.health()
        assert not call.done()
        assert (health.state, health.pid) == ("ok", pid)
        call.result()


def test_health_after_a_replacement_is_a_warning(desk):
    assert desk.gateway.health().state == "ok"
    no_reply(desk.say("exit"))
    health = desk.gateway.health()
    assert (health.state, health.replaced) == ("warning", 1)
    assert "1 次" in health.says


def test_closing_cuts_a_call_that_runs_on(desk, monkeypatch):
    monkeypatch.setattr(lane, "GRACE_SECONDS", 0.1)
    reply(desk.say("hello"))
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(desk.say, "hang", LONG)
        eventually(lambda: "the library hangs" in desk.vendor_log())
        desk.gateway.close()
        assert isinstance(call.result(), NoReply)
    assert children() == []


def test_closing_cuts_a_start_that_runs_on(over, hostile, monkeypatch):
    monkeypatch.setattr(lane, "GRACE_SECONDS", 0.1)
    with over(hostile, {"GSDESK_HOSTILE": "init-hang"}) as desk, ThreadPoolExecutor(1) as pool:
        call = pool.submit(desk.say, "hello", LONG)
        eventually(lambda: "the library hangs" in desk.vendor_log())
        desk.gateway.close()
        assert isinstance(call.result(), Unsent)
    assert children() == []


def test_callers_of_many_threads_each_get_their_own_answer(desk):
    with ThreadPoolExecutor(8) as pool:
        asked = [f"caller {number}".encode() for number in range(200)]
        assert [reply(answer) for answer in pool.map(desk.say, asked)] == asked
    assert desk.gateway.health().replaced == 0


def test_a_worker_outlives_the_thread_that_started_it(desk):
    with ThreadPoolExecutor(1) as pool:
        reply(pool.submit(desk.say, "hello").result())
    pid = desk.gateway.health().pid
    assert reply(desk.say("again")) == b"again"
    assert desk.gateway.health().pid == pid


DESK = """
import sys
from pathlib import Path
from core.events import Events
from core.gateway.dll.supervisor import DllGateway
from core.settings import CentreSettings
gateway = DllGateway(CentreSettings(), Path(sys.argv[1]), Events(), library=Path(sys.argv[2]))
sys.stdout.write(f"{gateway.health().pid}\\n")
sys.stdout.flush()
gateway.call("1", sys.argv[3].encode(), 600)
sys.stdin.read()
"""


@posix
@pytest.mark.parametrize("doing", ["hang", "nothing much"])
def test_a_killed_desk_leaves_no_worker_behind(tmp_path, hostile, doing):
    arguments = [sys.executable, "-c", DESK, str(tmp_path), str(hostile), doing]
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, stdin=pipe, stdout=pipe, cwd=ROOT, text=True) as desk:
        worker = int(desk.stdout.readline())
        assert alive(worker)
        desk.kill()
    wait_gone(worker)
