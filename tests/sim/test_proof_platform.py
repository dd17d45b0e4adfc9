"""The proof over a centre with neither message ids nor a fence: nothing lost, nothing doubled."""

from __future__ import annotations

import pytest

from core.prove.days import Days
from core.prove.flows import flows_of
from core.prove.proof import Asked, every_run
from core.prove.world import Habits

PLATFORM = Habits(family="gd")
KINDS = frozenset({"request_lost", "reply_lost", "delayed_end", "duplicate_second"})
MONEY = frozenset({"settle", "cancel", "stay", "part"})


@pytest.mark.parametrize("flow", flows_of("gd"))
def test_every_fault_ends_closed_or_with_a_person_and_never_wrong(flow):
    shown = every_run(flow, Asked(1, 0, PLATFORM, KINDS))
    assert shown.complete and shown.failed == [] and shown.tally.wrong == 0
    assert set(shown.tally.kinds) == KINDS
    assert bool(shown.tally.open) is (flow in MONEY), "only money waits for a person"


def test_a_death_in_the_middle_of_a_refund_in_part_ends_right():
    shown = every_run("part", Asked(1, 0, PLATFORM, frozenset({"die"})))
    assert shown.tally.wrong == 0 and shown.tally.kinds["die"] > 8


def test_a_whole_day_ends_with_equal_books():
    assert Days(3, PLATFORM, days=1, events=25).run() == ()
