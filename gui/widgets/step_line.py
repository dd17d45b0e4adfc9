"""The step line: the visit's life cycle, what is done, what is next,
what is not allowed and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui.theme import theme
from gui.widgets.stage_pill import StagePill

SHORTENED = ((), ("done",), ("done", "later"), ("done", "later", "next", "unknown"))
NUMBERED = ("now", "next", "later")


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
        self._row.addStretch(1)
        self._pills: list[StagePill] = []
        self._steps: tuple[Step, ...] = ()
        self._level, self._full = 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_steps(steps)

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Show the steps; numbers stand before those that are not done."""
        while len(self._pills) < len(steps):
            self._pills.append(StagePill())
            self._row.insertWidget(len(self._pills) - 1, self._pills[-1])
        self._steps = tuple(steps)
        for place, pill in enumerate(self._pills):
            pill.setVisible(place < len(steps))
        self.setAccessibleName("，".join(f"{step.label} {step.reason}" for step in steps))
        self._fit()

    def _word(self, level: int) -> None:
        """Write the pills: in full, or only those words that matter now."""
        self._level = level
        self._row.setSpacing(theme.u(8 if level else 16))
        for number, (pill, step) in enumerate(zip(self._pills, self._steps, strict=False), 1):
            short = step.state in SHORTENED[level]
            label = "" if short else step.label
            if step.state in NUMBERED:
                label = f"{number}　{label}".strip()
            pill.show_state(label, step.state, step.reason or step.label)

    def _wide(self) -> int:
        shown = self._pills[: len(self._steps)]
        gaps = self._row.spacing() * max(0, len(shown) - 1)
        return sum(pill.sizeHint().width() for pill in shown) + gaps

    def _fit(self) -> None:
        self._word(0)
        self._full = self._wide()
        for level in range(1, len(SHORTENED)):
            if self._wide() <= self.width():
                break
            self._word(level)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._full, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(theme.u(120), super().sizeHint().height())

    def states(self) -> tuple[str, ...]:
        """The states shown, for tests and the status line."""
        return tuple(pill.state for pill in self._pills if not pill.isHidden())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        shown = [pill for pill in self._pills if pill.isVisible()]
        painter = QPainter(self)
        painter.setPen(theme.colour("line_strong"))
        for left, right in pairwise(shown):
            middle = left.geometry().center().y()
            painter.drawLine(
                left.geometry().right() + theme.u(3),
                middle,
                right.geometry().left() - theme.u(3),
                middle,
            )
