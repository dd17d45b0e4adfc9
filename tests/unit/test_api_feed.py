"""The feed by itself, without a server: woken by any thread, ended in time, nothing told twice."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import datetime

import pytest

from core.api import feed as module
from core.api.feed import MOST_NOTICES, Bell, Feed
from core.clock import CHINA
from core.domain.errand import Notice
from core.events import Events, VisitGiven

AT = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)


def notice(number, text="中心已受理"):
    return Notice(
        number=number, at=AT, kind="outcome", msgid="M1", step="settle", visit_no="V1",
        state="settled", text=text,
    )  # fmt: skip


class Errands:
    """Notices that there are; ``looked`` after which numbers it was asked."""

    def __init__(self, *numbers):
        self.there = [notice(number) for number in numbers]
        self.looked, self.then = [], []

    def notices(self, number, limit):
        self.looked.append(number)
        found = tuple(one for one in self.there if one.number > number)[:limit]
        for work in self.then[:1]:
            self.then.remove(work)
            work()
        return found

    def last_notice(self):
        return self.there[-1].number if self.there else 0


@pytest.fixture
def events():
    return Events()


@pytest.fixture
def bell(events):
    made = Bell(events)
    yield made
    made.stop()


def poll(errands, bell, after=0, limit=10, seconds=60.0, ends=lambda: False):
    return asyncio.run(Feed(errands, bell, ends).poll(after, limit, seconds))


def stream(errands, bell, after=0, seconds=60.0, ends=lambda: False):
    """Everything a stream says until it ends by itself."""

    async def all_of():
        return [part async for part in Feed(errands, bell, ends).stream(after, seconds)]

    return asyncio.run(all_of())


def ids(found):
    return [one.number for one in found.notices]


# -- asking


def test_what_is_there_comes_at_once(bell):
    found = poll(Errands(3, 5, 9), bell, after=3)
    assert ids(found) == [5, 9] and found.last == 9
    assert found.notices[0].at == "2026-03-02T09:00:00+08:00"


def test_more_than_asked_for_goes_on_after_the_last(bell):
    errands = Errands(*range(1, 6))
    first = poll(errands, bell, limit=2)
    assert (ids(first), first.last) == ([1, 2], 2)
    assert ids(poll(errands, bell, after=first.last, limit=9)) == [3, 4, 5]


def test_nothing_within_the_time_keeps_the_number(bell):
    found = poll(Errands(3), bell, after=3, seconds=0.0)
    assert found.notices == [] and found.last == 3


def test_without_a_number_it_begins_from_now_on(bell):
    found = poll(Errands(3, 4), bell, after=None, seconds=0.0)
    assert found.notices == [] and found.last == 4


def test_who_waits_is_woken_by_what_happens_in_another_thread(bell, events):
    errands = Errands()

    def happens():
        errands.there.append(notice(1))
        thread = threading.Thread(target=events.announce, args=(VisitGiven("V1"),))
        thread.start()
        thread.join()

    errands.then.append(happens)
    assert ids(poll(errands, bell)) == [1]


def test_what_is_nobodys_business_wakes_and_goes_on_waiting(bell, events):
    """A look without a notice is no answer; the time that was asked for still counts."""
    errands = Errands()
    errands.then += [
        lambda: events.announce(VisitGiven("V1")),
        lambda: (errands.there.append(notice(7)), events.announce(VisitGiven("V1"))),
    ]
    assert ids(poll(errands, bell)) == [7] and len(errands.looked) == 3


def test_a_desk_that_closes_lets_nobody_wait(bell):
    ended = []
    errands = Errands()
    errands.then.append(lambda: (ended.append(True), bell.wake()))
    found = poll(errands, bell, after=4, ends=lambda: bool(ended))
    assert found.notices == [] and found.last == 4


def test_a_bell_without_anybody_or_after_the_loop_is_no_trouble(bell, events):
    events.announce(VisitGiven("V1"))
    poll(Errands(1), bell)
    events.announce(VisitGiven("V1"))
    bell.wake()
    assert ids(poll(Errands(1), bell)) == [1]


def test_a_bell_that_is_taken_off_hears_nothing_more(events):
    bell = Bell(events)
    bell.stop()
    rung = []
    bell.wake = lambda: rung.append(True)  # type: ignore[method-assign]
    events.announce(VisitGiven("V1"))
    assert rung == []


# -- following


def test_a_stream_begins_with_the_number_to_come_back_with(bell):
    head, *rest = stream(Errands(), bell, after=8, seconds=0.0)
    assert b"id: 8\n" in head and b"retry: 1000\n" in head and head.endswith(b"\n\n")
    assert rest == []


def test_every_notice_is_one_event_on_lines_of_its_own(bell):
    errands = Errands(1)
    errands.there.append(notice(2, "第一行\n第二行"))
    _, first, second = stream(errands, bell, seconds=0.0)
    assert first.decode().splitlines()[:2] == ["id: 1", "event: outcome"]
    lines = second.decode().split("\n")
    assert [line.partition(":")[0] for line in lines] == ["id", "event", "data", "", ""]
    assert json.loads(lines[2].removeprefix("data: "))["text"] == "第一行\n第二行"


def test_a_stream_goes_on_after_the_last_and_tells_nothing_twice(bell, events):
    errands, ended = Errands(1), []
    errands.then += [
        lambda: errands.there.append(notice(2)),
        lambda: ended.append(True),
    ]
    said = stream(errands, bell, ends=lambda: bool(ended))
    assert errands.looked == [0, 1]
    assert [part.partition(b"\n")[0] for part in said[1:]] == [b"id: 1", b"id: 2"]


def test_a_silent_stream_says_that_it_is_still_there(bell, monkeypatch):
    monkeypatch.setattr(module, "HEARTBEAT", 0.0)
    errands, ended = Errands(), []
    errands.then += [lambda: None, lambda: ended.append(True)]
    said = stream(errands, bell, ends=lambda: bool(ended))
    assert said[1:] == [b": still here\n\n"] * 2


def test_a_stream_takes_no_more_at_once_than_it_may(bell):
    errands, ended = Errands(*range(1, MOST_NOTICES + 3)), []
    errands.then += [lambda: None, lambda: ended.append(True)]
    said = stream(errands, bell, ends=lambda: bool(ended))
    assert len(said) == 1 + MOST_NOTICES + 2 and errands.looked == [0, MOST_NOTICES]
