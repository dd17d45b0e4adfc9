"""Remembers that the window is running and, when it dies, why; the next start says so.

A file stands in the home while the window runs. Where it still stands at the next start, the last
window did not end by itself: killed, crashed, or the power failed. ``crash.log`` has the stacks.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import IO

from core.words import say

log = logging.getLogger(__name__)
LARGEST_LOG = 1_000_000


class CrashLog:
    """``begin`` at the start, ``end`` when the window has ended by itself."""

    def __init__(self, home: Path) -> None:
        self._running = home / "window.running"
        self._log = home / "logs" / "crash.log"
        self._file: IO[str] | None = None
        self._before = sys.excepthook
        self.says = ""

    def begin(self) -> None:
        """Find out how the last window ended (``says``: a sentence, or empty); watch this one.

        A disk that cannot be written must not keep the window from opening.
        """
        try:
            self.says = self._last()
            self._running.parent.mkdir(parents=True, exist_ok=True)
            self._running.write_text(f"{time.strftime('%Y-%m-%d %H:%M:%S')}", "utf-8")
            self._open()
        except OSError as error:
            log.warning("crashes of this window will not be remembered: %s", error)

    def __enter__(self) -> CrashLog:
        self.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """The window ended by itself."""
        sys.excepthook = self._before
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None
        self._running.unlink(missing_ok=True)

    def _last(self) -> str:
        if not self._running.exists():
            return ""
        began = self._running.read_text("utf-8").strip()
        died = self._log.exists() and self._log.stat().st_mtime >= self._running.stat().st_mtime
        key = "crashes.crashed" if died and self._log.stat().st_size else "crashes.cut_off"
        return say(key, began=began, log=self._log)

    def _open(self) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        if self._log.exists() and self._log.stat().st_size > LARGEST_LOG:
            self._log.replace(self._log.with_suffix(".old"))
        self._file = self._log.open("a", encoding="utf-8")
        faulthandler.enable(self._file, all_threads=True)
        sys.excepthook = self._note

    def _note(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """An error nobody caught: the window goes on, the log keeps it."""
        if self._file is not None:
            self._file.write(time.strftime("\n%Y-%m-%d %H:%M:%S\n"))
            traceback.print_exception(kind, error, trace, file=self._file)
            self._file.flush()
        self._before(kind, error, trace)
