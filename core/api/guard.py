"""Who may come in: this machine's own name, no foreign page, a token, not too often, not too much.

Plain ASGI before anything else looks at a request, so that nothing of a stranger's is parsed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from fastapi.datastructures import Headers

from core.api.problems import Wrong, of_desk_error, of_wrong
from core.clock import Clock
from core.errors import DeskError, fault
from core.service.callers import Callers

Scope = MutableMapping[str, Any]  # the words of ASGI
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
STRANGERS_PER_MINUTE = 60  # requests without a valid token, of all together
BODY_SECONDS = 15.0
DROPPED_BYTES, DROPPED_SECONDS = 4 * 1024 * 1024, 3.0  # of a refused body
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
JSON = "application/json"


@dataclass(slots=True)
class Bucket:
    """So many a minute, all at once if need be."""

    per_minute: int
    left: float = 0.0  # requests, not money
    at: float = field(default=-1.0)

    def take(self, now: float) -> int:
        """0: go on; else seconds to wait."""
        if self.at < 0:
            self.left = self.per_minute
        else:
            self.left = min(self.per_minute, self.left + (now - self.at) * self.per_minute / 60)
        self.at = now
        if self.left < 1:
            return max(1, round((1 - self.left) * 60 / self.per_minute))
        self.left -= 1
        return 0


class Body:
    """A request's body as it arrives; ``ended``: nothing more of it will."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.ended = False

    async def part(self) -> bytes:
        """The next bytes; the caller may have gone, too."""
        message = await self._receive()
        self.ended = message["type"] != "http.request" or not message.get("more_body")
        return bytes(message.get("body", b""))

    async def whole(self, most: int) -> bytes:
        """All of it; raises ``Wrong`` as soon as there are more than ``most`` bytes."""
        found = bytearray()
        while not self.ended:
            found += await self.part()
            if len(found) > most:
                raise Wrong(413, fault("api.too_large", most=most // 1024))
        return bytes(found)

    async def drop(self) -> None:
        """Let a caller that is refused finish what it is sending, within bounds.

        A connection that is closed with bytes unread is reset, and the answer is lost on the way.
        """
        left = DROPPED_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(DROPPED_SECONDS):
                while left > 0 and not self.ended:
                    left -= len(await self.part())


class Guard:
    """Lets through what may come in, with ``scope["state"]["caller"]``; answers the rest itself."""

    def __init__(self, app: Application, callers: Callers, clock: Clock, port: int) -> None:
        self._app, self._callers, self._clock = app, callers, clock
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._strangers = Bucket(STRANGERS_PER_MINUTE)
        self._known: dict[str, Bucket] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError("HTTP only")
        headers, body = Headers(scope=scope), Body(receive)
        try:
            self._look_at_origin(headers)
            caller = self._caller(headers)
            content = await self._content(scope, headers, body)
        except Wrong as wrong:
            refusal = of_wrong(wrong)
        except DeskError as error:  # the settings cannot be read: nobody is known
            refusal = of_desk_error(error)
        else:
            scope.setdefault("state", {})["caller"] = caller
            await self._app(scope, _replayed(content, receive), send)
            return
        if "expect" not in headers:  # who waits for our word sends nothing yet
            await body.drop()
        if not body.ended:
            refusal.headers["Connection"] = "close"
        await refusal(scope, receive, send)

    def _look_at_origin(self, headers: Headers) -> None:
        """A page in a browser may neither use a foreign name for this machine nor come from one."""
        host = headers.get("host", "").lower()
        if host not in self._hosts:
            raise Wrong(403, fault("api.host", "Host"))
        origin = headers.get("origin", "")
        if origin and origin.lower() not in {f"http://{name}" for name in self._hosts}:
            raise Wrong(403, fault("api.origin", "Origin"))
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Wrong(403, fault("api.origin", "Sec-Fetch-Site"))

    def _caller(self, headers: Headers) -> str:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        caller = self._callers.of(token.strip()) if scheme.lower() == "bearer" else None
        bucket = self._bucket(caller)
        if wait := bucket.take(self._clock.monotonic()):
            raise Wrong(429, fault("api.too_often", seconds=wait), Retry_After=str(wait))
        if caller is None:
            raise Wrong(401, fault("api.token", "Authorization"), WWW_Authenticate="Bearer")
        return caller

    def _bucket(self, caller: str | None) -> Bucket:
        if caller is None:
            return self._strangers
        most = self._callers.settings.per_minute
        bucket = self._known.get(caller)
        if bucket is None or bucket.per_minute != most:
            bucket = self._known[caller] = Bucket(most)
        return bucket

    async def _content(self, scope: Scope, headers: Headers, body: Body) -> bytes:
        """All of the body, within size and time."""
        if scope["method"] not in WITH_BODY:
            return b""
        if headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise Wrong(415, fault("api.media", "Content-Type"))
        most = self._callers.settings.body_kib * 1024
        length = headers.get("content-length", "")
        if length.isdecimal() and (len(length) > 12 or int(length) > most):
            raise Wrong(413, fault("api.too_large", most=most // 1024))
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await body.whole(most)
        except TimeoutError:
            raise Wrong(408, fault("api.too_slow")) from None


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body that was read, once; then whatever the line says."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
