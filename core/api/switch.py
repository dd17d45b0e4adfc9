"""Turns the API on and off; light, so that a desk without it loads nothing of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.errors import DeskError
from core.his.port import Tested
from core.words import say

if TYPE_CHECKING:
    from core.api.server import Server
    from core.app import Desk

log = logging.getLogger(__name__)
PATIENCE = 10.0


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

    def test(self) -> tuple[Tested, ...]:
        """What the test button shows: it serves, knows a token, and keeps a foreign page out."""
        import httpx  # loaded late, as the server

        address = self.address
        if not address:
            return (Tested(say("api.test.serves"), False, self.trouble or say("api.test.off")),)
        found = [Tested(say("api.test.serves"), True, say("api.test.at", address=address))]
        headers = {"Authorization": f"Bearer {self._desk.outside.callers.own}"}
        foreign = {**headers, "Origin": "http://example.invalid"}
        wanted: tuple[tuple[str, dict[str, str], int], ...] = (
            ("token", headers, 200),
            ("stranger", {}, 401),
            ("foreign", foreign, 403),
        )
        with httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False) as line:
            for name, sent, status in wanted:
                found.append(_tried(line, name, sent, status))
        return tuple(found)

    def close(self) -> None:
        """Serve no more; safe to call twice."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.close()


def _tried(line: Any, name: str, headers: Mapping[str, str], wanted: int) -> Tested:
    """One request of the test: answered as it should be?"""
    import httpx

    try:
        status = line.get("/v1/desk", headers=headers).status_code
    except httpx.HTTPError as error:
        status = str(error) or type(error).__name__
    good = status == wanted
    text = say(f"api.test.{name}_{'good' if good else 'bad'}", status=status)
    return Tested(say(f"api.test.{name}"), good, text)
