"""Core events cross threads as signals; a receiver that is gone hears nothing."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject

from core.events import (
    CentreAnswered,
    Events,
    LibraryState,
    Progress,
    TransactionChanged,
)
from gui.bridge import Bridge, lives

EVENTS = {
    "transaction_changed": TransactionChanged("H1", "MZ1", "settled"),
    "centre_answered": CentreAnswered("1800", 32, ok=True),
    "progress": Progress("upload_fees", "MZ1", 1, 2),
    "library_state": LibraryState("replaced", "重启"),
}


@pytest.fixture
def bridge(qapp):
    return Bridge()


def in_a_thread(call):
    thread = threading.Thread(target=call)
    thread.start()
    thread.join(30)


@pytest.mark.parametrize("road", EVENTS)
def test_events_arrive_in_the_window_thread(bridge, qtbot, road):
    events, heard = Events(), []
    bridge.attach(events)
    getattr(bridge, road).connect(lambda event: heard.append((event, threading.current_thread())))
    in_a_thread(lambda: events.announce(EVENTS[road]))
    assert heard == []
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [(EVENTS[road], threading.main_thread())]


def test_detached_it_hears_nothing(bridge, qapp):
    events, heard = Events(), []
    bridge.attach(events)
    bridge.attach(events)
    bridge.detach()
    bridge.progress.connect(heard.append)
    events.announce(EVENTS["progress"])
    qapp.processEvents()
    assert heard == []


def test_an_unknown_event_is_left_alone(bridge, qapp):
    heard = []
    for road in EVENTS:
        getattr(bridge, road).connect(heard.append)
    bridge.hear(object())
    bridge.hear(EVENTS["progress"])
    qapp.processEvents()
    assert heard == [EVENTS["progress"]]


def test_results_reach_only_the_living(bridge, qtbot):
    living, dying, heard = QObject(), QObject(), []
    in_a_thread(lambda: bridge.post(dying, lambda: heard.append("dying")))
    in_a_thread(lambda: bridge.post(living, lambda: heard.append("living")))
    shiboken6.delete(dying)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["living"]
    assert lives(living)
    assert not lives(None)
