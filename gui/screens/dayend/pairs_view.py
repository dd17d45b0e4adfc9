"""The match on screen: chips with counts, the pairs, and the chosen one in its three books."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.domain.dayend import Pair
from core.words import say
from gui.screens.dayend.columns import pair_columns
from gui.screens.dayend.listed import ask_no_room
from gui.screens.dayend.pairs import OPEN, SHOWN, PairsPresenter
from gui.screens.dayend.three_books import SIDES, SideLine
from gui.screens.side import SideBySide
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.empty_state import EmptyState
from gui.widgets.keys import PageKeys
from gui.widgets.labels import Card, ElidedLabel, Label, wrapped
from gui.widgets.table import DataTable

SIDE_WIDTH, SIDE_HIGH, TABLE_HIGH, GAP, STACKED_BELOW = 310, 206, 150, 12, 860
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SidesGrid(QWidget):
    """One record in three books; a line that differs is marked and red."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.u(8))
        self._grid.setVerticalSpacing(theme.u(2))
        self._lines: list[tuple[Label, ...]] = []
        for place, name in enumerate(SIDES, 1):
            head = Label(say(f"dayend.view.column.{name}"), "muted")
            head.setAlignment(RIGHT)
            self._grid.addWidget(head, 0, place)
            self._grid.setColumnStretch(place, 1)

    def show_lines(self, lines: tuple[SideLine, ...]) -> None:
        """All lines anew; those too many are hidden."""
        while len(self._lines) < len(lines):
            self._add_line()
        for place, cells in enumerate(self._lines):
            there = place < len(lines)
            for cell in cells:
                cell.setVisible(there)
            if there:
                _fill(cells, lines[place])

    def _add_line(self) -> None:
        row = len(self._lines) + 1
        cells = (Label("", "muted"), *(ElidedLabel() for _ in SIDES))
        for place, cell in enumerate(cells):
            if place:
                cell.setAlignment(RIGHT)
            self._grid.addWidget(cell, row, place)
        self._lines.append(cells)


def _fill(cells: tuple[Label, ...], line: SideLine) -> None:
    mark = say("dayend.view.differs", text=line.label) if line.differs else line.label
    for cell, text in zip(cells, (mark, *line.texts), strict=True):
        cell.setText(text)
        plain = "muted" if cell is cells[0] else "text"
        cell.set_role("danger" if line.differs else plain)


class PairsCard(Card):
    """Shows the presenter; ``opened``: Enter on a pair, ``arrived``: other pairs are there."""

    def __init__(
        self, context: Context, presenter: PairsPresenter, keys: PageKeys,
        opened: Callable[[], None], arrived: Callable[[], None],
    ) -> None:  # fmt: skip
        super().__init__(margin=12, gap=8)
        self._presenter, self._keys = presenter, keys
        self._opened, self._arrived = opened, arrived
        self._filled: tuple[Pair, ...] | None = None
        self.column.addLayout(self._head())
        self.table = DataTable(pair_columns(), "dayend-pairs", context.memory, context.user)
        self.table.setAccessibleName(say("dayend.view.pairs"))
        self.table.chosen.connect(presenter.choose)
        self.table.opened.connect(lambda _: self._opened())
        self.table.setMinimumHeight(theme.u(TABLE_HIGH))
        self._row = SideBySide(self.table, self._side(), SIDE_WIDTH, STACKED_BELOW)
        inner = QWidget()
        inner.setLayout(self._row)
        self.empty = EmptyState("", "", "dayend")
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        ask_no_room(self._stack)
        ask_no_room(self.empty)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(inner)
        self.column.addWidget(self._stack, 1)
        self._inner = inner

    def _head(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.u(6))
        head = QHBoxLayout()
        head.setSpacing(theme.u(12))
        head.addWidget(Label(say("dayend.view.pairs"), "heading"))
        self.summary = ElidedLabel("", "muted")
        head.addWidget(self.summary, 1)
        head.addWidget(self._keys.button("repair_class"))
        column.addLayout(head)
        names = [(OPEN, say("dayend.view.chip.open"))]
        names += [(kind.value, say(f"dayend.class.{kind}")) for kind in SHOWN]
        self.chips = Chips(names)
        self.chips.setAccessibleName(say("dayend.view.column.kind"))
        self.chips.chosen.connect(self._presenter.show)
        column.addWidget(self.chips)
        return column

    def _side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(6))
        self.head, self.says = wrapped("", "heading"), wrapped("")
        self.sides = SidesGrid()
        self.facts = wrapped("", "muted")
        for part in (self.head, self.says, self.sides, self.facts):
            column.addWidget(part)
        column.addStretch(1)
        side.setMinimumHeight(theme.u(SIDE_HIGH))
        return side

    def render(self) -> None:
        """The presenter's state."""
        presenter = self._presenter
        rows, sheet = presenter.rows(), presenter.sheet
        self.summary.setText(presenter.summary())
        self._render_chips()
        self._render_rows(rows)
        self._stack.setCurrentWidget(self._inner if rows else self.empty)
        self.empty.show_words(*self._empty_words(sheet is not None), "dayend")
        pair = presenter.pair
        self.head.setText(presenter.headline())
        self.says.setText(pair.says if pair else "")
        self.sides.show_lines(presenter.sides())
        self.facts.setText(presenter.facts())

    def _empty_words(self, matched: bool) -> tuple[str, str]:
        key = "pairs_equal" if self._presenter.agrees() else "pairs_empty"
        if matched:
            key = "pairs_good" if self._presenter.shown == OPEN else "pairs_chip_empty"
        return say(f"dayend.view.{key}"), say(f"dayend.view.{key}_hint")

    def _render_chips(self) -> None:
        presenter = self._presenter
        counts = presenter.counts()
        self.chips.set_counts(counts)
        self.chips.setVisible(presenter.sheet is not None)
        for name, chip in self.chips.chips.items():
            chip.setVisible(name == OPEN or bool(counts.get(name)))
        self.chips.choose(presenter.shown)

    def _render_rows(self, rows: tuple[Pair, ...]) -> None:
        if rows is self._filled:
            return
        self._filled = rows
        pair = self._presenter.pair
        self.table.blockSignals(True)
        self.table.set_rows(rows)
        place = next((n for n, row in enumerate(rows) if row is pair), 0)
        if rows:
            self.table.choose(place)
            self._arrived()
        self.table.blockSignals(False)
        self._presenter.pair = rows[place] if rows else None

    def fit(self, width: int) -> None:
        """Follow the page's width; below each other both need their room."""
        self._row.fit(width)
        stacked = width < theme.u(STACKED_BELOW)
        self._stack.setMinimumHeight(theme.u(SIDE_HIGH + (TABLE_HIGH + GAP if stacked else 0)))
