"""A form built from specs: label, editor, fault line;
all faults at once, Enter means next field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from core.errors import Fault
from gui.forms.editors import editor
from gui.forms.spec import LISTED, FieldSpec, faults_of
from gui.theme import theme
from gui.widgets.labels import ElidedLabel, Label, wrapped


class Field(QWidget):
    """Label above, editor, hint and fault below."""

    def __init__(self, spec: FieldSpec, *, starred: bool = False) -> None:
        super().__init__()
        self.spec = spec
        self.editor: Any = editor(spec)
        self._label = Label(spec.label + ("　*" if starred else ""), "muted")
        self._label.setBuddy(self.editor)
        self._hint = wrapped(spec.hint if spec.kind != "flag" else "", "faint")
        self._fault = wrapped("", "fault")
        self._named = ElidedLabel("", "faint")
        if spec.kind == LISTED:
            self.editor.named.connect(self._named.setText)
        else:
            self._named.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(4))
        for part in (self._label, self.editor, self._named, self._hint, self._fault):
            column.addWidget(part)
        column.addStretch(1)
        self.set_fault("")

    def set_fault(self, text: str) -> None:
        """Say what is wrong here, or nothing."""
        self.editor.set_fault(text)
        self._fault.setText(text)
        self._fault.setVisible(bool(text))
        self._hint.setVisible(bool(self._hint.text()) and not text)

    def named(self) -> str:
        """What the code in it means, where it is one of a list."""
        return self._named.whole()

    def fault(self) -> str:
        """What is said to be wrong."""
        return self._fault.text() if not self._fault.isHidden() else ""


class Form(QWidget):
    """``values`` and ``set_values`` by field name, as text;
    ``completed`` at Enter in the last field."""

    completed = Signal()
    edited = Signal(str)

    def __init__(self, specs: Sequence[FieldSpec], columns: int = 2) -> None:
        super().__init__()
        self.specs = tuple(specs)
        mixed = not all(spec.required for spec in self.specs)
        self.fields = {
            spec.name: Field(spec, starred=spec.required and mixed) for spec in self.specs
        }
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.u(16))
        grid.setVerticalSpacing(theme.u(14))
        for place, field in enumerate(self.fields.values()):
            grid.addWidget(field, place // columns, place % columns, Qt.AlignmentFlag.AlignTop)
            self._listen(field)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        if self.specs:
            self._last().submitted.connect(lambda _: self.completed.emit())

    def _listen(self, field: Field) -> None:
        editor = field.editor
        name = field.spec.name
        for signal in ("textEdited", "taken", "currentIndexChanged", "toggled"):
            if hasattr(editor, signal):
                getattr(editor, signal).connect(lambda *_: self._touched(name))

    def _touched(self, name: str) -> None:
        self.fields[name].set_fault("")
        self.edited.emit(name)

    def _last(self) -> Any:
        last = self.fields[self.specs[-1].name].editor
        if hasattr(last, "advance"):
            last.advance = False
        return last

    def values(self) -> dict[str, str]:
        """What stands in the fields."""
        return {name: field.editor.text().strip() for name, field in self.fields.items()}

    def set_values(self, values: Mapping[str, str]) -> None:
        """Fill fields; those not named stay."""
        for name, value in values.items():
            if name in self.fields:
                self.fields[name].editor.setText(str(value))

    def check(self) -> tuple[Fault, ...]:
        """Look at every field and show every fault."""
        faults = (*faults_of(self.specs, self.values()), *self._unlisted())
        self.show_faults(faults)
        return faults

    def _unlisted(self) -> Iterator[Fault]:
        """Codes that their list must have and has not."""
        for field in self.fields.values():
            reason = field.editor.why_not() if field.spec.kind == LISTED else None
            if reason is not None:
                yield reason

    def show_faults(self, faults: Iterable[Fault]) -> tuple[Fault, ...]:
        """Each fault at its field, the focus on the first;
        gives back those without a field here."""
        texts: dict[str, list[str]] = {}
        homeless = []
        for item in faults:
            if item.field in self.fields:
                texts.setdefault(item.field, []).append(item.text)
            else:
                homeless.append(item)
        for name, field in self.fields.items():
            field.set_fault("\n".join(texts.get(name, ())))
        first = next((name for name in self.fields if name in texts), None)
        if first is not None:
            self.fields[first].editor.setFocus()
        return tuple(homeless)

    def first(self) -> QWidget | None:
        """The editor of the first field."""
        return self.fields[self.specs[0].name].editor if self.specs else None
