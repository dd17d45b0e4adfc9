"""The one lane of a gateway: calls are served one at a time, a look never waits for one, and an
end waits a few seconds.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod

from core.gateway.dll.watchdog import Watchdog
from core.gateway.port import Health

LARGEST_REQUEST = 16 * 1024 * 1024
LONGEST_DEADLINE = 3600.0
BUSY_SECONDS = 0.2
GRACE_SECONDS = 5.0


class OneLane(ABC):
    """A gateway whose calls hold ``_lane`` and arm ``_watchdog``."""

    def __init__(self) -> None:
        self._lane = threading.Lock()
        self._watchdog = Watchdog()
        self._closed = False

    def health(self) -> Health:
        """How it is, looked up now; known at once while a call is under way."""
        if not self._lane.acquire(timeout=BUSY_SECONDS):
            return self._busy()
        try:
            return self._looked()
        finally:
            self._lane.release()

    @abstractmethod
    def _busy(self) -> Health:
        """What is known during a call."""

    @abstractmethod
    def _looked(self) -> Health:
        """A look, in the lane."""

    def close(self) -> None:
        """End; a call that runs on after a few seconds is cut (its end: no reply)."""
        self._closed = True
        if not self._lane.acquire(timeout=GRACE_SECONDS):
            self._watchdog.cut_now()
            self._lane.acquire()
        try:
            self._end()
        finally:
            self._lane.release()

    @abstractmethod
    def _end(self) -> None:
        """Let go of everything, the watchdog too."""


def bounded(deadline: float) -> float:
    """A deadline that a call can be given."""
    return min(max(deadline, 0.0), LONGEST_DEADLINE)
