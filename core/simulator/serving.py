"""How a simulated centre's server lives: one call at a time, an end without loss.

What travels over a connection is the handler's business.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import socketserver
import sys
import threading
from collections.abc import Callable

from core.clock import stamp
from core.simulator.faults import Served
from core.simulator.machine import Machine

log = logging.getLogger(__name__)
HOST = "127.0.0.1"


class Serving(socketserver.ThreadingTCPServer):
    """Listens on 127.0.0.1 (``port`` 0: any free one) until somebody calls ``end``."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    failed = Served(-2, b"internal error")
    """What goes back for a fault of our own."""

    def __init__(
        self, centre: Machine, handler: type[socketserver.BaseRequestHandler], port: int = 0
    ) -> None:
        self.centre = centre
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._signals = False
        self._wake, self._waker = socket.socketpair()
        super().__init__((HOST, port), handler)

    @property
    def address(self) -> str:
        """host:port."""
        return f"{HOST}:{self.server_address[1]}"

    def get_request(self) -> tuple[socket.socket, object]:
        """Small messages must not wait for each other."""
        line, peer = super().get_request()
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line, peer

    def centre_call(self, payload: bytes) -> Served:
        """One call at a time; a fault of our own becomes ``failed``, and a line in the log."""
        with self._lock:
            if self.over.is_set():
                return Served(ending="close")
            try:
                return self.centre.handle(payload)
            except Exception:
                log.exception("the simulated centre failed at %s", stamp(self.centre.now()))
                return self.failed

    def run(self, ready: Callable[[str], None]) -> None:
        """Serve until ``end``; ``ready`` is told the address when it listens.

        Afterwards no call is under way and none will begin, so the books may be closed.
        """
        thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            ready(self.address)
            self._wake.recv(1)
        finally:
            with self._lock:
                self.over.set()
            self.shutdown()
            self.server_close()

    def server_close(self) -> None:
        """Close the listening socket and the waking ones."""
        super().server_close()
        if self._signals:
            signal.set_wakeup_fd(-1)
        self._wake.close()
        self._waker.close()

    def end(self) -> None:
        """End ``run``, from any thread; harmless afterwards."""
        with contextlib.suppress(OSError):
            self._waker.send(b"e")

    def end_with_signals(self) -> None:
        """End on SIGTERM and SIGINT.

        The kernel may hand a signal to any thread while the main one sleeps, so it is the byte in
        the waking socket that ends ``run``, not the handler.
        """
        self._waker.setblocking(False)
        self._signals = True
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)

    def end_with_parent(self) -> None:
        """End when standard input closes, that is when the parent has gone."""

        def watch() -> None:
            while os.read(sys.stdin.fileno(), 64):
                pass
            self.end()

        threading.Thread(target=watch, daemon=True).start()
