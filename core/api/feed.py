"""What happens at the desk, as the hospital's programs follow it: long poll and event stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from fastapi.concurrency import run_in_threadpool

from core.api.models import NoticeOut, NoticesOut
from core.domain.errand import Notice
from core.events import Event, Events
from core.service.errands import Errands

MOST_NOTICES = 500
HEARTBEAT = 15.0  # seconds; a line that says nothing is closed by what lies between


class Bell:
    """Wakes everybody who waits in the event loop when something happened in any thread."""

    def __init__(self, events: Events) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Event] = set()
        self.stop = events.listen(self._heard)

    def _heard(self, _: Event) -> None:
        self.wake()

    def wake(self) -> None:
        """From any thread: wake all."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            with suppress(RuntimeError):  # closed meanwhile
                loop.call_soon_threadsafe(self.ring)

    def ring(self) -> None:
        """In the loop: wake all."""
        for one in self._waiting:
            one.set()

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Set when something happened; clear it before looking."""
        self._loop = asyncio.get_running_loop()
        one = asyncio.Event()
        self._waiting.add(one)
        try:
            yield one
        finally:
            self._waiting.discard(one)


async def _heard(rang: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await rang.wait()
    except TimeoutError:
        return False
    return True


class Feed:
    """Notices after a number, at once or when there are some; ``ends``: the server closes."""

    def __init__(self, errands: Errands, bell: Bell, ends: Callable[[], bool]) -> None:
        self._errands, self._bell, self._ends = errands, bell, ends

    async def _after(self, number: int, limit: int) -> tuple[Notice, ...]:
        return await run_in_threadpool(self._errands.notices, number, limit)

    async def start(self, after: int | None) -> int:
        """Where to begin: after that number, or from now on."""
        return await run_in_threadpool(self._errands.last_notice) if after is None else after

    async def poll(self, after: int | None, limit: int, seconds: float) -> NoticesOut:
        """What there is; where there is nothing, what comes within so many seconds."""
        number = await self.start(after)
        end = asyncio.get_running_loop().time() + seconds
        with self._bell.listening() as rang:
            found = await self._after(number, limit)
            while not found and (left := end - asyncio.get_running_loop().time()) > 0:
                await _heard(rang, left)
                if self._ends():
                    break
                rang.clear()
                found = await self._after(number, limit)
        last = found[-1].number if found else number
        return NoticesOut(last=last, notices=[notice_out(one) for one in found])

    async def stream(self, after: int | None, seconds: float) -> AsyncIterator[bytes]:
        """Server-sent events for so many seconds; the caller comes back with its last id."""
        number = await self.start(after)
        end = asyncio.get_running_loop().time() + seconds
        yield f"retry: 1000\nid: {number}\n: gsdesk\n\n".encode()
        with self._bell.listening() as rang:
            while not self._ends():
                rang.clear()
                found = await self._after(number, MOST_NOTICES)
                for one in found:
                    number = one.number
                    yield _event(one)
                left = end - asyncio.get_running_loop().time()
                if left <= 0:
                    return
                if not found and not await _heard(rang, min(left, HEARTBEAT)):
                    yield b": still here\n\n"


def notice_out(one: Notice) -> NoticeOut:
    """As it goes over the line."""
    return NoticeOut(**{**one.model_dump(), "at": one.at.isoformat()})


def _event(one: Notice) -> bytes:
    data: Any = json.dumps(notice_out(one).model_dump(), ensure_ascii=False)
    return f"id: {one.number}\nevent: {one.kind}\ndata: {data}\n\n".encode()
