"""One editor a kind of field; all speak text, so that forms and presenters need not know Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from gui.forms.spec import LISTED, FieldSpec
from gui.theme import theme
from gui.widgets.fields import ENTER_KEYS, AmountEdit, CodeEdit, Edit, PasswordEdit
from gui.widgets.icons import icon
from gui.widgets.labels import restyle

if TYPE_CHECKING:
    from gui.forms.code_box import CodeBox


class ChoiceBox(QComboBox):
    """A list of words with values behind them; a wheel over it changes nothing, Enter goes on."""

    submitted = Signal(str)

    def __init__(self, choices: dict[str, str], *, optional: bool = True) -> None:
        super().__init__()
        self.setMinimumHeight(theme.u(34))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        if optional:
            self.addItem("", "")
        for value, word in choices.items():
            self.addItem(word, value)

    def text(self) -> str:
        """The value behind the chosen word."""
        return str(self.currentData() or "")

    def setText(self, value: str) -> None:  # noqa: N802 - as QLineEdit
        """Choose by value; an unknown one is shown as it is, so that nothing is lost.

        Nothing at all where something has to be chosen: then nothing is chosen yet.
        """
        place = self.findData(value)
        if place < 0 and value:
            self.addItem(value, value)
            place = self.count() - 1
        self.setCurrentIndex(place)

    def set_fault(self, text: str) -> None:
        """Mark as wrong, or right again."""
        self.setToolTip(text)
        self.setAccessibleDescription(text)
        restyle(self, "fault", bool(text))

    def wheelEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in ENTER_KEYS:
            self.submitted.emit(self.text())
            self.focusNextChild()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        side = theme.u(16)
        painter = QPainter(self)
        left, top = self.width() - side - theme.u(8), (self.height() - side) // 2
        icon("down", "muted").paint(painter, left, top, side, side)


class FlagBox(QCheckBox):
    """Yes or no as ``1`` and ``0``."""

    submitted = Signal(str)

    def text(self) -> str:
        return "1" if self.isChecked() else "0"

    def setText(self, value: str) -> None:  # noqa: N802 - as QLineEdit
        self.setChecked(value in ("1", "true", "True"))

    def set_fault(self, text: str) -> None:
        """Say what is wrong."""
        self.setToolTip(text)
        self.setAccessibleDescription(text)


class KeyEdit(CodeEdit):
    """Takes the next key sequence that is pressed; Backspace empties it, Enter and Tab go on."""

    ALWAYS_MINE = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (*ENTER_KEYS, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._take("")
        elif event.key() not in self.ALWAYS_MINE:
            pressed = QKeySequence(event.keyCombination())
            self._take(pressed.toString(QKeySequence.SequenceFormat.PortableText))

    def _take(self, text: str) -> None:
        self.setText(text)
        self.textEdited.emit(text)


def _text(spec: FieldSpec) -> Edit:
    return Edit()


def _code(spec: FieldSpec) -> CodeEdit:
    return CodeEdit()


def _secret(spec: FieldSpec) -> PasswordEdit:
    return PasswordEdit()


def _amount(spec: FieldSpec) -> AmountEdit:
    return AmountEdit()


def _choice(spec: FieldSpec) -> ChoiceBox:
    return ChoiceBox(dict(spec.choices), optional=not spec.required)


def _flag(spec: FieldSpec) -> FlagBox:
    return FlagBox(spec.hint)


def _key(spec: FieldSpec) -> KeyEdit:
    return KeyEdit()


def _listed(spec: FieldSpec) -> CodeBox:
    from gui.forms.code_box import CodeBox  # loaded late: the log-in has no list

    return CodeBox(spec)


MAKERS: dict[str, Callable[[FieldSpec], QWidget]] = {
    "text": _text,
    "code": _code,
    "digits": _code,
    "number": _code,
    "decimal": _code,
    "day": _code,
    "moment": _code,
    "money": _amount,
    "secret": _secret,
    "choice": _choice,
    "flag": _flag,
    "key": _key,
    LISTED: _listed,
}
PLACEHOLDERS = {"day": "2026-03-02", "moment": "2026-03-02 09:00:00"}


def editor(spec: FieldSpec) -> QWidget:
    """The editor of a field, with its name for screen readers and its hint."""
    widget = MAKERS[spec.kind](spec)
    widget.setAccessibleName(spec.label)
    widget.setObjectName(f"field-{spec.name}")
    if isinstance(widget, Edit):
        widget.setPlaceholderText(PLACEHOLDERS.get(spec.kind, widget.placeholderText()))
        widget.setReadOnly(spec.read_only)
    else:
        widget.setEnabled(not spec.read_only)
    return widget
