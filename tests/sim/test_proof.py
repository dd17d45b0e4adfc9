"""The bounded slice of the proof: nothing wrong, and every breakage of the design is caught."""

from __future__ import annotations

import pytest

from core.prove.aftermath import ending
from core.prove.chooser import Allowance, Dice, Plain, Replay, read
from core.prove.days import Days
from core.prove.enumeration import Enumeration
from core.prove.faults import KINDS
from core.prove.flows import flows_of
from core.prove.proof import DAYS, Asked, Stage, by_chance, every_run, one_run, replayed_days
from core.prove.state import name_of
from core.prove.world import Habits
from tests.sim.breakages import BREAKAGES

FORGETFUL = Habits(remembers=False)
LOST = frozenset({"request_lost", "reply_lost", "stale"})
SLICES = {
    "journal after the call": ("settle", 1, 0, "die"),
    "exception means failed": ("settle", 1, 0, "reply_lost delayed_end"),
    "no quiet time": ("upload", 1, 1, "delayed_3 leave"),
    "believe one absent": ("upload", 2, 1, "delayed_limit stale leave"),
    "message id reused": ("settle", 1, 0, "refused not_sent"),
}


def asked(faults, acts=0, only="", habits=None):
    """What to run, in short."""
    return Asked(faults, acts, habits or Habits(), frozenset(only.split()))


@pytest.mark.parametrize("flow", flows_of("zjs"))
def test_every_single_fault_ends_closed_and_right(flow):
    shown = every_run(flow, asked(1))
    assert shown.complete and shown.failed == []
    assert (shown.tally.wrong, shown.tally.open) == (0, 0)
    assert shown.tally.runs == shown.tally.closed == 1 + sum(shown.tally.kinds.values())


def test_every_pair_of_losses_ends_right():
    shown = every_run("settle", Asked(2, 0, only=LOST))
    assert shown.tally.wrong == 0 and shown.tally.runs > 5
    assert set(shown.tally.kinds) == set(LOST)


def test_every_act_of_the_cashier_beside_a_lost_request_ends_right():
    shown = every_run("cancel", asked(1, 1, "request_lost again look reverse close other_again"))
    assert (shown.tally.wrong, shown.tally.open) == (0, 0)
    assert shown.tally.kinds["reverse"] and shown.tally.kinds["other_again"]


@pytest.mark.parametrize("flow", ["settle", "cancel", "admit"])
def test_a_centre_that_forgets_reversals_ends_open_and_never_wrong(flow):
    shown = every_run(flow, asked(1, 0, "request_lost delayed_end die", FORGETFUL))
    assert shown.tally.wrong == 0
    assert shown.tally.open >= 2, "what nothing fences off waits for a person"


def test_days_of_several_desks_end_right():
    shown = by_chance(DAYS, range(3, 4), Asked())
    assert shown.failed == [] and shown.tally.runs == 1
    assert sum(shown.tally.kinds.values()) > 10


def test_a_day_at_a_centre_that_forgets_ends_right():
    days = Days(3, FORGETFUL, days=1, events=40)
    days.world.chooser = dice = Dice(3, Allowance(999, 999), 100)
    assert days.run() == ()
    assert dice.taken()


@pytest.mark.parametrize("name", BREAKAGES)
def test_every_breakage_is_caught_and_the_design_is_not(name, record_property):
    flow, faults, acts, only = SLICES[name]
    whole = every_run(flow, asked(faults, acts, only))
    with pytest.MonkeyPatch.context() as patch:
        BREAKAGES[name](patch)
        with Stage(flow, Habits()) as stage:
            seen = Enumeration(stage.story, ending, only=frozenset(only.split())).walk(
                Allowance(faults, acts)
            )
    record_property("runs", seen.tally.runs)
    record_property("wrong", seen.tally.wrong)
    assert whole.tally.wrong == 0
    assert seen.tally.wrong > 0, f"{name}: {seen.tally.runs} runs, none wrong"


def test_runs_that_are_counted_are_runs_that_would_be_run():
    """Worlds met before are not entered again: walked one by one there are as many runs."""
    only = frozenset({"reply_lost", "hospital_down"})
    quick = every_run("settle", Asked(2, 0, only=only))
    with Stage("settle", Habits()) as stage:
        runs, todo = 0, [{}]
        while todo:
            plan = todo.pop()
            chooser = Replay(plan, Allowance(2, 0), only=only)
            assert stage.run(chooser).tally.wrong == 0
            runs += 1
            last = max(plan, default=-1)
            todo += [
                {**plan, choice.position: option}
                for choice in chooser.offered if choice.position > last and not choice.taken
                for option in choice.options
            ]  # fmt: skip
    assert runs == quick.tally.runs


def test_a_world_put_back_is_the_same_world():
    with Stage("settle", Habits()) as stage:
        kept, place, name = stage.world.snapshot(), stage.story.at, name_of(stage.story)
        stage.world.chooser = Plain()
        stage.story.turn()
        assert name_of(stage.story) != name
        stage.world.restore(kept)
        stage.story.at = place
        assert name_of(stage.story) == name


def test_a_failing_run_is_shrunk_and_replays(monkeypatch):
    BREAKAGES["exception means failed"](monkeypatch)
    shown = every_run("settle", asked(2, 0, "reply_lost hospital_down"))
    assert shown.tally.wrong > 0
    [first, *_] = shown.failed
    assert [choice.taken for choice in first.choices] == ["reply_lost"]
    again = one_run("settle", read(first.plan), Asked())
    assert again.tally.wrong == 1 and again.failed[0].found == first.found


def test_days_replay_from_seed_and_choices(monkeypatch):
    monkeypatch.setattr(Days.__init__, "__defaults__", (Habits(), 1, 15))
    shown = replayed_days(5, {40: "reply_lost"}, Asked())  # taken only where it is offered
    assert shown.failed == [] and shown.tally.runs == shown.tally.closed == 1
    assert set(shown.tally.kinds) <= {"reply_lost"}


def test_every_kind_of_fault_is_offered_somewhere():
    seen = set()
    for flow in ("settle", "upload"):
        with Stage(flow, Habits()) as stage:
            stage.world.line.extra = ("garbled",)
            chooser = Replay({2: "reply_lost"}, Allowance(9, 9))
            stage.run(chooser)
            seen |= {option for choice in chooser.offered for option in choice.options}
    assert set(KINDS) <= seen
