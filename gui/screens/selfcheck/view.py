"""The self-check page: every check with its sign, its sentence and what to do, as they come in."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.words import say
from gui.messages import Message
from gui.operation import Operation
from gui.screens.screen import Screen, scrolled
from gui.screens.selfcheck.lifting import LiftCard
from gui.screens.selfcheck.presenter import SelfCheckPresenter
from gui.shell.context import Context
from gui.theme import families, has_chinese_font, theme
from gui.widgets.icons import icon
from gui.widgets.labels import Card, Label, rule, wrapped
from gui.widgets.layouts import emptied

LOOKS = {"ok": ("done", "done"), "warning": ("warning", "amber"), "failed": ("danger", "danger")}


class CheckRow(QWidget):
    """One check."""

    def __init__(self, check: Any) -> None:
        super().__init__()
        self.check = check
        name, token = LOOKS[check.state]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.u(8), 0, theme.u(8))
        row.setSpacing(theme.u(12))
        mark = QLabel()
        mark.setPixmap(icon(name, token).pixmap(theme.u(20), theme.u(20)))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        title = Label(check.title, "strong")
        title.setFixedWidth(theme.u(120))
        title.setMinimumHeight(theme.u(20))
        row.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        word = Label(say(f"selfcheck.state_{check.state}"), {"ok": "done"}.get(check.state, token))
        word.setFixedSize(theme.u(56), theme.u(20))
        row.addWidget(word, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(wrapped(check.says, "text"), 1)
        self.setAccessibleName(f"{check.title}：{word.text()}。{check.says}")


class SelfCheckView(Screen):
    """Runs by itself when it is shown for the first time; F5 again."""

    name = "selfcheck"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.presenter = SelfCheckPresenter(context.desk)
        self.keys.bind("check_again", self.run)
        self.keys.bind("copy_checks", self.copy)
        self.lift_card = LiftCard(self, self.run)
        self._lay_out_page()
        self._hand_in_font()

    def _lay_out_page(self) -> None:
        self._summary = Label("", "muted")
        again = self.keys.button("check_again", primary=True)
        head = QHBoxLayout()
        head.setSpacing(theme.u(12))
        head.addWidget(Label(say("screens.selfcheck"), "title"))
        head.addWidget(self._summary)
        head.addStretch(1)
        head.addWidget(self._lift_button())
        head.addWidget(self.keys.button("copy_checks"))
        head.addWidget(again)
        self.top.addLayout(head)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, theme.u(8), 0)
        column.addLayout(self._rows)
        column.addStretch(1)
        card = Card(margin=16)
        card.column.addWidget(scrolled(inner))
        self.body.addWidget(card, 1)
        self.home_field = again

    def _lift_button(self) -> QPushButton:
        """Only there while settling is blocked."""
        self.lift_button = QPushButton(say("safekeeping.screen.open"))
        self.lift_button.setMinimumHeight(theme.u(36))
        self.lift_button.clicked.connect(self.lift_card.compare)
        self.lift_button.hide()
        return self.lift_button

    def _hand_in_font(self) -> None:
        """Only the window knows its fonts."""
        good = has_chinese_font()
        key = "selfcheck.font_ok" if good else "selfcheck.font_missing"
        said = ("ok" if good else "failed", say(key, name=families()[0]))
        self.context.desk.health.font = lambda: said

    def entered(self, argument: Any = None) -> None:
        """The first look is free."""
        if not self.presenter.found and not self.presenter.running:
            self.run()

    def run(self) -> None:
        """A new round on the centre lane; what is found appears as it comes."""
        if self.presenter.running:
            return
        bridge = self.context.bridge
        heard = self._heard
        call = self.presenter.begin(
            lambda number, check: bridge.post(self, lambda: heard(number, check))
        )
        emptied(self._rows)
        self.lift_button.hide()
        self._say()
        work = Operation(self, call, name="checks").silent()
        work.on_refused(self._refused).on_finished(self._over).run()

    def _heard(self, number: int, check: Any) -> None:
        if self.presenter.hear(number, check):
            if self._rows.count():
                self._rows.addWidget(rule())
            self._rows.addWidget(CheckRow(check))
            self.lift_button.setVisible(self.presenter.blocked())
            self._say()

    def _refused(self, error: Exception) -> bool:
        self.tell(Message("danger", str(error), key="checks"))
        return True

    def _over(self) -> None:
        self.presenter.end()
        self._say()

    def _say(self) -> None:
        self._summary.setText(self.presenter.summary())
        tone = {"failed": "danger", "warning": "amber"}.get(self.presenter.state(), "muted")
        self._summary.set_role(tone)

    def rows(self) -> tuple[CheckRow, ...]:
        """The checks on the page."""
        items = (self._rows.itemAt(place).widget() for place in range(self._rows.count()))
        return tuple(widget for widget in items if isinstance(widget, CheckRow))

    def copy(self) -> None:
        """All of it to the clipboard."""
        QGuiApplication.clipboard().setText(self.presenter.as_text())
        self.tell(Message("info", say("selfcheck.copied"), key="checks"))
