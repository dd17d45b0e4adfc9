"""What a settlement, a cancellation and a confirmation leave in the daybook."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain import State
from core.domain.dayend import Period
from core.outcome import Accepted
from core.service.dayend_books import whose
from tests.helpers import flows
from tests.helpers.inprocess import CASHIER, SUPERVISOR, World


@pytest.fixture
def world(tmp_path) -> World:
    return World(tmp_path / "home")


def movements(desk, days: int = 3):
    """Everything that moved money around today."""
    today = desk.dayend.period()
    wide = Period(begin=today.begin - timedelta(days=days), end=today.end + timedelta(days=days))
    return desk.journal.ledger.daybook.movements(wide)


def test_a_settlement_moves_with_person_kind_operator_and_sign_number(world):
    with world.desk() as desk:
        visit = flows.settled(desk)
        paid = desk.history.settlements(visit)[0]
        (found,) = movements(desk)
        known = desk.journal.ledger.visit(visit)
        assert (found.msgid, found.bill_no) == (paid.msgid, paid.bill_no)
        assert (found.person_no, found.person_name) == (known.person.number, known.person.name)
        assert found.kind == known.registration.med_type
        assert found.operator == CASHIER.id
        today, number = desk.dayend.period(), desk.session.sign_no()
        assert desk.dayend.totals(today, CASHIER.id, number).net.count == 1
        (kind,) = desk.dayend.totals(today).by_kind
        assert kind.name == desk.centre.label("med_type", kind.key) != kind.key


def test_a_cancellation_is_his_who_cancelled_on_the_day_he_did(world):
    with world.desk() as desk:
        visit = flows.settled(desk)
        first = desk.dayend.period()
        world.clock.advance(24 * 3600)
        desk.session.take_over(SUPERVISOR)
        assert isinstance(flows.do(desk, "cancel_settlement", visit).outcome, Accepted)
        assert desk.dayend.totals(first).net.count == 1
        today = desk.dayend.totals(desk.dayend.period())
        assert (today.settled.count, today.refunded.count) == (0, 1)
        assert [part.key for part in today.by_operator] == [SUPERVISOR.id]
        assert [part.name for part in today.by_operator] == [SUPERVISOR.name]
        assert desk.dayend.compare(first).equal
        assert desk.dayend.compare(desk.dayend.period()).equal


def test_the_centres_clock_decides_the_day(world):
    """Ours is two minutes slow at midnight: the centre has it on the next day, and so have we."""
    with world.desk() as desk:
        world.order("CLOCK", offset=120)
        desk.session.sign_in()
        now = world.clock.now()
        midnight = now.replace(hour=0, minute=0, second=0) + timedelta(days=1)
        world.clock.advance((midnight - now).total_seconds() - 60)
        assert desk.dayend.period().begin == midnight
        flows.settled(desk)
        (found,) = movements(desk)
        assert found.at >= midnight > world.clock.now()
        matched = desk.dayend.match(desk.dayend.compare(desk.dayend.period()))
        assert matched.equal
        assert matched.sheet.pairs == ()


def test_an_adopted_settlement_takes_the_centres_moment(world):
    with world.desk() as desk:
        visit = flows.brought(desk, "settle")
        world.fault("reply_lost", desk.centre.rule("settle").code)
        flows.do(desk, "settle", visit)
        world.order("MOVE", visit=visit, seconds=3600)
        world.resolve(desk)
        (found,) = movements(desk)
        row = desk.journal.transaction(found.msgid)
        assert found.at == row.made.replace(microsecond=0) + timedelta(hours=1)
        assert desk.dayend.compare(desk.dayend.period()).equal


def test_an_adopted_cancellation_takes_the_centres_moment(world):
    with world.desk() as desk:
        visit = flows.settled(desk)
        world.fault("reply_lost", desk.centre.rule("cancel_settlement").code)
        flows.do(desk, "cancel_settlement", visit)
        assert len(movements(desk)) == 1
        world.resolve(desk)
        back = movements(desk)[-1]
        assert back.refund
        assert back.at == desk.journal.transaction(back.msgid).made.replace(microsecond=0)
        assert desk.dayend.compare(desk.dayend.period()).equal


@pytest.mark.parametrize("kind", ["refuse", "request_lost"])
def test_what_did_not_happen_moves_nothing(world, kind):
    with world.desk() as desk:
        visit = flows.brought(desk, "settle")
        world.fault(kind, desk.centre.rule("settle").code)
        flows.do(desk, "settle", visit)
        world.resolve(desk)
        assert movements(desk) == []
        assert desk.dayend.compare(desk.dayend.period()).equal


def test_a_settlement_sent_anew_after_a_lost_sign_in_counts_under_the_new_number(world):
    with world.desk() as desk:
        visit = flows.brought(desk, "settle")
        before = desk.session.sign_no()
        world.fault("sign_in_expired", desk.centre.rule("settle").code)
        assert isinstance(flows.do(desk, "settle", visit).outcome, Accepted)
        after = desk.session.sign_no()
        assert after != before
        today = desk.dayend.period()
        assert desk.dayend.totals(today, sign_no=before).net.count == 0
        assert desk.dayend.totals(today, sign_no=after).net.count == 1
        assert desk.dayend.compare(today, sign_no=after).equal


def test_a_hospital_that_did_not_answer_is_told_by_the_proposal(world, monkeypatch):
    with world.desk() as desk:
        visit = flows.brought(desk, "settle")

        def down(*_):
            raise OSError("down")

        monkeypatch.setattr(desk.hospital, "post", down)
        flows.do(desk, "settle", visit)
        monkeypatch.undo()
        (found,) = movements(desk)
        assert desk.outbox.is_waiting_for(visit)
        compared = desk.dayend.match(desk.dayend.compare(desk.dayend.period()))
        (pair,) = compared.sheet.pairs
        assert compared.equal and compared.untold == 1
        assert "还在待回写" in pair.says
        done = desk.dayend.repair(pair, "补写", CASHIER)
        assert done.done and done.says == "已写回医院"
        assert desk.journal.transaction(found.msgid).state is State.SETTLED
        assert desk.dayend.match(compared).sheet.pairs == ()


def test_message_ids_tell_windows_apart(world):
    with world.desk() as desk:
        make, mine = desk.centre.new_msgid, desk.settings.desk.number
        tell = whose(make, mine)
        assert tell(make("20260302090000", mine, 7)) == "own"
        assert tell(make("20260302090000", (mine + 1) % 10, 7)) == "other"
        assert tell("") == tell("X" * 30) == tell("H99000000001") == "strange"
        last = whose(make, 9)
        assert last(make("20260302090000", 9, 7)) == "own"
        assert last(make("20260302090000", 0, 7)) == "other"
