"""A visit made in the test HIS comes by files, is charged, and is paid in the HIS's own tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.app import Desk, open_desk
from core.domain import Stage
from core.domain.writeback import LetterState
from core.outcome import Accepted
from core.secrets import GivenSecrets
from core.service.outbox import WAITS
from core.settings import save_settings
from tests.helpers import flows
from tests.helpers.hishouse import House
from tests.helpers.inprocess import CASHIER, World
from tests.his.exchange import Exchange


class Desks:
    """A desk over a watched folder, a simulated centre, and the HIS's process behind the folder."""

    def __init__(self, house: House, world: World) -> None:
        self.house, self.world = house, world
        self.exchange = Exchange(house.his, world.home / "drop")
        save_settings(world.home, {
            "his": {"use": ["folder"], "in_training": True,
                    "folder": {"path": "drop", "quiet_seconds": 0}},
        })  # fmt: skip
        self.desk = self.opened()

    def opened(self) -> Desk:
        """The desk's process begins."""
        made = open_desk(
            self.world.home, clock=self.world.clock, operator=CASHIER,
            gateway=self.world.gateway, secrets=GivenSecrets(),
        )  # fmt: skip
        made.hospital._watch = False  # a test looks when it wants to
        return made

    def look(self) -> None:
        """The folder's own thread comes by twice: a file counts once it has stopped growing."""
        for _ in range(2):
            self.desk.hospital.pick_up()

    def waits(self) -> str:
        """A plain visit of the HIS that has come by files; its number."""
        for visit_no in self.house.his.order(
            "invent", now=self.world.clock.now().isoformat(), batch=next(BATCHES)
        ):
            self.exchange.export(visit_no)
        self.look()
        return flows.straight_visit(self.desk).visit_no


BATCHES = iter(range(500, 1000))
DAYS = iter(range(1, 100))
DAY_SECONDS = 24 * 3600


@pytest.fixture
def desks(on_sqlite: House, tmp_path) -> Iterator[Desks]:
    """A day of its own for each test: the HIS knows the message ids of the others."""
    world = World(tmp_path)
    world.clock.advance(DAY_SECONDS * next(DAYS))
    made = Desks(on_sqlite, world)
    yield made
    made.desk.close()


def charged(desk: Desk, visit_no: str, steps=flows.ROAD) -> None:
    for step in steps:
        assert isinstance(flows.do(desk, step, visit_no).outcome, Accepted), step


def test_a_day_by_files(desks):
    desk, his = desks.desk, desks.house.his
    visit_no = desks.waits()
    assert not his.order("paid", visit_no=visit_no)["paid"]
    charged(desk, visit_no)
    desk.outbox.round()
    assert desks.exchange.read_results(keep=True) == ["register", "settle"]
    his.kill()  # before it has put the files away
    his.again()
    assert desks.exchange.read_results() == ["register", "settle"]
    paid, ours = his.order("paid", visit_no=visit_no), desk.visits.read(visit_no).settlement
    assert paid["paid"] and paid["msgid"] == ours.msgid
    assert (paid["total"], paid["fund"]) == (ours.amounts.total, ours.amounts.fund)
    assert paid["log"] == [["settle", paid["total"]]]
    assert visit_no not in [one.visit_no for one in desk.hospital.waiting()]
    charged(desk, visit_no, ["cancel_settlement"])
    desk.outbox.round()
    assert desks.exchange.read_results() == ["cancel_settlement"]
    again = his.order("paid", visit_no=visit_no)
    assert not again["paid"] and sum(money for _, money in again["log"]) == 0


def test_a_share_that_goes_away_at_every_step_loses_nothing_and_holds_up_nothing(desks):
    desk = desks.desk
    visit_no = desks.waits()
    root = desks.exchange.root
    for step in (*flows.ROAD, "cancel_settlement", "settle", "cancel_settlement"):
        root.rename(root.with_name("away"))
        charged(desk, visit_no, ["presettle", "settle"] if step == "settle" else [step])
        desk.outbox.round()
        assert desks.exchange.root.exists() is False
        root.with_name("away").rename(root)
        desks.world.clock.advance(max(WAITS))
        desk.outbox.round()
        assert desk.outbox.open() == ()
    told = sorted(desks.exchange.read_results())
    assert told == sorted(["register"] + ["settle", "cancel_settlement"] * 2)
    his = desks.house.his.order("paid", visit_no=visit_no)
    assert not his["paid"] and sum(money for _, money in his["log"]) == 0


def test_a_desk_that_dies_between_file_and_note_writes_nothing_twice(desks, monkeypatch):
    class Died(BaseException):
        pass

    def die(*_):
        raise Died

    visit_no = desks.waits()
    charged(desks.desk, visit_no)
    monkeypatch.setattr(desks.desk.hospital._store, "keep_result", die)
    with pytest.raises(Died):
        desks.desk.outbox.round()
    assert desks.exchange.read_results() == ["register"]
    desks.desk.close = lambda: None
    monkeypatch.undo()
    desks.desk = desks.opened()
    desks.desk.outbox.round()
    desks.exchange.read_results()
    paid = desks.house.his.order("paid", visit_no=visit_no)
    assert paid["log"] == [["settle", paid["total"]]]
    assert desks.desk.visits.read(visit_no).stage is Stage.SETTLED
    assert {one.state for one in desks.desk.outbox.closed()} == {LetterState.DELIVERED}
