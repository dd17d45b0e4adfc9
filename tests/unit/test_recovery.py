"""Unknown outcomes end closed and right, whatever was lost on the way (domain.md §3.2)."""

from __future__ import annotations

import pytest

from core.domain import Stage, State
from core.errors import Refused
from core.outcome import Accepted, NotSent, Rejected, Unknown
from tests.helpers.agreement import assert_agree, live_settlements
from tests.helpers.flows import do, settled, straight_visit
from tests.helpers.inprocess import CASHIER, SUPERVISOR


def to(desk, step):
    """A plain visit, everything before ``step`` done."""
    visit_no = straight_visit(desk).visit_no
    for name in ("register", "upload_fees", "presettle", "settle"):
        if name == step:
            return visit_no
        assert isinstance(do(desk, name, visit_no).outcome, Accepted)
    return visit_no


def live(world, visit_no):
    return live_settlements(world.books(), visit_no)


def test_the_plain_road_settles_once_and_to_the_fen(world, desk):
    visit_no = settled(desk)
    visit = desk.visits.read(visit_no)
    [theirs] = live(world, visit_no)
    assert visit.stage is Stage.SETTLED
    assert (
        theirs["total"]
        == visit.settlement.amounts.total
        == sum(line.amount for line in visit.lines)
    )
    assert theirs["msgid"] == visit.settlement.msgid
    assert not desk.resolve.pending()
    assert desk.journal.verify() is None


def test_a_lost_reply_is_found_in_the_centres_list(world, desk):
    visit_no = to(desk, "settle")
    world.fault("reply_lost", "2207")
    result = do(desk, "settle", visit_no)
    assert isinstance(result.outcome, Unknown)
    assert [row.msgid for row in desk.resolve.pending()] == [result.msgid]
    assert desk.resolve.round() == ()
    assert desk.visits.read(visit_no).settlement.msgid == live(world, visit_no)[0]["msgid"]
    assert "2209" not in world.gateway.sent


def test_a_lost_request_is_fenced_after_the_quiet_time_and_two_looks(world, desk):
    visit_no = to(desk, "settle")
    world.fault("request_lost", "2207")
    first = do(desk, "settle", visit_no)
    assert desk.resolve.round()[0].absent == 0
    assert "2209" not in world.gateway.sent
    world.pass_quiet(desk)
    assert desk.resolve.round()[0].absent == 1
    world.pass_quiet(desk)
    assert desk.resolve.round() == ()
    assert desk.journal.transaction(first.msgid).state is State.VOID
    again = do(desk, "settle", visit_no)
    assert isinstance(again.outcome, Accepted)
    assert [row["msgid"] for row in live(world, visit_no)] == [again.msgid]


def test_a_late_original_meets_the_fence(world, desk):
    visit_no = to(desk, "settle")
    world.fault("delayed", "2207", calls=1000)
    do(desk, "settle", visit_no)
    world.resolve(desk)
    again = do(desk, "settle", visit_no)
    world.order("DELIVER")
    assert [row["msgid"] for row in live(world, visit_no)] == [again.msgid]


def test_a_query_that_fails_changes_nothing_but_the_next_try(world, desk):
    visit_no = to(desk, "settle")
    world.fault("request_lost", "2207")
    world.fault("request_lost", "9103", times=3)
    do(desk, "settle", visit_no)
    world.pass_quiet(desk)
    for count in (1, 2, 3):
        [row] = desk.resolve.round()
        assert (row.state, row.absent, row.attempts) == (State.UNKNOWN, 0, count)
        world.pass_quiet(desk)
    world.resolve(desk)
    assert live(world, visit_no) == []


def test_a_lost_reversal_is_repeated_until_it_is_certain(world, desk):
    visit_no = to(desk, "settle")
    world.fault("request_lost", "2207")
    world.fault("reply_lost", "2209")
    first = do(desk, "settle", visit_no)
    world.resolve(desk)
    assert desk.journal.transaction(first.msgid).state is State.VOID
    assert [row.state for row in desk.journal.correcting(first.msgid) if row.step == "reverse"] == [
        State.VOID, State.REJECTED,  # the centre says that it has reversed it already
    ]  # fmt: skip


def test_while_a_visit_is_open_nothing_else_begins_for_it(world, desk):
    visit_no = to(desk, "settle")
    world.fault("reply_lost", "2207")
    do(desk, "settle", visit_no)
    sent = list(world.gateway.sent)
    for step in ("register", "upload_fees", "presettle", "settle", "cancel_registration"):
        with pytest.raises(Refused):
            do(desk, step, visit_no)
    assert [code for code in world.gateway.sent if code not in sent] == []


@pytest.mark.parametrize("step", ["register", "upload_fees", "cancel_registration"])
@pytest.mark.parametrize("kind", ["reply_lost", "request_lost"])
def test_every_writing_step_ends_closed_and_can_be_done(world, desk, step, kind):
    codes = {"register": "2201", "upload_fees": "2204", "cancel_registration": "2202"}
    visit_no = to(desk, "upload_fees" if step == "cancel_registration" else step)
    world.fault(kind, codes[step])
    assert isinstance(do(desk, step, visit_no).outcome, Unknown)
    world.resolve(desk)
    if kind == "request_lost":
        assert isinstance(do(desk, step, visit_no).outcome, Accepted)
    stage = {"register": Stage.REGISTERED, "upload_fees": Stage.UPLOADED}.get(step, Stage.CANCELLED)
    assert desk.visits.read(visit_no).stage is stage
    assert_agree(desk, world.books(), visit_no)


@pytest.mark.parametrize("kind", ["reply_lost", "request_lost"])
def test_a_cancellation_without_reply_is_cleared_up(world, desk, kind):
    visit_no = settled(desk)
    world.fault(kind, "2208")
    result = do(desk, "cancel_settlement", visit_no)
    assert isinstance(result.outcome, Unknown)
    world.resolve(desk)
    if kind == "request_lost":
        assert desk.visits.read(visit_no).stage is Stage.SETTLED
        assert isinstance(do(desk, "cancel_settlement", visit_no).outcome, Accepted)
    assert live(world, visit_no) == []
    assert desk.visits.read(visit_no).settlement is None
    assert_agree(desk, world.books(), visit_no)


def test_a_sign_in_that_is_gone_is_renewed_and_the_step_repeated(world, desk):
    visit_no = to(desk, "presettle")
    world.fault("sign_in_expired", "2206")
    assert isinstance(do(desk, "presettle", visit_no).outcome, Accepted)
    assert world.gateway.sent[-4:] == ["2206", "9001", "1800", "2206"]


def test_a_sign_in_that_is_gone_at_settlement_settles_once(world, desk):
    visit_no = to(desk, "settle")
    world.fault("sign_in_expired", "2207")
    assert isinstance(do(desk, "settle", visit_no).outcome, Accepted)
    assert len(live(world, visit_no)) == 1


def test_a_refusal_is_told_in_the_centres_own_words(world, desk):
    visit_no = to(desk, "settle")
    world.fault("refuse", "2207", text="该人员待遇已冻结")
    result = do(desk, "settle", visit_no)
    assert isinstance(result.outcome, Rejected) and result.outcome.text == "该人员待遇已冻结"
    assert not desk.resolve.pending()
    assert isinstance(do(desk, "settle", visit_no).outcome, Accepted)


@pytest.mark.parametrize("kind", ["garbage", "truncated"])
def test_an_unreadable_reply_is_unknown_and_then_found(world, desk, kind):
    visit_no = to(desk, "settle")
    world.fault(kind, "2207")
    assert isinstance(do(desk, "settle", visit_no).outcome, Unknown)
    world.resolve(desk)
    assert desk.visits.read(visit_no).stage is Stage.SETTLED


def test_what_never_left_is_not_sent_and_may_be_done_again(world, desk):
    visit_no = to(desk, "settle")
    world.gateway.unsent = True
    assert isinstance(do(desk, "settle", visit_no).outcome, NotSent)
    world.gateway.unsent = False
    assert isinstance(do(desk, "settle", visit_no).outcome, Accepted)


def test_other_amounts_than_shown_are_settled_but_said(world, desk):
    visit_no = to(desk, "settle")
    world.fault("wrong_amounts", "2207", fen=100, where="reply")
    result = do(desk, "settle", visit_no)
    assert isinstance(result.outcome, Accepted)
    assert "settle.differs" in {item.key for item in result.warnings}


def test_batches_go_on_where_they_stopped_and_double_nothing(world, desk):
    visit_no = next(
        item.visit_no for item in desk.hospital.waiting()
        if len(desk.hospital.fee_lines(item.visit_no)) > 60
        and not desk.charge.check(desk.hospital.fee_lines(item.visit_no))
    )  # fmt: skip
    do(desk, "register", visit_no)
    world.fault("request_lost", "2204", skip=1)
    assert isinstance(desk.charge.upload(visit_no).outcome, Unknown)
    assert len(desk.visits.read(visit_no).uploaded) == desk.centre.rule("upload_fees").batch
    world.resolve(desk)
    assert isinstance(desk.charge.upload(visit_no).outcome, Accepted)
    assert_agree(desk, world.books(), visit_no)
    assert isinstance(do(desk, "presettle", visit_no).outcome, Accepted)


def test_stop_after_this_batch(desk):
    visit_no = next(
        item.visit_no for item in desk.hospital.waiting()
        if len(desk.hospital.fee_lines(item.visit_no)) > 60
        and not desk.charge.check(desk.hospital.fee_lines(item.visit_no))
    )  # fmt: skip
    do(desk, "register", visit_no)
    desk.charge.upload(visit_no, stop=lambda: True)
    visit = desk.visits.read(visit_no)
    assert len(visit.uploaded) == desk.centre.rule("upload_fees").batch
    with pytest.raises(Refused, match="没有上传"):
        do(desk, "presettle", visit_no)


def test_after_the_limit_a_supervisor_decides_with_name_and_reason(world, desk):
    visit_no = to(desk, "settle")
    world.fault("reply_lost", "2207")
    world.fault("request_lost", "9103", times=1000)
    msgid = do(desk, "settle", visit_no).msgid
    for _ in range(desk.centre.patience.limit):
        world.pass_quiet(desk)
        desk.resolve.round()
    assert desk.journal.transaction(msgid).state is State.MANUAL
    with pytest.raises(Refused, match="不是主管"):
        desk.resolve.decide(msgid, True, CASHIER, "中心电话确认")
    with pytest.raises(Refused, match="原因为空"):
        desk.resolve.decide(msgid, True, SUPERVISOR, " ")
    assert desk.resolve.decide(msgid, True, SUPERVISOR, "中心电话确认已结算").state is State.SETTLED
    assert SUPERVISOR.name in desk.history.timeline(msgid)[-2].text
    assert desk.visits.read(visit_no).stage is Stage.SETTLED


def test_an_acceptance_of_an_older_program_goes_into_the_outbox(world, desk):
    visit_no = to(desk, "settle")
    done = do(desk, "settle", visit_no)
    told = desk.hospital.payments(visit_no)
    desk.journal.db.execute("UPDATE txn SET state = 'accepted' WHERE msgid = ?", (done.msgid,))
    desk.journal.db.execute("DROP TRIGGER outbox_is_kept")
    desk.journal.db.execute("DELETE FROM outbox WHERE msgid = ?", (done.msgid,))
    assert [row.state for row in desk.resolve.pending()] == [State.ACCEPTED]
    assert desk.resolve.round() == ()
    assert desk.journal.transaction(done.msgid).state is State.SETTLED
    assert desk.outbox.closed()[0].told.msgid == done.msgid
    assert desk.hospital.payments(visit_no) == told


def test_the_timeline_shows_every_question_and_hides_the_person(world, desk):
    visit_no = to(desk, "settle")
    world.fault("request_lost", "2207")
    msgid = do(desk, "settle", visit_no).msgid
    world.resolve(desk)
    entries = desk.history.timeline(msgid)
    assert {"intent", "outcome", "look", "fence"} <= {entry.kind for entry in entries}
    person = desk.identify.last_person()
    assert all(person.id_no not in entry.payload for entry in entries)


@pytest.mark.parametrize(
    ("step", "code"),
    [("register", "2201"), ("upload_fees", "2204"), ("settle", "2207"),
     ("cancel_settlement", "2208"),
     ("cancel_registration", "2202")],
)  # fmt: skip
def test_a_message_delivered_twice_is_not_believed_to_be_refused(world, desk, step, code):
    if step == "cancel_settlement":
        visit_no = settled(desk)
    else:
        visit_no = to(desk, "upload_fees" if step == "cancel_registration" else step)
    world.fault("duplicate", code, answer="second")
    assert isinstance(do(desk, step, visit_no).outcome, Accepted)
    assert_agree(desk, world.books(), visit_no)
    assert not desk.resolve.pending()


def test_a_refusal_as_done_without_any_evidence_stays_unknown(world, desk):
    visit_no = to(desk, "settle")
    world.fault("duplicate", "2207", answer="second")
    world.fault("request_lost", "9103")
    assert isinstance(do(desk, "settle", visit_no).outcome, Unknown)
    world.resolve(desk)
    assert_agree(desk, world.books(), visit_no)
    assert desk.visits.read(visit_no).stage is Stage.SETTLED


def test_a_true_refusal_as_done_stays_a_refusal(world, desk):
    visit_no = settled(desk)
    with desk.journal.commit():  # as after a journal that was set back
        desk.journal.db.conn.execute("DELETE FROM settlement WHERE visit_no = ?", (visit_no,))
        desk.journal.db.conn.execute("UPDATE txn SET state = 'void' WHERE step = 'settle'")
    shown = desk.visits.read(visit_no).presettlement
    assert isinstance(desk.settle.settle(visit_no, shown).outcome, Rejected)
