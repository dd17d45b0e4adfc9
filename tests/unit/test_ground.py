"""The small ground of the core: clock, words, faults, events, lanes."""

import logging
import tomllib
from datetime import timedelta
from importlib import resources

import pytest

from core import words
from core.clock import CHINA, ManualClock, SystemClock, parse_stamp, stamp
from core.errors import DeskError, Fault, InvalidInput, Refused, fault
from core.events import CentreAnswered, Events
from core.lanes import Lanes


def test_a_moment_travels_as_fourteen_digits():
    moment = ManualClock().now()
    assert stamp(moment) == "20260302090000"
    assert parse_stamp(stamp(moment)) == moment
    assert parse_stamp("20260302090000").tzinfo is CHINA


@pytest.mark.parametrize("text", ["", "2026030209000", "20261302090000", "2026030209000x"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError):
        parse_stamp(text)


def test_the_clock_set_back_never_runs_time_backwards():
    clock = ManualClock()
    before, ticks = clock.now(), clock.monotonic()
    clock.advance(-3600)
    assert clock.now() == before - timedelta(hours=1)
    assert clock.monotonic() == ticks


def test_the_machine_clock_speaks_china_time():
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(hours=8)
    assert clock.monotonic() <= clock.monotonic()


def test_every_text_has_its_holes_filled():
    assert "空" in words.say("visits.empty")
    with pytest.raises(KeyError):
        words.say("no.such.text")


def test_every_text_of_every_file_is_known():
    folder, found = resources.files("resources") / "labels", {}
    for file in folder.iterdir():
        words._flatten(tomllib.loads(file.read_text("utf-8")), "", found)
    assert words.texts() == found and len(found) > 3000


def test_a_file_is_parsed_only_for_its_areas(monkeypatch):
    sources = {"one": ('[one]\nit = "1"',), "other": ("broken",)}
    monkeypatch.setattr(words, "_sources", lambda: sources)
    assert words._texts_of.__wrapped__("one") == {"one.it": "1"}
    with pytest.raises(tomllib.TOMLDecodeError):
        words._texts_of.__wrapped__("other")


def test_no_text_is_defined_twice(monkeypatch):
    monkeypatch.setattr(words, "_sources", lambda: {"a": ('[a]\nx = "1"', '[a]\nx = "2"')})
    with pytest.raises(ValueError, match=r"a\.x is defined twice"):
        words._texts_of.__wrapped__("a")


def test_a_fault_names_its_field_and_sentence():
    found = fault("visits.strange", "visit_no", visit="MZ1")
    assert found == Fault("visits.strange", words.say("visits.strange", visit="MZ1"), "visit_no")
    error = Refused([found, fault("visits.empty")])
    assert str(error).count("；") == 1
    assert isinstance(error, DeskError) and not isinstance(error, InvalidInput)


def test_a_listener_that_fails_stops_nobody(caplog):
    events, heard = Events(), []
    events.listen(lambda event: 1 / 0)
    leave = events.listen(heard.append)
    with caplog.at_level(logging.CRITICAL, "core.events"):
        events.announce(CentreAnswered("1800", 5, True))
    leave()
    leave()
    assert heard == [CentreAnswered("1800", 5, True)]


def test_the_centre_lane_does_one_thing_at_a_time_in_order():
    lanes, seen = Lanes(), []
    futures = [lanes.centre(lambda n=n: seen.append(n)) for n in range(50)]
    for future in futures:
        future.result(10)
    assert seen == list(range(50))
    assert lanes.io(lambda: "io").result(10) == "io"
    lanes.close()
