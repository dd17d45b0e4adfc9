"""What ``gsdesk prove`` runs: all runs of a flow, runs by chance, whole days, or one list.

A failing run is shrunk to a small list that still fails, and names the command that replays it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from core.prove.aftermath import ending
from core.prove.cashier import Story
from core.prove.chooser import Allowance, Choice, Dice, Replay, written
from core.prove.days import Days
from core.prove.enumeration import Enumeration, Explored, Tally, trail
from core.prove.flows import FLOWS, prepared
from core.prove.world import Habits, World

DAYS = "random"
OFTEN = 100  # of a thousand places
ENDLESS = Allowance(1_000_000, 1_000_000)
MOST_FAILED = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What to run: ``faults`` and ``acts`` a run at most, ``seconds`` for all (0: no end)."""

    faults: int = 2
    acts: int = 0
    habits: Habits = field(default_factory=Habits)
    only: frozenset[str] = frozenset()
    seconds: float = 0.0

    @property
    def allowance(self) -> Allowance:
        """As the chooser takes it."""
        return Allowance(self.faults, self.acts)


@dataclass(frozen=True, slots=True)
class Failed:
    """One wrong run: its flow, seed (days only), shrunk choices, and what was found."""

    flow: str
    seed: int
    choices: tuple[Choice, ...]
    found: tuple[str, ...]

    @property
    def plan(self) -> str:
        """As ``--choices`` takes it."""
        return written({choice.position: choice.taken for choice in self.choices})


@dataclass
class Shown:
    """What came out of a flow; ``seconds`` of this process, ``complete``: every run was walked."""

    flow: str
    tally: Tally = field(default_factory=Tally)
    failed: list[Failed] = field(default_factory=list)
    events: int = 0
    worlds: int = 0
    seconds: float = 0.0
    complete: bool = True


Told = Callable[[Shown], None]
Again = Callable[[Mapping[int, str]], Shown]


def _silent(shown: Shown) -> None:
    """Nobody listens."""


class Stage:
    """A world with a visit at the place before the flow's step, put back before every run."""

    def __init__(self, flow: str, habits: Habits) -> None:
        self.world = World(habits)
        self.story = Story(self.world, FLOWS[flow], prepared(self.world, FLOWS[flow]))
        self._start, self._place = self.world.snapshot(), self.story.at

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *ending: object) -> None:
        self.world.close()

    def run(self, chooser: Replay | Dice) -> Shown:
        """One run from the beginning to its end."""
        self.world.restore(self._start)
        self.story.at = self._place
        self.world.chooser = chooser
        begun, events = time.monotonic(), 0
        while not self.story.over:
            try:
                self.story.turn()
            except Exception as error:  # noqa: BLE001 - whatever breaks is a finding
                self.story.broken(trail(error))
            events += 1
        pending = bool(self.world.desk.resolve.pending())
        shown = _ended(Shown(self.story.flow.name), pending, ending(self.story))
        shown.events, shown.seconds = events, time.monotonic() - begun
        return shown


def every_run(flow: str, asked: Asked, told: Told = _silent) -> Shown:
    """All runs of ``flow`` within the allowance, or as many as the time allows."""
    shown = Shown(flow)
    with Stage(flow, asked.habits) as stage:

        def heard(seen: Explored) -> bool:
            shown.events, shown.seconds = seen.events, seen.seconds
            told(shown)
            return bool(asked.seconds) and seen.seconds > asked.seconds

        walk = Enumeration(stage.story, ending, heard, asked.only)
        seen = walk.walk(asked.allowance)
        shown.tally, shown.worlds, shown.complete = seen.tally, seen.worlds, seen.complete
        shown.seconds = seen.seconds
        kept = [Failed(flow, 0, one.deviations, one.found) for one in seen.failures]
        shown.failed = [shrunk(one, _again(stage)) for one in kept[:MOST_FAILED]]
    return shown


def one_run(flow: str, plan: Mapping[int, str], asked: Asked) -> Shown:
    """The run that a list of choices tells."""
    chooser = Replay(plan, ENDLESS)
    with Stage(flow, asked.habits) as stage:
        one = stage.run(chooser)
    return _told_by(one, chooser.taken(), 0)


def by_chance(flow: str, seeds: range, asked: Asked, told: Told = _silent) -> Shown:
    """One run a seed."""
    if flow == DAYS:
        return _many(flow, seeds, asked, told, lambda seed: _chance_days(seed, asked))
    with Stage(flow, asked.habits) as stage:
        return _many(flow, seeds, asked, told, lambda seed: _chance_run(stage, seed, asked))


def replayed_days(seed: int, plan: Mapping[int, str], asked: Asked) -> Shown:
    """The days of a seed with other choices."""
    return _days(seed, Replay(plan, ENDLESS), asked)


def _many(flow: str, seeds: range, asked: Asked, told: Told, run: Callable[[int], Shown]) -> Shown:
    total, begun = Shown(flow), time.monotonic()
    for seed in seeds:
        one = run(seed)
        total.tally.add(one.tally)
        total.failed += one.failed
        total.events += one.events
        total.seconds = time.monotonic() - begun
        told(total)
        if asked.seconds and total.seconds > asked.seconds:
            total.complete = False
            break
    return total


def _chance_run(stage: Stage, seed: int, asked: Asked) -> Shown:
    dice = Dice(seed, asked.allowance, OFTEN * 3)
    shown = _told_by(stage.run(dice), dice.taken(), seed)
    shown.failed = [shrunk(one, _again(stage)) for one in shown.failed]
    return shown


def _chance_days(seed: int, asked: Asked) -> Shown:
    shown = _days(seed, Dice(seed, ENDLESS, OFTEN), asked)
    again: Again = lambda plan: _days(seed, Replay(plan, ENDLESS), asked)  # noqa: E731
    shown.failed = [shrunk(one, again) for one in shown.failed]
    return shown


def _days(seed: int, chooser: Replay | Dice, asked: Asked) -> Shown:
    days, begun = Days(seed, asked.habits), time.monotonic()
    days.world.chooser = chooser
    try:
        found = days.run()
    except Exception as error:  # noqa: BLE001 - whatever breaks is a finding
        found = (trail(error),)
    shown = _ended(Shown(DAYS), days.ended_open, found)
    shown.events, shown.seconds = days.world.line.watch.sent, time.monotonic() - begun
    return _told_by(shown, chooser.taken(), seed)


def _ended(shown: Shown, pending: bool, found: tuple[str, ...]) -> Shown:
    shown.tally = Tally(1, int(not pending), int(pending), int(bool(found)))
    if found:
        shown.failed.append(Failed(shown.flow, 0, (), found))
    return shown


def _told_by(shown: Shown, taken: tuple[Choice, ...], seed: int) -> Shown:
    shown.tally.kinds.update(choice.taken for choice in taken)
    shown.failed = [replace(one, seed=seed, choices=taken) for one in shown.failed]
    return shown


# -- shrinking


def _again(stage: Stage) -> Again:
    return lambda plan: stage.run(Replay(plan, ENDLESS))


def shrunk(failed: Failed, again: Again) -> Failed:
    """The same failure by fewer choices: each is left out once, and stays out where it can."""
    best = failed
    for choice in failed.choices:
        rest = tuple(one for one in best.choices if one != choice)
        run = again({one.position: one.taken for one in rest})
        if run.failed:
            best = replace(best, choices=rest, found=run.failed[0].found)
    return best
