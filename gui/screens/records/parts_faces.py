"""Records in parts as texts: the worklist, the parts, the fields of one under their headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.clock import CHINA
from core.domain.centrefacts import PartState, RecordPart, RecordParts
from core.money import show
from core.words import say
from gui.screens.outpatient.facts import masked
from gui.screens.records.faces import shown

DONE = frozenset({PartState.UPLOADED, PartState.NOT_NEEDED})
TONES = {
    PartState.UPLOADED: "done", PartState.INCOMPLETE: "danger", PartState.UNKNOWN: "unknown",
    PartState.MISSING: "muted", PartState.NOT_NEEDED: "muted", PartState.WAITING: "muted",
}  # fmt: skip
FIELDS = ("filled", "gaps", "all")


@dataclass(frozen=True, slots=True)
class StayRow:
    """One stay of the worklist; ``*_tone`` a colour token or empty; ``group`` its chip."""

    visit_no: str
    name: str
    settled: str
    due: str
    parts: str
    state: str
    group: str
    due_tone: str = ""
    state_tone: str = ""


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part: place, title, when it is needed, how much there is, state and when it went."""

    step: str
    place: str
    title: str
    needed: str
    content: str
    state: str
    sent: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field; ``group`` stands only at the first of its heading."""

    group: str
    label: str
    value: str
    mark: str
    missing: bool = False


def stay_row(record: RecordParts) -> StayRow:
    """A stay for the list."""
    needed = [part for part in record.parts if part.state is not PartState.NOT_NEEDED]
    sent = sum(part.state is PartState.UPLOADED for part in needed)
    group = group_of(record)
    tones = {"done": "done", "incomplete": "danger"}
    due, due_tone = _due(record) if group != "done" else ("", "")
    at = record.settled_at
    return StayRow(
        visit_no=record.visit_no, name=record.name or say("records_page.nameless"),
        settled=f"{at.astimezone(CHINA):%m-%d %H:%M}" if at else "", due=due,
        parts=f"{sent}/{len(needed)}", state=say(f"record_parts_page.group.{group}"),
        group=group, due_tone=due_tone, state_tone=tones.get(group, ""),
    )  # fmt: skip


def _due(record: RecordParts) -> tuple[str, str]:
    if record.days_left is None:
        return "", ""
    if record.days_left < 0:
        return say("records_page.overdue", days=-record.days_left), "danger"
    tone = "danger" if record.days_left <= 1 else ""
    return say("records_page.days_left", days=record.days_left), tone


def group_of(record: RecordParts) -> str:
    """missing · incomplete · ready · done: what has to be done next."""
    states = {part.state for part in record.parts}
    if states <= DONE:
        return "done"
    if record.next:
        return "ready"
    return "incomplete" if PartState.INCOMPLETE in states else "missing"


def part_row(part: RecordPart) -> PartRow:
    """A part for the table of parts."""
    at = part.sent_at
    return PartRow(
        step=part.step, place=str(part.place), title=part.title,
        needed=say(f"record_parts_page.{'always' if part.required else 'if_any'}"),
        content=_content(part), state=say(f"record_parts_page.state.{part.state}"),
        sent=f"{at.astimezone(CHINA):%m-%d %H:%M}" if at else "", tone=TONES.get(part.state, ""),
    )  # fmt: skip


def _content(part: RecordPart) -> str:
    if not part.version:
        return ""
    if part.gaps:
        return say("record_parts_page.gaps", count=len(part.gaps))
    if part.rows is not None:
        return say("record_parts_page.rows", count=part.rows)
    return say("record_parts_page.filled", filled=part.filled, fields=part.fields)


def field_rows(
    part: RecordPart, values: Mapping[str, Any], fields: Sequence[Any], wanted: str
) -> tuple[FieldRow, ...]:
    """The fields of a part under their headings: those with a value, with a gap, or all."""
    says = {gap.label: gap.says for gap in part.gaps}
    rows: list[FieldRow] = []
    for heading, views in _by_heading(fields).items():
        first = True
        for view in views:
            for row in _of_field(view, values.get(view.name), says.get(view.label, ""), wanted):
                rows.append(replace(row, group=heading if first else ""))
                first = False
    return tuple(rows)


def _of_field(view: Any, value: Any, wrong: str, wanted: str) -> Iterator[FieldRow]:
    """One row a field, or one for each line of a list."""
    lines = value if view.type == "rows" and isinstance(value, list) else [value]
    for place, line in enumerate(lines, 1):
        text = shown([line], view) if view.type == "rows" and line else _text(view, line)
        if wanted == "all" or (bool(wrong) if wanted == "gaps" else bool(text or wrong)):
            label = f"{view.label} {place}" if view.type == "rows" and text else view.label
            mark = wrong or ("" if text else say(_need(view)))
            yield FieldRow("", label, text, mark, bool(wrong))


def _by_heading(fields: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for view in fields:
        found.setdefault(view.group or view.label, []).append(view)
    return found


def _text(view: Any, value: Any) -> str:
    if view.type == "money" and isinstance(value, int):
        return show(value)
    text = shown(value, view)
    return masked(text) if view.mask == "id" and text else text


def _need(view: Any) -> str:
    return "records_page.needed" if view.required else "records_page.optional"
