"""The editor of a code: searched by code, name, initials or wubi; holds the code, names it below.

A code that the list does not have stays as typed; whether it may go out is the profile's word.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QListWidgetItem

from core.errors import Fault, fault
from core.words import say
from gui.forms.lookup import Lookup
from gui.forms.spec import FieldSpec
from gui.widgets.search_box import Choice, SearchBox


class CodeBox(SearchBox):
    """``named`` says what the code means, or what is to be known of it."""

    named = Signal(str)

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(say("lookup.hint"), self._find, advance=True)
        self._spec = spec
        self.lookup = Lookup(self, spec.catalogue)
        self.setClearButtonEnabled(False)
        self.textEdited.connect(lambda _: self._name())

    def setText(self, text: str) -> None:  # noqa: N802 - as QLineEdit
        super().setText(text)
        self._tell()

    def why_not(self) -> Fault | None:
        """Why the code may not go out: the list does not have it, and the profile wants it to."""
        code = self.text().strip()
        if not code or self._spec.beyond or not self.lookup.ready or self.lookup.name_of(code):
            return None
        return fault("lookup.must_be_listed", self._spec.name, label=self._spec.label, value=code)

    def search_again(self) -> None:
        """F7 was pressed: the same letters, read the other way."""
        if self.hits():
            super().search_again()
        self._name()

    def focusInEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self.selectAll()
        self.lookup.prepare(self._prepared, self.named.emit)

    def showEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._tell()

    def _tell(self) -> None:
        """Name the code; a list that is not there yet is brought first."""
        if self.isVisible() and self.text() and not self.lookup.ready:
            self.lookup.prepare(self._name, self.named.emit)
        self._name()

    def _prepared(self) -> None:
        """The list came while something was typed, perhaps."""
        self._name()
        if self.hasFocus() and self.isModified() and not self.hits():
            super().search_again()

    def _find(self, text: str) -> Sequence[Choice]:
        return self.lookup.find(text)

    def _take(self, item: QListWidgetItem) -> None:
        choice = self.choice_of(item)
        self.close_hits()
        self.setText(choice.key)
        self.lookup.took(choice.key)
        self.taken.emit(choice.key)
        self.chosen.emit(choice)
        self._enter()

    taken = Signal(str)

    def _name(self) -> None:
        code = self.text().strip()
        if not code or not self.lookup.ready:
            self.named.emit(self.lookup.no_wubi() if self.hasFocus() else "")
            return
        name = self.lookup.name_of(code)
        key = "beyond" if self._spec.beyond else "unlisted"
        typing = self.hasFocus() and bool(self.hits())
        self.named.emit(name or ("" if typing else say(f"lookup.{key}")))
