"""What became of a job that was just sent: printed, held, gone, or still on its way."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from core.printing.port import Job, Queue, Queues, Unseen
from core.words import say, texts

Verdict = Literal["printed", "held", "gone", "on_its_way", "unseen"]
PATIENCE, PAUSE = 3.0, 0.1
SURE = 2  # a trouble counts when it is seen so many times in a row


@dataclass(frozen=True, slots=True)
class Seen:
    """``verdict``; the job's number (0: not seen) and the troubles that hold it.

    ``unseen``: the printing system could not be asked, so nobody knows.
    """

    verdict: Verdict
    job: int = 0
    troubles: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """The troubles in the cashier's words."""
        return in_words(self.troubles)


def machine() -> Queues:
    """The printing system of this machine."""
    if sys.platform == "win32":
        from core.printing.windows import WindowsQueues

        return WindowsQueues()
    from core.printing.cups import CupsQueues

    return CupsQueues()


def in_words(troubles: tuple[str, ...]) -> str:
    """Troubles in Chinese; a word nobody knows stays as it is."""
    known = texts()
    return say("printing.and").join(
        known.get(f"printing.trouble.{word}", word) for word in troubles
    )


def last_number(queues: Queues, name: str) -> int:
    """The newest job's number before ours is sent; ``-1`` when nobody can be asked."""
    try:
        return max((job.number for job in queues.jobs(name)), default=0)
    except Unseen:
        return -1


def watch(
    queues: Queues, name: str, title: str, after: int,
    wait: Callable[[float], None] = time.sleep, patience: float = PATIENCE,
) -> Seen:  # fmt: skip
    """Look at our job (titled ``title``, newer than ``after``) until its fate is clear.

    At most ``patience`` seconds; what is then still going on is ``on_its_way``.
    """
    if after < 0:
        return Seen("unseen")
    seen, held, left = Seen("on_its_way"), 0, patience
    while left > 0:
        began = time.monotonic()
        seen = _newest(queues, name, title, after)
        held = held + 1 if seen.verdict == "held" else 0
        if seen.verdict not in ("on_its_way", "held") or held >= SURE:
            return seen
        wait(PAUSE)
        left -= max(PAUSE, time.monotonic() - began)
    return seen


def look(queues: Queues, name: str, numbers: Iterable[int]) -> dict[int, Seen]:
    """One look at jobs of a queue that were sent earlier."""
    try:
        queue, jobs = queues.see(name)
    except Unseen:
        return {number: Seen("unseen", number) for number in numbers}
    known = {job.number: job for job in jobs}
    return {number: _verdict(known.get(number), queue) for number in numbers}


def _newest(queues: Queues, name: str, title: str, after: int) -> Seen:
    try:
        queue, jobs = queues.see(name)
    except Unseen:
        return Seen("unseen")
    ours = _ours(jobs, title, after)
    return _verdict(ours[-1] if ours else None, queue)


def _ours(jobs: tuple[Job, ...], title: str, after: int) -> list[Job]:
    """The new jobs of our title; where titles are hidden from us, the new ones without any."""
    fresh = [job for job in jobs if job.number > after]
    return [job for job in fresh if job.title == title] or [job for job in fresh if not job.title]


def _verdict(job: Job | None, queue: Queue) -> Seen:
    number = job.number if job else 0
    if job is not None and job.state == "printed":
        return Seen("printed", number)
    if job is not None and job.ended:
        return Seen("gone", number, queue.troubles)
    if not queue.known:
        return Seen("gone", number, ("missing",))
    troubles = tuple(dict.fromkeys((*queue.troubles, *(job.troubles if job else ()))))
    if troubles:
        return Seen("held", number, troubles)
    return Seen("on_its_way", number) if job is not None else Seen("printed")
