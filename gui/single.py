"""One window over a home: a second start hands its arguments to the first and ends.

The first holds a lock for as long as it lives (the system drops it with the process) and, as soon
as its window stands, listens on a private line of the machine; who calls must know the key that
lies in the home folder. Lines of the machine are loaded late: a first start shows its window first.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from multiprocessing.connection import Connection, Listener

log = logging.getLogger(__name__)
LONGEST_MESSAGE = 4096
ANSWER_SECONDS = 5.0
AGAIN_SECONDS = 0.05  # between two calls of one that has just begun
TAKEN = b"taken"
Shown = Callable[[str], None]


class SingleInstance:
    """``first`` says whether this process is the first; it then has to ``listen``."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = FileLock(home / "window.lock")
        self._listener: Listener | None = None

    def first(self) -> bool:
        """Become the one window of the home, or find that there is one already."""
        self._home.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def hand_over_soon(self, visit: str) -> bool:
        """As ``hand_over``, to a window that is there but may have begun only now."""
        end = time.monotonic() + ANSWER_SECONDS
        while not (taken := self.hand_over(visit)) and time.monotonic() < end:
            time.sleep(AGAIN_SECONDS)
        return taken

    def hand_over(self, visit: str) -> bool:
        """Give ``visit`` to the window that is there; False when it does not answer."""
        from multiprocessing import AuthenticationError
        from multiprocessing.connection import Client

        try:
            with Client(_address(self._home), authkey=self._key()) as line:
                line.send_bytes(visit.encode("utf-8")[:LONGEST_MESSAGE])
                return line.poll(ANSWER_SECONDS) and line.recv_bytes() == TAKEN
        except (OSError, EOFError, AuthenticationError):
            return False

    def end(self) -> None:
        """Let the next one be the first; harmless twice."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.close()
        self._lock.release()

    def _key(self) -> bytes:
        return (self._home / "window.key").read_bytes()

    def listen(self, shown: Shown) -> None:
        """Hear later starts: ``shown`` gets what they hand over (a visit number, or empty: only
        show yourself), in a thread of its own."""
        from multiprocessing.connection import Listener

        key, address = secrets.token_bytes(32), _address(self._home)
        try:
            _keep(self._home / "window.key", key)
            if sys.platform != "win32":
                Path(address).unlink(missing_ok=True)  # left by a killed one: the lock is ours
            self._listener = Listener(address, authkey=key)
        except OSError as error:
            log.warning("a second start will not find this window: %s", error)
            return
        threading.Thread(target=self._serve, args=(self._listener, shown), daemon=True).start()

    def _serve(self, listener: Listener, shown: Shown) -> None:
        from multiprocessing import AuthenticationError

        while self._listener is listener:
            try:
                with listener.accept() as line:
                    _take(line, shown)
            except (AuthenticationError, EOFError):
                continue
            except OSError:
                return


def _take(line: Connection, shown: Shown) -> None:
    if line.poll(ANSWER_SECONDS):
        shown(line.recv_bytes(LONGEST_MESSAGE).decode("utf-8", "replace"))
        line.send_bytes(TAKEN)


def _keep(path: Path, key: bytes) -> None:
    path.unlink(missing_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        os.write(file, key)
    finally:
        os.close(file)


def _address(home: Path) -> str:
    """A name of the machine's own for this home, short enough for a socket."""
    digest = hashlib.sha256(str(home.absolute()).encode()).hexdigest()[:24]
    if sys.platform == "win32":
        return rf"\\.\pipe\gsdesk-{digest}"
    return str(
        Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"gsdesk-{digest}"
    )
