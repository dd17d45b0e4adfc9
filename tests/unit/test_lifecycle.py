"""Which step may follow which stage, each with its sentence."""

import pytest

from core.domain import Registration, Stage, Visit
from core.domain.transaction import CLOSED_STATES, NEXT_STATES, OPEN_STATES, State
from core.service.lifecycle import ALLOWED, STAY_ALLOWED, may, stage_of

OUTPATIENT = [stage for stage in Stage if stage is not Stage.DISCHARGED]


def visit(stage, open_msgid="", med_type=""):
    registration = Registration(visit_no="MZ1", med_type=med_type)
    return Visit(registration=registration, stage=stage, open_msgid=open_msgid)


@pytest.mark.parametrize("step", STAY_ALLOWED)
@pytest.mark.parametrize("stage", Stage)
def test_every_refusal_of_a_stay_has_a_sentence_of_its_own(step, stage):
    problem = may(visit(stage, med_type="21"), step)
    assert (problem is None) == (stage in STAY_ALLOWED[step])
    if problem:
        assert problem.key == f"lifecycle_stay.{step}.{stage}"
        assert problem.text.endswith("。")


def test_a_stay_is_settled_only_after_its_discharge_and_takes_no_lines_then():
    assert may(visit(Stage.PRESETTLED, med_type="21"), "settle") is not None
    assert may(visit(Stage.DISCHARGED, med_type="21"), "settle") is None
    refused = may(visit(Stage.DISCHARGED, med_type="22"), "upload_fees")
    assert refused is not None and "取消出院" in refused.text
    assert may(visit(Stage.PRESETTLED, med_type="11"), "settle") is None


@pytest.mark.parametrize("step", ALLOWED)
@pytest.mark.parametrize("stage", OUTPATIENT)
def test_every_refusal_has_a_sentence_of_its_own(step, stage):
    problem = may(visit(stage), step)
    assert (problem is None) == (stage in ALLOWED[step])
    if problem:
        assert problem.key == f"lifecycle.{step}.{stage}"
        assert problem.text.endswith("。")


@pytest.mark.parametrize("step", ALLOWED)
@pytest.mark.parametrize("stage", Stage)
def test_an_open_transaction_forbids_every_step(step, stage):
    problem = may(visit(stage, "H990-1"), step)
    assert problem is not None and "H990-1" in problem.text


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ((False, False, False, False, False), Stage.NEW),
        ((True, False, False, False, False), Stage.REGISTERED),
        ((True, False, True, False, False), Stage.UPLOADED),
        ((True, False, True, True, False), Stage.PRESETTLED),
        ((True, False, False, True, False), Stage.REGISTERED),
        ((True, False, True, True, True), Stage.SETTLED),
        ((False, True, False, False, False), Stage.CANCELLED),
    ],
)
def test_the_stage_follows_from_what_the_journal_knows(facts, stage):
    assert stage_of(*facts) is stage


def test_a_discharge_stands_between_pre_settled_and_settled():
    assert stage_of(True, False, True, True, False, discharged=True) is Stage.DISCHARGED
    assert stage_of(True, False, True, True, True, discharged=True) is Stage.SETTLED
    assert stage_of(False, True, False, False, False, discharged=True) is Stage.CANCELLED


def test_closed_states_lead_nowhere_and_open_ones_somewhere():
    assert set(NEXT_STATES) == set(State)
    assert all(not NEXT_STATES[state] for state in CLOSED_STATES)
    assert all(NEXT_STATES[state] for state in OPEN_STATES)


def test_nothing_unknown_is_ever_called_rejected_or_not_sent():
    for state in OPEN_STATES - {State.INTENT}:
        assert not NEXT_STATES[state] & {State.REJECTED, State.NOT_SENT}
