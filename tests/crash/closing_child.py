"""Desks that die while they close, confirm or repair, each in a fork and a home of its own.

``python -m tests.crash.closing_child FOLDER WHAT/PROBE/N …``: the homes are ``FOLDER/0``, ``1`` …
The simulated centre's books lie beside the journal, so that both are there after the death.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from core.app import Desk, open_desk
from core.his.embedded import EmbeddedHospital
from core.simulator.books import Books
from core.simulator.centre import SimulatedCentre
from tests.crash.child import DieAt
from tests.helpers import flows
from tests.helpers.inprocess import CASHIER, SUPERVISOR, BooksGateway, World

INSIDE = "inside the commit"


def world_of(home: Path) -> World:
    """A world whose centre keeps its books in a file of ``home``."""
    world = World(home)
    world.centre = SimulatedCentre(Books(home / "centre.db"), world.clock)
    world.gateway = BooksGateway(world.centre)
    return world


def dying_desk(world: World, die: DieAt) -> Desk:
    """The desk with the deadly probe."""
    hospital = EmbeddedHospital(world.home / "hospital.db", world.clock)
    return open_desk(
        world.home, clock=world.clock, operator=CASHIER, gateway=world.gateway,
        hospital=hospital, probe=die,
    )  # fmt: skip


def close(world: World, desk: Desk, die: DieAt) -> None:
    """A closing; the last thing in its commit is the taking of the movements."""
    daybook = desk.journal.ledger.daybook
    take = daybook.close_movements

    def taken(operator, end, number):
        take(operator, end, number)
        die(INSIDE)

    daybook.close_movements = taken
    desk.closings.close(CASHIER)


def confirm(world: World, desk: Desk, die: DieAt) -> None:
    """The confirmation of an equal day."""
    desk.dayend.confirm(desk.dayend.compare(desk.dayend.period()))


def repair(world: World, desk: Desk, die: DieAt) -> None:
    """What the centre has lost is settled again: fence, void, pre-settlement, settlement."""
    world.order("LOSE")
    found = desk.dayend.match(desk.dayend.compare(desk.dayend.period()))
    (pair,) = found.sheet.pairs
    desk.dayend.repair(pair, "中心丢失", CASHIER, SUPERVISOR)


WHAT = {"close": close, "confirm": confirm, "repair": repair}


def act(home: str, what: str, probe: str, times: str) -> None:
    """A settled visit, then the deadly act."""
    world = world_of(Path(home))
    die = DieAt(probe, int(times))
    with dying_desk(world, die) as desk:
        flows.settled(desk)
        world.clock.advance(5)
        die.armed = True
        WHAT[what](world, desk, die)


def main(folder: str, *scenes: str) -> int:
    """Let each scene be played by a fork; a scene that was lived through is an error."""
    for number, scene in enumerate(scenes):
        child = os.fork()
        if child == 0:
            act(f"{folder}/{number}", *scene.split("/"))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            return number + 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
