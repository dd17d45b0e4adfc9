"""A search box: code, name, pinyin initials or wubi;
hits in a list below, Enter takes the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from gui.theme import theme
from gui.widgets.fields import ENTER_KEYS, Edit
from gui.widgets.icons import icon

SHOWN_HITS = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One hit: ``key`` what is taken, ``text`` what is read, ``note`` what stands beside it."""

    key: str
    text: str
    note: str = ""
    value: Any = None


Finder = Callable[[str], Sequence[Choice]]


class SearchBox(Edit):
    """``chosen`` carries the taken ``Choice``; ``finder`` answers at every letter (make it quick).

    Text that is no hit goes out as ``submitted`` at Enter: a scanned number needs no list.
    """

    chosen = Signal(object)

    def __init__(self, hint: str, finder: Finder | None = None, *, advance: bool = False) -> None:
        super().__init__(advance=advance)
        self._finder = finder
        self._list: QListWidget | None = None
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setClearButtonEnabled(True)
        mark = QAction(icon("search", "faint"), "", self)
        self.addAction(mark, Edit.ActionPosition.LeadingPosition)
        self.textEdited.connect(self._search)

    def set_finder(self, finder: Finder | None) -> None:
        """Search something else from now on."""
        self._finder = finder

    def hits(self) -> tuple[Choice, ...]:
        """The hits shown below the box."""
        if self._list is None or self._list.isHidden():
            return ()
        items = (self._list.item(place) for place in range(self._list.count()))
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in items)

    def search_again(self) -> None:
        """The same letters once more: what they mean has changed (F7)."""
        self._search(self.text())

    @staticmethod
    def choice_of(item: QListWidgetItem) -> Choice:
        """The choice behind a line of the list."""
        choice: Choice = item.data(Qt.ItemDataRole.UserRole)
        return choice

    def _search(self, text: str) -> None:
        found = self._finder(text.strip()) if self._finder and text.strip() else ()
        self._show(found[:SHOWN_HITS])

    def _show(self, found: Sequence[Choice]) -> None:
        if not found:
            self.close_hits()
            return
        hits = self._hit_list()
        hits.clear()
        for choice in found:
            item = QListWidgetItem(f"{choice.text}　{choice.note}".strip())
            item.setData(Qt.ItemDataRole.UserRole, choice)
            hits.addItem(item)
        hits.setCurrentRow(0)
        self._place(hits, len(found))

    def _hit_list(self) -> QListWidget:
        if self._list is None:
            self._list = QListWidget(self.window())
            self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._list.setFrameShape(QFrame.Shape.NoFrame)
            self._list.setProperty("hits", True)
            self._list.itemClicked.connect(lambda item: self._take(item))
            self.window().installEventFilter(self)
        return self._list

    def _place(self, hits: QWidget, count: int) -> None:
        corner = self.mapTo(self.window(), QPoint(0, self.height() + theme.u(4)))
        height = count * theme.u(30) + theme.u(10)
        room = self.window().height() - corner.y() - theme.u(8)
        hits.setGeometry(corner.x(), corner.y(), max(self.width(), theme.u(320)), min(height, room))
        hits.show()
        hits.raise_()

    def close_hits(self) -> None:
        """Put the list away."""
        if self._list is not None:
            self._list.hide()

    def _take(self, item: QListWidgetItem) -> None:
        choice = item.data(Qt.ItemDataRole.UserRole)
        self.close_hits()
        self.setText(choice.text)
        self.chosen.emit(choice)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        open_list = self._list if self.hits() and not self.composing() else None
        if open_list is None or not self._steer(open_list, event):
            super().keyPressEvent(event)

    def _steer(self, hits: QListWidget, event: QKeyEvent) -> bool:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(event.key(), 0)
        if step:
            hits.setCurrentRow(max(0, min(hits.count() - 1, hits.currentRow() + step)))
        elif event.key() == Qt.Key.Key_Escape:
            self.close_hits()
        elif event.key() in ENTER_KEYS and hits.currentItem() is not None:
            self._take(hits.currentItem())
        else:
            return False
        event.accept()
        return True

    def focusOutEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self.close_hits()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Resize:
            self.close_hits()
        return False
