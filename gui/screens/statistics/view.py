"""统计 on screen: two charts side by side, the numbers below them."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from core.service.statistics import GROUPINGS
from core.words import say
from gui.forms.editors import ChoiceBox
from gui.screens.side import SideBySide
from gui.screens.statistics.figures import (
    BY_NAME,
    IN_TIME,
    LOWER,
    PARTS,
    Drawing,
    Part,
    lower,
    short_label,
    upper,
)
from gui.screens.statistics.presenter import PRESETS, StatisticsPresenter
from gui.screens.working import WorkingScreen
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.buttons import LOW, push
from gui.widgets.chart import Chart, ChartData, Series
from gui.widgets.empty_state import EmptyState
from gui.widgets.fields import CodeEdit
from gui.widgets.labels import Card, ElidedLabel, Label
from gui.widgets.table import Column, DataTable

STACKED_BELOW = 820


def figure_columns(by: str) -> tuple[Column, ...]:
    """The group and every figure; refunds and deductions above nothing are red."""
    head = say(f"statistics.by.{by}")
    first = Column("label", head, lambda row: row.label, 11, stretch=True)
    return (first, *(_column(part) for part in PARTS))


def _column(part: Part) -> Column:
    red = part.name in ("refunded", "deducted")
    tone = (lambda row: "danger" if part.of(row) else None) if red else None
    return Column(part.name, part.title, part.words, part.width, "right", tone=tone)


def chart_of(drawing: Drawing, by: str, rows: tuple[Any, ...]) -> ChartData:
    """A drawing of rows."""
    series = tuple(
        Series(BY_NAME[name].title, tuple(BY_NAME[name].of(row) for row in rows), tone)
        for name, tone in drawing.parts
    )
    groups = tuple(short_label(by, row.label) for row in rows)
    lying = by not in IN_TIME
    return ChartData(drawing.title, groups, series, drawing.shape, drawing.unit, lying)


class StatisticsView(WorkingScreen):
    """Shows the presenter; nothing here changes anything."""

    name = "statistics"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = StatisticsPresenter(context.desk, self)
        self._shown: Any = None
        self._by = ""
        self.bind("statistics_period", self._to_period)
        self.bind("statistics_again", self._again)
        self.bind("export_statistics", self.presenter.export)
        self.bind("export_picture", self._picture)
        self._build()
        self.refresh()

    # building

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.u(8))
        head.addWidget(Label(say("statistics.title"), "title"))
        head.addStretch(1)
        for name in ("statistics_again", "export_statistics", "export_picture"):
            head.addWidget(self.keys.button(name))
        self.top.addLayout(head)
        self.top.addLayout(self._asked_row())
        self.empty = EmptyState("", "", "statistics")
        self._stack = QStackedWidget()
        blank = Card()
        blank.column.addWidget(self.empty)
        self._stack.addWidget(blank)
        self._stack.addWidget(self._figures())
        self.body.addWidget(self._stack, 1)
        self.home_field = self.begin

    def _asked_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.begin, self.end = CodeEdit(), CodeEdit(advance=False)
        name = Label(say("statistics.period_name"), "muted")
        name.setBuddy(self.begin)
        row.addWidget(name)
        for field, key in ((self.begin, "begin"), (self.end, "end")):
            field.setMaxLength(10)
            field.setFixedWidth(theme.u(120))
            field.setAccessibleName(say(f"days.{key}_name"))
            row.addWidget(field)
            if key == "begin":
                row.addWidget(Label(say("days.to"), "muted"))
        self.end.submitted.connect(lambda _: self._again())
        for preset in PRESETS:
            row.addWidget(self._preset(preset))
        row.addStretch(1)
        self.group = self._choice("group", {by: say(f"statistics.by.{by}") for by in GROUPINGS})
        self.group.currentIndexChanged.connect(lambda _: self.presenter.group(self.group.text()))
        row.addWidget(Label(say("statistics.group_name"), "muted"))
        row.addWidget(self.group)
        return row

    def _preset(self, name: str) -> QPushButton:
        return push(say(f"statistics.preset.{name}"), lambda: self._take(name), "quiet", LOW)

    def _choice(self, name: str, words: dict[str, str]) -> ChoiceBox:
        box = ChoiceBox(words, optional=False)
        box.setAccessibleName(say(f"statistics.{name}_name"))
        return box

    def _figures(self) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(12))
        column.addWidget(self._charts(), 5)
        card = Card(gap=6)
        columns = figure_columns(GROUPINGS[0])
        self.table = DataTable(columns, "statistics", self.context.memory, self.context.user)
        self.table.setAccessibleName(say("statistics.title"))
        self.table.setMinimumHeight(theme.u(120))
        self.table.chosen.connect(self._point)
        self.note = ElidedLabel("", "muted")
        card.column.addWidget(self.table, 1)
        card.column.addWidget(self.note)
        column.addWidget(card, 4)
        return inner

    def _charts(self) -> QWidget:
        self.sheet = Card(gap=4)
        row = QHBoxLayout()
        self.head = ElidedLabel("", "heading")
        self.which = self._choice(
            "which", {name: say(f"statistics.which.{name}") for name in LOWER}
        )
        self.which.currentIndexChanged.connect(
            lambda _: self.presenter.show_lower(self.which.text())  # type: ignore[arg-type]
        )
        row.addWidget(self.head, 1)
        row.addWidget(self.which)
        self.sheet.column.addLayout(row)
        self.upper, self.lower = Chart(), Chart()
        self._row = SideBySide(self.upper, self.lower, 0, STACKED_BELOW)
        self._row.setStretch(0, 1)
        self._row.setStretch(1, 1)
        self.sheet.column.addLayout(self._row, 1)
        return self.sheet

    # what is pressed

    def _to_period(self) -> None:
        self.begin.setFocus()
        self.begin.selectAll()

    def _again(self) -> None:
        self.presenter.on_period(self.begin.code(), self.end.code())

    def _take(self, name: str) -> None:
        self.presenter.preset(name)
        self._show_period()

    def _point(self, row: Any) -> None:
        """The row of the table is the lit group of the charts."""
        labels = [drawn.key for drawn in self.presenter.drawn()]
        if row is not None and row.key in labels:
            for chart in (self.upper, self.lower):
                chart.choose(labels.index(row.key))

    def _picture(self) -> None:
        if self.presenter.why_not("export_picture") is not None:
            return
        path = self.presenter.place("png")
        path.parent.mkdir(parents=True, exist_ok=True)
        taken = self.sheet.grab().save(str(path), "PNG")
        (self.presenter.taken if taken else self.presenter.untaken)(path)

    def back(self) -> None:
        """Esc: to the period."""
        self._to_period()

    def entered(self, argument: Any = None) -> None:
        """Shown: count anew."""
        self._show_period()
        self.presenter.again()

    # showing

    def _show_period(self) -> None:
        for field, day in ((self.begin, self.presenter.begin), (self.end, self.presenter.end)):
            field.setText(f"{day:%Y-%m-%d}")

    def render(self) -> None:
        """The presenter's state, everywhere."""
        presenter = self.presenter
        rows = presenter.rows()
        text, hint = presenter.empty()
        self.empty.show_words(text, hint, "statistics")
        self._stack.setCurrentIndex(1 if rows else 0)
        if rows:
            self._render_figures(rows)
        self.allow(presenter.why_not)

    def _render_figures(self, rows: tuple[Any, ...]) -> None:
        presenter, by = self.presenter, self.presenter.report.by
        if by != self._by:
            self._by = by
            self.table.set_columns(figure_columns(by))
        if presenter.report is not self._shown:
            self._shown = presenter.report
            self.table.set_rows(rows)
        self.head.setText(presenter.head())
        self.note.setText(presenter.note())
        drawn = presenter.drawn()
        self.upper.show_data(chart_of(upper(), by, drawn))
        self.lower.show_data(chart_of(lower(presenter.lower, by), by, drawn))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._row.fit(self.width())
