"""Our sums beside the centre's: amounts, difference in bold, and a word for whether they agree."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel

from core.words import say
from gui.screens.dayend.books import CompareLine
from gui.theme import theme
from gui.widgets.icons import icon
from gui.widgets.labels import Card, ElidedLabel, Label, rule

HEADS = ("ours", "centre", "difference", "result")
LOOKS = {
    "": ("pending", "faint"), "unequal": ("danger", "danger"), "open": ("unknown", "amber"),
    "equal": ("done", "done"), "confirmed": ("done", "done"),
}  # fmt: skip
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CompareCard(Card):
    """``show_lines`` fills it; every line says its result in a word."""

    def __init__(self) -> None:
        super().__init__(margin=12, gap=6)
        self.setAccessibleName(say("dayend.view.side_by_side"))
        self._mark, self.verdict = QLabel(), Label("", "heading")
        self.period = ElidedLabel("", "muted")
        self._cells: list[tuple[Label, ...]] = []
        head = QHBoxLayout()
        head.setSpacing(theme.u(6))
        head.addWidget(self._mark)
        head.addWidget(self.verdict)
        head.addStretch(1)
        head.addWidget(self.period)
        self.column.addLayout(head)
        self.column.addWidget(rule())
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.u(12))
        self._grid.setVerticalSpacing(theme.u(4))
        self.column.addLayout(self._grid)
        self._heads()
        self.settled, self.refunded = Label("", "muted"), Label("", "danger")
        apart = QHBoxLayout()
        apart.addWidget(self.settled)
        apart.addStretch(1)
        apart.addWidget(self.refunded)
        self.column.addWidget(rule())
        self.column.addLayout(apart)
        self.column.addStretch(1)

    def _heads(self) -> None:
        self._grid.addWidget(Label(say("dayend.view.net"), "muted"), 0, 0)
        for place, name in enumerate(HEADS, 1):
            label = Label(say(f"dayend.view.{name}"), "muted")
            label.setAlignment(RIGHT)
            self._grid.addWidget(label, 0, place)
            self._grid.setColumnStretch(place, 1 if name == "result" else 2)

    def show_lines(self, lines: tuple[CompareLine, ...]) -> None:
        """One line each: name, ours, the centre's, difference, result."""
        while len(self._cells) < len(lines):
            self._add_line()
        for cells, line in zip(self._cells, lines, strict=True):
            _fill(cells, line)

    def _add_line(self) -> None:
        row = len(self._cells) + 1
        role = "strong" if self._cells else "amount"
        cells = (Label(), Label("", role), Label("", role), Label("", role), Label())
        for place, cell in enumerate(cells):
            if place:
                cell.setAlignment(RIGHT)
            self._grid.addWidget(cell, row, place)
        self._cells.append(cells)

    def show_verdict(self, verdict: str, period: str) -> None:
        """Icon and word; nothing is said by colour alone."""
        name, token = LOOKS[verdict]
        self._mark.setPixmap(icon(name, token).pixmap(theme.u(18), theme.u(18)))
        self.verdict.setText(say(f"dayend.view.verdict.{verdict or 'none'}"))
        self.period.setText(period)

    def texts(self) -> list[list[str]]:
        """What stands in the lines, for tests and the tour."""
        return [[cell.text() for cell in cells] for cells in self._cells]


def _fill(cells: tuple[Label, ...], line: CompareLine) -> None:
    unknown = say("money.none")
    name, ours, centre, difference, result = cells
    name.setText(line.label)
    ours.setText(line.ours or unknown)
    centre.setText(line.centre or unknown)
    difference.setText(line.difference or unknown)
    usual = ours.property("role")
    loud = "amount-danger" if usual == "amount" else "danger"
    difference.set_role(loud if line.holds is False else usual)
    font = difference.font()
    font.setBold(line.holds is False)
    difference.setFont(font)
    word = {True: "holds", False: "holds_not"}
    known = line.holds is not None
    result.setText(say(f"dayend.view.{word[bool(line.holds)]}") if known else unknown)
    result.set_role({True: "done", False: "danger"}.get(line.holds, "faint"))
    spoken = " ".join((line.label, *(cell.text() for cell in cells[1:])))
    result.setAccessibleName(spoken)
