"""The row of choices: which period, whose, which sign-in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.words import say
from gui.forms.editors import ChoiceBox
from gui.screens.dayend.books import BooksPresenter
from gui.screens.dayend.period import CHOICES
from gui.theme import theme
from gui.widgets.chips import Chips
from gui.widgets.fields import CodeEdit
from gui.widgets.labels import Label

DAY_WIDTH, SIGN_WIDTH = 150, 110


class ChoosingRow(QWidget):
    """Tells the presenter every change; ``render`` shows what it made of it."""

    def __init__(self, presenter: BooksPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._filled: tuple[tuple[str, str], ...] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.u(8))
        self.chips = Chips([(name, say(f"dayend.view.choice.{name}")) for name in CHOICES])
        self.chips.setAccessibleName(say("dayend.view.period"))
        self.chips.chosen.connect(self._chose)
        row.addWidget(self.chips, 0, Qt.AlignmentFlag.AlignVCenter)
        self.begin, self.end = self._day("from"), self._day("to")
        row.addWidget(self.begin)
        row.addWidget(self.end)
        row.addStretch(1)
        self.operator = ChoiceBox({}, optional=False)
        self.operator.setAccessibleName(say("dayend.view.operator"))
        self.operator.currentIndexChanged.connect(lambda _: self._narrow())
        self.sign_no = CodeEdit()
        self.sign_no.setMaximumWidth(theme.u(SIGN_WIDTH))
        self.sign_no.setPlaceholderText(say("dayend.view.sign_no_hint"))
        self.sign_no.setAccessibleName(say("dayend.view.sign_no"))
        self.sign_no.editingFinished.connect(self._narrow)
        for name, widget in (("operator", self.operator), ("sign_no", self.sign_no)):
            label = Label(say(f"dayend.view.{name}"), "muted")
            label.setBuddy(widget)
            row.addWidget(label)
            row.addWidget(widget)
        self.render()

    def _day(self, name: str) -> CodeEdit:
        edit = CodeEdit()
        edit.setMaximumWidth(theme.u(DAY_WIDTH))
        edit.setPlaceholderText(f"{say(f'dayend.view.{name}')}　2026-03-02")
        edit.setToolTip(say("dayend.view.own_hint"))
        edit.setAccessibleName(say(f"dayend.view.{name}"))
        edit.editingFinished.connect(self._own)
        return edit

    def _chose(self, name: str) -> None:
        self._presenter.take(name=name)

    def _own(self) -> None:
        if self._presenter.choice.name == "own":
            self._presenter.take(begin=self.begin.code(), end=self.end.code())

    def _narrow(self) -> None:
        self._presenter.take(operator=self.operator.text(), sign_no=self.sign_no.code())

    def render(self) -> None:
        """The presenter's choice."""
        choice = self._presenter.choice
        self.chips.choose(choice.name)
        for edit in (self.begin, self.end):
            edit.setVisible(choice.name == "own")
        self._fill_operators()
        for widget in (self.chips, self.operator, self.sign_no, self.begin, self.end):
            widget.setEnabled(not self._presenter.busy)

    def _fill_operators(self) -> None:
        people = self._presenter.operators
        if people == self._filled:
            return
        self._filled = people
        self.operator.blockSignals(True)
        self.operator.clear()
        self.operator.addItem(say("dayend.view.everybody"), "")
        for number, name in people:
            self.operator.addItem(f"{name}　{number}", number)
        self.operator.setText(self._presenter.choice.operator)
        self.operator.blockSignals(False)
