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
from gui.widgets.stage_pill import StagePill, pill_width

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
        self._full = 0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_steps(steps)

    def set_steps(self, steps: Sequence[Step]) -> None:
        """Show the steps; numbers stand before those that are not done."""
        if tuple(steps) == self._steps:
            return
        while len(self._pills) < len(steps):
            self._pills.append(StagePill())
            self._row.insertWidget(len(self._pills) - 1, self._pills[-1])
        self._steps = tuple(steps)
        for place, pill in enumerate(self._pills):
            pill.setVisible(place < len(steps))
        self.setAccessibleName("，".join(f"{step.label} {step.reason}" for step in steps))
        self._full = self._wide(0)
        self._fit()
        self.updateGeometry()

    def _words(self, level: int) -> list[str]:
        """What the pills say: all, or only the words that matter now."""
        return [_word(number, step, level) for number, step in enumerate(self._steps, 1)]

    def _wide(self, level: int) -> int:
        words = zip(self._words(level), self._steps, strict=True)
        pills = sum(pill_width(text, step.state) for text, step in words)
        return pills + _gap(level) * max(0, len(self._steps) - 1)

    def _fit(self) -> None:
        levels = range(len(SHORTENED))
        fitting = (level for level in levels if self._wide(level) <= self.width())
        level = next(fitting, levels[-1])
        self._row.setSpacing(_gap(level))
        for pill, step, text in zip(self._pills, self._steps, self._words(level), strict=False):
            pill.show_state(text, step.state, step.reason or step.label)

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


def _gap(level: int) -> int:
    return theme.u(8 if level else 16)


def _word(number: int, step: Step, level: int) -> str:
    label = "" if step.state in SHORTENED[level] else step.label
    return f"{number}　{label}".strip() if step.state in NUMBERED else label
