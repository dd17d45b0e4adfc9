"""The step line: the visit's life cycle, what is done, what is next, what is not allowed and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.theme import theme
from gui.widgets.stage_pill import StagePill


@dataclass(frozen=True, slots=True)
class Step:
    """One step; ``state`` as of ``StagePill``; ``reason``: why it is not allowed yet."""

    label: str
    state: str = "later"
    reason: str = ""


class StepLine(QWidget):
    """Pills on a thread, left to right."""

    def __init__(self, steps: Sequence[Step] = ()) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.u(16))
        self._pills: list[StagePill] = []
        self.set_steps(steps)

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Show the steps; numbers stand before those that are not done."""
        while len(self._pills) < len(steps):
            self._pills.append(StagePill())
            self._row.addWidget(self._pills[-1])
        for number, (pill, step) in enumerate(zip(self._pills, steps, strict=False), 1):
            plain = step.state in ("now", "next", "later")
            pill.show_state(f"{number}　{step.label}" if plain else step.label, step.state, step.reason)
        for place, pill in enumerate(self._pills):
            pill.setVisible(place < len(steps))
        self.setAccessibleName("，".join(f"{step.label} {step.reason}" for step in steps))

    def states(self) -> tuple[str, ...]:
        """The states shown, for tests and the status line."""
        return tuple(pill.state for pill in self._pills if not pill.isHidden())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        shown = [pill for pill in self._pills if pill.isVisible()]
        painter = QPainter(self)
        painter.setPen(theme.colour("line_strong"))
        for left, right in zip(shown, shown[1:], strict=False):
            middle = left.geometry().center().y()
            painter.drawLine(
                left.geometry().right() + theme.u(3), middle, right.geometry().left() - theme.u(3), middle
            )
