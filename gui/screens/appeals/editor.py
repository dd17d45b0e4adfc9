"""The sheet on which an appeal is written: text, amount, telephone, attachments."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from core.words import say
from gui.forms.editors import ChoiceBox
from gui.screens.appeals.faces import KIB, file_words
from gui.theme import theme
from gui.widgets.buttons import LOW, push
from gui.widgets.fields import AmountEdit, CodeEdit, Edit
from gui.widgets.labels import ElidedLabel, Label, restyle

SAVE_AFTER_MS = 700
FILTER = "*.pdf *.jpg *.jpeg *.png *.tif *.tiff"


class Paper(QPlainTextEdit):
    """The text; content with three lines where there is no more room."""

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(theme.u(200), theme.u(72))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()


class FileList(QListWidget):
    """The attachments; Delete takes the current one off."""

    unwanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(say("appeals.files_name"))
        self.setFixedHeight(theme.u(60))
        self.setProperty("hits", True)

    def show_files(self, files: Any) -> None:
        """Name and size of each."""
        self.clear()
        for one in files:
            item = QListWidgetItem(file_words(one.name, one.size))
            item.setData(Qt.ItemDataRole.UserRole, one.digest)
            self.addItem(item)
        if self.count():
            self.setCurrentRow(self.count() - 1)

    def current(self) -> str:
        """The digest of the current one, or empty."""
        item = self.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Delete and self.current():
            self.unwanted.emit(self.current())
            return
        super().keyPressEvent(event)


class Editor(QWidget):
    """Shows the draft of ``presenter.writing`` and hands every change on; keeps it after a rest."""

    def __init__(self, presenter: Any, attach_key: str) -> None:
        super().__init__()
        self._presenter, self._key = presenter, attach_key
        self._shown: Any = None
        self._files: Any = None
        self._templates: Any = None
        self._filling = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(presenter.writing.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(8))
        column.addLayout(self._template_row())
        column.addWidget(self._text(), 1)
        column.addLayout(self._amount_row())
        self.files_sum = ElidedLabel("", "muted")
        column.addWidget(self.files_sum)
        column.addWidget(self._file_list())
        column.addLayout(self._path_row())

    # building

    def _template_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.template = ChoiceBox({})
        self.template.setAccessibleName(say("appeals.template_name"))
        self.template.currentIndexChanged.connect(lambda _: self._own())
        self.use = push(say("appeals.template_use"), self.use_template, high=LOW)
        self.drop = push(say("appeals.template_drop"), self._drop, high=LOW)
        name = Label(say("appeals.template_name"), "muted")
        name.setBuddy(self.template)
        row.addWidget(name)
        row.addWidget(self.template, 1)
        row.addWidget(self.use)
        row.addWidget(self.drop)
        return row

    def _text(self) -> QPlainTextEdit:
        self.text = Paper()
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(say("appeals.reason_name"))
        self.text.setPlaceholderText(say("appeals.reason_name"))
        self.text.textChanged.connect(self._changed)
        return self.text

    def _amount_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.amount, self.phone = AmountEdit(), CodeEdit()
        self.phone.setMaxLength(50)
        for name, field in (("amount", self.amount), ("phone", self.phone)):
            label = Label(say(f"appeals.{name}_name"), "muted")
            label.setBuddy(field)
            field.setAccessibleName(say(f"appeals.{name}_name"))
            field.textEdited.connect(lambda _: self._changed())
            row.addWidget(label)
            row.addWidget(field, 1)
        self.saved, self.room = Label("", "faint"), Label("", "muted")
        row.addWidget(self.room)
        return row

    def _file_list(self) -> FileList:
        self.files = FileList()
        self.files.unwanted.connect(self._presenter.detach)
        return self.files

    def _path_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.u(8))
        self.path = Edit(advance=False)
        self.path.setAccessibleName(say("appeals.path_name"))
        self.path.setPlaceholderText(say("appeals.path_hint"))
        self.path.submitted.connect(self._attach)
        self.browse = push(say("appeals.browse"), self._browse, high=LOW)
        self.detach = push(say("appeals.detach"), self._detach, high=LOW)
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        row.addWidget(self.detach)
        return row

    # what is pressed

    def _changed(self) -> None:
        if self._filling:
            return
        self._presenter.write(self.amount.fen(), self.text.toPlainText(), self.phone.code())
        self._timer.start()
        self._show_room()

    def use_template(self) -> None:
        """Put the chosen words where the cursor stands."""
        words = self._presenter.use_template(self.template.text())
        if words:
            self.text.insertPlainText(words)
            self.text.setFocus()

    def insert(self, words: str) -> None:
        """Words at the end of the text."""
        self.text.moveCursor(self.text.textCursor().MoveOperation.End)
        self.text.insertPlainText(words if self.text.toPlainText() else words.lstrip())

    def _own(self) -> None:
        own = {one.name for one in self._templates or () if one.own}
        self.drop.setVisible(self.template.text() in own)

    def _drop(self) -> None:
        self._presenter.drop_template(self.template.text())

    def add_path(self) -> bool:
        """Add the path that stands in the field, if the cursor is there."""
        ready = self.path.hasFocus() and bool(self.path.text().strip())
        if ready:
            self._attach(self.path.text())
        return ready

    def to_path(self) -> None:
        """The cursor goes into the path."""
        self.path.setFocus()
        self.path.selectAll()

    def _attach(self, path: str) -> None:
        self._presenter.attach(path)

    def _detach(self) -> None:
        self._presenter.detach(self.files.current())

    def _browse(self) -> None:
        self._dialog = QFileDialog(self, say("appeals.path_name"), "", FILTER)
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.fileSelected.connect(self._attach)
        self._dialog.open()

    # showing

    def render_draft(self) -> None:
        """The draft as the presenter has it; what is being typed is left alone."""
        writing = self._presenter.writing
        self._filling = True
        self._fill(writing)
        self._filling = False
        for part in (self.text, self.amount, self.phone, self.path):
            part.setReadOnly(not writing.editable)
        for part in (self.template, self.use, self.browse, self.detach):
            part.setEnabled(writing.editable)
        self._show_templates(writing)
        self._show_files(writing)
        self._show_room()

    def _fill(self, writing: Any) -> None:
        fresh = self._shown != writing.ded_id
        self._shown = writing.ded_id
        if fresh or not writing.dirty:
            if self.text.toPlainText() != writing.reason:
                self.text.setPlainText(writing.reason)
            if self.amount.fen() != writing.amount and (fresh or not self.amount.hasFocus()):
                self.amount.set_fen(writing.amount)
            if self.phone.code() != writing.phone:
                self.phone.setText(writing.phone)
        if fresh:
            self.path.clear()

    def _show_templates(self, writing: Any) -> None:
        templates = writing.looked.templates if writing.looked else ()
        if templates != self._templates:
            self._templates = templates
            self.template.clear()
            self.template.addItem(say("appeals.template_pick"), "")
            for one in templates:
                self.template.addItem(one.label, one.name)
        self._own()

    def _show_files(self, writing: Any) -> None:
        files = writing.looked.appeal.attachments if writing.looked else ()
        if files != self._files:
            if self._files is not None and len(files) > len(self._files):
                self.path.clear()
            self._files = files
            self.files.show_files(files)
        self.files.setVisible(bool(files))
        self.detach.setVisible(bool(files))
        size = -(-sum(one.size for one in files) // KIB)
        most = self._presenter.desk.settings.appeals.files_kib
        none = say("appeals.files_none", press=self._key)
        words = say("appeals.files_sum", count=len(files), size=size, most=most)
        self.files_sum.setText(words if files else none)

    def _show_room(self) -> None:
        writing = self._presenter.writing
        text = self.text.toPlainText()
        room = self._presenter.desk.appeals.room(text.strip())
        if room.strange:
            words = say("appeals.strange_signs", signs=room.strange)
        elif room.left is None:
            words = say("appeals.room_free", letters=len(text))
        elif room.left < 0:
            words = say("appeals.room_over", over=-room.left)
        else:
            words = say("appeals.room", left=room.left)
        wrong = bool(room.strange) or (room.left is not None and room.left < 0)
        self.room.setText(words)
        self.room.set_role("danger" if wrong else "muted")
        restyle(self.text, "fault", wrong)
        self.text.setAccessibleDescription(words)
        self.saved.setText(_saved(writing))

    def leave(self) -> None:
        """The page goes away: keep what was written."""
        self._timer.stop()
        self._presenter.writing.save()


def _saved(writing: Any) -> str:
    if writing.dirty or writing.saving:
        return say("appeals.unsaved")
    kept = writing.looked.appeal.saved_at if writing.looked else None
    return say("appeals.saved", at=f"{kept:%H:%M:%S}") if kept else ""
