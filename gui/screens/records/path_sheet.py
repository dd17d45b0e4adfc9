"""A small sheet over the page that asks for a file: typed, pasted or chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from core.words import say
from gui.widgets.buttons import foot, push
from gui.widgets.fields import Edit
from gui.widgets.labels import Label, wrapped
from gui.widgets.overlay import Overlay

LONGEST = 1000


class PathSheet(Overlay):
    """``ask`` opens it; ``chosen`` gets the path."""

    def __init__(self, host: QWidget, title: str, hint: str, chosen: Callable[[str], None]) -> None:
        super().__init__(host, 520)
        self._chosen, self._title = chosen, title
        self.setAccessibleName(title)
        self.edit = Edit(advance=False)
        self.edit.setMaxLength(LONGEST)
        self.edit.setAccessibleName(say("path_sheet.path"))
        self.edit.submitted.connect(lambda _: self._take())
        name = Label(say("path_sheet.path"), "muted")
        name.setBuddy(self.edit)
        for part in (Label(title, "heading"), wrapped(hint, "muted"), name, self.edit):
            self.card.column.addWidget(part)
        self.card.column.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        browse = push(say("path_sheet.browse"), self._browse)
        no = push(say("question.no"), self.close_overlay)
        self.yes = push(say("path_sheet.open"), self._take, "primary")
        return foot(no, self.yes, left=[browse])

    def ask(self) -> None:
        """Open it; the last path stands there to be changed."""
        self.open(self.edit)
        self.edit.selectAll()

    def _browse(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self._title, self.edit.text())
        if path:
            self.edit.setText(path)
            self.yes.setFocus()

    def _take(self) -> None:
        path = self.edit.text().strip().strip('"')
        if path:
            self.close_overlay()
            self._chosen(path)
