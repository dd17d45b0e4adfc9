"""本机 HTTP 接口 on screen: settings and test, the callers, an example to copy."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import Fault, fault
from core.words import say
from gui.forms.form import Form
from gui.screens.connect.api import ApiPresenter
from gui.screens.connect.pages import Page
from gui.screens.connect.steps import Steps, headed
from gui.theme import theme
from gui.widgets.fields import Edit
from gui.widgets.labels import Card, Label, wrapped
from gui.widgets.question import Question

STATES = {"running": "done", "failed": "danger", "restart": "amber", "off": "muted"}
LONGEST_NAME, MOST_SHOWN = 40, 5


class ApiPage(QWidget):
    """Shows one ``ApiPresenter``; ``screen`` runs its work and shows its banners."""

    def __init__(self, screen: Any, page: Page) -> None:
        super().__init__()
        self.page = page
        self.presenter = ApiPresenter(screen.context.desk, screen)
        self.question = Question(screen)
        self.form = Form(self.presenter.form.specs(), columns=2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(12))
        for part in (self._settings(), self._callers(), self._example()):
            column.addWidget(part)
        column.addStretch(1)
        self.form.set_values(self.presenter.texts())
        self.render()

    @property
    def home_field(self) -> QWidget | None:
        """Where typing begins."""
        return self.form.first()

    def _settings(self) -> QWidget:
        card = Card(gap=10)
        self.state = headed(card, self.page)
        card.column.addWidget(self.form)
        self.tests = Steps()
        card.column.addLayout(self.tests)
        return card

    def _callers(self) -> QWidget:
        card = Card(gap=8)
        card.column.addWidget(Label(say("connect.api.callers"), "heading"))
        card.column.addWidget(wrapped(say("connect.api.callers_hint"), "muted"))
        self.list = QListWidget()
        self.list.setAccessibleName(say("connect.api.callers"))
        self.list.setProperty("nav", True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.currentRowChanged.connect(lambda _: self._allow())
        self.nobody = Label(say("connect.api.nobody"), "muted")
        card.column.addWidget(self.nobody)
        card.column.addWidget(self.list)
        card.column.addLayout(self._naming())
        card.column.addWidget(self._token())
        return card

    def _naming(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.name = Edit(advance=False)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(say("connect.api.name_hint"))
        self.name.setAccessibleName(say("connect.api.name"))
        self.name.submitted.connect(lambda _: self._admit())
        self.admit_button = QPushButton(say("connect.api.admit"))
        self.admit_button.clicked.connect(self._admit)
        self.revoke_button = QPushButton(say("connect.api.revoke"))
        self.revoke_button.setProperty("kind", "danger")
        self.revoke_button.clicked.connect(self._revoke)
        row.addWidget(self.name, 1)
        for button in (self.admit_button, self.revoke_button):
            button.setMinimumHeight(theme.u(34))
            row.addWidget(button)
        return row

    def _token(self) -> QWidget:
        self.token_row = QWidget()
        column = QVBoxLayout(self.token_row)
        column.setContentsMargins(0, 0, 0, 0)
        self.token_head = wrapped("", "amber")
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.token = Edit(advance=False)
        self.token.setReadOnly(True)
        self.token.setAccessibleName(say("connect.api.token"))
        row.addWidget(self.token, 1)
        row.addWidget(self._copier(lambda: self.token.text()))
        column.addWidget(self.token_head)
        column.addLayout(row)
        return self.token_row

    def _copier(self, text: Any) -> QPushButton:
        button = QPushButton(say("connect.api.copy"))
        button.setMinimumHeight(theme.u(34))
        button.clicked.connect(lambda: QGuiApplication.clipboard().setText(text()))
        return button

    def _example(self) -> QWidget:
        card = Card(gap=8)
        head = QHBoxLayout()
        head.addWidget(Label(say("connect.api.try"), "heading"))
        head.addStretch(1)
        head.addWidget(self._copier(lambda: self.example.toPlainText()))
        card.column.addLayout(head)
        self.example = QPlainTextEdit()
        self.example.setReadOnly(True)
        self.example.setAccessibleName(say("connect.api.try"))
        self.example.setTabChangesFocus(True)
        self.example.setFixedHeight(theme.u(170))
        card.column.addWidget(self.example)
        return card

    # -- what is pressed

    def test(self) -> None:
        """The test button."""
        self.presenter.test()

    def save(self) -> None:
        """Keep the settings."""
        self.presenter.save(self.form.values())

    def look(self) -> None:
        """There is nothing to read before a program hands it over: the key is grey."""

    def why_not(self, action: str) -> Fault | None:
        """Why a key is grey."""
        return fault("connect.api.no_preview") if action == "connect_preview" else None

    def _admit(self) -> None:
        name = self.name.text().strip()
        if name in self.presenter.callers:
            text = say("connect.api.anew_text", name=name)
            again = lambda _: self.presenter.admit(name)  # noqa: E731 - the question's answer
            self.question.ask(say("connect.api.anew"), text, say("connect.api.admit"), again)
        else:
            self.presenter.admit(name)

    def _chosen(self) -> str:
        item = self.list.currentItem()
        return item.text() if item is not None else ""

    def _revoke(self) -> None:
        name = self._chosen()
        if name:
            text = say("connect.api.revoke_text", name=name)
            title, yes = say("connect.api.revoke_title"), say("connect.api.revoke")
            self.question.ask(title, text, yes, lambda _: self.presenter.revoke(name))

    def entered(self) -> None:
        """Shown again: a token made before is not."""
        self.presenter.forget()
        self.presenter.read()

    # -- showing

    def render(self) -> None:
        """The presenter's state, everywhere."""
        presenter = self.presenter
        self.state.setText(presenter.state_text())
        self.state.set_role(STATES[presenter.state()])
        self.form.show_faults(presenter.faults)
        presenter.faults = ()
        self.tests.show_steps(presenter.tested or ())
        self._render_callers()
        self.token_row.setVisible(bool(presenter.token))
        self.token_head.setText(say("connect.api.once", name=presenter.token_of))
        self.token.setText(presenter.token)
        self.token.setCursorPosition(0)
        if self.example.toPlainText() != presenter.example():
            self.example.setPlainText(presenter.example())

    def _render_callers(self) -> None:
        names = [self.list.item(place).text() for place in range(self.list.count())]
        if names != list(self.presenter.callers):
            self.list.clear()
            self.list.addItems(self.presenter.callers)
            shown = min(MOST_SHOWN, max(1, len(self.presenter.callers)))
            self.list.setFixedHeight(theme.u(28) * shown + theme.u(8))
            self.name.clear()
        self.list.setVisible(bool(self.presenter.callers))
        self.nobody.setVisible(not self.presenter.callers)
        self._allow()

    def _allow(self) -> None:
        self.revoke_button.setEnabled(bool(self._chosen()))
