"""The gateway over HTTP: one lane, one POST a call, a deadline for the whole call.

Every call has a connection of its own, so that what happens before the first byte of the request
(name, connection, TLS) is provably *unsent*; from that byte on the call ends as ``Reply`` or
``NoReply``. A server that is late is cut off, wherever it dawdles. Redirects are not followed,
proxies of the environment not used.
"""

from __future__ import annotations

import logging
import socket
import ssl
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.centre_settings import CentreSettings
from core.gateway import soap
from core.gateway.lane import LARGEST_REQUEST, OneLane, bounded
from core.gateway.port import Answer, Health, NoReply, Reply, Unsent
from core.gateway.wire import Wire
from core.words import say

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
FINE = 200


class TooLarge(Exception):
    """The answer goes on beyond the limit; carries what came."""

    def __init__(self, got: bytes) -> None:
        super().__init__(len(got))
        self.got = got


class CannotPrepare(Exception):
    """No client can be made: ``cause`` and the sentence."""

    def __init__(self, cause: str, text: str) -> None:
        super().__init__(text)
        self.cause, self.text = cause, text


class HttpGateway(OneLane):
    """``Gateway`` (core/gateway/port.py) over ``[centre] url``; ``home`` is where a relative ``ca``
    lies. Any thread may call; calls are served one at a time. A status 200 is the port's 0, any
    other is itself."""

    def __init__(self, settings: CentreSettings, home: Path, url: str = "") -> None:
        super().__init__()
        self._settings = settings
        self._home = home
        self._url = url or settings.url
        self._client: httpx.Client | None = None

    def call(self, code: str, payload: bytes, deadline: float) -> Answer:
        """POST ``payload`` (wire encoding) and wait at most ``deadline`` seconds for all of the
        answer; never raises."""
        with self._lane:
            if self._closed:
                return Unsent("closed", say("gateway.closed"))
            try:
                body = self._body(code, payload)
                client = self._ready()
            except CannotPrepare as problem:
                return Unsent(problem.cause, problem.text)
            return self._exchange(client, body, bounded(deadline))

    def _body(self, code: str, payload: bytes) -> bytes:
        if len(payload) > LARGEST_REQUEST:
            text = say("gateway.bad_request", limit=LARGEST_REQUEST)
            raise CannotPrepare("bad_request", text)
        if not self._settings.relay:
            return payload
        try:
            return soap.wrap(payload, code, self._settings.relay_namespace)
        except ValueError as error:
            text = say("gateway.bad_request", limit=LARGEST_REQUEST)
            raise CannotPrepare("bad_request", text) from error

    def _ready(self) -> httpx.Client:
        if self._client is None:
            import httpx  # loaded late: a desk that only reads its journal needs none of it

            self._client = httpx.Client(
                verify=self._trust(), trust_env=False, follow_redirects=False, headers=HEADERS,
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
            )  # fmt: skip
        return self._client

    def _trust(self) -> ssl.SSLContext:
        path = (self._home / self._settings.ca) if self._settings.ca else None
        try:
            return ssl.create_default_context(cafile=path)
        except (OSError, ssl.SSLError) as error:
            text = say("gateway.http.ca_unreadable", path=path, detail=error)
            raise CannotPrepare("ca_unreadable", text) from error

    def _exchange(self, client: httpx.Client, body: bytes, deadline: float) -> Answer:
        wire, began = Wire(), time.perf_counter()
        self._watchdog.arm(deadline, wire.cut)
        try:
            status, reply = self._post(client, body, deadline, wire)
        except Exception as error:  # whatever it is, the wire knows whether anything has left
            log.debug("no whole answer from %s", self._url, exc_info=True)
            self._watchdog.disarm()
            return self._failed(error, wire, deadline, _since(began))
        finally:
            self._watchdog.disarm()
        found = soap.unwrap(reply) if self._settings.relay else reply
        return Reply(0 if status == FINE else status, found, _since(began))

    def _post(
        self, client: httpx.Client, body: bytes, deadline: float, wire: Wire
    ) -> tuple[int, bytes]:
        more: dict[str, Any] = {"trace": wire.trace}
        with client.stream(
            "POST", self._url, content=body, headers=self._headers(), timeout=deadline,
            extensions=more,
        ) as response:  # fmt: skip
            return response.status_code, self._taken(response, wire)

    def _taken(self, response: httpx.Response, wire: Wire) -> bytes:
        got = wire.got
        for part in response.iter_bytes():
            got += part
            if len(got) > self._settings.output_size:
                raise TooLarge(bytes(got[: self._settings.output_size]))
        return bytes(got)

    def _headers(self) -> dict[str, str]:
        found = {"Content-Type": self._settings.content_type}
        if self._settings.relay:
            found["SOAPAction"] = f'"{self._settings.relay_namespace}{soap.METHOD}"'
        return found

    def _failed(self, error: Exception, wire: Wire, deadline: float, ms: int) -> Answer:
        if not wire.sent:
            cause = _before(error, wire)
            return Unsent(cause, self._says(cause, error, deadline))
        cause, got = "line_cut", bytes(wire.got)
        if isinstance(error, TooLarge):
            cause, got = "reply_too_large", error.got
        elif wire.late or _is_timeout(error):
            cause = "deadline"
        return NoReply(cause, self._says(cause, error, deadline), ms, got)

    def _says(self, cause: str, error: Exception, deadline: float) -> str:
        return say(
            f"gateway.http.{cause}", url=self._url, detail=_detail(error), seconds=deadline,
            limit=self._settings.output_size,
        )  # fmt: skip

    def _busy(self) -> Health:
        return self._known("ok", say("gateway.http.busy"))

    def _looked(self) -> Health:
        """Whether a connection (and TLS) comes about; sends nothing."""
        if self._closed:
            return self._known("failed", say("gateway.closed"))
        try:
            client, wire = self._ready(), Wire(look_only=True)
        except CannotPrepare as problem:
            return self._known("failed", problem.text)
        self._watchdog.arm(LOOK_SECONDS, wire.cut)
        try:
            self._post(client, b"", LOOK_SECONDS, wire)
        except Exception as error:
            log.debug("a look at %s", self._url, exc_info=True)
            if not wire.arrived:
                cause = _before(error, wire)
                return self._known("failed", self._says(cause, error, LOOK_SECONDS))
        finally:
            self._watchdog.disarm()
        return self._known("ok", say("gateway.http.ready", url=self._url))

    def _known(self, state: str, says: str) -> Health:
        return Health(state, says, path=self._url)

    def _end(self) -> None:
        self._watchdog.close()
        if self._client is not None:
            self._client.close()


HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


def _is_timeout(error: Exception) -> bool:
    import httpx

    return isinstance(error, httpx.TimeoutException)


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _before(error: Exception, wire: Wire) -> str:
    """Why nothing has left: late, no such name, no TLS, or nobody there."""
    chain = _chain(error)
    if wire.late or _is_timeout(error):
        return "connect_deadline"
    if any(isinstance(one, socket.gaierror) for one in chain):
        return "address_unknown"
    if any(isinstance(one, ssl.SSLError) for one in chain):
        return "tls_failed"
    return "unreachable"


def _detail(error: Exception) -> str:
    """The system's own words, from the innermost error that has some."""
    return next((str(one) for one in reversed(_chain(error)) if str(one)), repr(error))
