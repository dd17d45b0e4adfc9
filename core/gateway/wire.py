"""What is known of one HTTP exchange while it runs: connected, begun to send, cut, what came.

It listens to the transport's own trace events; nothing else can tell for certain that no byte of a
request has left.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Lock
from typing import Any

CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")
SENDING = ".send_request_headers.started"


class Late(Exception):
    """Time was up before the first byte; nothing leaves any more."""


class LookedOnly(Exception):
    """The way is open; nothing was to be sent."""


class Wire:
    """``sent``: a byte may have left; ``arrived``: the line stands (TLS included); ``late``: it was
    cut; ``got``: bytes of the answer so far. ``look_only``: stop before sending."""

    def __init__(self, look_only: bool = False) -> None:
        self.sent = self.arrived = self.late = False
        self.got = bytearray()
        self._look_only = look_only
        self._line: Any = None
        self._lock = Lock()

    def trace(self, name: str, info: dict[str, Any]) -> None:
        """An event of the transport; raises ``Late`` or ``LookedOnly`` instead of sending."""
        if name in CONNECTED:
            self._line = info["return_value"]
        if name.endswith(SENDING):
            self._gate()
        if self.late and name.startswith("connection."):
            raise Late

    def _gate(self) -> None:
        with self._lock:
            self.arrived = True
            if self._look_only:
                raise LookedOnly
            if self.late:
                raise Late
            self.sent = True

    def cut(self) -> None:
        """Time is up: end the line, wherever it is; any thread."""
        with self._lock:
            self.late = True
            line = self._line
        found = None if line is None else line.get_extra_info("socket")
        if found is not None:
            with suppress(OSError):
                socket.socket.shutdown(found, socket.SHUT_RDWR)
