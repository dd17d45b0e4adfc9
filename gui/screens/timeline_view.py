"""Timeline rows of the presenters as moments of the widget: which kind gets which dot."""

from __future__ import annotations

from collections.abc import Sequence

from gui.screens.pending.presenter import TimelineRow
from gui.widgets.timeline import Moment

TONES = {
    "intent": "primary",
    "outcome": "line_strong",
    "state": "muted",
    "look": "amber",
    "fence": "danger",
    "post": "done",
    "decision": "primary",
    "note": "muted",
}


def moments(rows: Sequence[TimelineRow]) -> tuple[Moment, ...]:
    """What the widget shows; the payload is the masked message."""
    return tuple(
        Moment(row.at, row.text, TONES.get(row.kind, "muted"), row.payload) for row in rows
    )
