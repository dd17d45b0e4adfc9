"""Every fault of the line does to the centre what its name says, and nothing else."""

from __future__ import annotations

import pytest

from core.domain import State
from core.outcome import Accepted, NotSent, Rejected, Unknown
from core.prove import faults
from core.prove.chooser import Plain
from core.prove.flows import FLOWS, STEPS, prepared
from core.prove.world import World
from tests.helpers.agreement import live_settlements
from tests.helpers.his import told


class Once(Plain):
    """One fault at the next call of one step."""

    def __init__(self, point, fault):
        self._point, self._fault = point, fault

    def pick(self, point, options):
        """The fault, where it fits for the first time."""
        if point != self._point or self._fault not in options:
            return ""
        self._point = ""
        return self._fault


@pytest.fixture(scope="module")
def before():
    """A world with a visit before its settlement, and what to put back."""
    with World() as world:
        visit_no = prepared(world, FLOWS["settle"])
        yield world, visit_no, world.snapshot()


@pytest.fixture
def place(before):
    world, visit_no, kept = before
    world.restore(kept)
    world.chooser = Plain()
    return world, visit_no


def settle(place, fault, step="settle"):
    """Settle with one fault; the outcome."""
    world, visit_no = place
    world.line.extra = faults.RARE
    world.chooser = Once(step, fault)
    outcome = STEPS["settle"](world.desk, visit_no).outcome
    world.chooser = Plain()
    return outcome


def at_the_centre(place):
    """How many live settlements the visit has in the centre's books."""
    world, visit_no = place
    return len(live_settlements(world.centre.books.dump(), visit_no))


ENDINGS = {
    "request_lost": (Unknown, 0), "reply_lost": (Unknown, 1), "delayed_1": (Unknown, 0),
    "delayed_2": (Unknown, 0), "delayed_3": (Unknown, 0), "delayed_limit": (Unknown, 0),
    "delayed_end": (Unknown, 0), "duplicate": (Accepted, 1), "refused": (Rejected, 0),
    "expired": (Accepted, 1), "not_sent": (NotSent, 0), "meanwhile": (Accepted, 1),
    "garbled": (Unknown, 1), "duplicate_second": (Accepted, 1),
}  # fmt: skip


def test_every_fault_of_a_changing_call_has_its_ending():
    assert set(ENDINGS) == {*faults.CHANGING, *faults.RARE}


@pytest.mark.parametrize("fault", ENDINGS)
def test_what_the_desk_hears_and_what_the_centre_has(place, fault):
    outcome, booked = ENDINGS[fault]
    assert isinstance(settle(place, fault), outcome)
    assert at_the_centre(place) == booked


@pytest.mark.parametrize(("fault", "calls"), [("delayed_1", 1), ("delayed_2", 2), ("delayed_3", 3)])
def test_a_delayed_message_arrives_after_so_many_calls(place, fault, calls):
    world, _ = place
    settle(place, fault)
    for count in range(1, calls + 1):
        assert at_the_centre(place) == 0
        world.desk.session.compare_clocks()
        assert at_the_centre(place) == int(count == calls)


@pytest.mark.parametrize("fault", ["delayed_3", "delayed_limit"])
def test_or_at_the_centres_own_limit(place, fault):
    world, _ = place
    settle(place, fault)
    world.clock.advance(faults.ON_ITS_WAY - 1)
    world.line.deliver_in_time()
    assert at_the_centre(place) == 1 and world.line.on_their_way() == []
    assert world.desk.centre.patience.quiet > faults.ON_ITS_WAY


def test_the_last_of_all_waits_for_the_end(place):
    world, _ = place
    settle(place, "delayed_end")
    world.clock.advance(3600)
    assert world.line.deliver_in_time() == 0
    assert world.line.on_their_way() == ["settle"]
    assert world.line.deliver_all() == 1 and at_the_centre(place) == 1


def test_a_stale_list_shows_the_books_of_before_and_changes_nothing(place):
    world, _ = place
    settle(place, "reply_lost")
    now = world.line.image()
    world.chooser = Once("settlement_list", "stale")
    [row] = world.desk.resolve.pending()
    assert world.desk.resolve.look(row.msgid).state is State.UNKNOWN
    assert world.line.image() == now
    world.chooser = Plain()
    assert world.desk.resolve.look(row.msgid).state is State.SETTLED


def test_no_list_lags_for_ever(place):
    world, _ = place
    settle(place, "reply_lost")
    world.clock.advance(faults.LAG)
    rule = world.desk.centre.rule("settlement_list")
    assert faults.STALE in faults.offered(rule, True, True)
    assert faults.STALE not in faults.offered(rule, True, False)
    assert faults.STALE not in world.line._offered("settlement_list")


def test_questions_are_lost_refused_or_without_sign_in(place):
    world, _ = place
    rules = world.desk.centre
    assert faults.offered(rules.rule("presettle"), False, True) == faults.ASKING
    assert faults.offered(rules.rule("sign_in"), False, True) == faults.SIGNING
    assert faults.offered(rules.rule("reverse"), False, True) == faults.CHANGING


def test_a_hospital_that_is_down_hears_of_it_later(place):
    world, visit_no = place
    assert isinstance(settle(place, "hospital_down", "hospital"), Accepted)
    assert world.desk.resolve.pending() == ()
    [letter] = world.desk.outbox.open()
    assert letter.told.msgid not in world.ward.told
    world.desk.sweep()
    assert letter.told.msgid not in world.ward.told
    world.clock.until(letter.next_try)
    world.desk.sweep()
    assert world.desk.unfinished() == ()
    assert world.ward.told[letter.told.msgid].visit_no == visit_no


def test_the_hospital_of_the_proof_is_told_once(place):
    world, visit_no = place
    before = dict(world.ward.told)
    msgid = next(iter(before))
    world.ward.post(told(msgid, "settle", visit_no, "1", None))
    assert world.ward.told == before


@pytest.mark.parametrize(
    "probe", ["intent.written", "call.returned", "outcome.written", "his.posted", "closed"]
)
def test_a_desk_that_dies_comes_back_over_what_it_had_written(place, probe):
    world, visit_no = place
    old = world.desk
    world.chooser = Once(probe, "die")
    assert world.living(lambda: STEPS["settle"](world.desk, visit_no)) is None
    world.chooser = Plain()
    assert world.desk is not old and not world.died
    for _ in range(20):
        rows = world.desk.resolve.round()
        if not rows:
            break
        world.clock.until(max(row.next_try for row in rows))
    settled = world.desk.visits.read(visit_no).settlement
    assert (settled is not None) == bool(at_the_centre(place)) == (probe != "intent.written")
