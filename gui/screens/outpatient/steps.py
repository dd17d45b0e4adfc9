"""The step line: what is done, what is next, and why the rest has to wait. Rules only, no state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.domain import Stage
from core.errors import Fault, fault
from core.service.lifecycle import may
from core.words import say
from gui.screens.outpatient.case import Case
from gui.screens.outpatient.fees import FeeSums, fee_sums

Mark = Literal["done", "now", "later", "unknown"]
STEPS = ("card", "register", "fees", "presettle", "settle", "print")


@dataclass(frozen=True, slots=True)
class StepFace:
    """One step of the line; ``why``: the reason it cannot be taken yet, or empty."""

    name: str
    title: str
    mark: Mark
    why: str = ""


def sums(case: Case) -> FeeSums:
    """The fee lines of the case, counted once per visit as it is."""
    known = case.counted
    if known is None or known[0] is not case.visit or known[1] is not case.faulty:
        known = (case.visit, case.faulty, fee_sums(case.visit, case.faulty))
        case.counted = known
    return known[2]


def done_steps(case: Case) -> dict[str, bool]:
    """Which steps of the line lie behind."""
    settled = case.stage is Stage.SETTLED
    return {
        "card": case.person is not None,
        "register": case.registered,
        "fees": settled or (case.registered and sums(case).complete),
        "presettle": settled or case.stage is Stage.PRESETTLED,
        "settle": settled,
        "print": settled and case.printed,
    }


def step_line(case: Case) -> tuple[StepFace, ...]:
    """All steps with their marks; exactly one is ``now`` until all are done."""
    done = done_steps(case)
    now = next((step for step in STEPS if not done[step]), "")
    return tuple(_face(case, step, done[step], step == now) for step in STEPS)


def _face(case: Case, step: str, done: bool, now: bool) -> StepFace:
    mark: Mark = "done" if done else ("now" if now else "later")
    if case.open and not done and now:
        mark = "unknown"
    reason = None if done else why_not(case, ACTION_OF[step])
    return StepFace(step, say(f"outpatient.step.{step}"), mark, reason.text if reason else "")


ACTION_OF = {
    "card": "patient",
    "register": "register",
    "fees": "upload",
    "presettle": "presettle",
    "settle": "settle",
    "print": "print_slip",
}


def why_not(case: Case, action: str) -> Fault | None:
    """Why ``action`` of the action table cannot be taken for this patient now."""
    rule = _RULES.get(action)
    return rule(case) if rule else None


def _visit(case: Case) -> Fault | None:
    if case.visit is None:
        return fault("outpatient.why.no_visit")
    return fault("outpatient.why.open") if case.open else None


def _settled(case: Case) -> Fault | None:
    return fault("outpatient.why.settled") if case.stage is Stage.SETTLED else None


def _register(case: Case) -> Fault | None:
    return (
        _visit(case) or _already(case) or _entitled(case) or _named(case) or _may(case, "register")
    )


def _already(case: Case) -> Fault | None:
    return fault("outpatient.why.registered") if case.registered else None


def _entitled(case: Case) -> Fault | None:
    person = case.person
    if person is None:
        return fault("outpatient.why.no_card")
    if person.refused_reason:
        return fault("outpatient.why.refused", reason=person.refused_reason)
    if not person.qualifications:
        return fault("outpatient.why.no_qualification")
    return None if case.qualification else fault("outpatient.why.pick", "qualification")


def _named(case: Case) -> Fault | None:
    if case.differences and case.override is None:
        return fault("outpatient.why.differs", reason="；".join(case.differences))
    return None


def _may(case: Case, step: str) -> Fault | None:
    return may(case.visit, step) if case.visit else None


def _lines(case: Case) -> Fault | None:
    count = sums(case)
    if not count.lines:
        return fault("outpatient.why.no_lines")
    if count.faulty and case.unmapped:
        return fault("outpatient.why.unmapped", count=count.faulty, first=case.unmapped)
    if count.faulty:
        return fault("outpatient.why.faulty", count=count.faulty)
    if case.faulty.get(""):
        return Fault("outpatient.why.faulty", case.faulty[""])
    return fault("outpatient.why.stray", count=count.stray) if count.stray else None


def _registered(case: Case) -> Fault | None:
    return None if case.registered else fault("outpatient.why.not_registered")


def _upload(case: Case) -> Fault | None:
    basic = _visit(case) or _settled(case) or _registered(case) or _lines(case)
    if basic:
        return basic
    return fault("outpatient.why.uploaded") if sums(case).complete else _may(case, "upload_fees")


def _presettle(case: Case) -> Fault | None:
    return _visit(case) or _settled(case) or _registered(case) or _lines(case)


def _settle(case: Case) -> Fault | None:
    return _presettle(case) or _shown(case) or _money(case) or _may(case, "settle")


def _shown(case: Case) -> Fault | None:
    if case.shown is None or case.stage is not Stage.PRESETTLED:
        return fault("outpatient.why.not_presettled")
    if not sums(case).complete:
        return fault("outpatient.why.not_uploaded")
    failing = next((text for holds, text in checks(case) if not holds), "")
    return fault("outpatient.why.check", text=failing) if failing else None


def _money(case: Case) -> Fault | None:
    if case.received_fault:
        return Fault("outpatient.why.received", case.received_fault, "received")
    if case.shown and case.received is not None and case.received < case.shown.personal:
        return fault("outpatient.why.short", "received")
    return None


def checks(case: Case) -> tuple[tuple[bool, str], ...]:
    """The identities of money, to the fen: (holds, sentence)."""
    amounts = case.owed
    if amounts is None:
        return ()
    same = sums(case).total == amounts.total
    return (
        (same, say(f"outpatient.check.total_{_yes(same)}")),
        (amounts.adds_up, say(f"outpatient.check.parts_{_yes(amounts.adds_up)}")),
    )


def _yes(holds: bool) -> str:
    return "holds" if holds else "fails"


def _print(case: Case) -> Fault | None:
    return None if case.to_print else fault("outpatient.why.nothing_to_print")


def _import(case: Case) -> Fault | None:
    if case.visit is None:
        return fault("outpatient.why.no_visit")
    return _settled(case) or (fault("outpatient.why.open") if case.open else None)


def _qualification(case: Case) -> Fault | None:
    if case.person is None:
        return fault("outpatient.why.no_card")
    if not case.person.qualifications:
        return fault("outpatient.why.no_qualification")
    return _already(case)


def _remove(case: Case) -> Fault | None:
    if case.visit is None or not case.visit.uploaded:
        return fault("outpatient.why.nothing_uploaded")
    return _visit(case) or _settled(case) or _may(case, "cancel_fees")


def _refund(case: Case) -> Fault | None:
    return None if case.stage is Stage.SETTLED else fault("outpatient.why.not_settled")


def _split(case: Case) -> Fault | None:
    if case.visit is None:
        return fault("outpatient.why.no_visit")
    return None if case.visit.lines else fault("outpatient.why.no_lines")


_RULES = {
    "split": _split,
    "register": _register,
    "qualification": _qualification,
    "upload": _upload,
    "presettle": _presettle,
    "settle": _settle,
    "print_slip": _print,
    "import_fees": _import,
    "remove_fees": _remove,
    "refund": _refund,
}
