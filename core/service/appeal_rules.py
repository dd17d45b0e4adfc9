"""The rules of appeals: the centre's words, deadlines, kinds of files, texts to begin with.

Durations and sizes come from the settings, words from ``resources/tables/appeals.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, Literal

from core.clock import CHINA
from core.domain.deduction import MAY_APPEAL, AppealState, Deduction
from core.settings import AppealSettings

Urgency = Literal["none", "far", "soon", "today", "overdue", "closed"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """How pressing a deduction is.

    ``days``: whole days until the last day of appeal (0: today, negative: over), ``None`` where the
    centre named none; ``urgency`` ``closed``: nothing can or need be done any more.
    """

    urgency: Urgency
    days: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A text to begin with; ``own``: kept by this desk, not shipped."""

    name: str
    label: str
    text: str
    own: bool = False


@cache
def _table() -> dict[str, Any]:
    file = resources.files("resources") / "tables" / "appeals.toml"
    return tomllib.loads(file.read_text("utf-8"))


def state_of(code: str, sent: bool) -> AppealState:
    """What the centre's code means; ``sent``: the centre has once taken an appeal of ours."""
    word = str(_table()["states"].get(code.strip() or "0", AppealState.OTHER))
    state = AppealState(word)
    return AppealState.RETURNED if sent and state is AppealState.OPEN else state


def deadline(item: Deduction, now: datetime, settings: AppealSettings) -> Deadline:
    """By calendar days of China; without the centre's date the settings' days after the audit."""
    until = last_moment(item, settings)
    if item.state not in MAY_APPEAL:
        return Deadline("closed", None, until)
    if until is None:
        return Deadline("none")
    days = (until.astimezone(CHINA).date() - now.astimezone(CHINA).date()).days
    if now > until:
        return Deadline("overdue", min(days, 0), until)
    return Deadline(_urgency(days, settings), days, until)


def _urgency(days: int, settings: AppealSettings) -> Urgency:
    if days <= 0:
        return "today"
    return "soon" if days <= settings.warn_days else "far"


def last_moment(item: Deduction, settings: AppealSettings) -> datetime | None:
    """Until when it may be appealed: the centre's word, else counted from the audit (0: never)."""
    if item.appeal_until is not None:
        return item.appeal_until
    if item.audited_at is None or not settings.days:
        return None
    return item.audited_at + timedelta(days=settings.days)


def kind_of(content: bytes) -> str:
    """What a file is by its first bytes; empty when it is nothing that may be attached."""
    for row in _table()["kind"]:
        if any(content.startswith(bytes.fromhex(start)) for start in row["begins"]):
            return str(row["name"])
    return ""


def kinds() -> tuple[str, ...]:
    """The kinds of files that may be attached."""
    return tuple(str(row["name"]) for row in _table()["kind"])


def shipped_templates() -> tuple[Template, ...]:
    """The texts that come with the program."""
    return tuple(Template(row["name"], row["label"], row["text"]) for row in _table()["template"])


class _Holes(dict[str, str]):
    """A hole that nobody fills stays as it stands: the text is a person's."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def filled(text: str, holes: Mapping[str, str]) -> str:
    """``text`` with its holes filled; text that is no template stays as it is."""
    try:
        return text.format_map(_Holes(holes))
    except (ValueError, IndexError, AttributeError, KeyError):
        return text
