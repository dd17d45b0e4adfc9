"""A day with every kind of mismatch comes to equal by the proposals alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.app import Desk
from core.domain import Amounts
from core.domain.dayend import Comparison, Pair, PairClass, Proposal
from core.his.postings import Mishaps
from core.outcome import Accepted, Unknown
from tests.helpers import flows
from tests.helpers.inprocess import CASHIER, SUPERVISOR, World

OURS = "H9900000000120260302080000"
MONEY = Amounts(total=5_000, fund=4_000, personal=1_000)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "home")


def settled(world: World, desk: Desk) -> tuple[str, str]:
    """One more settled visit a minute later: (visit number, message id)."""
    world.clock.advance(60)
    visit = flows.settled(desk)
    return visit, desk.history.settlements(visit)[0].msgid


def unknown(world: World, desk: Desk, step: str, kind: str, **options: object) -> str:
    """A visit whose ``step`` ended without an answer; gives its number."""
    world.clock.advance(60)
    visit = flows.settled(desk) if step == "cancel_settlement" else flows.brought(desk, step)
    world.fault(kind, desk.centre.rule(step).code, **options)
    assert isinstance(flows.do(desk, step, visit).outcome, Unknown)
    return visit


def waiting(desk: Desk) -> str:
    """A visit of the hospital that this desk has not touched."""
    return next(
        item.visit_no
        for item in desk.hospital.waiting()
        if not desk.journal.of_visit(item.visit_no)
    )


def book(world: World, number: int, visit: str, desk: int = 1, **more: object) -> str:
    """The centre alone has a settlement under an id of desk ``desk``."""
    msgid = f"{OURS}{desk}{number:03d}"
    world.order(
        "BOOK", msgid=msgid, visit=visit, bill=f"{visit}-9", total=MONEY.total, fund=MONEY.fund,
        operator=CASHIER.id, **more,
    )  # fmt: skip
    return msgid


def matched(desk: Desk, operator: str = "") -> Comparison:
    """The day compared and matched."""
    period = desk.dayend.period()
    return desk.dayend.match(desk.dayend.compare(period, operator))


def pairs(found: Comparison) -> tuple[Pair, ...]:
    """The pairs that are not matched."""
    assert found.sheet is not None
    return found.sheet.pairs


def repair(desk: Desk, pair: Pair) -> str:
    """Do the proposal as two people would."""
    done = desk.dayend.repair(pair, "日终核对", CASHIER, SUPERVISOR if pair.needs_second else None)
    return done.says if done.done else f"! {done.says}"


def repaired(desk: Desk, most: int = 6) -> tuple[Comparison, Counter[tuple[str, str]]]:
    """Follow the proposals until there are none left; gives the end and what was done."""
    tried: Counter[tuple[str, str]] = Counter()
    for _ in range(most):
        found = matched(desk)
        todo = [pair for pair in pairs(found) if pair.proposal is not Proposal.NONE]
        if not todo:
            return found, tried
        for pair in todo:
            tried[pair.kind, pair.proposal] += 1
            repair(desk, pair)
    raise AssertionError([(pair.kind, pair.proposal, pair.key) for pair in todo])


def late_booking(world: World, desk: Desk) -> str:
    """Fenced by us at a centre that forgets fences; booked there afterwards."""
    world.order("RULE", name="remember_reversals", value=False)
    visit = unknown(world, desk, "settle", "delayed", calls=5_000)
    world.resolve(desk)
    assert world.order("DELIVER") == 1
    return visit


def the_worst_day(world: World, desk: Desk) -> None:
    """Everything that may be wrong, once."""
    mishaps = Mishaps(desk.hospital)
    late_booking(world, desk)
    settled(world, desk)
    unknown(world, desk, "settle", "reply_lost")
    unknown(world, desk, "settle", "request_lost")
    unknown(world, desk, "cancel_settlement", "reply_lost")
    unknown(world, desk, "cancel_settlement", "request_lost")
    world.fault("duplicate", desk.centre.rule("settle").code, answer="second")
    settled(world, desk)
    book(world, 1, "ZX0001")
    mishaps.charge(waiting(desk), "HIS-1", MONEY)
    half = flows.brought(desk, "settle")
    shown = desk.visits.read(half).presettlement
    mishaps.charge(half, f"{half}-1", shown)
    lost = waiting(desk)
    book(world, 2, lost)
    mishaps.charge(lost, f"{lost}-9", MONEY)
    world.order("LOSE", visit=settled(world, desk)[0])
    world.order("SHIFT", visit=settled(world, desk)[0], fen=250)
    world.order("MOVE", visit=settled(world, desk)[0], seconds=24 * 3600)
    mishaps.lose(settled(world, desk)[1])
    mishaps.misbook(settled(world, desk)[1], MONEY)
    undone = [settled(world, desk)[0] for _ in range(2)]
    for visit in undone:
        assert isinstance(flows.do(desk, "cancel_settlement", visit).outcome, Accepted)
    world.order("LOSE", visit=undone[0])
    book(world, 3, "ZX0003", cancelled_by=f"{OURS}1903")
    world.pass_quiet(desk)


def test_the_worst_day_is_repaired_to_equal_by_the_proposals_alone(world):
    with world.desk() as desk:
        the_worst_day(world, desk)
        before = matched(desk)
        kinds = before.sheet.count()
        assert not before.equal
        assert all(kinds[kind] for kind in PairClass if kind not in {"doubled", "other_desk"})
        after, done = repaired(desk)
        assert after.equal, (after.ours.net, after.centre, done)
        assert {proposal for _, proposal in done} >= {
            "complete", "post", "take_moment", "reverse", "settle_again", "void",
        }  # fmt: skip
        assert desk.resolve.pending() == ()
        outcome, confirmation = desk.dayend.confirm(after)
        assert isinstance(outcome, Accepted)
        assert confirmation is not None
        assert desk.journal.verify() is None
        assert all(pair.kind is PairClass.REFUND_PAIR for pair in pairs(matched(desk)))
