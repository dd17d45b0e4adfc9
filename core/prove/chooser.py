"""Choices: where something may go wrong, what does, and the list that replays it.

A run is fully told by its deviations: ``{position: option}``, everywhere else the plain course is
taken. Positions count every place where anything could have deviated, so a list replays the same
run whatever made it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

PLAIN = ""
ACT = "cashier"  # choices of the people at the desk have an allowance of their own
Deviations = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One place where a deviation was offered and what was taken (``PLAIN``: none)."""

    position: int
    point: str
    options: tuple[str, ...]
    taken: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many faults, and how many acts of people, may still happen."""

    faults: int
    acts: int

    def covers(self, point: str) -> bool:
        """Is there any left for this place?"""
        return (self.acts if point == ACT else self.faults) > 0

    def less(self, point: str) -> Allowance:
        """What is left after one deviation there."""
        if point == ACT:
            return Allowance(self.faults, self.acts - 1)
        return Allowance(self.faults - 1, self.acts)


class Chooser(Protocol):
    """Asked at every place where something may deviate."""

    def pick(self, point: str, options: Sequence[str]) -> str:
        """One of ``options``, or ``PLAIN``."""
        ...


class Plain:
    """Nothing ever deviates."""

    def pick(self, point: str, options: Sequence[str]) -> str:
        """The plain course."""
        return PLAIN


class Replay:
    """Takes the deviations of a list within an allowance and keeps what it was offered.

    ``only``: no other kinds are offered (empty: all are).
    """

    def __init__(
        self, plan: Deviations, left: Allowance, position: int = 0,
        only: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.left = left
        self.position = position
        self.offered: list[Choice] = []
        self._plan = plan
        self._only = only

    def pick(self, point: str, options: Sequence[str]) -> str:
        """What the list says for this place, if it is offered and allowed."""
        position, self.position = self.position, self.position + 1
        options = [one for one in options if not self._only or one in self._only]
        if not options or not self.left.covers(point):
            return PLAIN
        taken = self._plan.get(position, PLAIN)
        taken = taken if taken in options else PLAIN
        self.offered.append(Choice(position, point, tuple(options), taken))
        if taken:
            self.left = self.left.less(point)
        return taken

    def taken(self) -> tuple[Choice, ...]:
        """The deviations that happened, in order."""
        return tuple(choice for choice in self.offered if choice.taken)


class Dice:
    """Deviates by chance: one random stream a seed, ``often`` of a thousand places."""

    def __init__(self, seed: int, left: Allowance, often: int) -> None:
        self.left = left
        self.position = 0
        self.offered: list[Choice] = []
        self._chance = random.Random(seed)
        self._often = often

    def pick(self, point: str, options: Sequence[str]) -> str:
        """Now and then one of the options; people act oftener than lines fail, and processes die
        at so many places that each is spared mostly."""
        position, self.position = self.position, self.position + 1
        often = self._often * (3 if point == ACT else 1) // (4 if len(options) == 1 else 1)
        if not options or not self.left.covers(point) or self._chance.randrange(1000) >= often:
            return PLAIN
        taken = self._chance.choice(list(options))
        self.offered.append(Choice(position, point, tuple(options), taken))
        self.left = self.left.less(point)
        return taken

    def taken(self) -> tuple[Choice, ...]:
        """The deviations that happened, in order."""
        return tuple(self.offered)


def written(deviations: Deviations) -> str:
    """``12=reply_lost,17=die``: as ``--choices`` takes it."""
    return ",".join(f"{position}={deviations[position]}" for position in sorted(deviations))


def read(text: str) -> dict[int, str]:
    """The list behind ``--choices``; raises ``ValueError`` for anything else."""
    found: dict[int, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        position, _, option = part.partition("=")
        if not (position.isascii() and position.isdigit() and option):
            raise ValueError(part)
        found[int(position)] = option
    return found
