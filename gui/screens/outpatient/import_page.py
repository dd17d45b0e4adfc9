"""Fees from a file or the clipboard, over the page: path, column mapping, rejected lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QWidget

from core.domain import FeeLine
from core.words import say
from gui.forms.editors import ChoiceBox
from gui.messages import Message
from gui.screens.outpatient.importing import Importing, cells_of, is_grid, reason_of
from gui.screens.work import Work
from gui.theme import theme
from gui.widgets.fields import Edit
from gui.widgets.labels import Label, wrapped
from gui.widgets.overlay import Overlay
from gui.widgets.table import Column, DataTable

WIDTH = 940
MAPPING_COLUMNS = 3
FILTER = "*.csv *.txt *.tsv *.xlsx *.xls"


def _say(name: str) -> str:
    return say(f"outpatient.import.{name}")


class ImportPage(Overlay):
    """``ask`` opens it for a visit; ``taken`` gets the lines. Implements ``work.Page``."""

    def __init__(self, host: Any, taken: Callable[[tuple[FeeLine, ...]], None]) -> None:
        super().__init__(host, WIDTH)
        self._screen, self._taken = host, taken
        self.presenter = Importing(host.context.desk, self, "")
        self._boxes: dict[str, ChoiceBox] = {}
        self._filling = False
        self._build()

    def _build(self) -> None:
        column = self.card.column
        column.addWidget(Label(_say("title"), "heading"))
        column.addWidget(wrapped(_say("hint"), "muted"))
        column.addLayout(self._path_row())
        self._said = wrapped("", "fault")
        self._summary = wrapped("", "strong")
        self._remarks = wrapped("", "muted")
        for part in (self._said, self._summary, self._remarks):
            column.addWidget(part)
        self._mapping_head = Label(_say("mapping"), "heading")
        column.addWidget(self._mapping_head)
        column.addWidget(self._mapping_area())
        self.table = DataTable(_columns(), "import-rejected", self._screen.context.memory)
        self.table.setAccessibleName(_say("reason"))
        column.addWidget(self.table, 1)
        column.addLayout(self._buttons())

    def _path_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        name = Label(_say("path"), "muted")
        self.path = Edit(advance=False)
        self.path.setAccessibleName(_say("path"))
        name.setBuddy(self.path)
        self.path.submitted.connect(lambda text: self.presenter.read(text))
        self._browse, self._read = QPushButton(_say("browse")), QPushButton(_say("read"))
        self.paste_button = QPushButton(_say("paste"))
        self.paste_button.setToolTip(_say("paste_tip"))
        self.paste_button.clicked.connect(self.paste)
        self.path.installEventFilter(self)
        self._browse.clicked.connect(self.browse)
        self._read.clicked.connect(lambda: self.presenter.read(self.path.text()))
        row.addWidget(name)
        row.addWidget(self.path, 1)
        row.addWidget(self._browse)
        row.addWidget(self._read)
        row.addWidget(self.paste_button)
        return row

    def _mapping_area(self) -> QScrollArea:
        inner = QWidget()
        self._grid = QGridLayout(inner)
        self._grid.setHorizontalSpacing(theme.u(12))
        self._grid.setVerticalSpacing(theme.u(6))
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(inner)
        self._area.setProperty("page", True)
        self._area.setMaximumHeight(theme.u(190))
        return self._area

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.keep, self.no = QPushButton(_say("keep")), QPushButton(_say("cancel"))
        self.yes = QPushButton(_say("use"))
        self.yes.setProperty("kind", "primary")
        self.keep.clicked.connect(lambda: self.presenter.keep())
        self.no.clicked.connect(self.close_overlay)
        self.yes.clicked.connect(self._use)
        for button in (self.keep, self.no, self.yes):
            button.setAutoDefault(True)
            button.setMinimumHeight(theme.u(36))
        row.addWidget(self.keep)
        row.addStretch(1)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        return row

    def ask(self, visit_no: str) -> None:
        """Open it for a visit, empty."""
        self.presenter = Importing(self._screen.context.desk, self, visit_no)
        self.path.clear()
        self._said.clear()
        self.refresh()
        self.open(self.path)

    def browse(self) -> None:
        """The system's file dialog, without waiting for it."""
        from PySide6.QtWidgets import QFileDialog

        self._dialog = QFileDialog(self, _say("title"), "", FILTER)
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.fileSelected.connect(self.chose)
        self._dialog.open()

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

    def chose(self, path: str) -> None:
        """A file was chosen."""
        self.path.setText(path)
        self.presenter.read(path)

    def _use(self) -> None:
        lines = self.presenter.lines()
        if lines:
            self.close_overlay()
            self._taken(lines)

    # Page

    def run(self, work: Work) -> bool:
        """Work of this page runs on the screen below."""
        return bool(self._screen.run(work))

    def tell(self, message: Message) -> None:
        """Sentences stand in the card."""
        self._said.setText(message.text)
        self._said.set_role("done" if message.kind == "done" else "fault")
        self._said.show()

    def hush(self) -> None:
        """Nothing said."""
        self._said.clear()
        self._said.hide()

    def print_slip(self, msgid: str) -> None:
        """There is no slip here."""

    def refresh(self) -> None:
        """Show what the file holds."""
        presenter = self.presenter
        self._summary.setText("　".join(presenter.summary()))
        self._remarks.setText("\n".join(presenter.remarks()[:4]))
        for part in (self._summary, self._remarks, self._said):
            part.setVisible(bool(part.text()))
        self._fill_mapping()
        self.table.set_rows(presenter.rejected())
        self.table.setVisible(bool(presenter.rejected()))
        reason = presenter.why_not_use()
        self.yes.setEnabled(reason is None)
        self.yes.setToolTip(reason.text if reason else "")
        self.keep.setEnabled(presenter.preview is not None)

    def _fill_mapping(self) -> None:
        preview = self.presenter.preview
        for part in (self._mapping_head, self._area):
            part.setVisible(preview is not None)
        if preview is None:
            return
        self._filling = True
        if tuple(preview.headers) != getattr(self, "_headers", None):
            self._headers = tuple(preview.headers)
            self._lay_mapping()
        for field, box in self._boxes.items():
            box.setText(self.presenter.mapping.get(field, ""))
            box.set_fault(say("outpatient.import.why.missing") if field in preview.missing else "")
        self._filling = False

    def _lay_mapping(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if item.widget():
                item.widget().hide()
                item.widget().deleteLater()
        self._boxes.clear()
        for place, (field, label, needed) in enumerate(self.presenter.fields()):
            row, pair = divmod(place, MAPPING_COLUMNS)
            self._add_box(row, pair * 2, field, label + ("　*" if needed else ""))

    def _add_box(self, row: int, column: int, field: str, label: str) -> None:
        box = ChoiceBox({name: name for name in self._headers})
        box.setItemText(0, _say("none"))
        box.setAccessibleName(label)
        box.currentIndexChanged.connect(lambda _: self._mapped(field))
        name = Label(label, "muted")
        name.setBuddy(box)
        self._grid.addWidget(name, row, column)
        self._grid.addWidget(box, row, column + 1)
        self._grid.setColumnStretch(column + 1, 1)
        self._boxes[field] = box

    def _mapped(self, field: str) -> None:
        if not self._filling:
            self.presenter.map(field, self._boxes[field].text())


def _is_paste(event: QEvent) -> bool:
    """Ctrl+V with a grid in the clipboard."""
    if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
        return False
    pasted = event.matches(QKeySequence.StandardKey.Paste)
    return pasted and is_grid(QGuiApplication.clipboard().text())


def _columns() -> tuple[Column, ...]:
    return (
        Column("row", _say("row"), lambda item: str(item.row_number), 6, "right"),
        Column("reason", _say("reason"), reason_of, 24, stretch=True, tone=lambda item: "danger"),
        Column("cells", _say("cells"), cells_of, 20, stretch=True),
    )
