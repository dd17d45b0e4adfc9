"""Who waits, on the page before anybody is on it: a table that fills itself and disturbs no typing.

Letters go to the visit box wherever the focus is, so that a scanner may be used at any time; the
arrows of the box steer the table, Enter opens the row that is marked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.clock import CHINA
from core.service.waiting import WaitingRow
from core.words import say
from gui.screens.outpatient.waiting import Waiting, short_id, state_of
from gui.shell.context import Context
from gui.theme import theme
from gui.widgets.empty_state import EmptyState
from gui.widgets.labels import ElidedLabel, wrapped
from gui.widgets.table import Column, DataTable

EVERY_MS = 20_000
REST_MS = 250  # after the last letter the hospital is asked: a scanner's letters are one question
WIDE_FROM, MIDDLE_FROM = 820, 560  # width in units
TONES = {"registered": "link", "uploaded": "link", "presettled": "done"}
LAYOUTS = {
    "wide": ("name", "visit_no", "sex_age", "id_no", "dept", "doctor", "came", "state"),
    "middle": ("name", "visit_no", "sex_age", "dept", "came", "state"),
    "narrow": ("name", "visit_no", "dept", "state"),
}


class WaitingTable(DataTable):
    """What is typed on it belongs into the visit box."""

    typed = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
        )  # fmt: skip
        if plain and event.text().isprintable() and event.text().strip():
            self.typed.emit(event)
            event.accept()
            return
        super().keyPressEvent(event)


class WaitingList(QWidget):
    """Shows a ``Waiting``; ``opened`` carries a row, ``stale`` asks to read again."""

    opened = Signal(object)
    stale = Signal()

    def __init__(self, context: Context, waiting: Waiting) -> None:
        super().__init__()
        self._waiting = waiting
        self._rows: Sequence[WaitingRow] | None = None
        self._text, self._room = "", "middle"
        self._build(context)
        self._clock = QTimer(self, interval=EVERY_MS)
        self._clock.timeout.connect(self._look)
        self._clock.start()
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(lambda: self._waiting.seek(self._text))

    def _build(self, context: Context) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.u(8))
        self.head = ElidedLabel("", "muted")
        self.remark = wrapped("", "amber")
        self.remark.hide()
        self.table = WaitingTable(_columns(self._room), "waiting", context.memory, context.user)
        self.table.setAccessibleName(say("waiting.title"))
        self.table.opened.connect(self.opened)
        self.empty = EmptyState("", "", "card")
        self._stack = QStackedWidget()
        self._stack.setProperty("page", True)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        for part in (self.head, self.remark):
            column.addWidget(part)
        column.addWidget(self._stack, 1)

    def _look(self) -> None:
        """Only while somebody could see it."""
        if self.isVisible():
            self.stale.emit()

    def rows(self) -> Sequence[WaitingRow]:
        """What stands there."""
        return self._rows or ()

    def show_waiting(self, text: str, key: Callable[[str], str]) -> None:
        """Show what fits ``text``; the mark stays with its visit, the first hit is marked."""
        marked, rows = self.marked(), self._waiting.shown(text)
        changed, typed = rows != self._rows, text != self._text
        self._rows, self._text = rows, text
        if changed:
            self.table.set_rows(rows)
        if typed:
            self._rest.start()
        if changed or typed:
            self._mark(marked, bool(text.strip()), typed)
        self.head.setText(self._waiting.headline(text))
        self.remark.setText(self._waiting.remark())
        self.remark.setVisible(bool(self._waiting.remark()))
        self._stack.setCurrentWidget(self.table if rows else self.empty)
        if not rows:
            self.empty.show_words(*self._nothing(text, key), "card")

    def _mark(self, marked: WaitingRow | None, searching: bool, typed: bool) -> None:
        """While letters are typed the first hit is marked; otherwise who was marked before."""
        number = marked.registration.visit_no if marked and not typed else ""
        places = [
            place for place, row in enumerate(self.rows())
            if row.registration.visit_no == number
        ]  # fmt: skip
        if places:
            self.table.choose(places[0])
        elif searching and self.rows():
            self.table.choose(0)
        else:
            self.table.setCurrentIndex(QModelIndex())

    def marked(self) -> WaitingRow | None:
        """The row that Enter would open, or nobody."""
        found: WaitingRow | None = self.table.current()
        return found

    def meant(self, text: str) -> WaitingRow | None:
        """Whom Enter in the box means: that number, else who is marked."""
        wanted = text.strip()
        exact = [row for row in self.rows() if row.registration.visit_no == wanted]
        return exact[0] if exact else self.marked()

    def steer(self, down: bool) -> None:
        """The arrows of the visit box: the mark one row on."""
        place = self.table.currentIndex().row() + (1 if down else -1)
        if self.rows():
            self.table.choose(max(0, min(len(self.rows()) - 1, place)))

    def _nothing(self, text: str, key: Callable[[str], str]) -> tuple[str, str]:
        patient = key("patient")
        if text.strip():
            return say("waiting.none_found", text=text.strip()), say("waiting.none_found_hint")
        if self._waiting.trouble:
            return say("waiting.away"), say("waiting.none_away_hint", patient=patient)
        if self._waiting.at is None:
            return say("waiting.reading"), ""
        return say("waiting.none"), say("waiting.none_hint", patient=patient)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        units = self.width() / theme.u(1000) * 1000
        room = "wide" if units >= WIDE_FROM else "middle" if units >= MIDDLE_FROM else "narrow"
        if room != self._room:
            self._room = room
            self.table.set_columns(_columns(room))


def _tone(row: WaitingRow) -> str | None:
    return "amber" if row.open_msgid else TONES.get(row.stage)


def _sex_age(row: WaitingRow) -> str:
    known = row.registration
    return " ".join(part for part in (known.sex, known.age) if part)


def _came(row: WaitingRow) -> str:
    at = row.registration.admitted_at
    return f"{at.astimezone(CHINA):%H:%M}" if at else ""


def _columns(room: str) -> tuple[Column, ...]:
    def title(name: str) -> str:
        return say(f"waiting.column.{name}")

    made = {
        column.name: column for column in (
            Column("name", title("name"), lambda row: row.registration.person_name, 8),
            Column("visit_no", title("visit_no"), lambda row: row.registration.visit_no, 16),
            Column("sex_age", title("sex_age"), _sex_age, 8),
            Column("id_no", title("id_no"), lambda row: short_id(row.registration.id_no), 15.5),
            Column("dept", title("dept"), lambda row: row.registration.dept_name, 9,
                   stretch=True),
            Column("doctor", title("doctor"), lambda row: row.registration.doctor_name, 6),
            Column("came", title("came"), _came, 6.5),
            Column("state", title("state"), state_of, 7.5, tone=_tone),
        )
    }  # fmt: skip
    return tuple(made[name] for name in LAYOUTS[room])
