"""Ordinary buttons: high enough, pressed by Enter too; and the row of them below a card."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui.theme import theme

HIGH, LOW = 36, 34  # below a card; beside fields


def push(
    text: str, pressed: Callable[[], object], kind: str = "", high: float = HIGH
) -> QPushButton:
    """``kind``: primary, danger, quiet; what an action of the table does has ``keys.button``."""
    button = QPushButton(text)
    if kind:
        button.setProperty("kind", kind)
    button.setMinimumHeight(theme.u(high))
    button.setAutoDefault(True)
    button.clicked.connect(lambda: pressed())
    return button


def foot(*right: QWidget, left: Sequence[QWidget] = ()) -> QHBoxLayout:
    """A row of a card, its last one as a rule: what closes it stands at the right."""
    row = QHBoxLayout()
    row.setSpacing(theme.u(8))
    for part in left:
        row.addWidget(part)
    row.addStretch(1)
    for part in right:
        row.addWidget(part)
    return row
