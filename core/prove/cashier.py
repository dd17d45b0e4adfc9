"""The people at the desk: do the step, wait for what is open, try again, look, close the window.

The plain course is the patient one; every other act is a choice of the chooser. One ``turn`` is one
event; between two turns nothing is under way, so a world can be snapshotted there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.errors import DeskError
from core.prove.chooser import ACT
from core.prove.flows import STEPS, Flow
from core.prove.world import Waiting, World

TRIES = 7  # as often as a patient cashier begins anew; more than faults can spoil
TURNS = 200
WAITING = ("again", "look", "reverse", "hand_over", "close", "other_looks", "other_again")
TRYING = ("leave", "close", "other_again")


@dataclass(frozen=True, slots=True)
class Place:
    """How far the story is; part of the world's state."""

    phase: str = "try"  # try · late · over
    tries: int = 0
    turns: int = 0
    back: bool = False  # the cashier has changed his mind
    late: bool = False  # a message that nothing fences off came after the centre's own limit
    broken: str = ""


class Story:
    """One flow of one visit, from its first step to everything closed or handed to a person."""

    def __init__(self, world: World, flow: Flow, visit_no: str) -> None:
        self.world = world
        self.flow = flow
        self.visit_no = visit_no
        self.at = Place()
        world.line.meanwhile = self._other_meanwhile

    @property
    def over(self) -> bool:
        """Is there nothing more to do?"""
        return self.at.phase == "over"

    def turn(self) -> None:
        """One event."""
        self.at = replace(self.at, turns=self.at.turns + 1)
        if self.at.turns > TURNS:
            self.broken("it never ends")
        elif self.at.phase == "late":
            self._late()
        elif waiting := self._waiting():
            self._wait(waiting)
        else:
            self._try()

    def broken(self, why: str) -> None:
        """Something is wrong with the program itself."""
        self.at = replace(self.at, phase="over", broken=why)

    def _waiting(self) -> tuple[Waiting, ...]:
        """What is open and will be looked at by itself."""
        return self.world.desk.unfinished()

    # -- nothing is open

    def _step(self) -> str:
        return self.flow.back if self.at.back else self.flow.step

    def _reached(self) -> bool:
        visit = self.world.desk.visits.read(self.visit_no)
        if self.at.back:
            return visit.stage.value in ("new", "cancelled")
        return self.flow.reached(visit)

    def _try(self) -> None:
        person = bool(self.world.desk.resolve.pending())
        if self._reached() or self.at.tries >= TRIES or person:
            self._end()
            return
        more = ("back",) if self.flow.back and self.at.tries and not self.at.back else ()
        match self.world.chooser.pick(ACT, (*TRYING, *more) if self.at.tries else ()):
            case "leave":
                self._end()
            case "close":
                self.world.restart()
            case "other_again":
                self._do(self._step(), 2)
            case "back":
                self.at = replace(self.at, back=True, tries=1)
                self._do(self._step())
            case _:
                self.at = replace(self.at, tries=self.at.tries + 1)
                self._do(self._step())

    def _end(self) -> None:
        self.at = replace(self.at, phase="late")

    def _do(self, step: str, number: int = 1) -> None:
        self._safely(lambda: STEPS[step](self.world.desks[number - 1], self.visit_no), number)

    def _safely(self, work: Callable[[], object], number: int = 1) -> None:
        """A refusal is a sentence on the screen; a death ends the process."""

        def told() -> None:
            try:
                work()
            except DeskError:
                if self.world.died:
                    raise

        self.world.living(told, number)

    # -- something is open

    def _wait(self, waiting: tuple[Waiting, ...]) -> None:
        first = waiting[0].msgid
        resolve = self.world.desk.resolve
        match self.world.chooser.pick(ACT, WAITING):
            case "again":
                self._do(self._step())
            case "look":
                self._safely(lambda: resolve.look(first))
            case "reverse":
                self._safely(lambda: resolve.reverse(first))
            case "hand_over":
                self._safely(lambda: resolve.hand_over(first, "-", "-"))
            case "close":
                self.world.restart()
            case "other_looks":
                self._safely(self.world.desks[1].sweep, 2)
            case "other_again":
                self._do(self._step(), 2)
            case _:
                self._let_time_pass(waiting)

    def _let_time_pass(self, waiting: tuple[Waiting, ...]) -> None:
        """The sweeper's round, as soon as anything is due."""
        moments = [row.next_try for row in waiting if row.next_try is not None]
        if len(moments) == len(waiting):
            self.world.clock.until(min(moments))
        self._safely(self.world.desk.sweep)

    def _other_meanwhile(self) -> None:
        """The second desk tries the same, and looks, while our call is under way."""
        kept, self.world.line.meanwhile = self.world.line.meanwhile, _nothing
        self._do(self._step(), 2)
        self._safely(self.world.desks[1].sweep, 2)
        self.world.line.meanwhile = kept

    # -- the end

    def _late(self) -> None:
        """What was believed long gone arrives; then everything is looked at once more."""
        line = self.world.line
        arrived = line.deliver_in_time()
        certain = self.world.kind.certain
        late = any(step not in certain for step in line.on_their_way())
        arrived += line.deliver_all()
        self.at = replace(self.at, late=self.at.late or late)
        if waiting := self._waiting():
            self._let_time_pass(waiting)
        elif not arrived:
            self.at = replace(self.at, phase="over")


def _nothing() -> None:
    """The second desk has its hands full already."""
