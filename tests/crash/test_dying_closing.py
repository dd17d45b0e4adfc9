"""kill -9 while closing, confirming and repairing: nothing is half-done, nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.domain.dayend import Proposal
from core.service import probes
from tests.crash.closing_child import INSIDE, world_of
from tests.helpers.inprocess import CASHIER, SUPERVISOR

CLOSINGS = {INSIDE: 0, probes.CLOSING_WRITTEN: 1}  # how many are there after the restart
CONFIRMATIONS = (probes.INTENT_WRITTEN, probes.CALL_RETURNED)
REPAIRS = (
    (probes.CALL_RETURNED, 4),
    (probes.OUTCOME_WRITTEN, 5),
    (probes.POSTED, 1),
)
SCENES = [
    *(f"close/{probe}/1" for probe in CLOSINGS),
    *(f"confirm/{probe}/2" for probe in CONFIRMATIONS),  # the first pass is the 1320 before it
    *(f"repair/{probe}/{times}" for probe, times in REPAIRS),
]


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """Every scene by name, after the death of its desk."""
    folder = tmp_path_factory.mktemp("deaths")
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.closing_child", str(folder), *SCENES],
        capture_output=True, text=True, timeout=300, cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    assert done.returncode == 0, (SCENES[done.returncode - 1], done.stderr)
    return {scene: folder / str(number) for number, scene in enumerate(SCENES)}


def reopened(home: Path):
    """The world after the restart, a minute later."""
    world = world_of(home)
    world.clock.advance(60)
    return world


@pytest.mark.parametrize(("probe", "kept"), CLOSINGS.items())
def test_a_closing_is_there_whole_or_not_at_all(homes, probe, kept):
    world = reopened(homes[f"close/{probe}/1"])
    with world.desk() as desk:
        assert len(desk.closings.closings()) == kept
        assert desk.journal.verify() is None
        assert desk.closings.preview(CASHIER).totals.net.count == 1 - kept
        assert desk.closings.close(CASHIER).number == kept + 1
        counts = [item.totals.net.count for item in desk.closings.closings()]
        assert sum(counts) == 1


@pytest.mark.parametrize("probe", CONFIRMATIONS)
def test_a_period_is_confirmed_once_on_both_sides(homes, probe):
    world = reopened(homes[f"confirm/{probe}/2"])
    with world.desk() as desk:
        found = desk.dayend.compare(desk.dayend.period())
        if not found.confirmed:
            desk.dayend.confirm(found)
        (made,) = desk.dayend.confirmations()
        theirs = world.order("BOOKS", tables=["confirmation"])["confirmations"]
        assert [(row["stmt_no"], row["undone_by"]) for row in theirs] == [(made.number, "")]
        assert desk.resolve.pending() == ()


@pytest.mark.parametrize(("probe", "times"), REPAIRS)
def test_a_repair_that_dies_is_finished_by_the_next_match(homes, probe, times):
    world = reopened(homes[f"repair/{probe}/{times}"])
    with world.desk() as desk:
        world.pass_quiet(desk)
        world.resolve(desk)
        for _ in range(4):
            found = desk.dayend.match(desk.dayend.compare(desk.dayend.period()))
            for pair in found.sheet.open:
                assert pair.proposal is not Proposal.ASK
                desk.dayend.repair(pair, "重启后继续", CASHIER, SUPERVISOR)
        found = desk.dayend.match(desk.dayend.compare(desk.dayend.period()))
        assert found.equal
        assert found.sheet.open == ()
        assert desk.journal.verify() is None
