"""Whole days by chance: several desks and homes, many visits, faults, deaths, and the day's end.

A seed tells the story (who does what, when), the chooser what goes wrong. Every evening what is
open is worked off or handed over by name, the sums of the day are compared with the centre's, and
every desk signs out.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from core.domain import Stage
from core.domain.dayend import PairClass
from core.errors import DeskError
from core.prove.flows import STEPS, identified, whole
from core.prove.invariants import findings
from core.prove.world import HABITS, Habits, ProvedDesk, World
from core.service.trainers import training_password

HOMES = (0, 0, 1)  # two desks share a journal, the third has its own
TAKER = "trainboss"
DAY = 24 * 3600.0
EVENING_ROUNDS = 40


class Days:
    """One seed: ``days`` days of ``events`` events each at all desks."""

    def __init__(self, seed: int, habits: Habits = HABITS, days: int = 2, events: int = 60) -> None:
        self.world = World(habits, HOMES)
        self.found: tuple[str, ...] = ()
        self.ended_open = False
        self._chance = random.Random(seed)
        self._days = days
        self._events = events
        self._visits: list[tuple[str, int]] = []  # number and home
        self._batch = 0
        self._late = False
        self.world.line.meanwhile = self._somebody_looks
        self.world.line.extra = ("garbled",)

    def run(self) -> tuple[str, ...]:
        """Everything that is wrong after the last evening."""
        with self.world:
            for _ in range(self._days):
                self._day()
                if self.found:
                    break
                self.world.clock.advance(DAY - 3600)
        return self.found

    def _day(self) -> None:
        for _ in range(self._events):
            self._event()
        self._evening()

    # -- events

    def _event(self) -> None:
        number = self._chance.randint(1, len(self.world.desks))
        self.world.clock.advance(self._chance.choice((0, 1, 7, 30, 90, 400)))
        act = self._chance.choices(
            (self._step, self._look, self._close, self._admit), weights=(12, 4, 1, 2)
        )[0]
        act(number)

    def _home(self, number: int) -> int:
        return self.world.homes[number - 1]

    def _admit(self, number: int) -> None:
        lines = self._chance.randint(1, 5)
        visit_no = self.world.ward.admit(self.world.clock.now(), lines, batch=self._batch)
        self._batch += 1
        self._visits.append((visit_no, self._home(number)))

    def _look(self, number: int) -> None:
        self._safely(self.world.desks[number - 1].sweep, number)

    def _close(self, number: int) -> None:
        self.world.restart(number)

    def _step(self, number: int) -> None:
        mine = [visit_no for visit_no, home in self._visits if home == self._home(number)]
        if not mine:
            self._admit(number)
            return
        visit_no = self._chance.choice(mine[-6:])
        self._safely(lambda: self._forward(self.world.desks[number - 1], visit_no), number)

    def _forward(self, desk: ProvedDesk, visit_no: str) -> None:
        """The next step of the visit, or now and then a step back."""
        visit = desk.visits.read(visit_no)
        back = self._chance.random() < 0.2
        if visit.stage is Stage.SETTLED:
            if back:
                STEPS["cancel_settlement"](desk, visit_no)
        elif visit.stage in (Stage.NEW, Stage.CANCELLED):
            if identified(self.world, desk, visit.registration):
                STEPS["register"](desk, visit_no)
        elif back:
            STEPS["cancel_registration"](desk, visit_no)
        else:
            STEPS["settle" if whole(visit) else "upload_fees"](desk, visit_no)

    def _somebody_looks(self) -> None:
        """While a call is under way another desk works."""
        kept, self.world.line.meanwhile = self.world.line.meanwhile, _nothing
        self._look(self._chance.randint(2, len(self.world.desks)))
        self.world.line.meanwhile = kept

    def _safely(self, work: Callable[[], object], number: int) -> None:
        def told() -> None:
            try:
                work()
            except DeskError:
                if self.world.died:
                    raise

        self.world.living(told, number)

    # -- the evening

    def _evening(self) -> None:
        line = self.world.line
        line.deliver_in_time()
        certain = self.world.kind.certain
        self._late |= any(step not in certain for step in line.on_their_way())
        line.deliver_all()
        for number in range(1, len(self.world.desks) + 1):
            self._work_off(number)
        self.found = findings(self.world, late_may_differ=self._late)
        if not self.found:
            self.world.plainly(self._close_the_day)

    def _work_off(self, number: int) -> None:
        for _ in range(EVENING_ROUNDS):
            desk = self.world.desks[number - 1]
            waiting = desk.unfinished()
            if not waiting:
                return
            now = self.world.clock.now()
            self.world.clock.until(min(row.next_try or now for row in waiting))
            self._look(number)

    def _close_the_day(self) -> None:
        found: list[str] = []
        for desk in self.world.desks:
            pending = desk.resolve.pending()
            self.ended_open |= bool(pending)
            found += self._compared(desk) if not pending else self._handed_over(desk)
        for desk in self.world.desks:
            desk.session.sign_out()
        self.found = tuple(found)

    def _compared(self, desk: ProvedDesk) -> list[str]:
        """1320 of this operator and 9103 of the day agree with the journal."""
        ours = desk.dayend.compare(desk.dayend.period(), desk.session.acting().id)
        if not ours.equal:
            return [f"day's sums differ at desk {desk.number}: {ours.ours.net} {ours.centre}"]
        sheet = desk.dayend.match(ours).sheet
        pairs = sheet.pairs if sheet is not None else ()
        return [f"pair: {one.kind} {one.first.msgid}" for one in pairs if one.kind not in FINE]

    def _handed_over(self, desk: ProvedDesk) -> list[str]:
        """What a person must decide is given to one by name before the desk signs out."""
        desk.operators.ensure_training_operators()
        desk.closings.hand_over(TAKER, training_password(), desk.session.acting())
        return []


FINE = frozenset({PairClass.MATCHED, PairClass.REFUND_PAIR, PairClass.OTHER_DESK})


def _nothing() -> None:
    """Everybody has his hands full already."""
