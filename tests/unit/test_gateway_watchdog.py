"""The watchdog cuts once, in time, and never after it has been called off."""

from __future__ import annotations

import threading
import time

from core.gateway.dll.watchdog import Watchdog

FAR = 600.0


def ended(dog: Watchdog) -> None:
    dog.close()
    assert not any(thread.name == "library-watchdog" for thread in threading.enumerate())


def test_it_cuts_when_time_is_up():
    dog, cut = Watchdog(), threading.Event()
    began = time.monotonic()
    dog.arm(0.05, cut.set)
    assert cut.wait(30)
    assert time.monotonic() - began >= 0.05
    assert dog.disarm() is True
    ended(dog)


def test_called_off_it_does_not_cut():
    dog, cut, next_cut = Watchdog(), threading.Event(), threading.Event()
    dog.arm(0.05, cut.set)
    assert dog.disarm() is False
    dog.arm(0.1, next_cut.set)
    assert next_cut.wait(30)
    assert not cut.is_set()
    ended(dog)


def test_a_nearer_deadline_wakes_it():
    dog, cut = Watchdog(), threading.Event()
    dog.arm(FAR, lambda: None)
    dog.disarm()
    dog.arm(0.01, cut.set)
    assert cut.wait(30)
    ended(dog)


def test_a_farther_deadline_is_not_cut_at_the_nearer_one():
    dog, early, late = Watchdog(), threading.Event(), threading.Event()
    dog.arm(0.05, early.set)
    dog.disarm()
    dog.arm(0.3, late.set)
    assert late.wait(30)
    assert not early.is_set()
    ended(dog)


def test_no_time_at_all_cuts_at_once():
    dog, cut = Watchdog(), threading.Event()
    dog.arm(0.0, cut.set)
    assert cut.wait(30)
    ended(dog)


def test_it_can_be_told_to_cut_now():
    dog, cut = Watchdog(), threading.Event()
    dog.arm(FAR, cut.set)
    dog.cut_now()
    assert cut.is_set()
    assert dog.disarm() is True
    ended(dog)


def test_with_nothing_armed_there_is_nothing_to_cut():
    dog = Watchdog()
    dog.cut_now()
    assert dog.disarm() is True
    dog.close()


def test_one_thread_serves_thousands_of_deadlines():
    dog = Watchdog()
    before = threading.active_count()
    for _ in range(2000):
        dog.arm(FAR, lambda: None)
        assert dog.disarm() is False
    assert threading.active_count() == before + 1
    ended(dog)


def test_it_cuts_only_once():
    dog, cuts, seen = Watchdog(), [], threading.Event()
    dog.arm(0.01, lambda: (cuts.append(1), seen.set()))
    assert seen.wait(30)
    other = threading.Event()
    dog.arm(0.05, other.set)
    assert other.wait(30)
    assert cuts == [1]
    ended(dog)
