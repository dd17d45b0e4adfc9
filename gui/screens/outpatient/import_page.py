"""Fees from a file or the clipboard, over the page: path, column mapping, rejected lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea

from core.domain import FeeLine
from core.words import say
from gui.screens.file_card import FileCard
from gui.screens.outpatient.importing import Importing, is_grid
from gui.theme import theme
from gui.widgets.buttons import foot, push
from gui.widgets.labels import Label, wrapped

WIDTH = 940


def _say(name: str) -> str:
    return say(f"outpatient.import.{name}")


class ImportPage(FileCard):
    """``ask`` opens it for a visit; ``taken`` gets the lines."""

    presenter: Importing

    def __init__(self, host: Any, taken: Callable[[tuple[FeeLine, ...]], None]) -> None:
        super().__init__(host, WIDTH, _say("title"), "import-rejected")
        self._taken = taken
        self.presenter = Importing(host.context.desk, self, "")
        self._build()

    def _build(self) -> None:
        column = self.card.column
        column.addWidget(self.heading)
        column.addWidget(wrapped(_say("hint"), "muted"))
        column.addLayout(self._path_row())
        for part in (self.said, self.summary, self.remarks):
            column.addWidget(part)
        self._mapping_head = Label(_say("mapping"), "heading")
        column.addWidget(self._mapping_head)
        column.addWidget(self._mapping_area())
        column.addWidget(self.rejected, 1)
        column.addLayout(self._buttons())

    def _path_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        name = Label(_say("path"), "muted")
        name.setBuddy(self.path)
        self.paste_button = QPushButton(_say("paste"))
        self.paste_button.setToolTip(_say("paste_tip"))
        self.paste_button.clicked.connect(self.paste)
        self.path.installEventFilter(self)
        row.addWidget(name)
        row.addWidget(self.path, 1)
        for button in (self.browse_button, self.read_button, self.paste_button):
            row.addWidget(button)
        return row

    def _mapping_area(self) -> QScrollArea:
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(self.mapping)
        self._area.setProperty("page", True)
        self._area.setMaximumHeight(theme.u(190))
        return self._area

    def _buttons(self) -> QHBoxLayout:
        self.keep = push(_say("keep"), lambda: self.presenter.keep())
        self.no = push(_say("cancel"), self.close_overlay)
        self.yes = push(_say("use"), self._use, "primary")
        return foot(self.no, self.yes, left=[self.keep])

    def ask(self, visit_no: str) -> None:
        """Open it for a visit, empty."""
        self.presenter = Importing(self._screen.context.desk, self, visit_no)
        self.path.clear()
        self.said.clear()
        self.refresh()
        self.open(self.path)

    def paste(self) -> None:
        """The grid in the clipboard."""
        self.path.clear()
        self.presenter.paste(QGuiApplication.clipboard().text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Ctrl+V in the path's box takes a grid as a grid."""
        if watched is self.path and _is_paste(event):
            self.paste()
            return True
        return super().eventFilter(watched, event)

    def _use(self) -> None:
        lines = self.presenter.lines()
        if lines:
            self.close_overlay()
            self._taken(lines)

    def refresh(self) -> None:
        """Show what the file holds."""
        presenter = self.presenter
        self.show_file()
        for part in (self._mapping_head, self._area):
            part.setVisible(presenter.preview is not None)
        reason = presenter.why_not_use()
        self.yes.setEnabled(reason is None)
        self.yes.setToolTip(reason.text if reason else "")
        self.keep.setEnabled(presenter.preview is not None)


def _is_paste(event: QEvent) -> bool:
    """Ctrl+V with a grid in the clipboard."""
    if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
        return False
    pasted = event.matches(QKeySequence.StandardKey.Paste)
    return pasted and is_grid(QGuiApplication.clipboard().text())
