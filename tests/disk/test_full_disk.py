"""The disk is full at every commit of every step: a sentence or an honest ending, never a loss."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.app import Desk, open_desk
from core.errors import DeskError, SetupError
from core.his.embedded import EmbeddedHospital
from core.outcome import Accepted, Outcome, Unknown
from core.service.result import StepResult
from tests.disk.conftest import SmallDisk
from tests.helpers.agreement import assert_agree, live_settlements
from tests.helpers.flows import brought, complete, do, fitting, lay_card, settled
from tests.helpers.inprocess import CASHIER, World

ENOUGH = 60  # pages that are more than any step writes
STEPS = ("register", "upload_fees", "settle", "cancel_settlement")


class Ground:
    """A world whose desk lives on the small disk; the hospital and the centre live elsewhere."""

    def __init__(self, disk: SmallDisk) -> None:
        self.disk = disk
        self.world = World(disk.place / "home")
        self.stock = disk.place.parent / "hospital.db"

    def desk(self) -> Desk:
        return open_desk(
            self.world.home, clock=self.world.clock, operator=CASHIER,
            gateway=self.world.gateway, hospital=EmbeddedHospital(self.stock, self.world.clock),
        )  # fmt: skip


def ready(desk: Desk, step: str) -> tuple[str, Callable[[], StepResult]]:
    """A visit with everything before ``step`` done, and the step itself."""
    visit_no = settled(desk) if step == "cancel_settlement" else brought(desk, step)
    if step != "register":
        return visit_no, lambda: do(desk, step, visit_no)
    visit = desk.register.open(visit_no)
    lay_card(desk, visit.registration.person_name)
    _, person = desk.identify.read_card()
    assert person is not None
    filled = complete(visit.registration)
    chosen = fitting(person.qualifications, filled)
    return visit_no, lambda: desk.register.register(filled, person, chosen)


def attempt(step: Callable[[], StepResult]) -> Outcome | None:
    """How the step ended; nothing where it was refused with a sentence before anything left."""
    try:
        return step().outcome
    except DeskError as error:
        assert str(error)
        return None


@pytest.fixture
def ground(small_disk: SmallDisk) -> Ground:
    return Ground(small_disk)


@pytest.mark.parametrize("step", STEPS)
def test_the_disk_is_full_at_every_commit(ground: Ground, step: str, strays) -> None:
    strays.expected = ("no space", "disk", "trace", "log")
    seen: set[str] = set()
    for pages in range(0, ENOUGH, 3):
        with ground.desk() as desk:
            visit_no, call = ready(desk, step)
            ground.disk.leave(pages)
            outcome = attempt(call)
            seen.add(type(outcome).__name__)
            before = ground.world.books()
            if outcome is None and step != "upload_fees":
                assert not desk.journal.open_for(visit_no)
            ground.disk.free()
        with ground.desk() as desk:
            ground.world.pass_quiet(desk)
            ground.world.resolve(desk)
            assert_agree(desk, ground.world.books(), visit_no)
            if isinstance(outcome, Accepted):
                wanted = step != "cancel_settlement"
                was = bool(live_settlements(before, visit_no))
                assert was is (wanted and step == "settle")
    assert "Accepted" in seen and len(seen) > 1


def test_an_outcome_that_finds_no_room_is_unknown_and_found_again(ground: Ground, strays) -> None:
    """Room for the intent, none for what came back."""
    strays.expected = ("no space", "disk", "trace", "log")
    with ground.desk() as desk:
        visit_no = brought(desk, "settle")
        call = ground.world.gateway.call

        def filled_meanwhile(*asked):
            answer = call(*asked)
            ground.disk.leave(0)
            return answer

        desk.gateway.call = filled_meanwhile  # the disk fills up while the centre works
        outcome = do(desk, "settle", visit_no).outcome
        assert isinstance(outcome, Unknown) and outcome.cause == "journal_failed"
        assert live_settlements(ground.world.books(), visit_no)
        desk.gateway.call = call
        ground.disk.free()
        ground.world.resolve(desk)
        assert_agree(desk, ground.world.books(), visit_no)
        assert not desk.resolve.pending()


def test_a_desk_does_not_open_on_a_full_disk_and_says_why(ground: Ground) -> None:
    ground.disk.leave(0)
    with pytest.raises(SetupError) as caught:
        ground.desk()
    assert str(caught.value)
    ground.disk.free()
    with ground.desk() as desk:
        assert settled(desk)
