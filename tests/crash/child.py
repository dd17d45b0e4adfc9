"""A desk in a process of its own that dies, by its own hand, at the n-th pass of a probe.

``python -m tests.crash.child HOME STEP PROBE N``: opens the training desk, brings a visit to the
place before STEP, then does STEP with the probe armed. Exits 0 when it lived through. The steps of
STAYS work on two stays of the invented wards.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from core.app import Desk, open_desk
from core.domain import Operator, Role, Visit

TRAINER = Operator(id="9001", name="试用收费员", role=Role.CASHIER)
ROAD = (
    "register",
    "upload_fees",
    "presettle",
    "settle",
    "cancel_settlement",
    "cancel_registration",
)
STAYS = ("change_registration", "upload_worklist")


class DieAt:
    """A probe that kills the process at its n-th pass, once armed."""

    def __init__(self, name: str, times: int) -> None:
        self._name, self._left, self.armed = name, times, False

    def __call__(self, name: str) -> None:
        if self.armed and name == self._name:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def first_visit(desk: Desk) -> Visit:
    """A waiting visit whose card can be laid into the reader without any trouble."""
    from tests.helpers.flows import straight_visit

    return straight_visit(desk)


def step(desk: Desk, name: str, visit_no: str) -> None:
    """Do one step of the road as a cashier would."""
    from tests.helpers.flows import do

    do(desk, name, visit_no)


def two_stays(desk: Desk) -> tuple[str, str]:
    """Two admitted stays, none with a line at the centre."""
    from tests.helpers import stays

    return stays.admitted(desk, stays.TODAY), stays.admitted(desk, stays.SHORT)


def stay_step(desk: Desk, name: str, visit_no: str) -> None:
    """Move the patient to another bed, or upload the whole worklist."""
    if name == "change_registration":
        desk.stays.change(visit_no, {"bed": "09-09"})
    else:
        desk.stays.upload_all()


def main(home: str, wanted: str, probe: str, times: str) -> int:
    """Walk the road to ``wanted`` and do it with the probe armed."""
    die = DieAt(probe, int(times))
    with open_desk(Path(home), operator=TRAINER, probe=die) as desk:
        if wanted in STAYS:
            visit_no, _ = two_stays(desk)
        else:
            visit_no = first_visit(desk).visit_no
        sys.stdout.write(visit_no + "\n")
        sys.stdout.flush()
        for name in ROAD[: ROAD.index(wanted)] if wanted in ROAD else ():
            step(desk, name, visit_no)
        die.armed = True
        (stay_step if wanted in STAYS else step)(desk, wanted, visit_no)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
