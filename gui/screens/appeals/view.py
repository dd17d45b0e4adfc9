"""扣款申诉 on screen: the list with deadlines, one deduction beside our line, the appeal."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.words import say
from gui.screens.appeals.detail import Compared, LinesPage, event_moments
from gui.screens.appeals.editor import Editor
from gui.screens.appeals.listing import ListCard
from gui.screens.appeals.naming import NameSheet
from gui.screens.appeals.presenter import AppealsPresenter
from gui.screens.appeals.sums_page import SumsPage
from gui.screens.side import SideBySide, bring_into_sight
from gui.screens.working import WorkingScreen
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.buttons import LOW, push
from gui.widgets.empty_state import EmptyState
from gui.widgets.labels import Card, ElidedLabel, Label, wrapped
from gui.widgets.timeline import Timeline

STACKED_BELOW = 900
TABS = ("write", "lines", "history")


class AppealsView(WorkingScreen):
    """Shows the presenter; the list at the left, one deduction at the right."""

    name = "appeals"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = AppealsPresenter(context.desk, self)
        self._moments: Any = None
        self._was_armed = False
        self._bind_keys()
        self._build()
        context.bridge.transaction_changed.connect(self._changed)
        self.refresh()

    def _bind_keys(self) -> None:
        presenter = self.presenter
        self.bind("fetch_deductions", self._fetch)
        self.bind("find_appeal", self._to_box)
        self.bind("appeal_lines", lambda: self._tab("lines"))
        self.bind("write_appeal", lambda: self._tab("write"))
        self.bind("send_appeal", self._send)
        self.bind("attach_file", self._to_path)
        self.bind("keep_template", self._keep_template)
        self.bind("appeal_sums", self._turn)
        self.bind("export_appeals", presenter.export)

    # building

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label(say("appeals.title"), "title"))
        self.pressing = ElidedLabel("", "danger")
        head.addSpacing(theme.u(16))
        head.addWidget(self.pressing, 1)
        for name in ("fetch_deductions", "appeal_sums", "export_appeals"):
            head.addWidget(self.keys.button(name))
        self.top.addLayout(head)
        inner = QWidget()
        self.list = ListCard(self.context, self.presenter)
        self.list.period.connect(self._period)
        self.list.table.opened.connect(lambda _: self._tab("write"))
        self._row = SideBySide(self.list, self._right(), 0, STACKED_BELOW)
        self._row.setStretch(0, 1)
        self._row.setStretch(1, 1)
        inner.setLayout(self._row)
        self.sums = SumsPage(self.context)
        self._pages = QStackedWidget()
        self._pages.addWidget(inner)
        self._pages.addWidget(self.sums)
        self._show_page(0)
        self.body.addWidget(self._pages, 1)
        self.naming = NameSheet(self, self.presenter.keep_template)
        self.home_field = self.list.table

    def _right(self) -> QWidget:
        card = Card(gap=6)
        row = QHBoxLayout()
        self.head, self.due = ElidedLabel("", "heading"), Label("", "strong")
        row.addWidget(self.head, 1)
        row.addWidget(self.due)
        card.column.addLayout(row)
        self.note = ElidedLabel("", "muted")
        self.why = wrapped("")
        card.column.addWidget(self.note)
        card.column.addWidget(self.why)
        self.compared = Compared()
        card.column.addWidget(self.compared)
        card.column.addLayout(self._tabs())
        key = self.context.actions["attach_file"].key
        self.editor = Editor(self.presenter, key)
        self.lines = LinesPage(self.context)
        self.lines.cited.connect(self._cite)
        self.timeline = Timeline()
        self.timeline.setAccessibleName(say("appeals.tab.history"))
        self._detail = QStackedWidget()
        for page in (self.editor, self.lines, self.timeline):
            self._detail.addWidget(page)
        card.column.addWidget(self._detail, 1)
        card.column.addLayout(self._buttons())
        return self._with_empty(card)

    def _with_empty(self, card: QWidget) -> QWidget:
        empty = Card()
        words = EmptyState(say("appeals.choose"), say("appeals.choose_hint"), "appeals")
        empty.column.addWidget(words)
        self._side = QStackedWidget()
        self._side.addWidget(empty)
        self._side.addWidget(card)
        return self._side

    def _tabs(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(6))
        self.tabs = QButtonGroup(self)
        for place, name in enumerate(TABS):
            text = say(f"appeals.tab.{name}")
            button = push(text, lambda name=name: self._tab(name), high=LOW)
            button.setCheckable(True)
            button.setChecked(place == 0)
            button.setProperty("kind", "quiet")
            self.tabs.addButton(button, place)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.keys.button("keep_template", kind="quiet"))
        return row

    def _buttons(self) -> QVBoxLayout:
        column, row = QVBoxLayout(), QHBoxLayout()
        self.prompt = wrapped("", "prompt")
        column.addWidget(self.prompt)
        self.no = push(f"{say('appeals.cancel')}　Esc", self.presenter.disarm)
        self.yes = self.keys.button("send_appeal", primary=True)
        row.addWidget(self.keys.button("attach_file"))
        row.addWidget(self.editor.saved, 1)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        column.addLayout(row)
        return column

    # what is pressed

    def _to_box(self) -> None:
        self._show_list()
        self.list.to_box()

    def _show_list(self) -> None:
        self._show_page(0)

    def _show_page(self, place: int) -> None:
        """The list or the sums; the one that is not seen asks for no room."""
        for number in range(self._pages.count()):
            size = QSizePolicy.Policy.Preferred if number == place else QSizePolicy.Policy.Ignored
            self._pages.widget(number).setSizePolicy(size, size)
        self._pages.setCurrentIndex(place)

    def _turn(self) -> None:
        """F8: to the sums and back."""
        sums = self._pages.currentIndex() == 0
        self._show_page(int(sums))
        (self.sums.chart if sums else self.list.table).setFocus()

    def _tab(self, name: str) -> None:
        self._show_list()
        place = TABS.index(name)
        self.tabs.button(place).setChecked(True)
        self._detail.setCurrentIndex(place)
        target = (self.editor.text, self.lines.table, self.timeline)[place]
        target.setFocus()
        bring_into_sight(target)

    def _period(self) -> bool:
        self.quiet()
        return self.presenter.on_period(self.list.begin.code(), self.list.end.code())

    def _fetch(self) -> None:
        if self._period():
            self.presenter.fetch()

    def _cite(self, words: str) -> None:
        if self.presenter.writing.editable:
            self.editor.insert(words)
            self._tab("write")

    def _to_path(self) -> None:
        if not self.editor.add_path():
            self._tab("write")
            self.editor.to_path()

    def _keep_template(self) -> None:
        self.naming.ask()

    def _send(self) -> None:
        self.presenter.send()

    def back(self) -> None:
        """Esc: cancel, then the list, then the search box."""
        if self.presenter.disarm():
            self.editor.text.setFocus()
        elif self._pages.currentIndex():
            self._turn()
        elif self.list.table.hasFocus() or not self.presenter.rows:
            self._to_box()
        else:
            self.list.table.setFocus()

    def entered(self, argument: Any = None) -> None:
        """Shown: read anew, perhaps looking for something."""
        if isinstance(argument, str) and argument:
            self.list.box.setText(argument)
        self.presenter.find(self.list.box.text())

    def left(self) -> None:
        """Another page is shown: what was written is kept."""
        self.editor.leave()

    def parked(self) -> None:
        """It goes on by itself; the page is free."""
        self.list.table.setFocus()

    def closing_fault(self) -> str:
        """An appeal under way must be seen to its end."""
        return self.presenter.busy

    def _changed(self, event: Any) -> None:
        if self.isVisible():
            self.presenter.changed(event)

    # showing

    def render(self) -> None:
        """The presenter's state, everywhere."""
        presenter = self.presenter
        self.list.render_rows()
        self.pressing.setText(presenter.warning())
        self.sums.show_sums(presenter.sums)
        self._render_detail()
        self.allow(presenter.why_not)
        self._render_armed()

    def _render_detail(self) -> None:
        presenter = self.presenter
        looked = presenter.writing.looked
        self._side.setCurrentIndex(1 if looked else 0)
        self.editor.render_draft()
        if looked is None:
            return
        self.head.setText(presenter.head())
        self.note.setText(presenter.note())
        self.due.setText(presenter.due())
        self.due.set_role(presenter.due_tone() or "strong")
        self.why.setText(looked.item.reason)
        self.compared.show_pairs(presenter.pairs())
        self.lines.show_evidence(looked.evidence)
        if looked.history != self._moments:
            self._moments = looked.history
            self.timeline.set_moments(event_moments(looked.history))

    def _render_armed(self) -> None:
        armed = self.presenter.armed
        self.prompt.setVisible(armed)
        self.prompt.setText(self.presenter.summary() if armed else "")
        self.no.setVisible(armed)
        if armed and not self._was_armed:
            self.no.setFocus()
            QTimer.singleShot(0, self._see_yes)
        self._was_armed = armed

    def _see_yes(self) -> None:
        """Once the sentence above it has its room."""
        bring_into_sight(self.yes)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._row.fit(self.width())
        self.sums.fit(self.width())
