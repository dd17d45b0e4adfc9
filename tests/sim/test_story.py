"""The people of the proof: the patient course, every act beside it, and the way after the end."""

from __future__ import annotations

import pytest

from core.domain import Stage, State
from core.prove.aftermath import ending
from core.prove.cashier import TRYING, WAITING
from core.prove.chooser import ACT, Allowance, Plain, Replay
from core.prove.proof import Stage as Scene
from core.prove.state import name_of
from core.prove.world import Habits


class Script(Plain):
    """Faults by place, then acts of the cashier, each once and in order."""

    def __init__(self, faults=(), acts=()):
        self.faults, self.acts = list(faults), list(acts)

    def pick(self, point, options):
        """The next act, or the first fault that fits."""
        if point == ACT:
            return self.acts.pop(0) if self.acts and self.acts[0] in options else ""
        for fault in self.faults:
            if fault[0] == point and fault[1] in options:
                self.faults.remove(fault)
                return fault[1]
        return ""


@pytest.fixture(scope="module")
def scenes():
    found = {name: Scene(name, Habits()) for name in ("settle", "cancel", "upload")}
    yield found
    for scene in found.values():
        scene.world.close()


def played(scenes, flow, faults=(), acts=()):
    """One run by script; the scene, with its story at the end."""
    scene = scenes[flow]
    script = Script(faults, acts)
    shown = scene.run(script)
    assert shown.tally.wrong == 0, shown.failed
    assert script.faults == [] and script.acts == [], "something of the script never came"
    return scene


def states(scene, step):
    """The states of the transactions of a step, oldest first."""
    return [row.state for row in scene.world.desk.journal.all() if row.step == step]


def test_the_plain_course_does_it_once(scenes):
    scene = played(scenes, "settle")
    assert states(scene, "settle") == [State.SETTLED]
    assert scene.story.at.tries == 1 and not scene.story.at.late


def test_a_patient_cashier_begins_anew_after_the_fence(scenes):
    scene = played(scenes, "settle", [("settle", "request_lost")])
    assert states(scene, "settle") == [State.VOID, State.SETTLED]
    assert scene.story.at.tries == 2


def test_three_batches_are_three_messages(scenes):
    scene = played(scenes, "upload")
    assert states(scene, "upload_fees")[:3] == [State.SETTLED] * 3


@pytest.mark.parametrize("act", [act for act in WAITING if act != "hand_over"])
def test_no_act_while_something_is_open_makes_it_worse(scenes, act):
    scene = played(scenes, "settle", [("settle", "reply_lost")], [act])
    assert states(scene, "settle") == [State.SETTLED]


def test_what_is_handed_over_waits_for_a_person_and_is_found_then(scenes):
    scene = played(scenes, "cancel", [("cancel_settlement", "reply_lost")], ["hand_over"])
    assert states(scene, "cancel_settlement") == [State.SETTLED]  # after the aftermath


@pytest.mark.parametrize("act", TRYING)
def test_no_act_between_two_tries_makes_it_worse(scenes, act):
    scene = played(scenes, "settle", [("settle", "not_sent")], [act])
    settled = [state for state in states(scene, "settle") if state is State.SETTLED]
    assert settled == [State.SETTLED]


def test_who_changes_his_mind_takes_everything_back(scenes):
    scene = played(scenes, "upload", [("upload_fees", "not_sent")], ["back"])
    visit = scene.world.desk.visits.read(scene.story.visit_no)
    assert visit.stage is Stage.CANCELLED and visit.uploaded == ()


def test_a_late_message_without_a_fence_is_told_apart(scenes):
    scene = played(scenes, "upload", [("upload_fees", "delayed_end")], ["leave"])
    assert scene.story.at.late
    fenced = played(scenes, "settle", [("settle", "delayed_end")], ["leave"])
    assert not fenced.story.at.late


def test_what_breaks_is_a_finding(scenes):
    scene = scenes["settle"]
    scene.run(Plain())
    scene.story.broken("ValueError")
    assert ending(scene.story) == ("ValueError",)


def test_equal_courses_have_equal_names_whatever_ids_were_drawn(scenes):
    scene = scenes["settle"]
    names = []
    for plan in ({2: "reply_lost"}, {2: "reply_lost"}, {2: "request_lost"}):
        scene.world.restore(scene._start)
        scene.story.at = scene._place
        scene.world.chooser = Replay(plan, Allowance(1, 0))
        scene.story.turn()
        names.append(name_of(scene.story))
        scene.world.desk.journal.note("", "note", "x")
    assert names[0] == names[1] != names[2]
