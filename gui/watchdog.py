"""Notices when the window has not ticked for two seconds and dumps all stacks into the logs.

A thread of its own looks; the tick is a timer in the GUI thread. One dump per stall.
"""

from __future__ import annotations

import faulthandler
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

TICK_MS = 200
STALL_SECONDS = 2.0
LARGEST_LOG = 2_000_000


class Watchdog(QObject):
    """``longest_gap`` is the longest time between two ticks so far, in seconds."""

    def __init__(
        self,
        log: Path,
        parent: QObject | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._log, self._now = log, monotonic
        self._last = monotonic()
        self._dumped = False
        self.longest_gap = 0.0
        self._over = threading.Event()
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        """Begin to tick and to look."""
        self._last = self._now()
        self._timer.start()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """No more looking."""
        self._timer.stop()
        self._over.set()

    def tick(self) -> None:
        """The window lives."""
        now = self._now()
        self.longest_gap = max(self.longest_gap, now - self._last)
        self._last, self._dumped = now, False

    def look(self) -> bool:
        """Dump when it has not ticked for too long; says whether it dumped."""
        gap = self._now() - self._last
        if gap < STALL_SECONDS or self._dumped:
            return False
        self._dumped = True
        self._dump(gap)
        return True

    def _dump(self, gap: float) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        if self._log.exists() and self._log.stat().st_size > LARGEST_LOG:
            self._log.replace(self._log.with_suffix(".old"))
        with self._log.open("a", encoding="utf-8") as file:
            stamp = time.strftime("%Y-%m-%d %H:%M:%S")
            file.write(f"\n{stamp} the window has not ticked for {gap:.1f} s\n")
            file.flush()
            faulthandler.dump_traceback(file, all_threads=True)

    def _watch(self) -> None:
        while not self._over.wait(TICK_MS / 1000):
            self.look()
