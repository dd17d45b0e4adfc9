"""What the proof has found in the program, each as a plain test: mended, and stays mended."""

from __future__ import annotations

import pytest

from core.centre.port import Capabilities
from core.centre.zjs import Zjs
from core.domain import State
from core.outcome import Accepted, Unknown
from core.prove.chooser import Plain
from core.prove.flows import FLOWS, STEPS, prepared
from core.prove.invariants import findings
from core.prove.world import Habits, World


class Once(Plain):
    """Each of the given faults once, at the next call of its step."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        self._left = list(faults)

    def pick(self, point, options):
        """The first fault in the list that fits this place."""
        for one in self._left:
            if one[0] == point and one[1] in options:
                self._left.remove(one)
                return one[1]
        return ""


@pytest.fixture
def at():
    """A world and a visit at the place before a flow's step."""
    worlds = []

    def built(flow, **habits):
        worlds.append(World(Habits(**habits)))
        return worlds[-1], prepared(worlds[-1], FLOWS[flow])

    yield built
    for world in worlds:
        world.close()


@pytest.fixture
def settling(at):
    return at("settle")


def do(world, step, visit_no, *faults):
    """One step at the first desk with these faults on its way."""
    world.chooser = Once(*faults)
    done = STEPS[step](world.desk, visit_no)
    world.chooser = Plain()
    return done


def wait(world, rounds=30):
    """Let time pass and look until nothing is open."""
    for _ in range(rounds):
        rows = world.desk.resolve.round()
        if not rows:
            return
        world.clock.until(min(row.next_try or world.clock.now() for row in rows))
    raise AssertionError(world.desk.resolve.pending())


def test_refused_as_done_is_not_believed_because_one_list_does_not_show_it(settling):
    """The message came twice, the second was refused; the list lagged behind the first."""
    world, visit_no = settling
    faults = ("settle", "duplicate_second"), ("settlement_list", "stale")
    assert isinstance(do(world, "settle", visit_no, *faults).outcome, Unknown)
    wait(world)
    assert world.desk.visits.read(visit_no).settlement is not None
    assert findings(world) == ()


def test_two_desks_that_clear_up_the_same_case_do_not_stumble(settling):
    """The second desk fences and closes the row while the first one's fence is under way."""
    world, visit_no = settling
    msgid = do(world, "settle", visit_no, ("settle", "request_lost")).msgid
    world.line.meanwhile = lambda: (world.clock.advance(600), world.desks[1].resolve.round())
    world.clock.advance(600)
    world.desk.resolve.round()
    world.clock.advance(600)
    world.chooser = Once(("reverse", "meanwhile"))
    world.desk.resolve.round()
    assert world.desk.journal.transaction(msgid).state is State.VOID
    assert isinstance(do(world, "settle", visit_no).outcome, Accepted)
    assert findings(world) == ()


def test_a_cancellation_is_not_proven_by_a_list_that_lags_behind_the_settlement(at):
    """The request was lost; the list did not show the settlement yet, as if it were cancelled."""
    world, visit_no = at("cancel")
    faults = [("cancel_settlement", "request_lost"), ("settlement_list", "stale")]
    done = do(world, "cancel_settlement", visit_no, *faults)
    world.chooser = Once(*faults[1:])
    world.desk.resolve.round()
    assert world.desk.journal.transaction(done.msgid).state is State.UNKNOWN
    wait(world)
    assert world.desk.visits.read(visit_no).settlement is not None
    assert findings(world) == ()


def test_two_looks_in_a_row_are_not_two_looks(at):
    """The lines came late and the list lagged: whoever asks twice in a second sees it twice."""
    world, visit_no = at("upload")
    msgid = do(world, "upload_fees", visit_no, ("upload_fees", "delayed_3")).msgid
    world.clock.advance(61)
    world.chooser = Once(("fee_list", "stale"), ("fee_list", "stale"))
    assert world.desk.resolve.look(msgid).absent == 1
    assert world.desk.resolve.look(msgid).state is State.UNKNOWN
    wait(world)
    assert world.desk.journal.transaction(msgid).state is State.SETTLED
    assert findings(world) == ()


def test_a_registration_with_lines_that_came_too_late_can_be_taken_back(at):
    """The upload was given up, its lines came after all; the desk does not know of them."""
    world, visit_no = at("upload")
    do(world, "upload_fees", visit_no, ("upload_fees", "delayed_end"))
    wait(world)
    assert world.line.deliver_all() == 1
    done = do(world, "cancel_registration", visit_no)
    assert isinstance(done.outcome, Accepted), done.outcome
    assert findings(world) == ()


@pytest.mark.parametrize("can", [{"reversal": False}, {"reversal_is_remembered": False}])
def test_money_that_no_fence_keeps_out_waits_for_a_person(settling, monkeypatch, can):
    world, visit_no = settling
    monkeypatch.setattr(Zjs, "capabilities", property(lambda self: Capabilities(**can)))
    msgid = do(world, "settle", visit_no, ("settle", "request_lost")).msgid
    for _ in range(5):
        world.clock.advance(600)
        world.desk.resolve.round()
    assert world.desk.journal.transaction(msgid).state is State.MANUAL
    assert [row.msgid for row in world.desk.resolve.pending()] == [msgid]
