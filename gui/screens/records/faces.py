"""What the page of records shows: rows of the list, rows of one record, as texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.clock import CHINA
from core.domain.record import RecordRow, RecordSheet, RecordState
from core.words import say

TONES = {
    RecordState.UPLOADED: "done", RecordState.INCOMPLETE: "danger", RecordState.UNKNOWN: "unknown",
    RecordState.MISSING: "muted", RecordState.WITHDRAWN: "muted",
}  # fmt: skip
LONGEST = 400
CLOSED = frozenset({RecordState.UPLOADED, RecordState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class ListRow:
    """One record of the worklist as texts; ``*_tone`` a colour token or empty."""

    visit_no: str
    name: str
    kind: str
    settled: str
    due: str
    score: str
    state: str
    due_tone: str = ""
    state_tone: str = ""


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One field of a record: its name, what stands there, and what is wrong with it."""

    label: str
    value: str
    mark: str
    missing: bool = False


def list_row(row: RecordRow) -> ListRow:
    """A row of the worklist for the list."""
    due, tone = due_of(row)
    return ListRow(
        visit_no=row.visit_no, name=row.name or say("records_page.nameless"),
        kind=say(f"records_page.kind.{row.step}"),
        settled=f"{row.settled_at.astimezone(CHINA):%m-%d %H:%M}" if row.settled_at else "",
        due=due, due_tone=tone,
        score="" if row.state is RecordState.MISSING else f"{row.score}%",
        state=say(f"records_page.state.{row.state}"), state_tone=TONES.get(row.state, ""),
    )  # fmt: skip


def due_of(row: RecordRow) -> tuple[str, str]:
    """The deadline in words, and its colour token."""
    if row.days_left is None or row.state in CLOSED:
        return "", ""
    if row.days_left < 0:
        return say("records_page.overdue", days=-row.days_left), "danger"
    tone = "unknown" if row.days_left <= 1 else ""
    return say("records_page.days_left", days=row.days_left), tone


def value_rows(sheet: RecordSheet, fields: Sequence[Any]) -> tuple[ValueRow, ...]:
    """Every field of the profile that the record has or lacks, in the profile's order."""
    says = {gap.label: gap.says for gap in sheet.gaps}
    values: Mapping[str, Any] = sheet.record.values if sheet.record else {}
    rows = []
    for view in fields:
        text = shown(values.get(view.name), view)
        missing = view.label in says
        if text or missing or view.mask == "whole" or view.type == "rows":
            mark = says.get(view.label, "") or ("" if text else _optional(view))
            rows.append(ValueRow(view.label, text, mark, missing))
    return tuple(rows)


def _optional(view: Any) -> str:
    return say("records_page.optional") if not view.required else say("records_page.needed")


def shown(value: Any, view: Any) -> str:
    """A value for a person: codes as words, lists one row a line, long texts cut."""
    if value in (None, "", []):
        return ""
    if view.type == "rows":
        inner = {field.name: field for field in view.fields}
        return "\n".join(_line(row, inner) for row in value)[:LONGEST]
    text = str(view.codes.get(value, value)) if view.codes else str(value)
    if view.type == "moment":
        text = text[:16].replace("T", " ")
    return text[:LONGEST]


def _line(row: Mapping[str, Any], inner: Mapping[str, Any]) -> str:
    parts = (shown(row.get(name), field) for name, field in inner.items())
    return "　".join(part for part in parts if part)
