"""Who may be registered for what, a supervisor's override, and taking a registration back."""

from __future__ import annotations

import pytest

from core.domain import Operator, Qualification, Role, Stage, State
from core.errors import InvalidInput, Refused
from core.outcome import Accepted, NotSent, Rejected, Unknown
from tests.helpers.agreement import assert_agree, live_lines, live_visits
from tests.helpers.flows import brought, complete, do, lay_card, settled, straight_visit
from tests.helpers.inprocess import CASHIER, SUPERVISOR

IT = Operator(id="0301", name="试用信息员", role=Role.IT)


def waiting(desk, name):
    """The first waiting visit of a person, and the card read in the reader."""
    known = next(item for item in desk.hospital.waiting() if item.person_name == name)
    lay_card(desk, name)
    _, person = desk.identify.read_card()
    return complete(known), person


def keys(error):
    return [item.key for item in error.value.faults]


def test_a_plain_visit_is_registered_and_posted(world, desk):
    visit_no = brought(desk, "upload_fees")
    visit = desk.visits.read(visit_no)
    assert visit.stage is Stage.REGISTERED
    assert visit.person.name == visit.registration.person_name
    assert visit.qualification in visit.person.qualifications
    [theirs] = live_visits(world.books(), visit_no)
    assert theirs["visit_no"] == visit_no
    row = desk.journal.transaction(desk.journal.ledger.visit(visit_no).registered_by)
    assert row.state is State.SETTLED and row.step == "register"


def test_the_moment_of_admission_is_behind_the_centres_clock(world, desk):
    world.order("CLOCK", offset=-300)
    desk.session.sign_in()
    registration, person = waiting(desk, "沈建国")
    registration = registration.model_copy(update={"admitted_at": None})
    result = desk.register.register(registration, person, person.qualifications[0])
    assert isinstance(result.outcome, Accepted)
    assert result.visit.registration.admitted_at <= desk.session.centre_now()


def test_nobody_without_qualification_is_registered(world, desk):
    registration, person = waiting(desk, "唐小梅")
    with pytest.raises(Refused, match="「唐小梅」没有工伤资格认定记录") as error:
        desk.register.register(registration, person, None)
    assert keys(error) == ["register.no_qualification"]
    assert "2201" not in world.gateway.sent


@pytest.mark.parametrize("name", ["秦国庆", "周桂芳"])
def test_who_is_not_entitled_is_told_why(desk, name):
    registration, person = waiting(desk, name)
    with pytest.raises(Refused, match="待遇不享受") as error:
        desk.register.register(registration, person, person.qualifications[0])
    assert keys(error) == ["register.not_entitled"]
    assert person.refused_reason in str(error.value) and "自费" in str(error.value)


def test_of_several_qualifications_one_must_be_chosen(desk):
    registration, person = waiting(desk, "高志远")
    assert len(person.qualifications) == 3
    with pytest.raises(Refused, match="工伤资格未选定") as error:
        desk.register.register(registration, person, None)
    assert error.value.faults[0].field == "qualification_id"


def test_another_persons_qualification_is_no_choice(desk):
    registration, person = waiting(desk, "沈建国")
    foreign = Qualification(id="GS9926000201", text="左前臂挤压伤", kind="肢体残")
    with pytest.raises(Refused) as error:
        desk.register.register(registration, person, foreign)
    assert keys(error) == ["register.choose_qualification"]


def test_every_reason_is_said_at_once(desk):
    registration, person = waiting(desk, "秦国庆")
    bare = person.model_copy(update={"qualifications": (), "name": "秦别人", "id_no": "99"})
    with pytest.raises(Refused) as error:
        desk.register.register(registration, bare, None)
    assert keys(error) == [
        "register.not_entitled", "register.no_qualification", "identify.name", "identify.id_no",
    ]  # fmt: skip
    assert str(error.value).count("；") == 3


# -- another name, and who answers for it


def test_another_name_is_refused_for_a_cashier(desk):
    registration, person = _lin(desk)
    with pytest.raises(Refused, match="与医院登记姓名") as error:
        desk.register.register(registration, person, person.qualifications[0])
    assert keys(error) == ["identify.name"]


def _lin(desk):
    """A card in traditional characters against a hospital that writes simplified ones."""
    known = next(item for item in desk.hospital.waiting() if item.person_name == "林诚")
    lay_card(desk, "林誠")
    _, person = desk.identify.read_card()
    return complete(known), person


@pytest.mark.parametrize("who", [None, CASHIER, IT])
def test_only_a_supervisor_overrides_a_name(world, desk, who):
    registration, person = _lin(desk)
    with pytest.raises(Refused):
        desk.register.register(registration, person, person.qualifications[0], who)
    assert "2201" not in world.gateway.sent


def test_a_supervisor_answers_for_the_name(desk):
    registration, person = _lin(desk)
    result = desk.register.register(registration, person, person.qualifications[0], SUPERVISOR)
    assert isinstance(result.outcome, Accepted)
    assert result.visit.person.name == "林誠"


def test_a_supervisor_cannot_override_an_entitlement(desk):
    registration, person = waiting(desk, "秦国庆")
    with pytest.raises(Refused) as error:
        desk.register.register(registration, person, person.qualifications[0], SUPERVISOR)
    assert keys(error) == ["register.not_entitled"]


def test_a_rare_character_needs_no_supervisor(desk):
    registration, person = waiting(desk, "陈䶮")
    assert person.name == "陈?"
    result = desk.register.register(registration, person, person.qualifications[0])
    assert isinstance(result.outcome, Accepted)


# -- the life cycle and the centre's own no


def test_a_second_registration_is_refused(world, desk):
    visit_no = brought(desk, "upload_fees")
    sent = world.gateway.sent.count("2201")
    with pytest.raises(Refused, match="已登记，不能重复登记"):
        do(desk, "register", visit_no)
    assert world.gateway.sent.count("2201") == sent


def test_the_centres_refusal_leaves_the_visit_new(world, desk):
    visit_no = straight_visit(desk).visit_no
    world.fault("refuse", "2201", text="该人员已在外院住院")
    result = do(desk, "register", visit_no)
    assert isinstance(result.outcome, Rejected) and result.outcome.text == "该人员已在外院住院"
    assert result.visit.stage is Stage.NEW
    assert isinstance(do(desk, "register", visit_no).outcome, Accepted)


def test_who_is_in_stay_elsewhere_is_refused_by_the_centre(desk):
    registration, person = waiting(desk, "韦大力")
    result = desk.register.register(registration, person, person.qualifications[0])
    assert isinstance(result.outcome, Rejected) and result.outcome.text
    assert result.visit.stage is Stage.NEW


@pytest.mark.parametrize("field", ["med_type", "dept_code", "doctor_code", "diagnosis_code"])
def test_a_missing_field_is_named_and_nothing_is_written(world, desk, field):
    registration, person = waiting(desk, "沈建国")
    registration = registration.model_copy(update={field: ""})
    with pytest.raises(InvalidInput) as error:
        desk.register.register(registration, person, person.qualifications[0])
    assert field in [item.field for item in error.value.faults]
    assert "2201" not in world.gateway.sent
    assert not [row for row in desk.journal.all() if row.step == "register"]


def test_while_the_registration_is_unknown_nothing_else_is_sent(world, desk):
    visit_no = straight_visit(desk).visit_no
    world.fault("reply_lost", "2201")
    assert isinstance(do(desk, "register", visit_no).outcome, Unknown)
    for step in ("register", "upload_fees", "cancel_registration"):
        with pytest.raises(Refused, match="查清之前不能继续办理"):
            do(desk, step, visit_no)
    world.resolve(desk)
    assert desk.visits.read(visit_no).stage is Stage.REGISTERED


# -- taking it back


@pytest.mark.parametrize("step", ["upload_fees", "presettle", "settle"])
def test_a_registration_is_taken_back_with_its_lines(world, desk, step):
    visit_no = brought(desk, step)
    result = desk.register.cancel(visit_no, "挂错号")
    assert isinstance(result.outcome, Accepted)
    assert result.visit.stage is Stage.CANCELLED
    assert live_lines(world.books(), visit_no) == []
    assert_agree(desk, world.books(), visit_no)
    assert ("2205" in world.gateway.sent) == (step != "upload_fees")


def test_the_cancellation_points_at_the_registration_and_keeps_the_reason(desk):
    visit_no = brought(desk, "upload_fees")
    registered = desk.journal.ledger.visit(visit_no).registered_by
    result = desk.register.cancel(visit_no, "挂错号")
    assert desk.journal.transaction(result.msgid).corrects == registered
    assert "挂错号" in [item.text for item in desk.history.timeline(result.msgid)]


def test_after_it_the_visit_may_be_registered_anew(world, desk):
    visit_no = brought(desk, "upload_fees")
    do(desk, "cancel_registration", visit_no)
    assert isinstance(do(desk, "register", visit_no).outcome, Accepted)
    assert_agree(desk, world.books(), visit_no)


def test_a_settled_visit_keeps_its_registration(desk):
    visit_no = settled(desk)
    with pytest.raises(Refused, match="请先撤销结算"):
        desk.register.cancel(visit_no, "挂错号")


def test_what_was_never_registered_is_not_cancelled(desk):
    with pytest.raises(Refused, match="还没有登记"):
        desk.register.cancel(straight_visit(desk).visit_no, "挂错号")


def test_when_the_lines_stay_the_registration_stays(world, desk):
    visit_no = brought(desk, "presettle")
    world.fault("refuse", "2205", text="明细正在审核")
    result = desk.register.cancel(visit_no, "挂错号")
    assert isinstance(result.outcome, Rejected) and result.outcome.text == "明细正在审核"
    assert "2202" not in world.gateway.sent
    assert result.visit.stage is Stage.UPLOADED


def test_a_library_that_is_gone_changes_nothing(world, desk):
    visit_no = brought(desk, "upload_fees")
    world.gateway.unsent = True
    assert isinstance(desk.register.cancel(visit_no, "挂错号").outcome, NotSent)
    assert desk.visits.read(visit_no).stage is Stage.REGISTERED
