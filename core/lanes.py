"""The two lanes of work: one call at a time to the centre,
and a free lane for slow input/output."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Lanes:
    """``centre`` owns the journal's write connection and the library;
    ``io`` is printing, files, HIS."""

    def __init__(self) -> None:
        self._centre = ThreadPoolExecutor(1, "centre-lane")
        self._io = ThreadPoolExecutor(2, "io-lane")

    def centre(self, work: Callable[[], T]) -> Future[T]:
        """Queue ``work`` on the centre lane."""
        return self._centre.submit(work)

    def io(self, work: Callable[[], T]) -> Future[T]:
        """Queue ``work`` on the input/output lane."""
        return self._io.submit(work)

    def close(self) -> None:
        """Let running work end, drop what has not begun."""
        self._centre.shutdown(wait=True, cancel_futures=True)
        self._io.shutdown(wait=True, cancel_futures=True)
