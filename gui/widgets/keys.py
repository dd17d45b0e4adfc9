"""Actions of the table bound to a page: shortcut, button with its key, and why it is grey."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget

from core.errors import Fault
from gui.actions import ActionTable
from gui.theme import theme
from gui.widgets.labels import restyle

LOCKED = "locked"
COVERED = "covered"


def cover(host: QWidget, by: int) -> None:
    """One overlay more or less lies on ``host``: its keys sleep while there is one."""
    host.setProperty(COVERED, int(host.property(COVERED) or 0) + by)


class PageKeys(QObject):
    """The bound actions of one page; they work while the page is the visible one and not locked."""

    def __init__(self, page: QWidget, table: ActionTable) -> None:
        super().__init__(page)
        self._page, self._table = page, table
        self._actions: dict[str, QAction] = {}

    def bind(self, name: str, slot: Callable[[], object], *, always: bool = False) -> QAction:
        """Let the table's action ``name`` call ``slot``; ``always``: even below an overlay."""
        row = self._table[name]
        action = QAction(row.label, self)
        action.setShortcut(QKeySequence(row.key))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(False)
        action.setVisible(not self._table.lacks(name))
        action.setEnabled(action.isVisible())
        action.triggered.connect(lambda: slot() if always or not self.locked() else None)
        self._page.addAction(action)
        self._actions[name] = action
        return action

    def button(self, name: str, *, primary: bool = False, kind: str = "") -> ActionButton:
        """A button for a bound action; ``kind``: primary · danger · quiet."""
        return ActionButton(self._actions[name], "primary" if primary else kind)

    def allow(self, name: str, fault: Fault | None = None, *, allowed: bool = True) -> None:
        """Grey the action with the sentence of ``fault``; light it when there is none."""
        action = self._actions[name]
        action.setEnabled(fault is None and allowed and not self._table.lacks(name))
        action.setToolTip(fault.text if fault else "")
        action.setStatusTip(fault.text if fault else "")

    def trigger(self, name: str) -> None:
        """Press it (from code, or a test)."""
        self._actions[name].trigger()

    def action(self, name: str) -> QAction:
        """The bound ``QAction``."""
        return self._actions[name]

    def locked(self) -> bool:
        """Whether the page waits for an answer or lies below an overlay: its keys are swallowed."""
        if self._page.property(LOCKED):
            return True
        place: QWidget | None = self._page
        while place is not None and not place.property(COVERED):
            place = place.parentWidget()
        return place is not None


class ActionButton(QPushButton):
    """Shows label and key of its action and follows it; hidden where the centre lacks it."""

    def __init__(self, action: QAction, kind: str = "") -> None:
        super().__init__()
        self._action = action
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(theme.u(38 if kind == "primary" else 32))
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()
        if not action.isVisible():
            self.hide()

    def setVisible(self, visible: bool) -> None:  # noqa: N802 - Qt's name
        super().setVisible(visible and self._action.isVisible())

    def set_kind(self, kind: str) -> None:
        """Primary, danger or ordinary from now on."""
        restyle(self, "kind", kind)

    def _follow(self) -> None:
        action = self._action
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.setText(f"{action.text()}　{key}" if key else action.text())
        self.setAccessibleName(action.text())
        self.setEnabled(action.isEnabled())
        self.setToolTip(action.statusTip())
        self.setStatusTip(action.statusTip())
