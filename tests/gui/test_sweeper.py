"""The sweeper: one look at a time, only at what is due and may be looked at by itself."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from core.domain import State
from gui.sweeper import TICK_MS, Sweeper
from tests.helpers.fake_desk import transaction
from tests.helpers.fakedesk import Gate


@pytest.fixture
def looked(desk):
    """What was looked at, in order."""
    seen = []
    desk.resolve.look = seen.append
    return seen


@pytest.fixture
def sweeper(desk, looked, qapp):
    made = Sweeper(desk)
    yield made
    made.stop()


def done(sweeper):
    """Wait for the look under way."""
    if sweeper._running is not None:
        sweeper._running.result(30)


def test_a_due_row_is_looked_at(sweeper, desk, looked):
    desk.open_rows = (transaction("M-1"),)
    sweeper.sweep()
    done(sweeper)
    assert looked == ["M-1"]


def test_nothing_open_nothing_asked(sweeper, looked):
    sweeper.sweep()
    assert sweeper._running is None
    assert looked == []


@pytest.mark.parametrize("state", [State.MANUAL, State.INTENT])
def test_people_and_calls_under_way_are_left_alone(sweeper, desk, looked, state):
    desk.open_rows = (transaction("M-1", state), transaction("M-2"))
    sweeper.sweep()
    done(sweeper)
    assert looked == ["M-2"]


@pytest.mark.parametrize(("seconds", "seen"), [(-1, ["M-1"]), (0, ["M-1"]), (1, [])])
def test_a_row_waits_for_its_moment(sweeper, desk, looked, seconds, seen):
    moment = desk.clock.now() + timedelta(seconds=seconds)
    desk.open_rows = (transaction("M-1", next_try=moment),)
    sweeper.sweep()
    done(sweeper)
    assert looked == seen


def test_it_comes_when_the_clock_gets_there(sweeper, desk, looked):
    desk.open_rows = (transaction("M-1", next_try=desk.clock.now() + timedelta(seconds=60)),)
    sweeper.sweep()
    assert looked == []
    desk.clock.advance(60)
    sweeper.sweep()
    done(sweeper)
    assert looked == ["M-1"]


def test_one_at_a_time(sweeper, desk):
    gate, seen = Gate(), []
    desk.resolve.look = lambda msgid: (seen.append(msgid), gate())
    desk.open_rows = (transaction("M-1"), transaction("M-2"))
    sweeper.sweep()
    assert gate.started.wait(30)
    for _ in range(20):
        sweeper.sweep()
    assert seen == ["M-1"]
    desk.open_rows = desk.open_rows[1:]
    gate.open()
    done(sweeper)
    sweeper.sweep()
    done(sweeper)
    assert seen == ["M-1", "M-2"]


def test_a_look_that_fails_is_logged_and_the_next_one_comes(sweeper, desk, caplog):
    desk.resolve.look = lambda msgid: 1 // 0
    desk.open_rows = (transaction("M-1"),)
    sweeper.sweep()
    assert isinstance(sweeper._running.exception(30), ZeroDivisionError)
    assert any("M-1" in record.getMessage() for record in caplog.records)
    assert all(record.levelno == logging.ERROR for record in caplog.records)
    seen = []
    desk.resolve.look = seen.append
    sweeper.sweep()
    done(sweeper)
    assert seen == ["M-1"]


def test_it_begins_at_once_and_ticks_every_second(sweeper, desk, looked):
    desk.open_rows = (transaction("M-1"),)
    sweeper.start()
    done(sweeper)
    assert looked == ["M-1"]
    assert sweeper._timer.isActive()
    assert sweeper._timer.interval() == TICK_MS == 1000


def test_the_tick_sweeps(sweeper, desk, looked):
    desk.open_rows = (transaction("M-1"),)
    sweeper._timer.timeout.emit()
    done(sweeper)
    assert looked == ["M-1"]


def test_stopped_it_ticks_no_more_and_the_look_ends_by_itself(sweeper, desk):
    gate = Gate("found")
    desk.resolve.look = lambda msgid: gate()
    desk.open_rows = (transaction("M-1"),)
    sweeper.start()
    sweeper.stop()
    assert not sweeper._timer.isActive()
    gate.open()
    assert sweeper._running.result(30) == "found"


def told(sweeper):
    """Wait for the telling under way."""
    if sweeper._telling is not None:
        sweeper._telling.exception(30)


def test_the_hospital_is_told_on_its_own_lane_and_one_at_a_time(sweeper, desk):
    gate = Gate()
    desk.outbox.round = gate
    sweeper.sweep()
    assert gate.calls == 0  # nothing is due
    desk.letters = ("M-1",)
    sweeper.sweep()
    assert gate.started.wait(30)
    sweeper.tell_hospital()
    assert desk.lanes.io(lambda: 1).result(30) == desk.lanes.centre(lambda: 1).result(30)
    gate.open()
    told(sweeper)
    assert gate.calls == 1
    sweeper.sweep()
    told(sweeper)
    assert gate.calls == 2


def test_telling_that_fails_is_logged_and_tried_again(sweeper, desk, caplog):
    desk.letters, desk.outbox.round = ("M-1",), lambda: 1 // 0
    sweeper.sweep()
    assert isinstance(sweeper._telling.exception(30), ZeroDivisionError)
    assert "telling the hospital failed" in caplog.text
    seen = []
    desk.outbox.round = lambda: seen.append(1)
    sweeper.sweep()
    told(sweeper)
    assert seen == [1]
