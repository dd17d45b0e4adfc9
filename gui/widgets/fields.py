"""One-line editors: Enter means next field, codes and amounts are typed without an input method.

A scanner is a keyboard whose last key is Enter: here Enter never leaves its own field, it says
``submitted`` and moves the focus on; what settles money are function keys only.
"""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from core import money
from core.money import Fen
from gui.theme import theme
from gui.widgets.labels import restyle

ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
LONGEST_CODE = 200
LONGEST_AMOUNT = 15


def half_width(text: str) -> str:
    """Full-width digits, letters and points as typed by a Chinese keyboard, made half-width."""
    return unicodedata.normalize("NFKC", text).replace("。", ".")


class Edit(QLineEdit):
    """A text field; ``submitted`` carries its text at Enter,
    then the focus moves on (``advance``)."""

    submitted = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, advance: bool = True) -> None:
        super().__init__(parent)
        self.advance = advance
        self._composing = False
        self.setMinimumHeight(theme.u(34))

    def composing(self) -> bool:
        """Whether an input method holds text that is not yet in the field."""
        return self._composing

    def set_fault(self, text: str) -> None:
        """Mark the field as wrong (or right again) for eye, tool tip and screen reader."""
        self.setToolTip(text)
        self.setAccessibleDescription(text)
        restyle(self, "fault", bool(text))

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802 - Qt's name
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() not in ENTER_KEYS:
            super().keyPressEvent(event)
            return
        event.accept()
        if not self._composing and not event.isAutoRepeat():
            self._enter()

    def _enter(self) -> None:
        had_focus = self.hasFocus()
        self.submitted.emit(self.text())
        if self.advance and had_focus and self.hasFocus():
            self.focusNextChild()


class CodeEdit(Edit):
    """A code, a number, a scanned thing: no input method, half-width, no blanks at the ends."""

    def __init__(self, parent: QWidget | None = None, *, advance: bool = True) -> None:
        super().__init__(parent, advance=advance)
        self.setMaxLength(LONGEST_CODE)
        self.setInputMethodHints(Qt.InputMethodHint.ImhPreferLatin)
        self.textEdited.connect(self._tidy)

    def code(self) -> str:
        """The text without blanks round it."""
        return self.text().strip()

    def inputMethodQuery(self, *asked: object) -> object:  # noqa: N802 - Qt's name
        if asked and asked[0] == Qt.InputMethodQuery.ImEnabled:
            return False
        return super().inputMethodQuery(*asked)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.InputMethodQuery:
            done = super().event(event)
            event.setValue(Qt.InputMethodQuery.ImEnabled, False)
            return done
        return super().event(event)

    def _tidy(self, text: str) -> None:
        tidy = half_width(text)
        if tidy != text:
            place = self.cursorPosition()
            self.setText(tidy)
            self.setCursorPosition(place + len(tidy) - len(text))


class AmountEdit(CodeEdit):
    """An amount in yuan: right-aligned, read and set in fen;
    selects itself when it gets the focus."""

    def __init__(self, parent: QWidget | None = None, *, advance: bool = True) -> None:
        super().__init__(parent, advance=advance)
        self.setMaxLength(LONGEST_AMOUNT)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setProperty("amount", True)
        self.editingFinished.connect(self._settle)

    def fen(self) -> Fen | None:
        """The amount in fen; ``None`` when empty or not an amount."""
        try:
            return money.to_fen(self.code().replace(",", ""))
        except ValueError:
            return None

    def set_fen(self, amount: Fen | None) -> None:
        """Show an amount; nothing as an empty field."""
        self.setText(money.show(amount))

    def focusInEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self.selectAll()

    def _settle(self) -> None:
        amount = self.fen()
        if amount is not None:
            self.set_fen(amount)

    def _tidy(self, text: str) -> None:
        tidy = "".join(sign for sign in half_width(text) if sign in "0123456789.,-")
        if tidy != text:
            place = self.cursorPosition()
            self.setText(tidy)
            self.setCursorPosition(max(0, place + len(tidy) - len(text)))


class PasswordEdit(CodeEdit):
    """A secret: dots, no input method, nothing remembered by the field."""

    def __init__(self, parent: QWidget | None = None, *, advance: bool = True) -> None:
        super().__init__(parent, advance=advance)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.textEdited.disconnect(self._tidy)
