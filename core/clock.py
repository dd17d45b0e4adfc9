"""Time is passed in. Moments are timezone-aware; the wire's moments are China Standard Time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

CHINA = timezone(timedelta(hours=8), "CST")


class Clock(Protocol):
    """What the desk asks of time."""

    def now(self) -> datetime:
        """The present moment, aware, in China Standard Time."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards, for measuring."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC).astimezone(CHINA)

    def monotonic(self) -> float:
        return time.monotonic()


class ManualClock:
    """A clock that stands still until it is told to move; for tests and the simulation."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 3, 2, 9, 0, 0, tzinfo=CHINA)
        self._ticks = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._ticks

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass (negative: the wall clock is set back, monotonic time is not)."""
        self._now += timedelta(seconds=seconds)
        self._ticks += max(0.0, seconds)


def stamp(moment: datetime) -> str:
    """14 digits yyyyMMddHHmmss of China Standard Time (protocol-zjs.md §2.3, SEEN)."""
    return moment.astimezone(CHINA).strftime("%Y%m%d%H%M%S")


def parse_stamp(text: str) -> datetime:
    """The moment of 14 digits; raises ``ValueError``."""
    if len(text) != 14 or not (text.isascii() and text.isdigit()):
        raise ValueError(f"not 14 digits: {text!r}")
    date = int(text[:4]), int(text[4:6]), int(text[6:8])
    return datetime(*date, int(text[8:10]), int(text[10:12]), int(text[12:]), tzinfo=CHINA)
