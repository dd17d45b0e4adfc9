"""A small sheet over the page that asks for the name of a text to be kept."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from core.words import say
from gui.widgets.buttons import LOW, foot, push
from gui.widgets.fields import Edit
from gui.widgets.labels import Label, wrapped
from gui.widgets.overlay import Overlay

LONGEST = 30


class NameSheet(Overlay):
    """``ask`` opens it; ``named`` gets the name."""

    def __init__(self, host: QWidget, named: Callable[[str], None]) -> None:
        super().__init__(host, 420)
        self._named = named
        self.setAccessibleName(say("appeals.template_label"))
        self.edit = Edit(advance=False)
        self.edit.setMaxLength(LONGEST)
        self.edit.setAccessibleName(say("appeals.template_label"))
        self.edit.submitted.connect(lambda _: self._take())
        name = Label(say("appeals.template_label"), "muted")
        name.setBuddy(self.edit)
        for part in (wrapped(say("appeals.template_keep_text")), name, self.edit):
            self.card.column.addWidget(part)
        no = push(say("question.no"), self.close_overlay, high=LOW)
        self.card.column.addLayout(
            foot(no, push(say("appeals.template_keep_yes"), self._take, high=LOW))
        )

    def ask(self) -> None:
        """Open it with an empty name."""
        self.edit.clear()
        self.open(self.edit)

    def _take(self) -> None:
        name = self.edit.text().strip()
        if name:
            self.close_overlay()
            self._named(name)
