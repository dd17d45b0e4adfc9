"""Deductions by reason: bars, and the numbers beside them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.domain.deduction import ReasonSum
from core.money import show
from core.words import say
from gui.screens.appeals.faces import whole_of
from gui.screens.side import SideBySide
from gui.shell.context import Context
from gui.widgets.chart import Chart, ChartData, Series
from gui.widgets.empty_state import EmptyState
from gui.widgets.labels import Card, Label
from gui.widgets.table import Column, DataTable, amount_column

MOST_BARS = 12
STACKED_BELOW = 820
SERIES = (("deducted", "primary"), ("appealed", "muted"), ("upheld", "done"))


def sum_columns() -> tuple[Column, ...]:
    """Reason, how many, and the three amounts."""

    def title(name: str) -> str:
        return say(f"appeals.sum.{name}")

    return (
        Column("reason", title("reason"), lambda row: row.reason, 12, stretch=True),
        Column("count", title("count"), lambda row: str(row.count), 5, "right"),
        amount_column("deducted", title("deducted"), lambda row: row.deducted, 9),
        amount_column("appealed", title("appealed"), lambda row: row.appealed, 9),
        amount_column("upheld", title("upheld"), lambda row: row.upheld, 9),
    )


def chart_of(sums: Sequence[ReasonSum]) -> ChartData:
    """The dearest reasons as lying bars."""
    shown = sums[:MOST_BARS]
    rows = tuple(
        Series(say(f"appeals.sum.{name}"), tuple(getattr(row, name) for row in shown), tone)
        for name, tone in SERIES
    )
    groups = tuple(row.reason for row in shown)
    return ChartData(say("appeals.sums.chart"), groups, rows, "bars", "yuan", lying=True)


class SumsPage(QWidget):
    """The chart and its table; ``show_sums`` fills both."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._sums: Sequence[ReasonSum] | None = None
        self.chart = Chart()
        left, right = Card(gap=8), Card(gap=8)
        left.column.addWidget(self.chart)
        self.table = DataTable(sum_columns(), "appeal-sums", context.memory, context.user)
        self.table.setAccessibleName(say("appeals.sums.title"))
        self.whole = Label("", "strong")
        right.column.addWidget(Label(say("appeals.sums.title"), "heading"))
        right.column.addWidget(self.table, 1)
        right.column.addWidget(self.whole)
        inner = QWidget()
        self._row = SideBySide(left, right, 0, STACKED_BELOW)
        self._row.setStretch(0, 1)
        self._row.setStretch(1, 1)
        inner.setLayout(self._row)
        self.empty = EmptyState(
            say("appeals.empty.sums"), say("appeals.empty.sums_hint"), "appeals"
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def show_sums(self, sums: Sequence[ReasonSum]) -> None:
        """Other sums."""
        if sums == self._sums:
            return
        self._sums = sums
        self._stack.setCurrentIndex(1 if sums else 0)
        self.table.set_rows(sums)
        self.chart.show_data(chart_of(sums))
        whole = whole_of(sums)
        amounts = {name: show(getattr(whole, name)) for name, _ in SERIES}
        self.whole.setText(say("appeals.sums.line", count=whole.count, **amounts))

    def fit(self, width: int) -> None:
        """Follow the page's width."""
        self._row.fit(width)
