"""A printing system that a test moves by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.printing.port import Job, Queue, Unseen


@dataclass
class HandQueues:
    """One queue; ``steps`` are called in turn, one a look, before it answers."""

    name: str = "desk"
    stands: Queue = field(default_factory=lambda: Queue("desk"))
    listed: list[Job] = field(default_factory=list)
    deaf: bool = False
    steps: list = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)

    def queue(self, name: str) -> Queue:
        """How it stands now."""
        self._heard()
        return self.stands if name == self.name else Queue(name, known=False)

    def jobs(self, name: str) -> tuple[Job, ...]:
        """All jobs now."""
        self._heard()
        if self.steps:
            self.steps.pop(0)()
        return tuple(self.listed)

    def see(self, name: str) -> tuple[Queue, tuple[Job, ...]]:
        """Both."""
        jobs = self.jobs(name)
        return self.queue(name), jobs

    def withdraw(self, name: str, number: int) -> None:
        """Take it off."""
        self._heard()
        self.withdrawn.append(number)
        self.become(number, "withdrawn")

    def _heard(self) -> None:
        if self.deaf:
            raise Unseen("nobody there")

    def add(self, number: int, title: str = "M-1", state: str = "waiting") -> None:
        """A job appears."""
        self.listed.append(Job(number, title, state))

    def become(self, number: int, state: str) -> None:
        """A job changes."""
        self.listed = [replace(j, state=state) if j.number == number else j for j in self.listed]

    def trouble(self, *words: str) -> None:
        """What holds the queue from now on."""
        self.stands = replace(self.stands, troubles=words)
