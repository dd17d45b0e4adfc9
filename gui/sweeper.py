"""Looks into open transactions by itself: one row at a time,
so that a waiting patient goes first; and tells the hospital what is due, on a lane of its own."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, QTimer

from core.domain import State, Transaction
from core.journal.store import due

log = logging.getLogger(__name__)
TICK_MS = 1_000
PAPER_TICKS = 3  # between looks at papers that are still with a printer


class Sweeper(QObject):
    """Every second: is a row due and none being looked at? Then one look on the centre lane."""

    def __init__(self, desk: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._running: Future[Transaction] | None = None
        self._looking: Future[int] | None = None
        self._telling: Future[None] | None = None
        self._ticks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.sweep)

    def start(self) -> None:
        """Begin, with what the last run left behind."""
        self._timer.start()
        self.sweep()

    def stop(self) -> None:
        """No more looks; the one under way ends by itself."""
        self._timer.stop()

    def sweep(self) -> None:
        """Start one look if something is due; now and then look at the printers as well."""
        self._ticks += 1
        if self._ticks % PAPER_TICKS == 0:
            self._look_at_papers()
        self.tell_hospital()
        if self._running is not None and not self._running.done():
            return
        row = self._next()
        if row is not None:
            self._running = self._desk.lanes.centre(lambda: self._look(row.msgid))

    def tell_hospital(self) -> None:
        """Deliver what is due, unless that is being done; a hospital that hangs waits alone."""
        idle = self._telling is None or self._telling.done()
        if idle and self._desk.outbox.due():
            self._telling = self._desk.lanes.hospital(self._tell)

    def _tell(self) -> None:
        try:
            self._desk.outbox.round()
        except Exception:
            log.exception("telling the hospital failed")
            raise

    def _look_at_papers(self) -> None:
        """Papers on their way are counted when they came out."""
        jobs = self._desk.documents.jobs
        idle = self._looking is None or self._looking.done()
        if idle and jobs.waiting():
            self._looking = self._desk.lanes.io(jobs.look_again)

    def _next(self) -> Transaction | None:
        now = self._desk.clock.now()
        rows = (row for row in self._desk.resolve.pending() if row.state is not State.MANUAL)
        return next((row for row in rows if row.state is not State.INTENT and due(row, now)), None)

    def _look(self, msgid: str) -> Transaction:
        try:
            return self._desk.resolve.look(msgid)  # type: ignore[no-any-return]
        except Exception:
            log.exception("the look at %s failed", msgid)
            raise
