"""Which step may follow which stage, each with its sentence."""

import pytest

from core.domain import Registration, Stage, Visit
from core.domain.transaction import CLOSED_STATES, NEXT_STATES, OPEN_STATES, State
from core.service.lifecycle import ALLOWED, may, stage_of


def visit(stage, open_msgid=""):
    return Visit(registration=Registration(visit_no="MZ1"), stage=stage, open_msgid=open_msgid)


@pytest.mark.parametrize("step", ALLOWED)
@pytest.mark.parametrize("stage", Stage)
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


def test_closed_states_lead_nowhere_and_open_ones_somewhere():
    assert set(NEXT_STATES) == set(State)
    assert all(not NEXT_STATES[state] for state in CLOSED_STATES)
    assert all(NEXT_STATES[state] for state in OPEN_STATES)


def test_nothing_unknown_is_ever_called_rejected_or_not_sent():
    for state in OPEN_STATES - {State.INTENT}:
        assert not NEXT_STATES[state] & {State.REJECTED, State.NOT_SENT}
