"""Single transactions by code and wire names, completed by what the journal knows."""

from __future__ import annotations

import pytest

from core.clock import stamp
from core.domain import State
from core.errors import InvalidInput, Refused
from core.outcome import Accepted, NotSent, Rejected, Unknown
from tests.helpers.agreement import assert_agree, live_lines, live_settlements, live_visits
from tests.helpers.centre import (
    SHEN,
    SHEN_HAND,
    cancellation,
    line,
    registration,
    settlement,
)
from tests.helpers.flows import brought, do, lay_card, settled

VISIT = "ZX0001"


@pytest.fixture
def now(world):
    """The clock as 14 digits."""
    return stamp(world.clock.now())


def call(desk, code, body=None):
    """The outcome of a single transaction."""
    outcome, _, _ = desk.direct.call(code, body if body is not None else {})
    return outcome


def accepted(desk, code, body=None):
    """The same, which must be accepted; gives the message id."""
    outcome, msgid, _ = desk.direct.call(code, body if body is not None else {})
    assert isinstance(outcome, Accepted), outcome
    return msgid


def lines(now, count, visit=VISIT):
    """Rows of an upload."""
    return {"feedetail": [line(now, visit, f"L{number:03}") for number in range(count)]}


def walk(desk, now, count=2):
    """Card, registration, fees and pre-settlement."""
    lay_card(desk, "沈建国")
    accepted(desk, "1101")
    accepted(desk, "2201", registration(now, VISIT))
    accepted(desk, "2204", lines(now, count))
    accepted(desk, "2206", settlement(now, VISIT))


def of_step(desk, step):
    return [row for row in desk.journal.all() if row.step == step]


# -- the plain road


def test_single_calls_make_a_visit(world, desk, now):
    walk(desk, now)
    msgid = accepted(desk, "2207", settlement(now, VISIT))
    [theirs] = live_settlements(world.books(), VISIT)
    assert theirs["msgid"] == msgid
    row = desk.journal.transaction(msgid)
    assert row.state is State.SETTLED and row.amount == theirs["total"]
    assert_agree(desk, world.books(), VISIT)


def test_the_screens_see_what_was_called(desk, now):
    walk(desk, now)
    accepted(desk, "2207", settlement(now, VISIT))
    visit = desk.register.open(VISIT)
    assert visit.settlement is not None and visit.person.name == "沈建国"
    assert visit.qualification.id == SHEN_HAND
    assert visit.registration.person_name == "沈建国"
    assert desk.documents.slip(visit.settlement.msgid).msgid == visit.settlement.msgid


def test_the_reply_is_the_centres_own(desk):
    lay_card(desk, "沈建国")
    outcome = call(desk, "1101")
    assert outcome.reply["output"]["certno"] == "990101197803141030"
    assert outcome.reply["infcode"] in (0, "0")


def test_the_person_read_last_fills_an_empty_number(world, desk, now):
    lay_card(desk, "沈建国")
    accepted(desk, "1101")
    accepted(desk, "2201", registration(now, VISIT, psn_no=""))
    [theirs] = live_visits(world.books(), VISIT)
    assert theirs["person_no"] == SHEN


def test_another_number_than_the_card_is_left_as_it_is(desk, now):
    lay_card(desk, "罗秀英")
    accepted(desk, "1101")
    accepted(desk, "2201", registration(now, VISIT))
    assert desk.visits.read(VISIT).person is None


def test_a_cancellation_points_at_what_it_cancels(world, desk, now):
    walk(desk, now)
    paid = accepted(desk, "2207", settlement(now, VISIT))
    undone = accepted(desk, "2208", cancellation(now, VISIT))
    assert desk.journal.transaction(undone).corrects == paid
    registered = desk.journal.ledger.visit(VISIT).registered_by
    back = accepted(desk, "2202", {"ipt_otp_no": VISIT})
    assert desk.journal.transaction(back).corrects == registered
    assert_agree(desk, world.books(), VISIT)


def test_sign_in_is_remembered_between_calls(world, desk):
    lay_card(desk, "沈建国")
    for _ in range(3):
        accepted(desk, "1101")
    assert world.gateway.sent.count("9001") == 1


def test_sign_in_and_out_by_code(desk):
    accepted(desk, "9001")
    assert desk.session.signed_in
    accepted(desk, "9002")
    assert not desk.session.signed_in


def test_the_centres_time_by_code(desk):
    outcome = call(desk, "1800")
    assert isinstance(outcome, Accepted) and outcome.reply["output"]


# -- what is refused before anything is written


@pytest.mark.parametrize("code", ["9999", "", "2207 ", "结算", "SIM:BOOKS"])
def test_an_unknown_code_is_named(world, desk, code):
    with pytest.raises(InvalidInput, match="不在接口配置中") as error:
        call(desk, code)
    assert error.value.faults[0].field == "code"
    assert world.gateway.sent == [] and desk.journal.all() == []


@pytest.mark.parametrize("body", [[], "text", 7, None, True])
def test_a_body_that_is_no_object_is_invalid(world, desk, body):
    with pytest.raises(InvalidInput):
        desk.direct.call("2207", body)
    assert world.gateway.sent == []


def test_unknown_wire_names_are_invalid(desk, now):
    with pytest.raises(InvalidInput, match="strange"):
        call(desk, "2201", registration(now, VISIT, strange="1"))


def test_faulty_values_are_all_named_and_nothing_is_written(world, desk, now):
    body = registration(now, VISIT, tel="1" * 99, med_type="99", atddr_no="")
    with pytest.raises(InvalidInput) as error:
        call(desk, "2201", body)
    assert {item.field for item in error.value.faults} == {"phone", "med_type", "doctor_code"}
    assert of_step(desk, "register") == []
    assert "2201" not in world.gateway.sent


def test_an_upload_is_of_one_visit(world, desk, now):
    body = {"feedetail": [line(now, visit) for visit in (VISIT, "ZX0002", "ZX0003")]}
    with pytest.raises(InvalidInput, match="ZX0002、ZX0003"):
        call(desk, "2204", body)
    assert "2204" not in world.gateway.sent


@pytest.mark.parametrize("body", [{}, {"feedetail": []}, {"feedetail": {}}, {"feedetail": ["L1"]}])
def test_an_upload_without_rows_is_invalid(world, desk, body):
    with pytest.raises(InvalidInput):
        call(desk, "2204", body)
    assert "2204" not in world.gateway.sent


# -- batches


@pytest.mark.parametrize(("count", "batches"), [(1, 1), (30, 1), (31, 2), (95, 4)])
def test_more_rows_than_a_batch_are_split(world, desk, now, count, batches):
    walk_to_registration(desk, now)
    outcome = call(desk, "2204", lines(now, count))
    assert isinstance(outcome, Accepted) and len(outcome.rows) == count
    assert len(outcome.reply["output"]) == count
    assert world.gateway.sent.count("2204") == batches
    assert len(live_lines(world.books(), VISIT)) == count
    assert_agree(desk, world.books(), VISIT)


def walk_to_registration(desk, now):
    lay_card(desk, "沈建国")
    accepted(desk, "1101")
    accepted(desk, "2201", registration(now, VISIT))


@pytest.mark.parametrize(("kind", "ending"), [("refuse", Rejected), ("request_lost", Unknown)])
def test_the_first_batch_that_fails_ends_it(world, desk, now, kind, ending):
    walk_to_registration(desk, now)
    world.fault(kind, "2204", skip=1, text="明细超限")
    outcome, msgid, _ = desk.direct.call("2204", lines(now, 95))
    assert isinstance(outcome, ending)
    assert world.gateway.sent.count("2204") == 2
    assert len(desk.journal.ledger.uploaded_ids(VISIT)) == 30
    assert desk.journal.transaction(msgid).state in {State.REJECTED, State.UNKNOWN}


def test_a_fault_in_a_later_batch_is_found_before_it_is_sent(world, desk, now):
    walk_to_registration(desk, now)
    body = lines(now, 40)
    body["feedetail"][35]["pric"] = "teuer"
    with pytest.raises(InvalidInput):
        call(desk, "2204", body)
    assert "2204" not in world.gateway.sent
    assert live_lines(world.books(), VISIT) == []


@pytest.mark.parametrize("count", [1, 2])
def test_lines_that_are_there_are_refused_and_not_doubled(world, desk, now, count):
    walk_to_registration(desk, now)
    accepted(desk, "2204", lines(now, 2))
    outcome = call(desk, "2204", lines(now, count))
    assert isinstance(outcome, Rejected)
    assert len(live_lines(world.books(), VISIT)) == 2
    assert_agree(desk, world.books(), VISIT)


@pytest.mark.parametrize("code", ["2202", "2208"])
def test_what_was_taken_back_already_is_refused_again(world, desk, now, code):
    walk(desk, now)
    if code == "2208":
        accepted(desk, "2207", settlement(now, VISIT))
        body = cancellation(now, VISIT)
    else:
        accepted(desk, "2205", removal())
        body = {"ipt_otp_no": VISIT}
    accepted(desk, code, body)
    again = call(desk, code, body)
    assert isinstance(again, Rejected), again
    assert desk.resolve.pending() == ()
    assert_agree(desk, world.books(), VISIT)


def removal(rx="", number=""):
    """A 2205 body: a line, a prescription, or everything that is not settled."""
    return {"ipt_otp_no": VISIT, "rxno": rx, "feedetl_sn": number}


@pytest.mark.parametrize(
    ("rx", "number", "left"),
    [
        ("", "", []),
        ("R1", "", ["L3"]),
        ("R2", "", ["L1", "L2"]),
        ("R1", "L1", ["L2", "L3"]),
        ("R2", "L3", ["L1", "L2"]),
    ],
)
def test_lines_are_taken_back_singly_by_prescription_or_all(world, desk, now, rx, number, left):
    walk_to_registration(desk, now)
    rows = [line(now, VISIT, "L1"), line(now, VISIT, "L2"), line(now, VISIT, "L3", rxno="R2")]
    accepted(desk, "2204", {"feedetail": rows})
    accepted(desk, "2205", removal(rx, number))
    assert sorted(desk.journal.ledger.uploaded_ids(VISIT)) == left
    assert_agree(desk, world.books(), VISIT)


@pytest.mark.parametrize("kind", ["reply_lost", "request_lost"])
def test_a_prescription_taken_back_without_answer_is_cleared_up(world, desk, now, kind):
    walk_to_registration(desk, now)
    rows = [line(now, VISIT, "L1"), line(now, VISIT, "L3", rxno="R2")]
    accepted(desk, "2204", {"feedetail": rows})
    world.fault(kind, "2205")
    assert isinstance(call(desk, "2205", removal("R1")), Unknown)
    world.resolve(desk)
    assert_agree(desk, world.books(), VISIT)


@pytest.mark.parametrize("keep", ["0", "1"])
def test_a_cancellation_keeps_the_lines_or_takes_them_along(world, desk, now, keep):
    walk(desk, now)
    accepted(desk, "2207", settlement(now, VISIT))
    accepted(desk, "2208", cancellation(now, VISIT, keep=keep))
    assert len(desk.journal.ledger.uploaded_ids(VISIT)) == (2 if keep == "1" else 0)
    assert_agree(desk, world.books(), VISIT)


def test_lines_of_a_visit_that_is_not_registered_are_plainly_refused(desk, now):
    outcome = call(desk, "2204", lines(now, 1))
    assert isinstance(outcome, Rejected) and VISIT in outcome.text
    assert desk.resolve.pending() == ()


# -- endings


def test_a_refusal_is_in_the_centres_own_words(desk, now):
    walk_to_registration(desk, now)
    outcome = call(desk, "2201", registration(now, VISIT))
    assert isinstance(outcome, Rejected) and outcome.text
    assert outcome.reply["err_msg"] == outcome.text


def test_not_signed_in_is_not_sent(world, desk):
    world.fault("refuse", "9001", text="操作员已停用")
    outcome, msgid, _ = desk.direct.call("1101", {})
    assert isinstance(outcome, NotSent) and msgid == ""


def test_a_settlement_without_answer_is_resolved_like_any_other(world, desk, now):
    walk(desk, now)
    world.fault("reply_lost", "2207")
    outcome, msgid, _ = desk.direct.call("2207", settlement(now, VISIT))
    assert isinstance(outcome, Unknown)
    assert [row.msgid for row in desk.resolve.pending()] == [msgid]
    with pytest.raises(Refused, match=msgid):
        call(desk, "2207", settlement(now, VISIT))
    world.resolve(desk)
    assert_agree(desk, world.books(), VISIT)


def test_a_registration_that_exists_is_not_planned_over(desk, now):
    walk_to_registration(desk, now)
    assert isinstance(call(desk, "2201", registration(now, VISIT, adm_dept_codg="K099")), Rejected)
    assert desk.visits.read(VISIT).registration.dept_code == "K010"


# -- reversal


def reversal(msgid, code="2207"):
    return {"omsgid": msgid, "oinfno": code, "psn_no": "", "ipt_otp_no": VISIT, "memo": "测试"}


def lost(world, desk, now, kind="request_lost"):
    """A settlement without answer; gives its message id."""
    walk(desk, now)
    world.fault(kind, "2207")
    return desk.direct.call("2207", settlement(now, VISIT))[1]


def test_an_open_settlement_that_was_booked_is_fenced(world, desk, now):
    original = lost(world, desk, now, "reply_lost")
    outcome, msgid, _ = desk.direct.call("2209", reversal(original))
    assert isinstance(outcome, Accepted)
    assert desk.journal.transaction(original).state is State.VOID
    assert desk.journal.transaction(msgid).corrects == original
    assert live_settlements(world.books(), VISIT) == []
    assert desk.resolve.pending() == ()
    assert isinstance(call(desk, "2207", settlement(now, VISIT)), Accepted)
    assert_agree(desk, world.books(), VISIT)


def test_nothing_to_reverse_leaves_the_row_to_the_resolver(world, desk, now):
    original = lost(world, desk, now)
    outcome = call(desk, "2209", reversal(original))
    assert isinstance(outcome, Rejected) and "无可冲正" in outcome.text
    assert desk.journal.transaction(original).state is State.UNKNOWN
    world.resolve(desk)
    assert desk.journal.transaction(original).state is State.VOID
    assert isinstance(call(desk, "2207", settlement(now, VISIT)), Accepted)
    assert_agree(desk, world.books(), VISIT)


def test_a_fence_without_answer_keeps_the_visit_blocked_until_it_is_certain(world, desk, now):
    original = lost(world, desk, now)
    world.fault("request_lost", "2209")
    assert isinstance(call(desk, "2209", reversal(original)), Unknown)
    assert desk.journal.transaction(original).state is State.VOIDING
    with pytest.raises(Refused):
        call(desk, "2207", settlement(now, VISIT))
    world.resolve(desk)
    assert desk.journal.transaction(original).state is State.VOID
    assert_agree(desk, world.books(), VISIT)


def test_a_refused_fence_changes_nothing(world, desk, now):
    original = lost(world, desk, now)
    world.fault("refuse", "2209", text="冲正业务维护中")
    outcome = call(desk, "2209", reversal(original))
    assert isinstance(outcome, Rejected) and outcome.text == "冲正业务维护中"
    assert desk.journal.transaction(original).state is State.UNKNOWN


def test_what_is_certain_is_not_reversed(world, desk):
    visit_no = settled(desk)
    msgid = desk.visits.read(visit_no).settlement.msgid
    with pytest.raises(Refused, match="已确定成功的请用撤销"):
        call(desk, "2209", reversal(msgid))
    assert "2209" not in world.gateway.sent
    assert len(live_settlements(world.books(), visit_no)) == 1


def test_a_refused_settlement_is_not_reversed_either(world, desk):
    visit_no = brought(desk, "settle")
    world.fault("refuse", "2207", text="额度已满")
    msgid = do(desk, "settle", visit_no).msgid
    with pytest.raises(Refused, match=msgid):
        call(desk, "2209", reversal(msgid))


def test_a_message_of_another_desk_is_reversed_as_the_caller_says(world, desk):
    strange = "H990000000012026030208000019999"[:30]
    outcome, msgid, _ = desk.direct.call("2209", reversal(strange))
    assert isinstance(outcome, Accepted | Rejected)
    assert desk.journal.transaction(msgid).corrects == strange
    assert world.gateway.sent.count("2209") == 1


def interrupted(*_):
    """The process is gone between the call and its outcome."""
    raise KeyboardInterrupt


def test_an_interrupted_intent_is_unknown_from_the_next_call_on(world, desk, now, monkeypatch):
    walk(desk, now)
    monkeypatch.setattr(desk.road, "_journalled", interrupted)
    with pytest.raises(KeyboardInterrupt):
        call(desk, "2207", settlement(now, VISIT))
    monkeypatch.undo()
    desk.close()
    with world.desk() as later:
        [row] = later.resolve.pending()
        assert row.state is State.UNKNOWN
        world.resolve(later)
        assert_agree(later, world.books(), VISIT)
