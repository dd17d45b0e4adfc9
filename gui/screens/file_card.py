"""A card that takes rows of a file: path, what its columns mean, what is wrong, one last button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from core.words import say
from gui.forms.editors import ChoiceBox
from gui.screens.file_reading import FileReading, cells_of, reason_of
from gui.screens.working_card import WorkingCard
from gui.theme import theme
from gui.widgets.fields import Edit
from gui.widgets.labels import Label, wrapped
from gui.widgets.layouts import emptied
from gui.widgets.table import Column, DataTable

COLUMNS = 3  # fields side by side
MOST_REMARKS = 4
FILTER = "*.csv *.txt *.tsv *.xlsx *.xls"


class MappingGrid(QWidget):
    """A choice of the file's columns for every field; ``mapped`` has field and column or empty."""

    mapped = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, ChoiceBox] = {}
        self._filling = False
        self._laid: object = None
        self._grid = QGridLayout(self)
        self._grid.setHorizontalSpacing(theme.u(12))

    def show_mapping(self, read: FileReading, fault: str) -> None:
        """Built anew where fields or columns are others; ``fault``: of a field that misses one."""
        self._filling = True
        laid = (read.fields(), tuple(read.preview.headers))
        if laid != self._laid:
            self._laid = laid
            self._lay(*laid)
        for field, box in self.boxes.items():
            box.setText(read.mapping.get(field, ""))
            box.set_fault(fault if field in read.preview.missing else "")
        self._filling = False

    def _lay(self, fields: Sequence[tuple[str, str, bool]], headers: Sequence[str]) -> None:
        emptied(self._grid)
        self.boxes.clear()
        for place, (field, label, needed) in enumerate(fields):
            self._add(place, field, label + ("　*" if needed else ""), headers)

    def _add(self, place: int, field: str, label: str, headers: Sequence[str]) -> None:
        box = self.boxes[field] = ChoiceBox({name: name for name in headers})
        box.setItemText(0, say("outpatient.import.none"))
        box.setAccessibleName(label)
        box.currentIndexChanged.connect(lambda _: self._chosen(field))
        name = Label(label, "muted")
        name.setBuddy(box)
        row, pair = divmod(place, COLUMNS)
        self._grid.addWidget(name, row, pair * 2)
        self._grid.addWidget(box, row, pair * 2 + 1)
        self._grid.setColumnStretch(pair * 2 + 1, 1)

    def _chosen(self, field: str) -> None:
        if not self._filling:
            self.mapped.emit(field, self.boxes[field].text())


class FileCard(WorkingCard):
    """The parts that such cards are laid out of; ``name`` is that of the table of rejected rows."""

    presenter: FileReading
    missing = "outpatient.import.why.missing"  # the sentence of a field without a column

    def __init__(self, screen: Any, width: int, title: str, name: str) -> None:
        super().__init__(screen, width)
        self.heading = Label(title, "heading")
        self.path = Edit(advance=False)
        self.path.setAccessibleName(say("outpatient.import.path"))
        self.path.submitted.connect(self.read)
        self.browse_button = QPushButton(say("outpatient.import.browse"))
        self.browse_button.clicked.connect(self.browse)
        self.read_button = QPushButton(say("outpatient.import.read"))
        self.read_button.clicked.connect(lambda: self.read(self.path.text()))
        self.summary, self.remarks = wrapped("", "strong"), wrapped("", "muted")
        self.mapping = MappingGrid()
        self.mapping.mapped.connect(lambda field, header: self.presenter.map(field, header))
        self.rejected = DataTable(_rejected_columns(), name, screen.context.memory)
        self.rejected.setAccessibleName(say("outpatient.import.reason"))

    def browse(self) -> None:
        """The system's file dialog, without waiting for it."""
        from PySide6.QtWidgets import QFileDialog

        self._dialog = QFileDialog(self, self.heading.text(), "", FILTER)
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.fileSelected.connect(self.chose)
        self._dialog.open()

    def chose(self, path: str) -> None:
        """A file was chosen."""
        self.path.setText(path)
        self.read(path)

    def read(self, path: str) -> None:
        """Read it."""
        self.presenter.read(path)

    def show_file(self) -> None:
        """What is said of the file, what its columns mean, which rows became nothing."""
        presenter = self.presenter
        self.summary.setText("　".join(presenter.summary()))
        self.remarks.setText("\n".join(presenter.remarks()[:MOST_REMARKS]))
        for part in (self.summary, self.remarks, self.said):
            part.setVisible(bool(part.text()))
        if presenter.preview is not None:
            self.mapping.show_mapping(presenter, say(self.missing))
        self.rejected.set_rows(presenter.rejected())
        self.rejected.setVisible(bool(presenter.rejected()))


def _rejected_columns() -> tuple[Column, ...]:
    def title(name: str) -> str:
        return say(f"outpatient.import.{name}")

    return (
        Column("row", title("row"), lambda row: str(row.row_number), 6, "right"),
        Column("reason", title("reason"), reason_of, 24, stretch=True, tone=lambda row: "danger"),
        Column("cells", title("cells"), cells_of, 20, stretch=True),
    )
