"""What the patient was shown is what is settled; every guard before the money has its sentence."""

from __future__ import annotations

import pytest

from core.domain import Amounts, Stage, State
from core.errors import Refused
from core.money import show
from core.outcome import Accepted, NotSent, Rejected, Unknown
from core.service.sums import amounts_warnings
from tests.helpers.agreement import assert_agree, live_settlements
from tests.helpers.flows import brought, do, settled, straight_visit


def shown(desk, visit_no):
    return desk.visits.read(visit_no).presettlement


def sent(world, code):
    return world.gateway.sent.count(code)


def test_the_presettlement_is_kept_and_adds_up(desk):
    visit_no = brought(desk, "settle")
    visit = desk.visits.read(visit_no)
    assert visit.stage is Stage.PRESETTLED
    assert visit.presettlement.adds_up
    assert visit.presettlement.total == sum(line.amount for line in visit.lines)


def test_the_settlement_is_the_presettlement_to_the_fen(world, desk):
    visit_no = brought(desk, "settle")
    promised = shown(desk, visit_no)
    result = do(desk, "settle", visit_no)
    paid = result.visit.settlement.amounts
    assert paid.total == promised.total
    assert (paid.fund, paid.personal) == (promised.fund, promised.personal)
    assert result.warnings == ()
    assert desk.journal.transaction(result.msgid).amount == promised.total
    assert_agree(desk, world.books(), visit_no)


def test_presettling_twice_is_allowed(desk):
    visit_no = brought(desk, "settle")
    assert isinstance(do(desk, "presettle", visit_no).outcome, Accepted)


def test_settling_twice_settles_once(world, desk):
    visit_no = settled(desk)
    amounts = desk.visits.read(visit_no).settlement.amounts
    with pytest.raises(Refused, match="不会重复结算"):
        desk.settle.settle(visit_no, amounts)
    assert sent(world, "2207") == 1
    assert len(live_settlements(world.books(), visit_no)) == 1


@pytest.mark.parametrize(
    ("step", "says"),
    [("register", "还没有登记"), ("upload_fees", "还没有上传费用"), ("presettle", "F5")],
)
def test_what_is_missing_before_a_settlement_is_said(world, desk, step, says):
    visit_no = brought(desk, step)
    with pytest.raises(Refused, match=says):
        desk.settle.settle(visit_no, Amounts(total=1, fund=1, personal=0))
    assert sent(world, "2207") == 0


# -- shown is old


@pytest.mark.parametrize("name", ["total", "fund", "personal", "drug"])
def test_other_amounts_than_those_in_the_journal_are_not_settled(world, desk, name):
    visit_no = brought(desk, "settle")
    now = shown(desk, visit_no)
    old = now.model_copy(update={name: (getattr(now, name) or 0) + 1})
    with pytest.raises(Refused) as error:
        desk.settle.settle(visit_no, old)
    assert [item.key for item in error.value.faults] == ["settle.shown_is_old"]
    assert show(old.total) in str(error.value) and show(now.fund) in str(error.value)
    assert sent(world, "2207") == 0


def test_lines_removed_take_the_presettlement_with_them(world, desk):
    visit_no = brought(desk, "settle")
    old = shown(desk, visit_no)
    desk.charge.remove(visit_no)
    assert shown(desk, visit_no) is None
    with pytest.raises(Refused):
        desk.settle.settle(visit_no, old)
    assert sent(world, "2207") == 0


# -- lines and sums


def more_lines(desk, visit_no):
    """The hospital charges one more line after the upload."""
    lines = desk.visits.read(visit_no).lines
    again = lines[0].model_copy(update={"line_id": f"{lines[0].line_id}-2"})
    with desk.journal.commit():
        desk.journal.ledger.keep_lines(visit_no, (*lines, again))


@pytest.mark.parametrize("step", ["presettle", "settle"])
def test_a_line_that_came_after_the_upload_stops_both(world, desk, step):
    visit_no = brought(desk, step)
    more_lines(desk, visit_no)
    with pytest.raises(Refused, match="还有 1 行费用没有上传"):
        do(desk, step, visit_no)
    assert sent(world, "2206" if step == "presettle" else "2207") == 0
    do(desk, "upload_fees", visit_no)
    if step == "settle":
        do(desk, "presettle", visit_no)
    assert isinstance(do(desk, step, visit_no).outcome, Accepted)


def other_sum(desk, visit_no, fen=100):
    """The hospital changes the amount of a line after the upload."""
    first, *rest = desk.visits.read(visit_no).lines
    with desk.journal.commit():
        dearer = first.model_copy(update={"amount": first.amount + fen})
        desk.journal.ledger.keep_lines(visit_no, (dearer, *rest))


@pytest.mark.parametrize("step", ["presettle", "settle"])
@pytest.mark.parametrize("fen", [1, -1])
def test_sums_that_differ_by_a_fen_stop_both(world, desk, step, fen):
    visit_no = brought(desk, step)
    ours = sum(line.amount for line in desk.visits.read(visit_no).lines)
    other_sum(desk, visit_no, fen)
    with pytest.raises(Refused) as error:
        do(desk, step, visit_no)
    assert [item.key for item in error.value.faults] == ["settle.sums_differ"]
    assert show(ours + fen) in str(error.value) and show(ours) in str(error.value)
    assert "不要收款" in str(error.value)


def test_a_presettlement_of_another_total_is_warned_of(world, desk):
    visit_no = brought(desk, "presettle")
    world.fault("wrong_amounts", "2206", where="broken", fen=100)
    result = do(desk, "presettle", visit_no)
    assert isinstance(result.outcome, Accepted)
    assert "settle.identity" in [item.key for item in result.warnings]


def test_a_settlement_other_than_shown_names_both_amounts(world, desk):
    visit_no = brought(desk, "settle")
    promised = shown(desk, visit_no)
    world.fault("wrong_amounts", "2207", where="books", fen=100)
    result = do(desk, "settle", visit_no)
    [warning] = [item for item in result.warnings if item.key == "settle.differs"]
    assert show(promised.personal) in warning.text
    assert show(promised.personal + 100) in warning.text
    assert "请勿收款" in warning.text
    assert result.visit.stage is Stage.SETTLED


# -- the reply itself


def test_a_reply_without_amounts_is_warned_of():
    assert [item.key for item in amounts_warnings({})] == ["settle.no_amounts"]
    assert [item.key for item in amounts_warnings({"total": 1, "fund": 1})] == ["settle.no_amounts"]


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        ({"total": 300, "fund": 200, "personal": 100}, []),
        ({"total": 300, "fund": 200, "personal": 99}, ["settle.identity"]),
        ({"total": 0, "fund": 0, "personal": 0}, []),
        (
            {"total": 3, "fund": 2, "personal": 1, "drug": 1, "service": 1, "material": 0},
            ["settle.parts"],
        ),
        ({"total": 300, "fund": 200, "personal": 100, "drug": 100}, []),
        (
            {"total": 3, "fund": 1, "personal": 1, "drug": 1, "service": 1, "material": 2},
            ["settle.identity", "settle.parts"],
        ),
    ],
)
def test_amounts_that_do_not_add_up_are_named(values, keys):
    assert [item.key for item in amounts_warnings(values)] == keys


def test_a_refusal_leaves_the_visit_presettled(world, desk):
    visit_no = brought(desk, "settle")
    world.fault("refuse", "2207", text="工伤基金账户冻结")
    result = do(desk, "settle", visit_no)
    assert isinstance(result.outcome, Rejected) and result.outcome.text == "工伤基金账户冻结"
    assert result.visit.stage is Stage.PRESETTLED and not result.visit.open_msgid
    assert desk.journal.transaction(result.msgid).state is State.REJECTED
    assert isinstance(do(desk, "settle", visit_no).outcome, Accepted)


def test_a_presettlement_without_answer_blocks_nothing(world, desk):
    visit_no = brought(desk, "presettle")
    world.fault("request_lost", "2206")
    assert isinstance(do(desk, "presettle", visit_no).outcome, Unknown)
    assert desk.resolve.pending() == ()
    assert isinstance(do(desk, "presettle", visit_no).outcome, Accepted)


def test_what_never_left_may_be_settled_again(world, desk):
    visit_no = brought(desk, "settle")
    world.gateway.unsent = True
    assert isinstance(do(desk, "settle", visit_no).outcome, NotSent)
    world.gateway.unsent = False
    assert isinstance(do(desk, "settle", visit_no).outcome, Accepted)
    assert_agree(desk, world.books(), visit_no)


@pytest.mark.parametrize(
    ("med_type", "occupational"), [("11", ""), ("12", "1"), ("13", ""), ("22", "1")]
)
def test_occupational_disease_is_said_by_the_medical_category(desk, med_type, occupational):
    visit = straight_visit(desk)
    known = visit.registration.model_copy(update={"med_type": med_type})
    values = desk.settle._values(visit.model_copy(update={"registration": known}))
    assert values["occupational"] == occupational
    assert values["outcome_code"] == "04"


def test_a_diagnosis_without_name_goes_by_its_code(desk):
    visit = straight_visit(desk)
    known = visit.registration.model_copy(update={"diagnosis_name": ""})
    values = desk.settle._values(visit.model_copy(update={"registration": known}))
    assert values["diagnosis_name"] == known.diagnosis_code
