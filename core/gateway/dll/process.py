"""One worker process and the private line to it: start, send, take, cut, bury."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

WORKER = Path(__file__).with_name("worker.py")
GRAVE_SECONDS = 5.0
LEAVE_SECONDS = 1.0
FAREWELL_SECONDS = 0.2


def command(python: str) -> list[str]:
    """How the worker is started: isolated from the user's Python set-up, without ``site``."""
    own = str(getattr(sys, "_base_executable", "") or sys.executable)
    return [python or own, "-I", "-S", "-B", "-u", "-X", "utf8", str(WORKER)]


class Worker:
    """A started worker; raises ``OSError`` when the interpreter cannot be started.

    ``log`` is the descriptor that takes all the library prints. ``send`` and ``take`` block until
    somebody cuts the line.
    """

    def __init__(self, python: str, environment: Mapping[str, str], log: int) -> None:
        self._line = LINE()
        how = {**OWN_GROUP, **self._line.child()}
        try:
            self._process = subprocess.Popen(
                command(python), env=dict(environment), stderr=log, **how
            )
        except BaseException:
            self._line.close()
            raise
        self._line.settle(self._process)
        self.pid = self._process.pid

    def idle(self) -> bool:
        """Alive, with nothing said that was not asked for."""
        return self._line.quiet() and self._process.returncode is None

    def send(self, data: bytes) -> int:
        """Write all; returns the bytes written, fewer when the line broke."""
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._line.sink, view) :]
            except OSError:
                break
        return len(data) - len(view)

    def take(self, size: int) -> bytes:
        """What has come, at least one byte; empty at the end of the line."""
        try:
            self._line.wait()
            return os.read(self._line.source, size)
        except OSError:
            return b""

    def cut(self) -> None:
        """Kill the process and all it started, and wake whoever waits for it; any thread."""
        _kill(self._process)
        self._line.cut()

    def bury(self) -> None:
        """Kill, reap and give everything back."""
        self.cut()
        self._wait(GRAVE_SECONDS)
        self._line.close()

    def dismiss(self) -> None:
        """Let an idle process leave by itself, so that its devices are released, then bury it."""
        self._line.hang_up()
        self._wait(LEAVE_SECONDS)
        self.bury()

    def farewell(self) -> str:
        """How a process that has closed its line ended: exit code, or the name of the signal."""
        self._wait(FAREWELL_SECONDS)
        return exit_name(self._process.returncode)

    def _wait(self, seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)


def exit_name(code: int | None) -> str:
    """An exit code for a person: ``3``, ``SIGSEGV`` or ``0xC0000005``; ``-`` for still alive."""
    if code is None:
        return "-"
    if code < 0:
        return signal.Signals(-code).name if -code in set(signal.Signals) else str(code)
    return str(code) if code < 0x10000 else f"0x{code:08X}"


class PipeLine:
    """Two anonymous pipes, which Windows hands to no grandchild: death of the worker ends both."""

    _files: tuple[IO[bytes], ...] = ()

    def child(self) -> dict[str, Any]:
        """How ``Popen`` gives the worker its end."""
        return {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "bufsize": 0}

    def settle(self, process: subprocess.Popen[bytes]) -> None:
        """The worker runs: keep our end only."""
        assert process.stdin is not None and process.stdout is not None
        self._process, self._files = process, (process.stdin, process.stdout)
        self.sink, self.source = (file.fileno() for file in self._files)

    def quiet(self) -> bool:
        """The other end is there and has said nothing."""
        return self._process.poll() is None

    def wait(self) -> None:
        """Reading waits by itself, and ends with the worker."""

    def hang_up(self) -> None:
        """Let an idle worker read the end of the file."""
        with suppress(OSError):
            self._files[0].close()

    def cut(self) -> None:
        """The worker has been killed: wake our reader (its death does)."""

    def close(self) -> None:
        """Give the descriptors back."""
        for file in self._files:
            with suppress(OSError):
                file.close()


if sys.platform == "win32":
    OWN_GROUP: dict[str, Any] = {"creationflags": subprocess.CREATE_NO_WINDOW}
    LINE = PipeLine

    def _kill(process: subprocess.Popen[bytes]) -> None:
        process.kill()

else:
    import select
    import socket

    class SocketLine:
        """A socket pair: unlike a pipe it can be shut although a stray grandchild holds it.

        The worker's death is seen by itself: a process that the library has forked may hold the
        other end open for ever.
        """

        def __init__(self) -> None:
            self._ours, self._theirs = socket.socketpair()
            self.sink = self.source = self._ours.fileno()
            self._death = -1
            self._poll = select.poll()
            self._poll.register(self._ours, select.POLLIN)

        def child(self) -> dict[str, Any]:
            return {"stdin": self._theirs, "stdout": self._theirs}

        def settle(self, process: subprocess.Popen[bytes]) -> None:
            self._theirs.close()
            if hasattr(os, "pidfd_open"):
                self._death = os.pidfd_open(process.pid)
                self._poll.register(self._death, select.POLLIN)

        def quiet(self) -> bool:
            return not self._poll.poll(0)

        def wait(self) -> None:
            """Until something has come, or the worker has died and will say no more."""
            self._poll.poll()
            if not select.select([self._ours], [], [], 0)[0]:
                self.cut()

        def hang_up(self) -> None:
            self.cut()

        def cut(self) -> None:
            with suppress(OSError):
                self._ours.shutdown(socket.SHUT_RDWR)

        def close(self) -> None:
            self._ours.close()
            self._theirs.close()
            if self._death >= 0:
                os.close(self._death)
                self._death = -1

    OWN_GROUP = {"start_new_session": True}
    LINE: type[SocketLine] | type[PipeLine] = SocketLine

    def _kill(process: subprocess.Popen[bytes]) -> None:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
