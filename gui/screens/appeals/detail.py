"""Parts of one deduction: the centre's line beside ours, the visit's lines, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from core.domain.deduction import DeductionEvent
from core.words import say
from gui.screens.appeals.faces import Pair, event_words, line_words
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.labels import ElidedLabel, Label, wrapped
from gui.widgets.table import Column, DataTable, amount_column
from gui.widgets.timeline import Moment

EVENT_TONES = {
    "new": "primary", "sent": "done", "refused": "danger", "unknown": "amber", "gone": "amber",
    "state": "primary", "back": "primary",
}  # fmt: skip


NOTHING = "—"


class Compared(QWidget):
    """Two rows below their heads: what the centre names, what the hospital uploaded."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.u(12))
        self._grid.setVerticalSpacing(theme.u(2))
        self._cells: list[tuple[ElidedLabel, ElidedLabel, ElidedLabel]] = []
        for row, name in ((1, "theirs"), (2, "ours")):
            self._grid.addWidget(Label(say(f"appeals.{name}"), "muted"), row, 0)

    def show_pairs(self, pairs: tuple[Pair, ...]) -> None:
        """Other values; a difference is red and says so."""
        while len(self._cells) < len(pairs):
            self._add_column()
        for (head, theirs, ours), pair in zip(self._cells, pairs, strict=False):
            head.setText(pair.label)
            theirs.setText(pair.theirs or NOTHING)
            differs = f"　{say('appeals.differs')}" if pair.differs else ""
            ours.setText(f"{pair.ours or NOTHING}{differs}")
            ours.set_role("danger" if pair.differs else "text")

    def _add_column(self) -> None:
        column = len(self._cells) + 1
        cells = (ElidedLabel("", "muted"), ElidedLabel(""), ElidedLabel(""))
        for row, cell in enumerate(cells):
            self._grid.addWidget(cell, row, column)
        self._grid.setColumnStretch(column, 1)
        self._cells.append(cells)


def line_columns() -> tuple[Column, ...]:
    """The visit's lines; the deducted one is marked."""

    def title(name: str) -> str:
        return say(f"appeals.line.{name}")

    def mark(row: Any) -> str:
        return title("deducted") if row.deducted else ""

    def tone(row: Any) -> str | None:
        return "danger" if row.deducted else None

    return (
        Column("mark", title("mark"), mark, 2, "centre", tone=tone),
        Column("name", title("name"), lambda row: row.name, 10, stretch=True, tone=tone),
        amount_column("amount", title("amount"), lambda row: row.amount, 8),
        amount_column("sent", title("sent"), lambda row: row.sent, 8),
        Column("memo", title("memo"), lambda row: row.memo, 8),
    )


class LinesPage(QWidget):
    """The lines of the visit; Enter cites one (``cited`` carries the words)."""

    cited = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._evidence: Any = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(6))
        self.table = DataTable(line_columns(), "appeal-lines", context.memory, context.user)
        self.table.setAccessibleName(say("appeals.tab.lines"))
        self.table.opened.connect(lambda row: self.cited.emit(line_words(row)))
        self.problem, self.hint = wrapped("", "amber"), Label(say("appeals.line_hint"), "muted")
        for part in (self.problem, self.table, self.hint):
            column.addWidget(part)

    def show_evidence(self, evidence: Any) -> None:
        """Other lines; the deducted one becomes the current one."""
        if evidence == self._evidence:
            return
        self._evidence = evidence
        lines = evidence.lines
        self.table.set_rows(lines)
        places = [place for place, line in enumerate(lines) if line.deducted]
        if places:
            self.table.choose(places[0])
        self.problem.setText(evidence.problem.text if evidence.problem else "")
        self.problem.setVisible(bool(evidence.problem))
        self.hint.setVisible(bool(lines))


def event_moments(events: Sequence[DeductionEvent]) -> tuple[Moment, ...]:
    """The history as the timeline shows it."""
    return tuple(
        Moment(f"{event.at:%m-%d %H:%M}", event_words(event), EVENT_TONES.get(event.kind, "muted"))
        for event in events
    )
