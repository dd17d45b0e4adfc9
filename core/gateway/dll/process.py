"""One worker process and the private line to it: start, send, take, cut, bury."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

WORKER = Path(__file__).with_name("worker.py")
GRAVE_SECONDS = 5.0


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
        self._line = _Line()
        try:
            self._process = subprocess.Popen(
                command(python), env=dict(environment), stderr=log, **self._line.child()
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
            return os.read(self._line.source, size)
        except OSError:
            return b""

    def cut(self) -> None:
        """Kill the process and all it started, and wake whoever waits for it; any thread."""
        _kill(self._process)
        self._line.cut()

    def bury(self) -> int | None:
        """Kill, reap and give everything back; its exit code (``None``: it does not die)."""
        self.cut()
        try:
            self._process.wait(GRAVE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        self._line.close()
        return self._process.returncode

    def farewell(self) -> int | None:
        """The exit code of a process that has closed its line by itself, else ``None``."""
        try:
            return self._process.wait(0.2)
        except subprocess.TimeoutExpired:
            return None


if sys.platform == "win32":

    class _Line:
        """Two anonymous pipes, which Windows hands to no grandchild."""

        def child(self) -> dict[str, object]:
            return {
                "stdin": subprocess.PIPE,
                "stdout": subprocess.PIPE,
                "bufsize": 0,
                "creationflags": subprocess.CREATE_NO_WINDOW,
            }

        def settle(self, process: subprocess.Popen[bytes]) -> None:
            self._process = process
            self.sink, self.source = process.stdin.fileno(), process.stdout.fileno()

        def quiet(self) -> bool:
            return self._process.poll() is None

        def cut(self) -> None:
            """Death of the process ends both pipes."""

        def close(self) -> None:
            for file in (self._process.stdin, self._process.stdout):
                try:
                    file.close()
                except OSError:
                    pass

    def _kill(process: subprocess.Popen[bytes]) -> None:
        process.kill()

else:
    import select
    import signal
    import socket
    from typing import Any

    class _Line:
        """A socket pair: unlike a pipe it can be shut although a stray grandchild holds it."""

        def __init__(self) -> None:
            self._ours, self._theirs = socket.socketpair()
            self.sink = self.source = self._ours.fileno()
            self._poll = select.poll()
            self._poll.register(self._ours, select.POLLIN)

        def child(self) -> dict[str, Any]:
            return {"stdin": self._theirs, "stdout": self._theirs, "start_new_session": True}

        def settle(self, process: subprocess.Popen[bytes]) -> None:
            self._theirs.close()

        def quiet(self) -> bool:
            return not self._poll.poll(0)

        def cut(self) -> None:
            try:
                self._ours.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

        def close(self) -> None:
            self._ours.close()
            self._theirs.close()

    def _kill(process: subprocess.Popen[bytes]) -> None:
        if process.returncode is None:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
