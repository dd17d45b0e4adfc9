"""Chips above a list: one is chosen, each carries its count; arrow keys go along them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from core.words import say
from gui.theme import theme
from gui.widgets.flow import FlowLayout

STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class Chips(QWidget):
    """``chosen`` carries the name of the chip that was taken; one Tab stop for all of them."""

    chosen = Signal(str)

    def __init__(self, chips: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._labels = dict(chips)
        row = FlowLayout(self, 6)
        self.chips = {name: self._chip(name) for name in self._labels}
        for chip in self.chips.values():
            row.addWidget(chip)
        self.current = next(iter(self._labels))
        self.set_counts({})
        self.choose(self.current)

    def _chip(self, name: str) -> QPushButton:
        chip = _Chip(self._walk)
        chip.clicked.connect(lambda: self._take(name))
        return chip

    def set_counts(self, counts: dict[str, int]) -> None:
        """How many stand behind each chip; unknown ones show none."""
        for name, chip in self.chips.items():
            label, count = self._labels[name], counts.get(name)
            chip.setText(label if count is None else say("chips.count", label=label, count=count))
            chip.setAccessibleName(chip.text())

    def choose(self, name: str) -> None:
        """Show ``name`` as the chosen one, without a word."""
        self.current = name
        for other, chip in self.chips.items():
            mine = other == name
            chip.setChecked(mine)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if mine else Qt.FocusPolicy.ClickFocus)

    def _take(self, name: str) -> None:
        self.choose(name)
        self.chosen.emit(name)

    def _walk(self, step: int) -> None:
        shown = (name for name, chip in self.chips.items() if not chip.isHidden())
        names = list(dict.fromkeys((*shown, self.current)))
        name = names[(names.index(self.current) + step) % len(names)]
        self._take(name)
        self.chips[name].setFocus()


class _Chip(QPushButton):
    """One chip; arrow keys go to ``walk``."""

    def __init__(self, walk: Callable[[int], None]) -> None:
        super().__init__()
        self._walk = walk
        self.setProperty("kind", "chip")
        self.setCheckable(True)
        self.setMinimumHeight(theme.u(30))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEPS.get(Qt.Key(event.key()), 0)
        if step:
            self._walk(step)
        else:
            super().keyPressEvent(event)
