"""Feeds the status strip and the rail's counts from the core:
events, and one silent look a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from core.events import CentreAnswered, LibraryState
from core.words import say
from gui.operation import Operation
from gui.shell.context import Context
from gui.widgets.rail import Rail
from gui.widgets.status_strip import StatusStrip

SLOW_MS = 3000
Counted = tuple[Any, float | None, tuple[int, int]]  # open rows, clocks, letters waiting and dead
LIBRARY = {"starting": "none", "ready": "ok", "replaced": "warning", "failed": "failed"}


class Status(QObject):
    """Lives as long as the window's frame."""

    def __init__(self, frame: QWidget, context: Context, strip: StatusStrip, rail: Rail) -> None:
        super().__init__(frame)
        self._frame, self._context, self._strip, self._rail = frame, context, strip, rail
        bridge = context.bridge
        bridge.centre_answered.connect(self._answered)
        bridge.library_state.connect(self._library)
        bridge.transaction_changed.connect(lambda _: self.recount())
        bridge.outbox_changed.connect(lambda _: self.recount())
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._tick)
        self._second.start()
        self._first_look()

    def stop(self) -> None:
        """No more ticking: the desk may be closed."""
        self._second.stop()

    def _first_look(self) -> None:
        unasked = say("strip.unasked")
        self._strip.show_state("centre", "none", f"{say('strip.centre')} {unasked}")
        self._strip.show_state("library", "none", f"{say('strip.library')} {unasked}")
        self._strip.show_state("reader", "none", say("strip.reader"), say("strip.reader_tip"))
        self._printer()
        self._offset: float | None = None
        self._tick()
        self.recount()

    def _printer(self) -> None:
        name = self._context.desk.settings.printer.name
        text = say("strip.printer") if name else say("strip.printer_pdf")
        self._strip.show_state("printer", "none" if name else "ok", text, name)

    def _answered(self, event: CentreAnswered) -> None:
        state = "failed" if not event.ok else "warning" if event.ms > SLOW_MS else "ok"
        key = "strip.centre_ms" if event.ok else "strip.centre_silent"
        tip = say("strip.centre_tip", code=event.code)
        self._strip.show_state("centre", state, say(key, ms=event.ms), tip)
        if event.code == self._card_code() and event.ok:
            self._strip.show_state("reader", "ok", say("strip.reader"), say("strip.reader_tip"))

    def _card_code(self) -> str:
        return str(self._context.desk.centre.rule("read_card").code)

    def _library(self, event: LibraryState) -> None:
        text = say(f"strip.library_{event.state}")
        self._strip.show_state("library", LIBRARY.get(event.state, "none"), text, event.says)

    def recount(self) -> None:
        """Count the open transactions again, off the window's thread."""
        desk = self._context.desk

        def read() -> Counted:
            return desk.resolve.pending(), _offset(desk), desk.outbox.counts()

        look = Operation(self._frame, read, lane="io")
        look.silent().on_success(self._counted).run()

    def _counted(self, found: Counted) -> None:
        open_rows, self._offset, (waiting, dead) = found
        count = len(open_rows)
        text = say("strip.pending_some", count=count) if count else say("strip.pending_none")
        self._strip.show_state("pending", "warning" if count else "ok", text)
        self._rail.set_count("pending", count)
        key, state = _of_letters(waiting, dead)
        tip = say("strip.hospital_tip")
        self._strip.show_state("hospital", state, say(key, count=dead or waiting), tip)
        self._rail.set_count("connect", waiting + dead)

    def _tick(self) -> None:
        now = self._context.desk.clock.now()
        self._strip.set_day(say("strip.day", day=now.strftime("%m-%d")))
        offset = self._offset
        key = "strip.time" if offset is not None else "strip.time_own"
        self._strip.set_time(say(key, time=_shifted(now, offset).strftime("%H:%M:%S")))


def _shifted(now: datetime, offset: float | None) -> datetime:
    return now + timedelta(seconds=offset or 0)


def _of_letters(waiting: int, dead: int) -> tuple[str, str]:
    """What is said of the results that the hospital has not yet, and how bad that is."""
    if dead:
        return "strip.hospital_dead", "failed"
    return ("strip.hospital_some", "warning") if waiting else ("strip.hospital_none", "ok")


def _offset(desk: Any) -> float | None:
    value: float | None = desk.session.centre_offset
    return value
