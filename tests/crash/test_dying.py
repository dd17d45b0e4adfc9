"""kill -9 at every probe of every step: after the restart journal and centre agree,
nothing twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from core.app import Desk, open_desk
from core.clock import ManualClock, SystemClock
from core.domain import State
from core.outcome import Accepted
from core.service import probes
from tests.crash.child import ROAD, TRAINER
from tests.helpers.agreement import assert_agree
from tests.helpers.flows import do

PROBES = (probes.INTENT_WRITTEN, probes.CALL_RETURNED, probes.OUTCOME_WRITTEN, probes.POSTED)
NOT_POSTED = {"upload_fees", "presettle"}
CASES = [
    (step, probe)
    for step in ROAD
    for probe in PROBES
    if not (probe == probes.POSTED and step in NOT_POSTED)
]


def die(home: Path, step: str, probe: str, times: int = 1) -> str:
    """Run the child until it kills itself; gives the visit number it worked on."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.child", str(home), step, probe, str(times)],
        capture_output=True, text=True, timeout=120, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.stdout.strip()


def resolved(desk: Desk, clock: ManualClock) -> None:
    """Let time pass and look, as the sweeper does, until nothing is open."""
    for _ in range(desk.centre.patience.limit):
        desk.outbox.round()
        if not desk.resolve.round():
            return
        clock.advance(max(desk.centre.patience.quiet, *desk.centre.patience.backoff))
        together(desk, clock)
    raise AssertionError(f"still open: {desk.resolve.pending()}")


def together(desk: Desk, clock: ManualClock) -> None:
    """Put the centre's clock where ours is (a breath ahead)."""
    assert desk.training is not None
    ahead = (clock.now() - SystemClock().now()).total_seconds()
    desk.training.control.clock(int(ahead) + 2)


def reopened(home: Path) -> tuple[Desk, ManualClock]:
    """The desk after the restart, on a clock that the test moves."""
    clock = ManualClock(SystemClock().now() + timedelta(seconds=1))
    return open_desk(home, clock=clock, operator=TRAINER), clock


@pytest.mark.parametrize(("step", "probe"), CASES)
def test_after_dying_anywhere_the_books_agree_and_the_visit_goes_on(tmp_path, step, probe):
    visit_no = die(tmp_path, step, probe)
    desk, clock = reopened(tmp_path)
    with desk:
        together(desk, clock)
        resolved(desk, clock)
        assert desk.journal.verify() is None
        assert_agree(desk, desk.training.control.books(), visit_no)
        for name in ROAD[ROAD.index(step) :]:
            if not done_already(desk, name, visit_no):
                result = do(desk, name, visit_no)
                assert isinstance(result.outcome, Accepted), (name, result.outcome)
        assert_agree(desk, desk.training.control.books(), visit_no)
        assert not desk.resolve.pending()


def done_already(desk: Desk, step: str, visit_no: str) -> bool:
    """Was the step of the dead process adopted?"""
    return any(
        row.step == step and row.state is State.SETTLED for row in desk.journal.of_visit(visit_no)
    )
