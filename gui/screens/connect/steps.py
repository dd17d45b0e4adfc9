"""What pages of settings share on screen: the head with the state, the steps of the last test."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.his.port import Tested
from core.words import say
from gui.screens.connect.pages import Page
from gui.theme import theme
from gui.widgets.icons import icon
from gui.widgets.labels import Card, Label, wrapped
from gui.widgets.layouts import emptied


def headed(card: Card, page: Page) -> Label:
    """Title and hint of the page at the top of ``card``; gives the label of its state."""
    head, state = QHBoxLayout(), Label("", "muted")
    head.setSpacing(theme.u(12))
    head.addWidget(Label(page.title, "heading"))
    head.addWidget(state)
    head.addStretch(1)
    card.column.addLayout(head)
    card.column.addWidget(wrapped(page.hint, "muted"))
    return state


class Steps(QVBoxLayout):
    """One below the other; other ones take their place."""

    def __init__(self) -> None:
        super().__init__()
        self.setSpacing(theme.u(6))
        self._shown: tuple[Tested, ...] = ()

    def show_steps(self, steps: Iterable[Tested]) -> None:
        """Show these."""
        if self._shown == (wanted := tuple(steps)):
            return
        self._shown = wanted
        emptied(self)
        for step in wanted:
            self.addWidget(_shown(step))


def _shown(step: Tested) -> QWidget:
    """One step of a test: sign, what was tried, what came of it."""
    name, token = ("done", "done") if step.good else ("danger", "danger")
    host = QWidget()
    row = QHBoxLayout(host)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.u(8))
    mark = QLabel()
    mark.setPixmap(icon(name, token).pixmap(theme.u(18), theme.u(18)))
    row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    title = Label(step.title, "strong")
    title.setMinimumWidth(theme.u(170))
    row.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(wrapped(step.says), 1)
    word = say(f"selfcheck.state_{'ok' if step.good else 'failed'}")
    host.setAccessibleName(f"{step.title}：{word}。{step.says}")
    return host
