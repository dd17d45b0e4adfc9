"""The card of a special filing: the profile's form, the files beside it with their sizes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from core.errors import Fault
from core.service.filing import KINDS, LARGEST_FILE, MOST_FILES
from core.words import say
from gui.forms.spec import FieldSpec
from gui.screens.inpatient.cards import FormCard
from gui.screens.inpatient.filing import RENAMED, FileRow, Filings, size_text
from gui.theme import theme
from gui.widgets.fields import Edit
from gui.widgets.labels import Label
from gui.widgets.table import Column, DataTable

WIDTH, COLUMNS = 980, 4
NAMES = {own: theirs for theirs, own in RENAMED.items()}
FILES_HEIGHT = 120


class FileTable(DataTable):
    """The files; Del leaves the current one out."""

    def __init__(self, removed: Any) -> None:
        super().__init__(
            (
                Column("name", say("inpatient.filing.file"), lambda row: row.name, 20,
                       stretch=True),
                Column("size", say("inpatient.filing.file_size"), lambda row: size_text(row.size),
                       10, "right"),
            )
        )  # fmt: skip
        self._removed = removed
        self.setAccessibleName(say("inpatient.filing.files"))
        self.setFixedHeight(theme.u(FILES_HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row: FileRow | None = self.current()
        if event.key() == Qt.Key.Key_Delete and row is not None:
            self._removed(row)
            return
        super().keyPressEvent(event)


class FilingCard(FormCard):
    """``begin`` opens it for the stay on the page."""

    def __init__(self, host: Any, presenter: Filings, specs: Sequence[FieldSpec]) -> None:
        super().__init__(host, WIDTH, "filing", presenter.file)
        self._presenter = presenter
        self.build(specs, COLUMNS)
        self.body.addLayout(self._path_row())
        self.files = FileTable(presenter.remove_file)
        self.body.addWidget(self.files)
        self._shown: tuple[FileRow, ...] | None = None

    def _path_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        name = Label(say("inpatient.filing.files"), "muted")
        self.path = Edit(advance=False)
        self.path.setPlaceholderText(say("inpatient.filing.path"))
        self.path.setAccessibleName(say("inpatient.filing.path"))
        self.path.submitted.connect(self._add)
        name.setBuddy(self.path)
        self.browse_button = QPushButton(say("outpatient.import.browse"))
        self.drop = QPushButton(say("inpatient.filing.drop"))
        self.browse_button.clicked.connect(self.browse)
        self.drop.clicked.connect(self._drop)
        row.addWidget(name)
        row.addWidget(self.path, 1)
        for button in (self.browse_button, self.drop):
            button.setMinimumHeight(theme.u(34))
            row.addWidget(button)
        return row

    def begin(self) -> None:
        """Open it, prefilled from card and hospital."""
        values = self._presenter.begin_filing()
        self.path.clear()
        self.show_files()
        holes = {"most": MOST_FILES, "size": size_text(LARGEST_FILE)}
        self.ask(values, say("inpatient.filing.text", kinds=" ".join(sorted(KINDS)), **holes))

    def again(self, faults: Iterable[Fault]) -> None:
        """Open it as it was sent, each fault at its field."""
        self.begin()
        mine = [replace(item, field=NAMES.get(item.field, item.field)) for item in faults]
        self.say("\n".join(item.text for item in self.form.show_faults(mine)))

    def show_files(self) -> None:
        """The files as the presenter has them."""
        files = self._presenter.files
        if files is not self._shown:
            self._shown = files
            self.files.set_rows(files)
        self.files.setVisible(bool(files))
        self.drop.setEnabled(bool(files))

    def _add(self, text: str) -> None:
        self.say("")
        self._presenter.add_file(text)
        self.path.clear()

    def _drop(self) -> None:
        row: FileRow | None = self.files.current() or next(iter(self._presenter.files), None)
        if row is not None:
            self._presenter.remove_file(row)

    def browse(self) -> None:
        """The system's file dialog, without waiting for it."""
        from PySide6.QtWidgets import QFileDialog

        kinds = " ".join(f"*.{kind}" for kind in KINDS)
        self._dialog = QFileDialog(self, say("inpatient.filing.files"), "", kinds)
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.fileSelected.connect(self._add)
        self._dialog.open()
