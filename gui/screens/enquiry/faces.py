"""What a row of an enquiry looks like: the words of its columns and of the panel beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core.domain.enquiry import CentreSettlement, ComparedLine, RecentVisit, Unpaid
from core.money import show
from core.service.line_comparison import count_marks
from core.words import say

What = Literal[
    "settlements", "lines", "visits", "time", "fund", "accumulated", "admissions"
]  # fmt: skip
WHATS: tuple[What, ...] = (
    "settlements", "lines", "visits", "time", "fund", "accumulated", "admissions",
)  # fmt: skip
Tone = Literal["", "danger", "amber", "done"]
SUMMED = ("total", "fund", "personal")
Label = Callable[[str, str], str]
MARK_TONES: dict[str, Tone] = {
    "differs": "danger", "missing_there": "danger", "missing_here": "danger", "not_sent": "amber",
}  # fmt: skip
HERE_TONES: dict[str, Tone] = {"differs": "danger", "missing": "amber", "same": "done"}


@dataclass(frozen=True, slots=True)
class Face:
    """One row: ``cells`` by column name, the value behind it, and whether it asks for attention.

    ``tone`` colours the state column; ``negative`` makes amounts red.
    """

    key: str
    cells: dict[str, str]
    value: Any
    tone: Tone = ""
    negative: bool = False


COLUMNS: dict[What, tuple[tuple[str, float, str], ...]] = {
    "settlements": (
        ("at", 10.5, "left"), ("patient", 6, "left"), ("visit_no", 15, "stretch"),
        ("bill_no", 17, "stretch"), ("total", 8, "right"), ("fund", 8, "right"),
        ("personal", 7.5, "right"), ("state", 7, "left"),
    ),
    "lines": (
        ("state", 7, "left"), ("name", 14, "stretch"), ("our_price", 8, "right"),
        ("their_price", 8, "right"), ("our_quantity", 6, "right"), ("their_quantity", 6, "right"),
        ("our_amount", 8.5, "right"), ("their_amount", 8.5, "right"), ("personal", 8, "right"),
    ),
    "visits": (
        ("at", 10.5, "left"), ("place", 12, "stretch"), ("visit_no", 15, "stretch"),
        ("kind", 11, "left"), ("diagnosis", 9, "left"), ("total", 8, "right"),
        ("standing", 9, "left"),
    ),
    "time": (),
    "fund": (("fund_name", 16, "left"), ("fund_state", 9, "left"), ("reason", 20, "stretch")),
    "accumulated": (("label", 16, "left"), ("value", 20, "stretch")),
    "admissions": (
        ("place", 14, "stretch"), ("admitted", 10, "left"), ("bed", 8, "left"),
        ("visit_no", 15, "left"), ("centre_no", 20, "stretch"), ("standing", 9, "left"),
    ),
}  # fmt: skip


def settlement_face(row: CentreSettlement, place: int) -> Face:
    """A row of 9103."""
    negative = row.total < 0
    key = "refund" if negative and row.here == "cancelled" else row.here
    cells = {
        "at": _short(row.settled_at), "patient": row.person_name, "visit_no": row.visit_no,
        "bill_no": row.bill_no, "total": show(row.total), "fund": show(row.fund),
        "personal": show(row.personal), "state": say(f"enquiry_view.here.{key}"),
    }  # fmt: skip
    return Face(f"{row.msgid} {place}", cells, row, HERE_TONES.get(key, ""), negative)


def line_face(row: ComparedLine) -> Face:
    """A row of the comparison with 9104."""
    ours, theirs = row.ours, row.theirs
    personal = _sum(theirs.self_paid, theirs.over_limit) if theirs else None
    cells = {
        "state": say(f"enquiry_view.mark.{row.mark}"), "name": row.name,
        "our_price": _number(ours.price if ours else None),
        "their_price": _number(theirs.price if theirs else None),
        "our_quantity": _number(ours.quantity if ours else None),
        "their_quantity": _number(theirs.quantity if theirs else None),
        "our_amount": show(row.our_amount), "their_amount": show(theirs.amount if theirs else None),
        "personal": show(personal),
    }  # fmt: skip
    return Face(row.line_id, cells, row, MARK_TONES.get(row.mark, ""), (row.our_amount or 0) < 0)


def visit_face(row: RecentVisit, label: Label) -> Face:
    """A row of 9105."""
    here = say("enquiry_view.this_hospital")
    away = row.hospital_name or row.hospital_code
    cells = {
        "at": _short(row.admitted_at), "place": here if row.place == "here" else away,
        "visit_no": row.visit_no, "kind": label("med_type", row.med_type),
        "diagnosis": row.diagnosis, "total": show(row.total),
        "standing": say(f"enquiry_view.standing.{row.standing}"),
    }  # fmt: skip
    blocks = row.standing != "settled"
    tone: Tone = ("danger" if row.place == "elsewhere" else "amber") if blocks else "done"
    return Face(f"{row.hospital_code} {row.visit_no}", cells, row, tone)


def advice(row: RecentVisit) -> str:
    """What an open registration means and what to do about it."""
    if row.standing == "settled":
        return say("enquiry_view.advice.settled")
    if row.place == "here":
        return say("enquiry_view.advice.here" if row.known else "enquiry_view.advice.here_unknown")
    place = row.hospital_name or row.hospital_code
    key = f"enquiry_view.advice.elsewhere_{row.standing}"
    return say(key, place=place, visit=row.visit_no, since=_when(row.admitted_at))


def unpaid_parts(found: Unpaid) -> tuple[str, ...]:
    """The reasons as sentences, and who pays what above them."""
    unsaid = say("enquiry_view.unsaid")
    parts = {"fund": found.fund, "personal": found.personal}
    holes = {name: unsaid if fen is None else show(fen) for name, fen in parts.items()}
    head = say("enquiry_view.split", amount=show(found.amount), **holes)
    return (head, *(reason.text for reason in found.reasons))


def _when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def mark_sums(rows: Sequence[ComparedLine]) -> str:
    """How many lines of each kind."""
    marks = count_marks(rows)
    parts = [
        say(f"enquiry_view.mark.{name}") + f" {count}" for name, count in marks.items() if count
    ]
    return say("enquiry_view.lines_sum", count=len(rows), marks="　".join(parts))


def differences(row: ComparedLine) -> tuple[str, ...]:
    """What is not alike, in words."""
    if row.mark in ("missing_there", "missing_here", "not_sent"):
        return (say(f"enquiry_view.mark_says.{row.mark}"),)
    names = say("printing.and").join(say(f"enquiry_view.differs.{name}") for name in row.differs)
    return (say("enquiry_view.mark_says.differs", names=names),) if names else ()


def _short(moment: datetime | None) -> str:
    return f"{moment:%m-%d %H:%M}" if moment else ""


def _number(value: Any) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _sum(*parts: int | None) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known else None
