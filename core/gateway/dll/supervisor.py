"""The gateway over a vendor library: one lane, one worker process, a deadline for every call.

Once a byte of a request has been written, the call ends as ``Reply`` or ``NoReply``, unless the
worker itself says that it has not called the library. A worker that is late, dead, unreadable or
has seen its memory overrun is killed and reaped; the next call starts a fresh one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.centre_settings import LibrarySettings
from core.events import Events, LibraryState
from core.gateway.dll.frames import (
    ANSWER,
    CALL,
    DISTRUST,
    NOT_CALLED,
    STATUS,
    Frame,
    FrameError,
    encode,
)
from core.gateway.dll.starting import CannotStart, Running, Starter
from core.gateway.dll.vendorlog import VendorLog
from core.gateway.lane import LARGEST_REQUEST, OneLane, bounded
from core.gateway.port import Answer, Health, NoReply, Reply, Unsent
from core.words import say

DISTRUSTS = frozenset({"overrun", "no_terminator", "reply_too_large"})


@dataclass(frozen=True, slots=True)
class _Talk:
    """How one exchange went: bytes of the request written, and whether time was up."""

    got: Frame | FrameError
    sent: int
    late: bool
    ms: int


class DllGateway(OneLane):
    """``Gateway`` (core/gateway/port.py) over ``[centre] library``, or ``library`` where given.

    ``environment`` is laid over our own for the worker; vendor output goes to ``home/logs``.
    Any thread may call; calls are served one at a time.
    """

    def __init__(
        self,
        settings: LibrarySettings,
        home: Path,
        events: Events,
        environment: Mapping[str, str] | None = None,
        library: Path | None = None,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._words = settings.words
        self._starter = Starter(settings, home, environment, library)
        self._logs = home / "logs"
        self._events = events
        self._vendor: VendorLog | None = None
        self._running: Running | None = None
        self._number = 0
        self._replaced = 0

    def call(self, code: str, payload: bytes, deadline: float) -> Answer:
        """Send ``payload`` (wire encoding); wait ``deadline`` seconds from then on."""
        with self._lane:
            if b"\0" in payload or len(payload) > LARGEST_REQUEST:
                return Unsent("bad_request", self._say("bad_request", limit=LARGEST_REQUEST))
            try:
                running = self._ready()
            except CannotStart as problem:
                return Unsent(problem.cause, problem.text)
            return self._exchange(running, payload, bounded(deadline))

    def _busy(self) -> Health:
        return self._known("ok", self._say("busy"), self._running)

    def _looked(self) -> Health:
        """Starts the library if need be."""
        try:
            running = self._ready()
        except CannotStart as problem:
            return self._known("failed", problem.text, None)
        return self._healthy(running)

    def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.worker.dismiss()
        self._watchdog.close()
        if self._vendor is not None:
            self._vendor.close()
            self._vendor = None

    def _ready(self) -> Running:
        """A worker to send to; raises ``CannotStart``."""
        if self._closed:
            raise CannotStart("closed", self._words)
        running = self._running
        if running is not None and not running.worker.idle():
            self._replace("died_idle", exit=running.worker.farewell())
            running = None
        return running or self._start()

    def _start(self) -> Running:
        self._announce("starting", self._say("starting"))
        try:
            if self._vendor is None:
                self._vendor = VendorLog(self._logs / self._settings.log, self._settings.encoding)
            self._running = self._starter.start(self._watchdog, self._vendor.writer)
        except OSError as error:
            problem = CannotStart("logs_unwritable", self._words, path=self._logs, detail=error)
            self._announce("failed", problem.text)
            raise problem from error
        except CannotStart as problem:
            self._announce("failed", problem.text)
            raise
        self._announce("ready", self._say("ready", path=self._running.path))
        return self._running

    def _exchange(self, running: Running, payload: bytes, deadline: float) -> Answer:
        talk = self._talk(running, payload, deadline)
        if isinstance(talk.got, FrameError):
            return self._broken(running, talk, talk.got, deadline)
        answer = self._read(talk.got, talk.ms)
        if talk.late and self._running is running:
            self._replace("died_idle", exit="-")
        return answer

    def _talk(self, running: Running, payload: bytes, deadline: float) -> _Talk:
        self._number = (self._number + 1) & 0x7FFFFFFF
        frame = encode(CALL, self._number, payload)
        began, sent = time.perf_counter(), 0
        self._watchdog.arm(deadline, running.worker.cut)
        try:
            sent = running.worker.send(frame)
            got: Frame | FrameError = running.reader.read(self._number)
        except FrameError as error:
            got = error
        except BaseException:
            self._drop()
            raise
        finally:
            late = self._watchdog.disarm()
        return _Talk(got, sent, late, round((time.perf_counter() - began) * 1000))

    def _broken(self, running: Running, talk: _Talk, error: FrameError, deadline: float) -> Answer:
        cause = "deadline" if talk.late else error.cause
        if talk.sent == 0:
            cause = "line_broken"
        gone = running.worker.farewell() if cause == "worker_died" else ""
        text = self._replace(cause, seconds=deadline, exit=gone)
        if talk.sent == 0:
            return Unsent(cause, text)
        return NoReply(cause, text, talk.ms, error.got)

    def _read(self, frame: Frame, ms: int) -> Answer:
        body = frame.body
        if frame.kind == ANSWER and len(body) >= STATUS.size:
            return Reply(STATUS.unpack_from(body)[0], body[STATUS.size :], ms)
        if frame.kind == NOT_CALLED:
            return Unsent("bad_request", self._say("bad_request", limit=LARGEST_REQUEST))
        code, _, evidence = body.partition(b"\0")
        cause = code.decode("ascii", "replace")
        if frame.kind != DISTRUST or cause not in DISTRUSTS:
            cause, evidence = "frame_garbage", body
        return NoReply(cause, self._replace(cause), ms, evidence)

    def _replace(self, cause: str, **holes: object) -> str:
        """Give the worker up; the next call starts another. Returns the sentence."""
        size = self._settings.output_size
        text = self._say(cause, path=self._starter.path, limit=size, **holes)
        self._drop()
        self._replaced += 1
        self._announce("replaced", text)
        return text

    def _drop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.worker.bury()

    def _healthy(self, running: Running) -> Health:
        if self._replaced:
            return self._known("warning", self._say("was_replaced", count=self._replaced), running)
        return self._known("ok", self._say("ready", path=running.path), running)

    def _known(self, state: str, says: str, running: Running | None) -> Health:
        if running is None:
            return Health(state, says, path=str(self._starter.path or ""), replaced=self._replaced)
        return Health(
            state, says, running.bits, str(running.path), running.sha256,
            running.worker.pid, self._replaced,
        )  # fmt: skip

    def _say(self, key: str, **holes: object) -> str:
        return say(f"{self._words}.{key}", **holes)

    def _announce(self, state: str, says: str) -> None:
        self._events.announce(LibraryState(state, says))
