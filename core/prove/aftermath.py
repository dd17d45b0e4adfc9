"""After the last event: what is open is decided by a person, and the visit goes on to its end.

A desk that was misled anywhere cannot do that: a line is missing, a registration stands in the way,
an amount differs. Nothing goes wrong any more here; a refusal is a finding.
"""

from __future__ import annotations

from collections.abc import Callable

from core.domain import Operator, Role, Stage, State, Visit
from core.errors import DeskError, Refused
from core.outcome import Accepted, Unknown
from core.prove.cashier import Story
from core.prove.flows import STEPS, whole
from core.prove.invariants import findings
from core.prove.world import ProvedDesk
from core.service.result import StepResult
from core.words import say

ENDED = frozenset({"discharge", "stay"})  # flows whose stay goes on to its settlement
Following = Callable[[Story, Visit], str]
STEPS_AT_MOST = 14
ROUNDS = 60


def ending(story: Story) -> tuple[str, ...]:
    """Everything that is wrong at the end of a run, and after the visit has gone on from there."""
    if story.at.broken:
        return (story.at.broken,)
    found = findings(story.world, late_may_differ=story.at.late)
    if found:
        return found
    kept = story.world.snapshot()
    found = story.world.plainly(lambda: _after(story, _next))
    if found or not story.at.late:
        return found
    story.world.restore(kept)
    return story.world.plainly(lambda: _after(story, _back))


def _after(story: Story, following: Following) -> tuple[str, ...]:
    desk = story.world.desk
    try:
        _decide(desk)
        stuck = _go_on(story, desk, following)
    except DeskError as error:
        stuck = f"stuck: {error}"
    turned_back = story.at.back or following is _back
    gone = story.world.kind.held and turned_back and story.at.late
    return (stuck,) if stuck else findings(story.world, late_may_differ=gone)


def _decide(desk: ProvedDesk) -> None:
    """A supervisor with the centre's statement in hand: looked for once more, else void."""
    supervisor = Operator(id="0201", name=say("session.desk"), role=Role.SUPERVISOR)
    for row in desk.resolve.pending():
        if desk.resolve.look(row.msgid).state is State.MANUAL:
            desk.resolve.decide(row.msgid, False, supervisor, "-")


def _go_on(story: Story, desk: ProvedDesk, following: Following) -> str:
    """Do the next step until the visit is where a patient leaves the desk."""
    for _ in range(STEPS_AT_MOST):
        step = following(story, desk.visits.read(story.visit_no))
        if not step:
            return ""
        outcome = _done(desk, step, story.visit_no).outcome
        if isinstance(outcome, Unknown):
            _wait(story, desk)
        elif not isinstance(outcome, Accepted) and following is _next and step != "register":
            STEPS["cancel_registration"](desk, story.visit_no)  # take it back, begin anew
    return "stuck: the visit does not come to its end"


def _done(desk: ProvedDesk, step: str, visit_no: str) -> StepResult:
    """The step, or what its refusal tells to do first: a stay may have ended unheard."""
    try:
        return STEPS[step](desk, visit_no)
    except Refused as refused:
        if refused.faults[0].key != "register.ended_there":
            raise
        return STEPS["discharge"](desk, visit_no)


def _wait(story: Story, desk: ProvedDesk) -> None:
    for _ in range(ROUNDS):
        desk.sweep()
        if not (rows := desk.unfinished()):
            return
        story.world.clock.until(max(row.next_try or story.world.clock.now() for row in rows))


def _next(story: Story, visit: Visit) -> str:
    if story.flow.name == "cancel":
        return "cancel_settlement" if visit.settlement else ""
    if visit.stage is Stage.SETTLED:
        return ""
    if visit.stage in (Stage.NEW, Stage.CANCELLED):
        return "" if story.at.back else "register"
    if not whole(visit):
        return "upload_fees"
    if not visit.registration.is_inpatient:
        return "settle"
    if story.flow.name not in ENDED:
        return ""
    return "settle" if visit.discharge else "discharge"


def _back(story: Story, visit: Visit) -> str:
    """The other way: everything is taken back."""
    if visit.settlement:
        return "cancel_settlement"
    if visit.discharge:
        return "undo_discharge"
    return "" if visit.stage in (Stage.NEW, Stage.CANCELLED) else "cancel_registration"
