"""Turns the API on and off; light, so that a desk without it loads nothing of it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from core.errors import DeskError

if TYPE_CHECKING:
    from core.api.server import Server
    from core.app import Desk

log = logging.getLogger(__name__)


class Switch:
    """One server of one desk; ``trouble`` is why it does not serve although it should."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._server: Server | None = None
        self.trouble = ""

    @property
    def address(self) -> str:
        """Where it answers, or empty."""
        server = self._server
        return server.address if server is not None and server.alive else ""

    def start(self) -> str:
        """Serve where the settings say so; gives the address, or empty with ``trouble`` set."""
        settings = self._desk.settings.api
        with self._lock:
            if settings.enabled and not self.address:
                self._serve(settings.port)
        return self.address

    def _serve(self, port: int) -> None:
        from core.api.server import Server  # loaded late: a desk without the API needs none of it

        try:
            self._server, self.trouble = Server(self._desk, port), ""
        except DeskError as error:
            self.trouble = str(error)
            log.error("the API does not serve: %s", error)

    def close(self) -> None:
        """Serve no more; safe to call twice."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.close()
