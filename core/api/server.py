"""The API's server: one thread of the program's process, one port of this machine alone."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from typing import TYPE_CHECKING

import uvicorn

from core.api.build import build
from core.api.feed import Bell
from core.errors import SetupError, fault

if TYPE_CHECKING:
    from core.app import Desk

log = logging.getLogger(__name__)
HOST = "127.0.0.1"
ENDS_WITHIN = 5.0  # seconds for requests under way when the desk closes
AT_ONCE = 64


class Server:
    """Serves from the moment it is made until ``close``; ``SetupError`` where the port is taken.

    ``port`` 0 takes any that is free.
    """

    def __init__(self, desk: Desk, port: int) -> None:
        self._socket = _bound(port)
        self.port: int = self._socket.getsockname()[1]
        self._bell = Bell(desk.events)
        app = build(desk, self.port, self._bell, lambda: self._server.should_exit)
        self._server = uvicorn.Server(uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", loop="asyncio",
            http="h11", server_header=False, date_header=False, limit_concurrency=AT_ONCE,
            timeout_keep_alive=5, timeout_graceful_shutdown=int(ENDS_WITHIN),
            h11_max_incomplete_event_size=32 * 1024, proxy_headers=False,
        ))  # fmt: skip
        self._thread = threading.Thread(target=self._serve, name="api", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def alive(self) -> bool:
        """Does it still serve?"""
        return self._thread.is_alive()

    def _serve(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except Exception:
            log.exception("the API ended")

    def close(self) -> None:
        """End what waits, let what runs end, give the port back; safe to call twice."""
        self._server.should_exit = True
        self._bell.stop()
        self._bell.wake()
        self._thread.join(ENDS_WITHIN + 5)
        self._socket.close()


def _bound(port: int) -> socket.socket:
    """A socket that listens here only; nobody else can take the port beside us."""
    try:
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if sys.platform == "win32":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
        made.listen(AT_ONCE)
    except OSError as error:
        made.close()
        raise SetupError(fault("api.port", port=port, error=error.strerror or error)) from error
    return made
