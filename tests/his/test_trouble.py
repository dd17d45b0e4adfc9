"""A hospital that is killed, gone, locked or wrong at every step loses nothing and is told once."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from core.domain import Stage
from core.errors import DeskError
from core.outcome import Accepted
from tests.helpers import flows
from tests.his import troubles

REACHED = {
    "register": Stage.REGISTERED, "upload_fees": Stage.UPLOADED, "presettle": Stage.PRESETTLED,
    "settle": Stage.SETTLED,
}  # fmt: skip
WHEN = ("before", "during")
CASES = [("postgresql", trouble, late) for trouble in troubles.OF_A_SERVER for late in (0, 1)]
CASES += [("sqlite", trouble, 0) for trouble in troubles.OF_A_FILE]


def attempt(desk, step, visit_no):
    """The step as far as it goes; whether it was accepted."""
    try:
        return isinstance(flows.do(desk, step, visit_no).outcome, Accepted)
    except DeskError as error:
        assert str(error)
        return False


def walk(house, desk, trouble, patch, *, during):
    """A visit's whole road with the trouble at every step; gives its number."""
    visit_no = house.plain(few_lines=True)
    for step in flows.ROAD:
        with ExitStack() as stack:
            begin = once(lambda: stack.enter_context(trouble(house)))
            if during:
                meddle(house.world.gateway, begin, patch)
            else:
                begin()
            accepted = attempt(desk, step, visit_no)
            desk.outbox.round()
            patch.undo()
        if not accepted:
            assert isinstance(flows.do(desk, step, visit_no).outcome, Accepted), step
    with trouble(house):
        desk.outbox.round()
    house.world.clock.advance(901)
    desk.outbox.round()
    return visit_no


def meddle(gateway, begin, patch):
    """The trouble begins when a call is on its way to the centre."""
    call = gateway.call

    def meddled(*words):
        begin()
        return call(*words)

    patch.setattr(gateway, "call", meddled)


def once(call):
    """A call that does something the first time only."""
    rest = iter((call,))
    return lambda: next(rest, lambda: None)()


@pytest.mark.parametrize(
    ("house", "trouble", "during"), CASES, indirect=["house"],
    ids=[f"{kind}-{trouble.__name__}-{WHEN[late]}" for kind, trouble, late in CASES],
)  # fmt: skip
def test_nothing_is_lost_and_nothing_told_twice(house, trouble, during, monkeypatch, strays):
    strays.expected = ("hospital",)
    desk = house.desk
    visit_no = walk(house, desk, trouble, monkeypatch, during=during)
    paid, visit = house.paid(visit_no), desk.visits.read(visit_no)
    assert visit.stage is Stage.SETTLED
    assert paid["paid"] and paid["state"] == "registered"
    assert paid["log"] == [["settle", visit.settlement.amounts.total]]
    assert desk.outbox.open() == ()
    live = [
        row for row in house.world.books()["settlements"]
        if row["visit_no"] == visit_no and not row["cancelled_by"] and not row["reversed_by"]
    ]  # fmt: skip
    assert len(live) == 1
