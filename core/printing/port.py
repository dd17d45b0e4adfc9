"""What the desk asks of a printing system: how a queue stands and what became of a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

JobState = Literal["waiting", "printing", "printed", "withdrawn", "failed"]
ENDED: frozenset[JobState] = frozenset({"printed", "withdrawn", "failed"})


@dataclass(frozen=True, slots=True)
class Queue:
    """How a queue stands. ``known``: there is one of that name; ``takes``: a new job would begin.

    ``troubles``: why no paper comes, in IPP's words without their level (``media-empty``,
    ``paused``). An idle queue may still carry those of its last job: only a new one clears them.
    """

    name: str
    known: bool = True
    takes: bool = True
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One job: its ``number`` in the system, its title as far as we may see it, what became of it.

    ``troubles`` are the job's own, in the same words as the queue's.
    """

    number: int
    title: str
    state: JobState
    troubles: tuple[str, ...] = ()

    @property
    def ended(self) -> bool:
        """Nothing more will come of it."""
        return self.state in ENDED


class Unseen(Exception):
    """The printing system could not be asked; the text says why. Nothing is known then."""


class Queues(Protocol):
    """A printing system. Every call may raise ``Unseen``; none changes what is printed but
    ``withdraw``."""

    def queue(self, name: str) -> Queue:
        """How the queue ``name`` stands."""
        ...

    def jobs(self, name: str) -> tuple[Job, ...]:
        """The jobs of the queue that the system still knows, ended ones too, oldest first."""
        ...

    def see(self, name: str) -> tuple[Queue, tuple[Job, ...]]:
        """Queue and jobs of the same moment, asked as cheaply as the system allows."""
        ...

    def withdraw(self, name: str, number: int) -> None:
        """Take a job off the queue; one that has ended already is no fault."""
        ...
