"""Gateways for tests: made with one call, recorded, and closed whatever happens."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from core.events import Events, LibraryState
from core.gateway.dll.supervisor import DllGateway
from core.gateway.port import Answer, NoReply, Reply, Unsent
from core.settings import CentreSettings
from tests.helpers.servers import SERVERS

LONG = 60.0
"""A deadline that no healthy call reaches, however slow the machine."""
SHORT = 0.3
"""A deadline that a hung library passes."""


class Bench:
    """A gateway with its home and all it announced."""

    def __init__(self, home: Path, library: Path, environment: dict[str, str], settings: Any):
        self.home = home
        self.heard: list[LibraryState] = []
        events = Events()
        events.listen(lambda event: self.heard.append(event))  # type: ignore[arg-type]
        self.gateway = DllGateway(
            CentreSettings(**settings), home, events, environment, library=library
        )

    def say(self, text: str | bytes, deadline: float = LONG) -> Answer:
        """One call with ``text`` as the request."""
        payload = text.encode("gbk") if isinstance(text, str) else text
        return self.gateway.call("9999", payload, deadline)

    def states(self) -> list[str]:
        """The states announced so far."""
        return [event.state for event in self.heard]

    def vendor_log(self) -> str:
        """All the library has printed; close the gateway first."""
        path = self.home / "logs" / "vendor.log"
        return path.read_text("utf-8") if path.exists() else ""


@contextmanager
def bench(home: Path, file: Path, environment: Any = None, /, **settings: Any) -> Iterator[Bench]:
    """A gateway over the library ``file`` that is closed at the end."""
    made = Bench(home, file, environment or {}, settings)
    try:
        yield made
    finally:
        made.gateway.close()


def reply(answer: Answer) -> bytes:
    """The payload of a reply with status 0."""
    assert isinstance(answer, Reply), answer
    assert answer.status == 0
    return answer.payload


def no_reply(answer: Answer) -> str:
    """The cause of a call that may have happened."""
    assert isinstance(answer, NoReply), answer
    assert answer.text
    return answer.cause


def unsent(answer: Answer) -> str:
    """The cause of a call that has not happened."""
    assert isinstance(answer, Unsent), answer
    assert answer.text
    return answer.cause


def alive(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_gone(pid: int, seconds: float = 30.0) -> None:
    """Wait until the process has ended; fails when it lives on."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], seconds)[0], f"process {pid} lives on"
    finally:
        os.close(handle)


def open_files() -> int:
    """How many descriptors this process holds."""
    return psutil.Process().num_fds() if sys.platform != "win32" else 0


def children() -> list[int]:
    """The processes this one has started and not reaped, servers of the session's own aside."""
    found = [child for child in psutil.Process().children() if child.pid not in SERVERS]
    return [one.pid for child in found for one in (child, *child.children(recursive=True))]


def eventually(holds: Callable[[], bool], tries: int = 3000) -> None:
    """Yield to other threads until ``holds``; fails after many tries."""
    pause = select.poll()
    for _ in range(tries):
        if holds():
            return
        pause.poll(10)
    raise AssertionError("it never came true")
