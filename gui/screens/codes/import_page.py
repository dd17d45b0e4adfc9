"""A code list from a file, over the page: which list, path, mapping, what would change, faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from core.catalogue.kinds import LISTS, title
from core.words import say
from gui.forms.editors import ChoiceBox
from gui.messages import Message
from gui.screens.codes.columns import entry_columns
from gui.screens.codes.importing import CodeImporting
from gui.screens.codes.lists import EntryFace
from gui.screens.outpatient.importing import cells_of, reason_of
from gui.screens.work import Work
from gui.theme import theme
from gui.widgets.fields import CodeEdit, Edit
from gui.widgets.labels import Label, wrapped
from gui.widgets.overlay import Overlay
from gui.widgets.table import Column, DataTable

WIDTH = 980
MAPPING_COLUMNS = 3
SAMPLE = 200
FILTER = "*.csv *.txt *.tsv *.xlsx *.xls"


class CodeImportPage(Overlay):
    """``ask`` opens it for a list; ``taken`` hears of the new version. Implements ``work.Page``."""

    def __init__(self, host: Any, taken: Callable[[Any], None]) -> None:
        super().__init__(host, WIDTH)
        self._screen, self._taken = host, taken
        self.presenter = CodeImporting(host.context.desk, self, LISTS[0])
        self._boxes: dict[str, ChoiceBox] = {}
        self._laid: tuple[Any, ...] = ()
        self._filling = False
        self._build()

    # building

    def _build(self) -> None:
        column = self.card.column
        column.addWidget(Label(say("codes.screen.import_title"), "heading"))
        column.addLayout(self._first_row())
        self._said, self._summary = wrapped("", "fault"), wrapped("", "strong")
        self._remarks = wrapped("", "muted")
        for part in (self._said, self._summary, self._remarks):
            column.addWidget(part)
        self._area = QWidget()
        self._grid = QGridLayout(self._area)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.u(12))
        column.addWidget(self._area)
        memory = self._screen.context.memory
        self.rejected = DataTable(_rejected_columns(), "codes-rejected", memory)
        self.rejected.setAccessibleName(say("outpatient.import.reason"))
        self.sample = DataTable(entry_columns("rows", LISTS[0]), "codes-sample", memory)
        self.sample.setAccessibleName(say("codes.part.rows"))
        for table in (self.rejected, self.sample):
            table.setMinimumHeight(theme.u(120))
            column.addWidget(table, 1)
        column.addLayout(self._buttons())

    def _first_row(self) -> QGridLayout:
        self.list = ChoiceBox({name: title(name) for name in LISTS}, optional=False)
        self.path, self.day = Edit(advance=False), CodeEdit()
        self._browse, self._read = QPushButton(), QPushButton()
        self._browse.setText(say("outpatient.import.browse"))
        self._read.setText(say("outpatient.import.read"))
        self.list.currentIndexChanged.connect(lambda _: self._chose_list())
        self.path.submitted.connect(lambda text: self.presenter.read(text))
        self.day.textChanged.connect(self._set_day)
        self._browse.clicked.connect(self.browse)
        self._read.clicked.connect(lambda: self.presenter.read(self.path.text()))
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
        grid.addWidget(self._browse, 1, 2)
        grid.addWidget(self._read, 1, 3)
        grid.setColumnStretch(1, 1)
        return grid

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.skip = QPushButton(say("codes.screen.skip"))
        self.skip.setCheckable(True)
        self.skip.setProperty("kind", "chip")
        self.skip.toggled.connect(lambda on: self.presenter.skip(on))
        self.no, self.yes = QPushButton(say("question.no")), QPushButton(say("codes.screen.take"))
        self.yes.setProperty("kind", "primary")
        self.no.clicked.connect(self.close_overlay)
        self.yes.clicked.connect(lambda: self.presenter.take())
        row.addWidget(self.skip)
        row.addStretch(1)
        for button in (self.no, self.yes):
            button.setAutoDefault(True)
            button.setMinimumHeight(theme.u(36))
            row.addWidget(button)
        return row

    # what is pressed

    def ask(self, name: str) -> None:
        """Open it for a list, empty."""
        self.presenter = CodeImporting(self._screen.context.desk, self, name)
        self.path.clear()
        self.day.setText(self.presenter.valid_from)
        self._said.clear()
        self.refresh()
        self.open(self.path)

    def browse(self) -> None:
        """The system's file dialog, without waiting for it."""
        from PySide6.QtWidgets import QFileDialog

        self._dialog = QFileDialog(self, say("codes.screen.import_title"), "", FILTER)
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.fileSelected.connect(self.chose)
        self._dialog.open()

    def chose(self, path: str) -> None:
        """A file was chosen."""
        self.path.setText(path)
        self.presenter.read(path)

    def _chose_list(self) -> None:
        if not self._filling:
            self.presenter.choose(self.list.text())

    def _set_day(self, text: str) -> None:
        self.presenter.valid_from = text
        if not self._filling:
            self.refresh()

    # Page

    def run(self, work: Work) -> bool:
        """Work of this page runs on the screen below."""
        return bool(self._screen.run(work))

    def tell(self, message: Message) -> None:
        """Sentences stand in the card."""
        self._said.setText(message.text)
        self._said.show()

    def hush(self) -> None:
        """Nothing said."""
        self._said.clear()
        self._said.hide()

    def print_slip(self, msgid: str) -> None:
        """There is no slip here."""

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
        self._summary.setText("　".join(presenter.summary()))
        self._remarks.setText("\n".join(presenter.remarks()[:4]))
        for part in (self._summary, self._remarks, self._said):
            part.setVisible(bool(part.text()))
        self._fill_mapping()
        self._fill_tables()
        self.skip.setVisible(bool(presenter.preview and presenter.preview.partly))
        self.skip.setChecked(presenter.skip_wrong)
        reason = presenter.why_not_take()
        self.yes.setEnabled(reason is None)
        self.yes.setToolTip(reason.text if reason else "")
        self._filling = False

    def _fill_tables(self) -> None:
        rejected = self.presenter.rejected()
        preview = self.presenter.preview
        self.rejected.set_rows(rejected)
        self.rejected.setVisible(bool(rejected))
        entries = preview.entries[:SAMPLE] if preview else ()
        self.sample.set_columns(entry_columns("rows", self.presenter.list))
        self.sample.set_rows(tuple(EntryFace(entry, "rows") for entry in entries))
        self.sample.setVisible(bool(entries) and not rejected)

    def _fill_mapping(self) -> None:
        preview = self.presenter.preview
        self._area.setVisible(preview is not None)
        if preview is None:
            return
        laid = (self.presenter.list, preview.headers)
        if laid != self._laid:
            self._laid = laid
            self._lay_mapping(preview.headers)
        for field, box in self._boxes.items():
            box.setText(self.presenter.mapping.get(field, ""))
            box.set_fault(say("codes.screen.why.missing") if field in preview.missing else "")

    def _lay_mapping(self, headers: tuple[str, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if item.widget():
                item.widget().hide()
                item.widget().deleteLater()
        self._boxes.clear()
        for place, (field, label, needed) in enumerate(self.presenter.fields()):
            row, pair = divmod(place, MAPPING_COLUMNS)
            box = ChoiceBox({name: name for name in headers})
            box.setItemText(0, say("outpatient.import.none"))
            box.setAccessibleName(label)
            box.currentIndexChanged.connect(lambda _, field=field: self._mapped(field))
            name = Label(label + ("　*" if needed else ""), "muted")
            name.setBuddy(box)
            self._grid.addWidget(name, row, pair * 2)
            self._grid.addWidget(box, row, pair * 2 + 1)
            self._grid.setColumnStretch(pair * 2 + 1, 1)
            self._boxes[field] = box

    def _mapped(self, field: str) -> None:
        if not self._filling:
            self.presenter.map(field, self._boxes[field].text())


def _rejected_columns() -> tuple[Column, ...]:
    return (
        Column("row", say("outpatient.import.row"), lambda row: str(row.row_number), 6, "right"),
        Column("reason", say("outpatient.import.reason"), reason_of, 24, stretch=True,
               tone=lambda row: "danger"),
        Column("cells", say("outpatient.import.cells"), cells_of, 20, stretch=True),
    )  # fmt: skip
