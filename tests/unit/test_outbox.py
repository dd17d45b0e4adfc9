"""The outbox: entered with the acceptance, delivered in order, tried again, and given to a person.

No hospital, however it fails, holds up the next step of a visit or is told anything twice.
"""

from __future__ import annotations

import threading

import pytest

from core.app import open_desk
from core.domain import Role, Stage, State
from core.domain.writeback import LetterState
from core.errors import Refused, SetupError, fault
from core.events import OutboxChanged
from core.his.embedded import EmbeddedHospital
from core.his.port import HospitalRefused
from core.outcome import Accepted
from core.service.outbox import FAILURES, WAITS
from tests.helpers import flows
from tests.helpers.his import told
from tests.helpers.inprocess import CASHIER, SUPERVISOR, World

IT = CASHIER.model_copy(update={"id": "0301", "role": Role.IT})


class Moody(EmbeddedHospital):
    """The invented hospital behind a line that may be away; told from a lane of its own."""

    prompt = False

    def __init__(self, path, clock):
        super().__init__(path, clock)
        self.mood = lambda one: None
        self.heard = []

    def post(self, told):
        self.mood(told)
        self.heard.append((told.step, told.msgid))
        super().post(told)


def away(_):
    raise SetupError(fault("folder.gone", path="-"))


def refuses(_):
    raise HospitalRefused(fault("folder.gone", path="locked"))


def breaks(_):
    raise ValueError("wrong answer")


@pytest.fixture
def desk(world):
    hospital = Moody(world.home / "hospital.db", world.clock)
    with open_desk(
        world.home, clock=world.clock, operator=CASHIER, gateway=world.gateway, hospital=hospital
    ) as made:
        yield made
        made.hospital.mood = lambda one: None
        world.clock.advance(max(WAITS))
        for letter in made.outbox.open():
            if letter.state is LetterState.DEAD:
                made.outbox.send_again(letter.told.msgid, SUPERVISOR, "再送")
        made.outbox.round()
        assert made.outbox.open() == ()


def steps(desk, visit):
    return [row.step for row in desk.hospital.payments(visit)]


# -- entering


def test_a_letter_is_entered_with_the_acceptance_and_complete(desk):
    visit = flows.settled(desk)
    register, settle = desk.outbox.open()
    assert (register.told.step, settle.told.step) == ("register", "settle")
    paid = desk.visits.read(visit).settlement
    said = settle.told
    assert (said.msgid, said.bill_no, said.amounts) == (paid.msgid, paid.bill_no, paid.amounts)
    assert (said.operator, said.operator_name) == (CASHIER.id, CASHIER.name)
    assert said.at == desk.clock.now() and said.person_no
    assert settle.behind == register.told.msgid and not register.behind
    assert steps(desk, visit) == []
    desk.outbox.round()
    assert steps(desk, visit) == ["register", "settle"]
    assert [one.told for one in desk.outbox.closed(2)] == [settle.told, register.told]


def test_a_rejected_step_tells_nobody(world, desk):
    visit = flows.brought(desk, "settle")
    desk.outbox.round()
    world.fault("refuse", "2207", text="超过限额")
    assert flows.do(desk, "settle", visit).outcome.name == "rejected"
    assert desk.outbox.open() == ()


def test_what_cannot_be_committed_is_neither_accepted_nor_entered(desk, monkeypatch):
    visit = flows.brought(desk, "settle")
    desk.outbox.round()

    def full(*_):
        raise SetupError(fault("journal.disk", path="-", error="full"))

    with monkeypatch.context() as patch:
        patch.setattr(desk.journal.ledger.outbox, "add", full)
        assert flows.do(desk, "settle", visit).outcome.name == "unknown"
    assert desk.outbox.open() == () and desk.visits.read(visit).settlement is None
    desk.resolve.round()
    assert [one.told.step for one in desk.outbox.open()] == ["settle"]


@pytest.mark.parametrize("mood", [away, refuses, breaks])
def test_no_hospital_holds_up_the_next_step_of_the_visit(desk, mood, strays):
    strays.expected = ("telling the hospital of",)
    desk.hospital.mood = mood
    visit = flows.brought(desk, "upload_fees")
    desk.outbox.round()
    for step in ("upload_fees", "presettle", "settle", "cancel_settlement"):
        assert isinstance(flows.do(desk, step, visit).outcome, Accepted)
        desk.outbox.round()
    assert desk.resolve.pending() == () and steps(desk, visit) == []
    assert [one.told.step for one in desk.outbox.open()] == [
        "register", "settle", "cancel_settlement",
    ]  # fmt: skip


def test_a_hospital_that_hangs_holds_up_neither_the_centre_lane_nor_another_visit(desk):
    gate, began = threading.Event(), threading.Event()

    def hang(_):
        began.set()
        assert gate.wait(30)

    desk.hospital.mood = hang
    visit = flows.brought(desk, "settle")
    telling = desk.lanes.hospital(desk.outbox.round)
    assert began.wait(30)
    done = desk.lanes.centre(lambda: flows.do(desk, "settle", visit)).result(30)
    assert isinstance(done.outcome, Accepted) and not telling.done()
    other = desk.lanes.centre(lambda: flows.settled(desk)).result(30)
    desk.outbox.round()  # somebody is at it: this one does not wait
    assert not telling.done()
    gate.set()
    telling.result(30)
    assert steps(desk, visit) == steps(desk, other) == ["register", "settle"]


def test_a_lane_that_hangs_is_not_waited_for_at_the_end(tmp_path):
    from core.lanes import Lanes

    gate, lanes = threading.Event(), Lanes()
    hanging = lanes.hospital(lambda: gate.wait(30))
    after = lanes.hospital(lambda: None)
    lanes._hospital.close(0.01)
    assert after.cancelled() and not hanging.done()
    gate.set()
    assert hanging.result(30)
    lanes.close()


def test_a_work_of_the_lane_that_fails_belongs_to_who_asked():
    from core.lanes import Lanes

    lanes = Lanes()
    assert isinstance(lanes.hospital(lambda: 1 // 0).exception(30), ZeroDivisionError)
    assert lanes.hospital(lambda: 7).result(30) == 7
    lanes.close()


# -- trying again


def test_a_failed_try_waits_longer_each_time_and_says_why_once(desk):
    visit = flows.settled(desk)
    desk.hospital.mood = away
    for tries, wait in enumerate(WAITS, 1):
        desk.outbox.round()
        first = desk.outbox.open()[0]
        assert first.tries == tries and "不存在或连不上" in first.error
        assert (first.next_try - desk.clock.now()).total_seconds() == wait
        desk.outbox.round()
        assert desk.outbox.open()[0].tries == tries  # not before its time
        desk.clock.advance(wait)
    notes = [one.text for one in desk.history.timeline(first.told.msgid) if one.kind == "post"]
    assert len(notes) == 1 and "无需重复收费" in notes[0]
    desk.hospital.mood = lambda one: None
    desk.outbox.round()
    assert steps(desk, visit) == ["register", "settle"]
    assert "已回写医院" in desk.history.timeline(first.told.msgid)[-1].text


def test_letters_of_a_visit_arrive_in_order_whatever_fails(desk):
    visit = flows.settled(desk)
    flows.do(desk, "cancel_settlement", visit)
    seen = []

    def now_and_then(told):
        seen.append(told.step)
        if len(seen) % 2:
            away(told)

    desk.hospital.mood = now_and_then
    for _ in range(6):
        desk.outbox.round()
        desk.clock.advance(max(WAITS))
    assert steps(desk, visit) == ["register", "settle", "cancel_settlement"]
    assert seen == ["register"] * 2 + ["settle"] * 2 + ["cancel_settlement"] * 2


def test_a_round_gives_up_on_a_dead_hospital_but_not_on_one_bad_letter(desk):
    visits = [flows.brought(desk, "upload_fees") for _ in range(4)]
    tried = []

    def dead(told):
        tried.append(told.visit_no)
        away(told)

    desk.hospital.mood = dead
    desk.outbox.round()
    assert len(tried) == FAILURES
    desk.hospital.mood = lambda told: away(told) if told.visit_no == visits[2] else None
    desk.outbox.round()
    desk.clock.advance(max(WAITS))
    desk.outbox.round()
    assert [one.told.visit_no for one in desk.outbox.open()] == [visits[2]]


def test_told_but_not_noted_is_told_again_and_counts_once(desk, monkeypatch):
    visit = flows.settled(desk)

    def full(*_):
        raise SetupError(fault("journal.disk", path="-", error="full"))

    with monkeypatch.context() as patch:
        patch.setattr(desk.journal.ledger.outbox, "ended", full)
        with pytest.raises(SetupError):
            desk.outbox.round()
    assert desk.hospital.heard and len(desk.outbox.open()) == 2
    desk.outbox.round()
    assert [step for step, _ in desk.hospital.heard] == ["register", "register", "settle"]
    assert steps(desk, visit) == ["register", "settle"]


# -- a person


def test_a_refusal_is_dead_at_once_and_holds_back_what_follows(desk):
    visit = flows.settled(desk)
    desk.hospital.mood = refuses
    desk.outbox.round()
    first, second = desk.outbox.open()
    assert first.state is LetterState.DEAD and second.state is LetterState.WAITING
    assert desk.outbox.due() == () and desk.outbox.counts() == (1, 1)
    assert "医院系统拒收" in desk.history.timeline(first.told.msgid)[-1].text
    desk.hospital.mood = lambda one: None
    desk.outbox.send_again(first.told.msgid, SUPERVISOR, "医院已改正")
    desk.outbox.round()
    assert steps(desk, visit) == ["register", "settle"]
    texts = [one.text for one in desk.history.timeline(first.told.msgid)]
    assert any(SUPERVISOR.name in text and "医院已改正" in text for text in texts)


def test_by_hand_ends_it_by_name_and_lets_the_next_go(desk):
    visit = flows.settled(desk)
    desk.hospital.mood = refuses
    desk.outbox.round()
    first, second = desk.outbox.open()
    with pytest.raises(Refused, match="前一笔"):
        desk.outbox.by_hand(second.told.msgid, IT, "补记")
    desk.hospital.mood = lambda one: None
    desk.outbox.by_hand(first.told.msgid, IT, "已在医院补记登记")
    desk.outbox.round()
    assert steps(desk, visit) == ["settle"]
    assert desk.outbox.closed(2)[1].state is LetterState.BY_HAND
    with pytest.raises(Refused, match="已经办结"):
        desk.outbox.send_again(first.told.msgid, IT, "再送")


@pytest.mark.parametrize(
    ("who", "reason", "says"),
    [(CASHIER, "因为", "没有这项权限"), (IT, " ", "请填写理由"), (IT, "长" * 201, "不超过 200")],
)
def test_only_by_a_name_that_may_and_with_a_reason(desk, who, reason, says):
    flows.brought(desk, "upload_fees")
    (letter,) = desk.outbox.open()
    for decide in (desk.outbox.send_again, desk.outbox.by_hand):
        with pytest.raises(Refused, match=says):
            decide(letter.told.msgid, who, reason)
    desk.outbox.round()


def test_after_so_many_tries_a_person_must_look(desk, monkeypatch):
    flows.brought(desk, "upload_fees")
    monkeypatch.setattr(desk.outbox, "_tries", 3)
    desk.hospital.mood = away
    for _ in range(3):
        desk.outbox.round()
        desk.clock.advance(max(WAITS))
    (letter,) = desk.outbox.open()
    assert letter.state is LetterState.DEAD and letter.next_try is None
    assert "已试 3 次" in desk.history.timeline(letter.told.msgid)[-1].text


# -- what others see


def test_a_repair_tells_again_what_had_been_delivered(desk):
    visit = flows.brought(desk, "upload_fees")
    desk.outbox.round()
    (done,) = desk.outbox.closed(1)
    desk.outbox.tell(done.told)
    assert desk.outbox.is_waiting_for(visit)
    desk.outbox.round()
    assert not desk.outbox.is_waiting_for(visit) and steps(desk, visit) == ["register"]


def test_every_change_is_announced(desk):
    seen = []
    unlisten = desk.events.listen(lambda event: seen.append(event))
    visit = flows.brought(desk, "upload_fees")
    desk.hospital.mood = away
    desk.outbox.round()
    unlisten()
    assert seen.count(OutboxChanged(visit)) == 2


def test_the_self_check_and_the_bundle_say_it(desk, tmp_path):
    def line():
        return next(one for one in desk.health.checks(False) if one.name == "outbox")

    assert line().state == "ok"
    visit = flows.brought(desk, "upload_fees")
    assert line().state == "warning" and "1 笔" in line().says
    desk.hospital.mood = refuses
    desk.outbox.round()
    assert line().state == "failed" and "待回写" in line().says
    from zipfile import ZipFile

    with ZipFile(desk.evidence.support(tmp_path / "support.zip")) as bundle:
        text = bundle.read("outbox.json").decode()
    assert '"dead"' in text and visit not in text


def test_a_desk_that_closes_tells_what_is_due_and_does_not_wait_for_the_dead(world, monkeypatch):
    other = World(world.home / "closing")
    hospital = Moody(other.home / "hospital.db", other.clock)

    def opened():
        return open_desk(
            other.home, clock=other.clock, operator=CASHIER, gateway=other.gateway,
            hospital=hospital,
        )  # fmt: skip

    with opened() as desk:
        flows.settled(desk)
    assert [step for step, _ in hospital.heard] == ["register", "settle"]
    gate = threading.Event()
    hospital = Moody(other.home / "hospital.db", other.clock)
    hospital.mood = lambda _: gate.wait(30) and away(_)
    monkeypatch.setattr("core.app.TELLING_SECONDS", 0.01)
    with opened() as desk:
        visit = flows.brought(desk, "upload_fees")
        lane = desk.lanes._hospital
    assert lane._thread.is_alive()
    gate.set()
    lane._thread.join(30)
    hospital = Moody(other.home / "hospital.db", other.clock)
    with opened() as desk:
        assert [one.told.visit_no for one in desk.outbox.open()] == [visit]
    assert [step for step, _ in hospital.heard] == ["register"]


def test_an_adopted_settlement_and_a_decided_one_are_told_too(world, desk):
    visit = flows.brought(desk, "settle")
    desk.outbox.round()
    world.fault("reply_lost", "2207")
    msgid = flows.do(desk, "settle", visit).msgid
    assert desk.outbox.open() == ()
    world.resolve(desk)
    assert desk.journal.transaction(msgid).state is State.SETTLED
    assert [one.told.msgid for one in desk.outbox.open()] == [msgid]
    assert desk.visits.read(visit).stage is Stage.SETTLED


def test_told_is_one_value(desk):
    assert told("M", "settle", "V").model_dump(exclude_defaults=True) == {
        "msgid": "M", "step": "settle", "visit_no": "V",
    }  # fmt: skip
