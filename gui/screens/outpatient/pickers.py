"""Two small cards over the page: which injury qualification, and a supervisor's word for a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from core.domain import Qualification
from core.words import say
from gui.forms.form import Form
from gui.forms.spec import FieldSpec
from gui.theme import theme
from gui.widgets.buttons import foot, push
from gui.widgets.fields import ENTER_KEYS
from gui.widgets.labels import Label, wrapped
from gui.widgets.overlay import Overlay


class _Choices(QListWidget):
    """Enter takes the current one."""

    def __init__(self, taken: Callable[[QListWidgetItem], None]) -> None:
        super().__init__()
        self._taken = taken
        self.itemClicked.connect(taken)
        self.setProperty("hits", True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER_KEYS and self.currentItem() is not None:
            self._taken(self.currentItem())
        else:
            super().keyPressEvent(event)


class QualificationPicker(Overlay):
    """``ask`` opens it; ``picked`` gets the id of the one taken."""

    def __init__(self, host: QWidget, picked: Callable[[str], None]) -> None:
        super().__init__(host, 520)
        self._picked = picked
        self.list = _Choices(self._take)
        self.list.setAccessibleName(say("outpatient.pick.title"))
        self.card.column.addWidget(Label(say("outpatient.pick.title"), "heading"))
        self.card.column.addWidget(wrapped(say("outpatient.pick.hint"), "muted"))
        self.card.column.addWidget(self.list)

    def ask(self, choices: Sequence[Qualification], chosen: Qualification | None) -> None:
        """Open it with the chosen one (or the first) under the cursor."""
        self.list.clear()
        for number, item in enumerate(choices, 1):
            self._add(number, item)
        place = choices.index(chosen) if chosen in choices else 0
        self.list.setCurrentRow(place)
        self.list.setFixedHeight(min(len(choices), 6) * theme.u(58) + theme.u(12))
        self.open(self.list)

    def _add(self, number: int, item: Qualification) -> None:
        head = say("outpatient.pick.line", kind=item.kind, text=item.text)
        text = f"{number}　{head}\n　　{say('outpatient.pick.number', id=item.id)}"
        row = QListWidgetItem(text)
        row.setData(Qt.ItemDataRole.UserRole, item.id)
        row.setSizeHint(row.sizeHint().expandedTo(_line_size()))
        self.list.addItem(row)

    def _take(self, row: QListWidgetItem) -> None:
        self.close_overlay()
        self._picked(str(row.data(Qt.ItemDataRole.UserRole)))


def _line_size():  # type: ignore[no-untyped-def]
    from PySide6.QtCore import QSize

    return QSize(theme.u(200), theme.u(56))


class Witness(Overlay):
    """A supervisor's number and password for ``signed``; the password is forgotten at once."""

    def __init__(self, host: QWidget, signed: Callable[[str, str], None]) -> None:
        super().__init__(host, 420)
        self._signed = signed
        self.text = wrapped("", "danger")
        self.form = Form(
            (
                FieldSpec(
                    "supervisor", say("outpatient.override.supervisor"), "code", required=True
                ),
                FieldSpec("password", say("outpatient.override.password"), "secret", required=True),
            ),
            columns=1,
        )
        self.form.completed.connect(self._sign)
        for part in (Label(say("outpatient.override.title"), "heading"), self.text, self.form):
            self.card.column.addWidget(part)
        self.card.column.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self.no = push(say("outpatient.override.no"), self.close_overlay)
        self.yes = push(say("outpatient.override.yes"), self._sign, "primary")
        return foot(self.no, self.yes)

    def ask(self, text: str) -> None:
        """Open it with what has to be answered for."""
        self.text.setText(text)
        self.form.set_values({"supervisor": "", "password": ""})
        self.form.show_faults(())
        self.open(self.form.first())

    def _sign(self) -> None:
        if self.form.check():
            return
        values = self.form.values()
        self.form.set_values({"password": ""})
        self.close_overlay()
        self._signed(values["supervisor"], values["password"])
