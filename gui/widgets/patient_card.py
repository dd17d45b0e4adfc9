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
    """One fact of the card: ``tone`` a label role; ``weight`` its share of the width.

    ``keep`` False: goes first when the window is narrow.
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
        painter.setPen(theme.colour("primary"))
        painter.setFont(theme.font(15, strong=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class PatientCard(Card):
    """``show_facts`` fills it; ``actions`` (a row at the right) takes buttons."""

    def __init__(self, hint: str = "") -> None:
        super().__init__(margin=12)
        row = QHBoxLayout()
        row.setSpacing(theme.u(16))
        self.initial = Initial()
        row.addWidget(self.initial)
        self.facts_row = QHBoxLayout()
        self.facts_row.setSpacing(theme.u(16))
        row.addLayout(self.facts_row, 1)
        self.hint = Label(hint, "muted")
        row.addWidget(self.hint, 1)
        self.actions = QHBoxLayout()
        self.actions.setSpacing(theme.u(8))
        row.addLayout(self.actions)
        self.column.addLayout(row)
        self._cells: list[tuple[Fact, QWidget]] = []
        self.show_facts("", ())

    def show_facts(self, name: str, facts: Sequence[Fact], hint: str = "") -> None:
        """The patient ``name`` and what to know; no facts: the hint what to press."""
        for _, cell in self._cells:
            cell.hide()
            cell.deleteLater()
        self.initial.set_text(name[:1])
        self._cells = [(fact, _cell(fact)) for fact in facts]
        for fact, cell in self._cells:
            self.facts_row.addWidget(cell, fact.weight)
        if hint:
            self.hint.setText(hint)
        self.hint.setVisible(not facts)
        self.setAccessibleName("，".join(f"{fact.label} {fact.value}" for fact in facts) or hint)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        narrow = self.width() < theme.u(900)
        for fact, cell in self._cells:
            cell.setVisible(fact.keep or not narrow)


def _cell(fact: Fact) -> QWidget:
    cell = QWidget()
    column = QVBoxLayout(cell)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.u(2))
    value = ElidedLabel(fact.value, fact.tone)
    value.setToolTip(fact.value)
    column.addWidget(ElidedLabel(fact.label, "muted"))
    column.addWidget(value)
    return cell
