"""The columns of the screen's tables: items, suggestions, lists, versions, rows and differences."""

from __future__ import annotations

from core.catalogue.kinds import columns
from core.catalogue.similar import Suggestion
from core.service.mapping import MappingRow
from core.words import say
from gui.screens.codes.lists import EntryFace, ListFace
from gui.widgets.table import Column

TONES = {"mapped": "done", "suggested": "link", "disabled": "muted", "unmapped": "amber"}
SURE_FROM = 90
WIDTHS = {"spec": 10, "unit": 5, "price": 7}


def _say(name: str) -> str:
    return say(f"codes.column.{name}")


def _state(row: MappingRow) -> str:
    if row.lost:
        return say("codes.screen.lost")
    if row.state == "suggested" and row.best:
        return say("codes.screen.suggested", score=row.best[1])
    return say(f"codes.state.{row.state}")


def _state_tone(row: MappingRow) -> str | None:
    return "danger" if row.lost or row.blocks else TONES[row.state]


def _centre(row: MappingRow) -> str:
    name = row.centre.name if row.centre else ""
    return f"{row.centre_code}　{name}".strip()


def _item_tip(row: MappingRow) -> str:
    if row.met is not None and row.blocks:
        return say("codes.screen.met", visit=row.met.visit_no)
    return row.item.name


def item_columns() -> tuple[Column, ...]:
    """The hospital's items."""
    return (
        Column("code", _say("hosp_code"), lambda row: row.item.code, 9),
        Column("name", _say("name"), lambda row: row.item.name, 13, stretch=True, tip=_item_tip),
        Column("spec", _say("spec"), lambda row: row.item.spec, 8),
        Column("state", _say("state"), _state, 11, tone=_state_tone),
        Column("centre", _say("centre_code"), _centre, 13, stretch=True),
    )


def _fits(value: bool | None, text: str) -> str:
    return text if value is not False else say("codes.screen.differs", value=text)


def _differs(one: bool | None) -> str | None:
    return "danger" if one is False else None


def suggestion_columns() -> tuple[Column, ...]:
    """Suggestions: what differs from the item is red and says so."""
    return (
        Column("score", _say("score"), lambda row: str(row.score), 4, "right", tone=_score_tone),
        Column("name", _say("name"), lambda row: row.entry.name, 10, stretch=True),
        Column(
            "spec", _say("spec"), lambda row: _fits(row.spec, row.entry.spec), 9,
            tone=lambda row: _differs(row.spec),
        ),
        Column(
            "unit", _say("unit"), lambda row: _fits(row.unit, row.entry.unit), 4,
            tone=lambda row: _differs(row.unit),
        ),
        Column("code", _say("centre_code"), lambda row: row.entry.code, 9),
    )  # fmt: skip


def _score_tone(row: Suggestion) -> str | None:
    return "done" if row.score >= SURE_FROM else None


def _of_version(face: ListFace, name: str) -> str:
    return str(getattr(face.now, name)) if face.now else ""


def list_columns() -> tuple[Column, ...]:
    """The five lists."""
    return (
        Column("title", _say("list"), lambda face: face.title, 8, stretch=True),
        Column("now", _say("version"), lambda face: _of_version(face, "number"), 5, "right"),
        Column("from", _say("valid_from"), lambda face: _of_version(face, "valid_from"), 11),
        Column("rows", _say("rows"), lambda face: _of_version(face, "rows"), 7, "right"),
    )


def version_columns() -> tuple[Column, ...]:
    """The versions of a list."""

    def count(name: str, tone: str | None = None) -> Column:
        return Column(
            name, _say(name), lambda row: str(getattr(row, name)), 5, "right",
            tone=lambda row: tone if getattr(row, name) else None,
        )  # fmt: skip

    return (
        Column("number", _say("version"), lambda row: str(row.number), 4, "right"),
        Column("valid_from", _say("valid_from"), lambda row: str(row.valid_from), 11),
        count("rows"),
        count("added", "done"),
        count("changed", "amber"),
        count("gone", "danger"),
        Column("author", _say("author"), lambda row: row.author, 9),
        Column("source", _say("source"), lambda row: row.source, 10, stretch=True),
    )


def entry_columns(part: str, name: str) -> tuple[Column, ...]:
    """Rows of a version of the list ``name``, or what it changed."""

    def field(name: str, width: float, *, stretch: bool = False) -> Column:
        def show(face: EntryFace) -> str:
            return str(getattr(face.entry, name))

        return Column(name, say(f"codes.field.{name}"), show, width, stretch=stretch)

    wide = (field("code", 12), field("name", 16, stretch=True))
    if part == "changed":
        return (*wide, Column("says", _say("says"), lambda face: face.says, 24, stretch=True))
    more = [other for other in columns(name) if other not in ("code", "name", "list_type")]
    return (*wide, *(field(other, WIDTHS.get(other, 7)) for other in more))
