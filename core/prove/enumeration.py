"""Every run within an allowance, depth first, each event once for each world it can begin in.

An event is run again for every deviation that it offered. A world that was met before with the same
allowance is not entered a second time: its runs are counted from what was found then.
"""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from core.prove.cashier import Place, Story
from core.prove.chooser import Allowance, Choice, Replay
from core.prove.state import name_of
from core.prove.world import Snapshot

MOST_KEPT = 20  # failing runs that are kept with their choices


@dataclass
class Tally:
    """Runs by their ending, and how often each kind of deviation happened in them."""

    runs: int = 0
    closed: int = 0
    open: int = 0
    wrong: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally, taken: tuple[Choice, ...] = ()) -> None:
        """Add the runs that go on after ``taken``."""
        self.runs += other.runs
        self.closed += other.closed
        self.open += other.open
        self.wrong += other.wrong
        self.kinds.update(other.kinds)
        for choice in taken:
            self.kinds[choice.taken] += other.runs


@dataclass(frozen=True, slots=True)
class Failure:
    """One run that ended wrong: what it was told by, and what was found."""

    deviations: tuple[Choice, ...]
    found: tuple[str, ...]


@dataclass
class Explored:
    """What the walk has seen: ``events`` executed, ``worlds`` told apart."""

    tally: Tally = field(default_factory=Tally)
    failures: list[Failure] = field(default_factory=list)
    events: int = 0
    worlds: int = 0
    ends: int = 0
    seconds: float = 0.0
    complete: bool = True


@dataclass(frozen=True, slots=True)
class _Here:
    world: Snapshot
    place: Place
    left: Allowance
    position: int
    past: tuple[Choice, ...]


class Enumeration:
    """One story, walked through all its runs within ``allowance``."""

    def __init__(
        self, story: Story, ending: Callable[[Story], tuple[str, ...]],
        told: Callable[[Explored], bool] = lambda seen: False, only: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.seen = Explored()
        self._story = story
        self._world = story.world
        self._ending = ending
        self._told = told
        self._only = only
        self._known: dict[tuple[bytes, Allowance], Tally] = {}
        self._begun = 0.0

    def walk(self, allowance: Allowance) -> Explored:
        """All runs; stops early when ``told`` answers that time is over."""
        self._begun = time.monotonic()
        self.seen.tally = self._from(self._here(allowance, 0, ()))
        self.seen.seconds = time.monotonic() - self._begun
        self.seen.worlds = len(self._known)
        return self.seen

    def _here(self, left: Allowance, position: int, past: tuple[Choice, ...]) -> _Here:
        return _Here(self._world.snapshot(), self._story.at, left, position, past)

    def _from(self, here: _Here) -> Tally:
        found = Tally()
        todo: list[dict[int, str]] = [{}]
        while todo and self.seen.complete:
            plan = todo.pop()
            if plan:  # the first event begins where the last one ended
                self._world.restore(here.world)
                self._story.at = here.place
            chooser = self._event(here, plan)
            todo += _more(plan, chooser)
            taken = chooser.taken()
            past = (*here.past, *taken)
            found.add(self._after(chooser, past), taken)
        return found

    def _event(self, here: _Here, plan: dict[int, str]) -> Replay:
        self._world.chooser = chooser = Replay(plan, here.left, here.position, self._only)
        try:
            self._story.turn()
        except Exception as error:  # noqa: BLE001 - whatever breaks is a finding
            self._story.broken(trail(error))
        self.seen.events += 1
        self.seen.seconds = time.monotonic() - self._begun
        if self._told(self.seen):
            self.seen.complete = False
        return chooser

    def _after(self, chooser: Replay, past: tuple[Choice, ...]) -> Tally:
        key = (name_of(self._story), chooser.left)
        known = self._known.get(key)
        if known is None:
            known = self._ended(past) if self._story.over else self._entered(chooser, past)
            self._known[key] = known
        return known

    def _entered(self, chooser: Replay, past: tuple[Choice, ...]) -> Tally:
        return self._from(self._here(chooser.left, chooser.position, past))

    def _ended(self, past: tuple[Choice, ...]) -> Tally:
        self.seen.ends += 1
        pending = bool(self._world.desk.resolve.pending())
        found = self._ending(self._story)
        if found and len(self.seen.failures) < MOST_KEPT:
            self.seen.failures.append(Failure(past, found))
        return Tally(1, int(not pending), int(pending), int(bool(found)))


def trail(error: Exception) -> str:
    """What broke and where, in one line."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{error!r} in {places}"


def _more(plan: dict[int, str], chooser: Replay) -> list[dict[int, str]]:
    """The plans with one more deviation, after the last one of ``plan``."""
    last = max(plan, default=-1)
    return [
        {**plan, choice.position: option}
        for choice in chooser.offered if choice.position > last and not choice.taken
        for option in choice.options
    ]  # fmt: skip
