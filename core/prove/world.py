"""One world of the proof: homes in memory, desks that die and come back, one centre, one clock.

``snapshot`` and ``restore`` take and put back all of it, so that thousands of runs a minute start
from the same prepared place.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from core.app import Desk
from core.domain import Operator, Role, State
from core.domain.writeback import WriteBack
from core.prove import faults
from core.prove.centres import KINDS
from core.prove.chooser import Chooser, Plain
from core.prove.clock import ProofClock
from core.prove.line import Before, Line
from core.prove.memory import Kept, Memory, Pulse
from core.prove.ward import Ward
from core.simulator.machine import Delayed
from core.words import say

if TYPE_CHECKING:
    from core.centre.profiled import Profiled

T = TypeVar("T")


class Died(BaseException):
    """The process is gone; nothing of it runs any more."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What kind of centre, and what the profile says of it."""

    remembers: bool = True
    family: str = "zjs"


HABITS = Habits()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of a world between two events."""

    journals: tuple[object, ...]
    books: object
    before: Before | None
    clock: tuple[datetime, float]
    delayed: tuple[Delayed, ...]
    told: dict[str, WriteBack]
    desks: tuple[ProvedDesk, ...]
    orphans: tuple[frozenset[str], ...]
    living: tuple[frozenset[str], ...]
    left: frozenset[str]
    wrong: tuple[str, ...]


class Waiting(NamedTuple):
    """One thing that is open, and when it is its turn (``None``: now)."""

    msgid: str
    next_try: datetime | None


class ProvedDesk(Desk):
    """A desk whose journal lies in the world's memory; everything above it is the product's."""

    def __init__(self, world: World, number: int, operator: Operator) -> None:
        self.world = world
        self.number = number
        self.life = ""
        super().__init__(
            world.folder(number), world.clock, operator, probe=world.probe,
            gateway=world.line, hospital=world.ward,
        )  # fmt: skip

    def unfinished(self) -> tuple[Waiting, ...]:
        """What is open and will be looked at, or told the hospital, by itself."""
        rows = (row for row in self.resolve.pending() if row.state is not State.MANUAL)
        letters = self.journal.ledger.outbox.deliverable()
        return (
            *(Waiting(row.msgid, row.next_try) for row in rows),
            *(Waiting(letter.told.msgid, letter.next_try) for letter in letters),
        )

    def sweep(self) -> None:
        """What the window does by itself: look into the open, tell the hospital."""
        self.resolve.round()
        self.outbox.round()

    def _centre(self) -> Profiled:
        return self.world.kept_centre(self.number, super()._centre)

    def _tell_hospital(self) -> None:
        """Told at once, or by the next sweep: a window that closes adds nothing to that."""

    def _open_journal(self) -> None:
        self.life = self.world.token()
        memory = self.world.memory_of(self.number)
        self._lease = lease = Pulse(self.life, memory.living)
        self.journal = memory.journal(lease)
        self.safekeeping = Kept(self.data, self.clock, self.journal)


class World:
    """Built once; brought to a place, snapshotted, and restored for every run."""

    def __init__(self, habits: Habits = HABITS, homes: tuple[int, ...] = (0, 0)) -> None:
        """``homes``: for each desk the number of its home; desks of one home share a journal."""
        self.habits = habits
        self.homes = homes
        self.clock = ProofClock()
        self.kind = KINDS[habits.family]
        self.centre = self.kind.make(self.clock)
        self.centre.habits.rule("remember_reversals", habits.remembers)
        self.line = Line(self.centre, self.kind, self.clock)
        self.memories = [Memory(self.clock) for _ in range(max(homes) + 1)]
        self.ward = Ward(self._hospital_down)
        self.died = False
        self._after: tuple[object, ...] = ()
        self._root = tempfile.TemporaryDirectory(prefix="gsdesk-prove-")
        self._tokens = itertools.count(1)
        self._centres: dict[int, Profiled] = {}
        self.desks: list[ProvedDesk] = []
        for number in range(1, len(homes) + 1):
            self.desks.append(self._opened(number))
        self.line.rules = self.desks[0].centre

    def close(self) -> None:
        """End the desks, close the memory, take the folder away."""
        for desk in self.desks:
            desk.close()
        for memory in self.memories:
            memory.db.close()
        self.line.shut()
        self._root.cleanup()

    def __enter__(self) -> World:
        return self

    def __exit__(self, *ending: object) -> None:
        self.close()

    @property
    def memory(self) -> Memory:
        """The home that the story is about."""
        return self.memories[0]

    def memory_of(self, number: int) -> Memory:
        """The home of desk ``number``."""
        return self.memories[self.homes[number - 1]]

    @property
    def desk(self) -> ProvedDesk:
        """The desk that the story is about."""
        return self.desks[0]

    # -- chance

    @property
    def chooser(self) -> Chooser:
        """Who decides what goes wrong."""
        return self.line.chooser

    @chooser.setter
    def chooser(self, chooser: Chooser) -> None:
        self.line.chooser = chooser

    def plainly(self, work: Callable[[], T]) -> T:
        """Do ``work`` with nothing going wrong."""
        kept, self.chooser = self.chooser, Plain()
        try:
            return work()
        finally:
            self.chooser = kept

    def _hospital_down(self) -> bool:
        return bool(self.chooser.pick("hospital", (faults.DOWN,)))

    def probe(self, name: str) -> None:
        """The process may die here."""
        if self.chooser.pick(name, (faults.DIE,)):
            self.die()

    def die(self) -> None:
        """The process dies now: what was not committed is lost, and nothing runs on."""
        self._after = tuple(memory.lose() for memory in self.memories)
        self.died = True
        raise Died

    # -- desks

    def folder(self, number: int) -> Path:
        """The home of desk ``number``, with its settings and the profile of this world."""
        home = Path(self._root.name) / str(number)
        if not home.exists():
            home.mkdir()
            remembers = str(self.habits.remembers).lower()
            local = self.kind.profile.format(remembers=remembers)
            (home / "settings.toml").write_text(self.kind.settings.format(number=number), "utf-8")
            (home / "local.toml").write_text(local, "utf-8")
        return home

    def kept_centre(self, number: int, make: Callable[[], Profiled]) -> Profiled:
        """A profile is read once a desk."""
        if number not in self._centres:
            self._centres[number] = make()
        return self._centres[number]

    def token(self) -> str:
        """A name for one life of a desk."""
        return f"life-{next(self._tokens)}"

    def _opened(self, number: int) -> ProvedDesk:
        return ProvedDesk(self, number, cashier(number))

    def restart(self, number: int = 1) -> None:
        """The window was closed and is opened again."""
        self.desks[number - 1].close()
        self.desks[number - 1] = self._opened(number)

    def bury(self, number: int = 1) -> None:
        """The process of this desk died; it is started again over what the disk has."""
        self._load(self._after)
        self.memory_of(number).living.discard(self.desks[number - 1].life)
        self.died = False
        self.desks[number - 1] = self._opened(number)

    def living(self, work: Callable[[], T], number: int = 1) -> T | None:
        """Do ``work`` at a desk; ``None`` and a started desk where its process died."""
        try:
            found = work()
        except BaseException:
            if not self.died:
                raise
            self.bury(number)
            return None
        return found

    # -- all of it

    def snapshot(self) -> Snapshot:
        """Everything that a run can change."""
        return Snapshot(
            tuple(memory.keep() for memory in self.memories),
            self.line.keep(), self.line.before, self.clock.state(),
            tuple(replace(one) for one in self.centre.delayed), dict(self.ward.told),
            tuple(self.desks), tuple(frozenset(one.road.orphans) for one in self.desks),
            tuple(frozenset(memory.living) for memory in self.memories),
            self.line.watch.left, self.line.watch.wrong,
        )  # fmt: skip

    def restore(self, kept: Snapshot) -> None:
        """Back to a snapshot; later snapshots are gone with it."""
        self._load(kept.journals)
        self.line.back(kept.books)
        self.line.before = kept.before
        self.clock.restore(kept.clock)
        self.centre.delayed = [replace(one) for one in kept.delayed]
        self.centre.faults.clear()
        self.ward.told = dict(kept.told)
        self.desks = list(kept.desks)
        for desk, orphans in zip(self.desks, kept.orphans, strict=True):
            desk.road.orphans = set(orphans)
        for memory, living in zip(self.memories, kept.living, strict=True):
            memory.living.clear()
            memory.living.update(living)
        self.line.watch.left, self.line.watch.wrong = kept.left, kept.wrong
        self.died = False

    def _load(self, marks: tuple[object, ...]) -> None:
        for memory, mark in zip(self.memories, marks, strict=True):
            memory.back(mark)


def cashier(number: int) -> Operator:
    """Who sits at desk ``number``."""
    return Operator(id=f"010{number}", name=say("session.desk"), role=Role.CASHIER)
