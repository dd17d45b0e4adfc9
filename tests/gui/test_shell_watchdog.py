"""A window that stops ticking leaves all stacks in the logs, once a stall."""

from __future__ import annotations

import pytest

from gui.watchdog import LARGEST_LOG, Watchdog


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def watchdog(qapp, tmp_path, seconds):
    return Watchdog(tmp_path / "logs" / "stalls.log", monotonic=seconds)


def test_a_living_window_leaves_nothing(watchdog, seconds, tmp_path):
    for _ in range(10):
        seconds.now += 0.2
        watchdog.tick()
        assert not watchdog.look()
    assert not (tmp_path / "logs").exists()
    assert watchdog.longest_gap == pytest.approx(0.2)


def test_a_stall_dumps_every_stack_once(watchdog, seconds, tmp_path):
    seconds.now += 2.5
    assert watchdog.look()
    assert not watchdog.look()
    text = (tmp_path / "logs" / "stalls.log").read_text("utf-8")
    assert "2.5 s" in text
    assert "test_a_stall_dumps_every_stack_once" in text


def test_the_next_stall_is_dumped_again(watchdog, seconds, tmp_path):
    for _ in range(2):
        seconds.now += 3
        assert watchdog.look()
        watchdog.tick()
    assert (tmp_path / "logs" / "stalls.log").read_text("utf-8").count("3.0 s") == 2
    assert watchdog.longest_gap == 3


def test_the_log_does_not_grow_without_end(watchdog, seconds, tmp_path):
    log = tmp_path / "logs" / "stalls.log"
    log.parent.mkdir()
    log.write_bytes(b"x" * (LARGEST_LOG + 1))
    seconds.now += 3
    watchdog.look()
    assert log.stat().st_size < LARGEST_LOG
    assert log.with_suffix(".old").exists()


def test_it_starts_and_stops(qtbot, watchdog):
    watchdog.start()
    assert watchdog._timer.isActive()
    watchdog.stop()
    assert not watchdog._timer.isActive()
