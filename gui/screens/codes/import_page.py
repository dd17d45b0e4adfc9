"""A code list from a file, over the page: which list, path, mapping, what would change, faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton

from core.catalogue.kinds import LISTS, title
from core.words import say
from gui.forms.editors import ChoiceBox
from gui.screens.codes.columns import entry_columns
from gui.screens.codes.importing import CodeImporting
from gui.screens.codes.lists import EntryFace
from gui.screens.file_card import FileCard
from gui.theme import theme
from gui.widgets.buttons import foot, push
from gui.widgets.fields import CodeEdit
from gui.widgets.labels import Label
from gui.widgets.table import DataTable

WIDTH = 980
SAMPLE = 200


class CodeImportPage(FileCard):
    """``ask`` opens it for a list; ``taken`` hears of the new version."""

    presenter: CodeImporting
    missing = "codes.screen.why.missing"

    def __init__(self, host: Any, taken: Callable[[Any], None]) -> None:
        super().__init__(host, WIDTH, say("codes.screen.import_title"), "codes-rejected")
        self._taken = taken
        self.presenter = CodeImporting(host.context.desk, self, LISTS[0])
        self._filling = False
        self._build()

    # building

    def _build(self) -> None:
        column = self.card.column
        column.addWidget(self.heading)
        column.addLayout(self._first_row())
        self.mapping.layout().setContentsMargins(0, 0, 0, 0)
        for part in (self.said, self.summary, self.remarks, self.mapping):
            column.addWidget(part)
        memory = self._screen.context.memory
        self.sample = DataTable(entry_columns("rows", LISTS[0]), "codes-sample", memory)
        self.sample.setAccessibleName(say("codes.part.rows"))
        for table in (self.rejected, self.sample):
            table.setMinimumHeight(theme.u(120))
            column.addWidget(table, 1)
        column.addLayout(self._buttons())

    def _first_row(self) -> QGridLayout:
        self.list = ChoiceBox({name: title(name) for name in LISTS}, optional=False)
        self.day = CodeEdit()
        self.list.currentIndexChanged.connect(lambda _: self._chose_list())
        self.day.textChanged.connect(self._set_day)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.u(8))
        rows = ((say("codes.column.list"), self.list), (say("outpatient.import.path"), self.path),
                (say("codes.column.valid_from"), self.day))  # fmt: skip
        for place, (label, editor) in zip((0, 1, 4), rows, strict=True):
            name = Label(label, "muted")
            name.setBuddy(editor)
            editor.setAccessibleName(label)
            grid.addWidget(name, 0, place)
            grid.addWidget(editor, 1, place)
        grid.addWidget(self.browse_button, 1, 2)
        grid.addWidget(self.read_button, 1, 3)
        grid.setColumnStretch(1, 1)
        return grid

    def _buttons(self) -> QHBoxLayout:
        self.skip = QPushButton(say("codes.screen.skip"))
        self.skip.setCheckable(True)
        self.skip.setProperty("kind", "chip")
        self.skip.toggled.connect(lambda on: self.presenter.skip(on))
        self.no = push(say("question.no"), self.close_overlay)
        self.yes = push(say("codes.screen.take"), lambda: self.presenter.take(), "primary")
        return foot(self.no, self.yes, left=[self.skip])

    # what is pressed

    def ask(self, name: str) -> None:
        """Open it for a list, empty."""
        self.presenter = CodeImporting(self._screen.context.desk, self, name)
        self.path.clear()
        self.day.setText(self.presenter.valid_from)
        self.said.clear()
        self.refresh()
        self.open(self.path)

    def _chose_list(self) -> None:
        if not self._filling:
            self.presenter.choose(self.list.text())

    def _set_day(self, text: str) -> None:
        self.presenter.valid_from = text
        if not self._filling:
            self.refresh()

    def taken(self, version: Any) -> None:
        """The file is a version now."""
        self.close_overlay()
        self._taken(version)

    # showing

    def refresh(self) -> None:
        """Show what the file holds."""
        presenter = self.presenter
        self._filling = True
        self.list.setText(presenter.list)
        self.show_file()
        self.mapping.setVisible(presenter.preview is not None)
        self._show_sample()
        self.skip.setVisible(bool(presenter.preview and presenter.preview.partly))
        self.skip.setChecked(presenter.skip_wrong)
        reason = presenter.why_not_take()
        self.yes.setEnabled(reason is None)
        self.yes.setToolTip(reason.text if reason else "")
        self._filling = False

    def _show_sample(self) -> None:
        preview = self.presenter.preview
        entries = preview.entries[:SAMPLE] if preview else ()
        self.sample.set_columns(entry_columns("rows", self.presenter.list))
        self.sample.set_rows(tuple(EntryFace(entry, "rows") for entry in entries))
        self.sample.setVisible(bool(entries) and not self.presenter.rejected())
