"""(a) One settlement through service, journal and worker, against two bare commits and a call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.bench.floor import Floor
from core.bench.pairs import Measured, measured, timed
from core.bench.stage import Recorder, Stage, registered, sure
from core.domain import Amounts

if TYPE_CHECKING:
    from core.app import Desk

NAME, AIM = "settlement", 3.0
LINES, WARM_UP = 12, 3


def measure(folder: Path, quick: bool = False) -> Measured:
    """Medians of paired settlements, each visit prepared beforehand and not measured."""
    stage = Stage(folder, LINES)
    replies = stage.replies()
    desk, recorder = stage.desk(replies, "settle")
    with desk, Floor(folder, replies) as floor:
        pairs = [_pair(desk, recorder, floor, number) for number in range(20 if quick else 80)]
    ours, floors = zip(*pairs[WARM_UP:], strict=True)
    return measured(NAME, list(ours), list(floors), AIM)


def _pair(desk: Desk, recorder: Recorder, floor: Floor, number: int) -> tuple[float, float]:
    visit_no = f"B{number:06d}"
    shown = prepare(desk, visit_no)
    ours = timed(lambda: settle(desk, visit_no, shown))
    return ours, timed(lambda: _bare(floor, recorder.seen[-1]))


def prepare(desk: Desk, visit_no: str) -> Amounts:
    """A visit up to its pre-settlement; gives the amounts that the screen shows."""
    registered(desk, visit_no)
    sure(desk.charge.upload(visit_no).outcome)
    done = desk.settle.presettle(visit_no)
    sure(done.outcome)
    assert done.visit.presettlement is not None
    return done.visit.presettlement


def settle(desk: Desk, visit_no: str, shown: Amounts) -> None:
    """One settlement as the screen asks for it."""
    sure(desk.settle.settle(visit_no, shown).outcome)


def _bare(floor: Floor, payload: bytes) -> None:
    floor.store.keep(payload.decode("gbk"))
    reply = floor.pipe.call(payload)
    floor.store.keep("", reply.decode("gbk"))
