"""The patient card: who sits in front of the desk; stands on top and never scrolls away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import theme
from gui.widgets.labels import Card, ElidedLabel, Label


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the card: ``tone`` a label role; ``keep`` False: goes when the window is narrow.

    ``weight``: how much room it insists on when not everything fits.
    """

    label: str
    value: str
    tone: str = "strong"
    weight: int = 2
    keep: bool = True


class Initial(QWidget):
    """The round sign with the family name."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(theme.u(44), theme.u(44))
        self._text = ""

    def set_text(self, text: str) -> None:
        """Another sign."""
        self._text = text
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(theme.u(44), theme.u(44))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("primary_soft" if self._text else "disabled"))
        painter.drawEllipse(QRectF(self.rect()))
        painter.setPen(theme.colour("link"))
        painter.setFont(theme.font(15, strong=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class PatientCard(Card):
    """``show_facts`` fills it; ``actions`` (a row at the right) takes buttons."""

    def __init__(self, hint: str = "") -> None:
        super().__init__(margin=12)
        self.setMinimumWidth(theme.u(280))
        row = QHBoxLayout()
        row.setSpacing(theme.u(16))
        self.initial = Initial()
        row.addWidget(self.initial)
        self.facts_row = QHBoxLayout()
        self.facts_row.setSpacing(theme.u(16))
        row.addLayout(self.facts_row)
        self.hint = Label(hint, "muted")
        row.addWidget(self.hint)
        row.addStretch(1)
        self.actions = QHBoxLayout()
        self.actions.setSpacing(theme.u(8))
        row.addLayout(self.actions)
        self._row = row
        self.column.addLayout(row)
        self._cells: list[tuple[Fact, QWidget]] = []
        self._shown: tuple[str, tuple[Fact, ...], str] | None = None
        self.show_facts("", ())

    def show_facts(self, name: str, facts: Sequence[Fact], hint: str = "") -> None:
        """The patient ``name`` and what to know; no facts: the hint what to press."""
        if (name, tuple(facts), hint) == self._shown:
            return
        self._shown = (name, tuple(facts), hint)
        for _, cell in self._cells:
            cell.hide()
            cell.deleteLater()
        self.initial.set_text(name[:1])
        self._cells = [(fact, _cell(fact)) for fact in facts]
        for _, cell in self._cells:
            self.facts_row.addWidget(cell)
        if hint:
            self.hint.setText(hint)
        self.hint.setVisible(not facts)
        self.setAccessibleName("，".join(f"{fact.label} {fact.value}" for fact in facts) or hint)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """When the room is short: first the lesser facts go, then the sign,
        then values end in dots."""
        self._choose_what_fits()
        self._least()
        self.column.setGeometry(self.contentsRect())  # what was hidden gives its room up at once

    def _choose_what_fits(self) -> None:
        for fact, cell in self._cells:
            _insist(fact, cell)
            cell.setVisible(True)
        self.initial.setVisible(True)
        lesser = [cell for fact, cell in self._cells if not fact.keep]
        for part in (*reversed(lesser), self.initial):
            if self._least() <= self.width():
                return
            part.setVisible(False)
        if self._least() > self.width():
            self._squeeze()

    def _least(self) -> int:
        """The least width as it is now; a nested layout keeps what it measured before."""
        for layout in (self.facts_row, self._row, self.column):
            layout.invalidate()
        return int(self.column.minimumSize().width())

    def _squeeze(self) -> None:
        for _, cell in self._cells:
            for label in cell.findChildren(ElidedLabel):
                label.setMinimumWidth(theme.u(24))


def _cell(fact: Fact) -> QWidget:
    cell = QWidget()
    column = QVBoxLayout(cell)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.u(2))
    value = ElidedLabel(fact.value, fact.tone)
    for part in (ElidedLabel(fact.label, "muted"), value):
        column.addWidget(part)
    _insist(fact, cell)
    return cell


def _insist(fact: Fact, cell: QWidget) -> None:
    for label in cell.findChildren(ElidedLabel):
        label.setMinimumWidth(min(label.sizeHint().width(), theme.u(36 * fact.weight)))
