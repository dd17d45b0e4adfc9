"""Deadlines for blocking reads: one sleeping thread that cuts the line when time is up.

It works alike on Windows and Linux, and costs a call no thread switch: the thread is woken only
when a deadline is nearer than the one it already sleeps for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

Cut = Callable[[], None]


class Watchdog:
    """Calls ``cut`` once if ``disarm`` has not come in time."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None
        self._cut: Cut | None = None
        self._until = 0.0
        self._wakes: float | None = None
        self._ended = False

    def arm(self, seconds: float, cut: Cut) -> None:
        """From now on ``cut`` will be called after ``seconds``."""
        with self._change:
            self._cut = cut
            self._until = time.monotonic() + seconds
            self._start()
            if self._wakes is None or self._wakes > self._until:
                self._change.notify()

    def disarm(self) -> bool:
        """Call the dog off; True when it has already cut."""
        with self._change:
            late = self._cut is None
            self._cut = None
            return late

    def cut_now(self) -> None:
        """Do not wait for the time: cut what is armed, if anything is."""
        with self._change:
            self._until = 0.0
            self._bark_when_due()

    def close(self) -> None:
        """End the thread."""
        with self._change:
            self._ended, thread = True, self._thread
            self._change.notify()
        if thread is not None:
            thread.join()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._watch, name="library-watchdog", daemon=True
            )
            self._thread.start()

    def _watch(self) -> None:
        with self._change:
            while not self._ended:
                self._bark_when_due()
                self._wakes = self._until if self._cut else None
                self._change.wait(self._left())
                self._wakes = 0.0

    def _left(self) -> float | None:
        return max(0.0, self._until - time.monotonic()) if self._cut else None

    def _bark_when_due(self) -> None:
        if self._cut is not None and time.monotonic() >= self._until:
            cut, self._cut = self._cut, None
            cut()
