"""A day with every kind of mismatch comes to equal by the proposals alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.app import Desk
from core.domain import Amounts
from core.domain.dayend import Comparison, Pair, PairClass, Proposal
from core.errors import Refused
from core.outcome import Accepted, Unknown
from tests.helpers import flows
from tests.helpers.his import told
from tests.helpers.inprocess import CASHIER, SUPERVISOR, World
from tests.helpers.mishaps import Mishaps

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


# -- one by one


def only(desk: Desk, operator: str = "") -> Pair:
    """The one pair of the day that is amiss."""
    (pair,) = pairs(matched(desk, operator))
    return pair


def test_another_window_keeps_its_own_books(world):
    with world.desk() as desk:
        settled(world, desk)
        book(world, 1, "ZX0001", desk=2)
        pair = only(desk)
        assert (pair.kind, pair.proposal) == (PairClass.OTHER_DESK, Proposal.NONE)
        with pytest.raises(Refused, match="没有可以直接"):
            desk.dayend.repair(pair, "试", CASHIER)


def test_of_one_operator_only_his_rows_are_compared(world):
    with world.desk() as desk:
        settled(world, desk)
        Mishaps(desk.hospital).charge(waiting(desk), "HIS-1", MONEY)
        world.order("BOOK", msgid=f"{OURS}1007", visit="ZX7", bill="1", total=5, operator="0199")
        found = matched(desk, CASHIER.id)
        assert found.equal
        assert (found.sheet.matched, found.sheet.pairs, found.sheet.listed) == (1, (), 1)
        assert len(pairs(matched(desk))) == 2


def test_a_second_person_is_needed_above_the_limit(world):
    world.home.mkdir(parents=True)
    (world.home / "settings.toml").write_text("[dayend]\nsecond_above = 40\n", "utf-8")
    with world.desk() as desk:
        book(world, 1, "ZX0001")
        pair = only(desk)
        assert (pair.proposal, pair.needs_second) == (Proposal.REVERSE, True)
        for second, said in ((None, "另一位"), (CASHIER, "不能复核")):
            with pytest.raises(Refused, match=said):
                desk.dayend.repair(pair, "核对", CASHIER, second)
        with pytest.raises(Refused, match="不能复核"):
            desk.dayend.repair(pair, "核对", SUPERVISOR, SUPERVISOR)
        with pytest.raises(Refused, match="原因"):
            desk.dayend.repair(pair, "  ", CASHIER, SUPERVISOR)
        assert desk.dayend.repair(pair, "核对", CASHIER, SUPERVISOR).done
        assert pairs(matched(desk)) == ()
        notes = [entry.text for entry in desk.journal.entries(pair.first.msgid)]
        assert any(CASHIER.name in text and SUPERVISOR.name in text for text in notes)


def test_a_refused_reversal_is_followed_by_a_cancellation(world):
    with world.desk() as desk:
        lost = waiting(desk)
        book(world, 1, lost)
        world.fault("refuse", desk.centre.rule("reverse").code, text="不允许冲正")
        pair = only(desk)
        assert pair.proposal is Proposal.REVERSE
        assert "不允许冲正" in repair(desk, pair)
        pair = only(desk)
        assert pair.proposal is Proposal.CANCEL
        assert repair(desk, pair) == "已撤销结算"
        found = matched(desk)
        assert found.equal
        assert found.sheet.open == ()
        assert found.ours.net.count == 2


def test_a_reversal_without_an_answer_is_tried_again(world):
    with world.desk() as desk:
        book(world, 1, "ZX0001")
        world.fault("request_lost", desk.centre.rule("reverse").code)
        assert "没有得到答复" in repair(desk, only(desk))
        assert repair(desk, only(desk)) == "已冲正"
        assert pairs(matched(desk)) == ()


def test_a_strange_record_of_the_centre_is_asked_about(world):
    with world.desk() as desk:
        world.order("BOOK", msgid="H99000000001-OTHER", visit="ZX1", bill="B", total=700)
        pair = only(desk)
        assert (pair.kind, pair.proposal) == (PairClass.CENTRE_ONLY, Proposal.ASK)
        assert pair.says


def test_a_cancellation_that_the_centre_never_had_is_sent_once_more(world):
    with world.desk() as desk:
        visit, msgid = settled(world, desk)
        assert isinstance(flows.do(desk, "cancel_settlement", visit).outcome, Accepted)
        row = next(r for r in world.books()["settlements"] if r["msgid"] == msgid)
        world.centre.books.change("settlement", row["id"], cancelled_by="", cancelled_at="")
        pair = only(desk)
        assert (pair.kind, pair.proposal) == (PairClass.HOSPITAL_ONLY, Proposal.CANCEL)
        assert repair(desk, pair) == "已撤销结算"
        found = matched(desk)
        assert found.equal
        assert found.sheet.open == ()
        assert desk.journal.ledger.live_settlement(visit) is None


def test_what_the_hospital_gave_back_alone_is_cancelled_at_the_centre(world):
    with world.desk() as desk:
        visit, _ = settled(world, desk)
        paid = desk.history.settlements(visit)[0]
        desk.hospital.post(told("HIS-BACK", "cancel_settlement", visit, paid.bill_no, paid.amounts))
        pair = only(desk)
        assert (pair.kind, pair.proposal) == (PairClass.HOSPITAL_ONLY, Proposal.CANCEL)
        assert repair(desk, pair) == "已撤销结算"
        found = matched(desk)
        assert found.equal
        assert found.sheet.open == ()


def test_what_the_centre_still_has_is_not_voided(world):
    """The list left it out, 1321 knows it: the books have moved on since the match."""
    with world.desk() as desk:
        visit, _ = settled(world, desk)
        world.order("MOVE", visit=visit, seconds=-40 * 24 * 3600)
        pair = only(desk)
        assert pair.kind is PairClass.HOSPITAL_ONLY
        with pytest.raises(Refused, match="不能作废"):
            repair(desk, pair)
        assert desk.journal.ledger.live_settlement(visit)


def test_a_case_that_was_resolved_meanwhile_is_not_completed_twice(world):
    with world.desk() as desk:
        unknown(world, desk, "settle", "reply_lost")
        pair = only(desk)
        assert pair.proposal is Proposal.COMPLETE
        world.resolve(desk)
        repair(desk, pair)
        found = matched(desk)
        assert found.equal
        assert (found.ours.net.count, pairs(found)) == (1, ())


def test_the_day_before_comes_to_equal_too(world):
    """What is repaired a day later leaves both days equal on both sides."""
    with world.desk() as desk:
        mishaps = Mishaps(desk.hospital)
        world.order("SHIFT", visit=settled(world, desk)[0], fen=300)
        world.order("LOSE", visit=settled(world, desk)[0])
        mishaps.misbook(settled(world, desk)[1], MONEY)
        mishaps.lose(settled(world, desk)[1])
        book(world, 1, waiting(desk))
        first = desk.dayend.period()
        world.clock.advance(24 * 3600)
        for _ in range(4):
            found = desk.dayend.match(desk.dayend.compare(first))
            for pair in found.sheet.open:
                repair(desk, pair)
        assert found.equal
        assert found.sheet.open == ()
        today = matched(desk)
        assert today.equal
        assert today.sheet.open == ()


def test_a_confirmed_day_is_not_repaired_before_it_is_undone(world):
    with world.desk() as desk:
        settled(world, desk)
        found = matched(desk)
        desk.dayend.confirm(found)
        book(world, 1, "ZX0001")
        with pytest.raises(Refused, match="撤销对账确认"):
            repair(desk, only(desk))


def test_the_hospitals_amounts_are_corrected_as_often_as_needed(world):
    with world.desk() as desk:
        mishaps, msgid = Mishaps(desk.hospital), settled(world, desk)[1]
        for wrong in (msgid, f"{msgid}-R"):
            mishaps.misbook(wrong, MONEY)
            (pair,) = matched(desk).sheet.open
            assert (pair.kind, pair.proposal) == (PairClass.AMOUNT_DIFFERS, Proposal.POST)
            assert repair(desk, pair) == "已写回医院"
            assert matched(desk).sheet.open == ()


def test_a_settlement_of_nothing_and_its_cancellation_are_two_records(world):
    with world.desk() as desk:
        visit, msgid = settled(world, desk)
        total = desk.history.settlements(visit)[0].amounts.total
        world.order("SHIFT", visit=visit, fen=-total)
        row = next(r for r in world.books()["settlements"] if r["msgid"] == msgid)
        world.centre.books.change("settlement", row["id"], fund=0, personal=0)
        with desk.journal.commit():
            desk.journal.ledger.daybook.take_amounts(msgid, 0, 0, 0)
        assert isinstance(flows.do(desk, "cancel_settlement", visit).outcome, Accepted)
        found = matched(desk)
        assert found.equal
        (pair,) = found.sheet.pairs  # the hospital was told of the old amounts
        assert (pair.proposal, pair.centre.refund) == (Proposal.POST, False)
        assert found.sheet.matched == 1


def test_a_list_without_operators_is_nobodys_but_ours(world):
    with world.desk() as desk:
        settled(world, desk)
        row = world.books()["settlements"][0]
        world.centre.books.change("settlement", row["id"], operator="")
        found = matched(desk, CASHIER.id)
        assert (found.sheet.matched, found.sheet.pairs) == (1, ())


def test_without_a_hospital_two_books_are_compared(world):
    with world.desk() as desk:
        desk.dayend._books._hospital = None
        world.order("LOSE", visit=settled(world, desk)[0])
        found = matched(desk)
        assert not found.sheet.hospital
        (pair,) = found.sheet.pairs
        assert (pair.kind, pair.proposal) == (PairClass.JOURNAL_ONLY, Proposal.SETTLE_AGAIN)
        assert pair.difference == pair.journal.total
