"""How deductions, deadlines and lines are worded for the eye: rows, marks, comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain.deduction import Deduction, DeductionEvent, ReasonSum
from core.money import show
from core.words import say

URGENT = {"soon": "amber", "today": "danger", "overdue": "danger"}
STATE_TONES = {
    "waiting": "link", "upheld": "done", "dismissed": "danger", "gone": "muted",
    "returned": "amber", "other": "amber",
}  # fmt: skip
KIB = 1024


@dataclass(frozen=True, slots=True)
class AppealRow:
    """One deduction of the list; ``due_tone`` and ``state_tone`` are colour tokens or empty."""

    ded_id: str
    name: str
    visit_no: str
    reason: str
    deducted: str
    audited: str
    due: str
    state: str
    due_tone: str = ""
    state_tone: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """The centre's word beside ours; ``differs``: they are not the same."""

    label: str
    theirs: str
    ours: str
    differs: bool = False


def day(moment: datetime | None) -> str:
    """The day, or nothing."""
    return f"{moment:%Y-%m-%d}" if moment else ""


def due_text(due: Any) -> str:
    """The deadline as mark and words: how many days are left, or how long it is over."""
    days = abs(due.days) if due.days is not None else 0
    return say(f"appeals.due.{due.urgency}", days=days)


def row_of(item: Deduction, due: Any, code_label: str, *, pending: bool = False) -> AppealRow:
    """A deduction as the list shows it."""
    state = "pending" if pending else item.state.value
    words = say(f"appeals.state.{state}", code=code_label)
    if state == "open" and item.drafted:
        words = say("appeals.state.drafted")
    return AppealRow(
        item.ded_id, item.person_name, item.visit_no, item.reason, show(item.deducted),
        day(item.audited_at), due_text(due), words, URGENT.get(due.urgency, ""),
        "amber" if pending else STATE_TONES.get(state, ""),
    )  # fmt: skip


def comparison(item: Deduction, line: Any) -> tuple[Pair, ...]:
    """The deducted line as the centre names it beside what the hospital uploaded."""
    ours = {
        "line": line.line_id if line else "",
        "code": line.centre_code if line else "",
        "amount": show(line.amount) if line else "",
        "sent": show(line.sent) if line else "",
    }
    theirs = {"line": item.line_id, "code": item.centre_code, "amount": show(item.amount),
              "sent": show(item.amount)}  # fmt: skip
    return tuple(
        Pair(say(f"appeals.pair.{name}"), theirs[name], ours[name],
             bool(theirs[name] and ours[name]) and theirs[name] != ours[name])
        for name in theirs
    )  # fmt: skip


def line_words(line: Any) -> str:
    """A line as it is cited in an appeal."""
    price = f"{line.price.normalize():f}" if line.price is not None else ""
    quantity = f"{line.quantity.normalize():f}" if line.quantity is not None else ""
    key = "appeals.cite" if line.price is not None else "appeals.cite_short"
    return say(
        key, name=line.name, line=line.line_id, price=price, quantity=quantity,
        amount=show(line.amount), day=line.occurred,
    )  # fmt: skip


def event_words(event: DeductionEvent) -> str:
    """One line of the history."""
    text = event.text
    if event.kind in ("state", "back"):
        text = say(f"appeals.state.{text}", code="")
    return say(f"appeals.event.{event.kind}", text=text)


def file_words(name: str, size: int) -> str:
    """A file's name and size."""
    return say("appeals.file", name=name, size=f"{-(-size // KIB):,}")


def whole_of(sums: Sequence[ReasonSum]) -> ReasonSum:
    """All reasons together."""
    names = ("count", "deducted", "appealed", "upheld")
    added = {name: sum(getattr(row, name) for row in sums) for name in names}
    return ReasonSum(reason=say("appeals.sums.whole"), **added)
