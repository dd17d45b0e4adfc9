"""The lanes of work: one call at a time to the centre, a free lane for slow input/output, and one
for telling the hospital, whose system may hang as long as it likes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
Job = tuple[Future[Any], Callable[[], Any]]


class Lanes:
    """``centre`` owns the journal's write connection and the library;
    ``io`` is printing, files, reading from the HIS; ``hospital`` tells it results."""

    def __init__(self) -> None:
        self._centre = ThreadPoolExecutor(1, "centre-lane")
        self._io = ThreadPoolExecutor(2, "io-lane")
        self._hospital = DaemonLane("hospital-lane")

    def centre(self, work: Callable[[], T]) -> Future[T]:
        """Queue ``work`` on the centre lane."""
        return self._centre.submit(work)

    def io(self, work: Callable[[], T]) -> Future[T]:
        """Queue ``work`` on the input/output lane."""
        return self._io.submit(work)

    def hospital(self, work: Callable[[], T]) -> Future[T]:
        """Queue ``work`` on the lane that nothing waits for, not even the end of the program."""
        return self._hospital.submit(work)

    def close(self) -> None:
        """Let running work end (but for the hospital's), drop what has not begun."""
        self._hospital.close()
        self._centre.shutdown(wait=True, cancel_futures=True)
        self._io.shutdown(wait=True, cancel_futures=True)


class DaemonLane:
    """One thread, begun with its first work; a work that hangs dies with the program."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Queue ``work``."""
        future: Future[T] = Future()
        self._jobs.put((future, work))
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
        return future

    def close(self, seconds: float = 1.0) -> None:
        """Drop what has not begun; what runs has so long to end, then nobody waits for it."""
        while not self._jobs.empty():
            job = self._jobs.get()
            if job is not None:
                job[0].cancel()
        self._jobs.put(None)
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, work = job
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as error:  # noqa: BLE001 - it belongs to who asked
                    future.set_exception(error)
