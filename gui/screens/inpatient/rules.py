"""What may be done with a stay, why the rest has to wait, and the step line. No state."""

from __future__ import annotations

from collections.abc import Callable

from core.domain.stay import Stay
from core.errors import Fault, fault
from core.service.lifecycle import may
from core.words import say
from gui.screens.inpatient.case import StayCase
from gui.screens.outpatient.steps import Mark, StepFace

STEPS = ("card", "admit", "fees", "discharge", "presettle", "settle", "print")
ACTION_OF = {
    "card": "stay_card", "admit": "admit", "fees": "stay_upload", "discharge": "discharge",
    "presettle": "stay_presettle", "settle": "stay_settle", "print": "print_stay",
}  # fmt: skip


def done_steps(case: StayCase) -> dict[str, bool]:
    """Which steps of the life cycle lie behind."""
    left = case.discharge is not None
    return {
        "card": case.person is not None or case.registered,
        "admit": case.registered,
        "fees": case.settled or (case.registered and _complete(case)),
        "discharge": case.settled or left,
        "presettle": case.settled or (left and case.shown is not None),
        "settle": case.settled,
        "print": case.settled and case.printed,
    }


def step_line(case: StayCase) -> tuple[StepFace, ...]:
    """All steps with their marks; exactly one is ``now`` until all are done."""
    done = done_steps(case)
    now = next((step for step in STEPS if not done[step]), "")
    return tuple(_face(case, step, done[step], step == now) for step in STEPS)


def _face(case: StayCase, step: str, done: bool, now: bool) -> StepFace:
    mark: Mark = "done" if done else ("now" if now else "later")
    if case.open and now:
        mark = "unknown"
    reason = None if done else why_not(case, ACTION_OF[step])
    return StepFace(step, say(f"inpatient.step.{step}"), mark, reason.text if reason else "")


def next_action(case: StayCase) -> str:
    """The action of the lit button: the next thing to do."""
    if case.open or (case.settled and case.printed):
        return "next_stay"
    if case.settled:
        return "print_stay"
    if not case.registered:
        return "stay_card" if case.person is None else "admit"
    if not _complete(case) and case.visit and case.visit.lines:
        return "stay_upload"
    if case.discharge is None:
        return "discharge" if _has_left(case.stay) else "stay_presettle"
    if case.cards.get("presettle" if case.shown is None else "settle"):
        return "stay_card"
    return "stay_presettle" if case.shown is None else "stay_settle"


def _has_left(stay: Stay | None) -> bool:
    return stay is not None and stay.hospital_discharge is not None


def why_not(case: StayCase, action: str) -> Fault | None:
    """Why ``action`` of the action table cannot be taken for this stay now."""
    rule = _RULES.get(action)
    return rule(case) if rule else None


def _complete(case: StayCase) -> bool:
    lines = bool(case.visit and case.visit.lines)
    return lines and not case.missing and not case.stray


def _free(case: StayCase) -> Fault | None:
    if case.visit is None:
        return fault("inpatient.why.no_stay")
    return fault("inpatient.why.open") if case.open else None


def _unsettled(case: StayCase) -> Fault | None:
    return fault("inpatient.why.settled") if case.settled else None


def _registered(case: StayCase) -> Fault | None:
    return None if case.registered else fault("inpatient.why.not_registered")


def _at_work(case: StayCase) -> Fault | None:
    return _free(case) or _unsettled(case) or _registered(case)


def _in_bed(case: StayCase) -> Fault | None:
    return fault("inpatient.why.discharged") if case.discharge is not None else None


def _admit(case: StayCase) -> Fault | None:
    already = fault("inpatient.why.registered") if case.registered else None
    return _free(case) or already or _entitled(case) or _named(case)


def _entitled(case: StayCase) -> Fault | None:
    person = case.person
    if person is None:
        return fault("inpatient.why.no_card")
    if person.refused_reason:
        return fault("inpatient.why.refused", reason=person.refused_reason)
    if not person.qualifications and case.filing is None:
        return fault("inpatient.why.no_qualification")
    chosen = case.qualification or case.filing
    return None if chosen else fault("inpatient.why.pick", "qualification")


def _named(case: StayCase) -> Fault | None:
    if case.differences and case.override is None:
        return fault("inpatient.why.differs", reason="；".join(case.differences))
    return None


def _qualification(case: StayCase) -> Fault | None:
    if case.registered:
        return fault("inpatient.why.injury_fixed")
    if case.person is None:
        return fault("inpatient.why.no_card")
    if not case.person.qualifications and not case.filings:
        return fault("inpatient.why.no_qualification")
    return None


def _change(case: StayCase) -> Fault | None:
    return _at_work(case) or _in_bed(case) or _may(case, "change_registration")


def _filing(case: StayCase) -> Fault | None:
    if case.visit is None:
        return fault("inpatient.why.no_stay")
    return fault("inpatient.why.filing_late") if case.registered else None


def _lines(case: StayCase) -> Fault | None:
    if case.visit is None or not case.visit.lines:
        return fault("inpatient.why.no_lines")
    if case.faulty.get(""):
        return Fault("inpatient.why.faulty", case.faulty[""])
    there = {item.line_id for item in case.visit.uploaded}
    count = len(case.faulty.keys() - there)
    if count and case.unmapped:
        return fault("outpatient.why.unmapped", count=count, first=case.unmapped)
    return fault("inpatient.why.faulty", count=count) if count else None


def _upload(case: StayCase) -> Fault | None:
    reason = _at_work(case) or _in_bed(case) or _lines(case)
    if reason is None and not case.missing:
        return fault("inpatient.why.uploaded")
    return reason or _may(case, "upload_fees")


def _import(case: StayCase) -> Fault | None:
    return _free(case) or _unsettled(case) or _in_bed(case)


def _presettle(case: StayCase) -> Fault | None:
    basic = _at_work(case)
    if basic is None and not (case.visit and case.visit.uploaded):
        return fault("inpatient.why.nothing_uploaded")
    return basic or _whole_after_discharge(case) or _card(case, "presettle")


def _whole_after_discharge(case: StayCase) -> Fault | None:
    if case.discharge is None or _complete(case):
        return None
    return fault("inpatient.why.incomplete", missing=case.missing, stray=case.stray)


def _card(case: StayCase, step: str) -> Fault | None:
    text = case.cards.get(step, "")
    return Fault("inpatient.why.card", text) if text else None


def _settle(case: StayCase) -> Fault | None:
    return _at_work(case) or _ended(case) or _shown(case) or _money(case) or _card(case, "settle")


def _ended(case: StayCase) -> Fault | None:
    return fault("inpatient.why.not_discharged") if case.discharge is None else None


def _shown(case: StayCase) -> Fault | None:
    if case.shown is None:
        return fault("inpatient.why.not_presettled")
    failing = next((text for holds, text in checks(case) if not holds), "")
    if failing:
        return fault("inpatient.why.check", text=failing)
    return _whole_after_discharge(case)


def _money(case: StayCase) -> Fault | None:
    if case.received_fault:
        return Fault("inpatient.why.received", case.received_fault, "received")
    due = case.due
    if due is None:
        return fault("inpatient.why.reading")
    short = case.received is not None and case.received < due
    return fault("inpatient.why.short", "received") if short else None


def checks(case: StayCase) -> tuple[tuple[bool, str], ...]:
    """The identities of money, to the fen: (holds, sentence)."""
    amounts, visit = case.owed, case.visit
    if amounts is None or visit is None:
        return ()
    same = sum(item.amount or 0 for item in visit.uploaded) == amounts.total
    return (
        (same, say(f"inpatient.check.total_{_yes(same)}")),
        (amounts.adds_up, say(f"outpatient.check.parts_{_yes(amounts.adds_up)}")),
    )


def _yes(holds: bool) -> str:
    return "holds" if holds else "fails"


def _discharge(case: StayCase) -> Fault | None:
    basic = _at_work(case)
    if basic or case.discharge is not None:
        return basic
    if case.missing:
        return fault("inpatient.why.missing", count=case.missing)
    return _may(case, "discharge")


def _may(case: StayCase, step: str) -> Fault | None:
    return may(case.visit, step) if case.visit else None


def _remove(case: StayCase) -> Fault | None:
    basic = _at_work(case) or _in_bed(case)
    if basic is None and not (case.visit and case.visit.uploaded):
        return fault("inpatient.why.nothing_at_centre")
    return basic


def _split(case: StayCase) -> Fault | None:
    if case.visit is None:
        return fault("inpatient.why.no_stay")
    return None if case.visit.lines else fault("inpatient.why.no_lines")


def _differences(case: StayCase) -> Fault | None:
    return _free(case) or _registered(case)


def _cancel(case: StayCase) -> Fault | None:
    return _free(case) or _registered(case)


def _print(case: StayCase) -> Fault | None:
    return None if case.to_print else fault("inpatient.why.nothing_to_print")


def _refund(case: StayCase) -> Fault | None:
    return None if case.settled else fault("inpatient.why.not_settled")


_RULES: dict[str, Callable[[StayCase], Fault | None]] = {
    "admit": _admit,
    "stay_qualification": _qualification,
    "stay_change": _change,
    "special_filing": _filing,
    "stay_upload": _upload,
    "stay_import": _import,
    "stay_presettle": _presettle,
    "stay_settle": _settle,
    "discharge": _discharge,
    "remove_fees": _remove,
    "stay_differences": _differences,
    "stay_split": _split,
    "cancel_admission": _cancel,
    "print_stay": _print,
    "stay_sheet": _refund,
    "stay_refund": _refund,
}
