"""病历上传, whole or in parts: how its list is found, walked and left."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QResizeEvent

from gui.screens.working import WorkingScreen


class RecordsScreen(WorkingScreen):
    """Subclasses make ``box`` · ``table`` · ``empty`` · ``_stack`` · ``_row`` and their presenter,
    whose ``rows`` are listed; ``_filled`` are those that are shown."""

    name = "records"
    _filled: Any = None

    def to_box(self) -> None:
        """The cursor into the search box."""
        self.box.setFocus()
        self.box.selectAll()

    def back(self) -> None:
        """Esc: from the list into the search box, from elsewhere to the list."""
        if self.table.hasFocus() or not self.presenter.rows:
            self.to_box()
        else:
            self.table.setFocus()

    def entered(self, argument: Any = None) -> None:
        """Shown: read anew, perhaps looking for a visit."""
        if isinstance(argument, str) and argument:
            self.box.setText(argument)
        self.presenter.find(self.box.text())

    def parked(self) -> None:
        """It goes on by itself; the page is free."""
        self.table.setFocus()

    def closing_fault(self) -> str:
        """An upload under way must be seen to its end."""
        return self.presenter.busy

    def changed(self, event: Any) -> None:
        """A journal row changed: read anew what is seen."""
        if self.isVisible() and not self.presenter.busy:
            self.presenter.find()

    def render_list(self) -> None:
        """The list, its cursor, or why it is empty."""
        presenter = self.presenter
        if presenter.rows != self._filled:
            self._filled = presenter.rows
            self.table.set_rows(presenter.rows)
        self.table.point([row.visit_no for row in presenter.rows], presenter.chosen)
        self._stack.setCurrentWidget(self.table if presenter.rows else self.empty)
        text, hint = presenter.empty() if presenter.loaded else ("", "")
        self.empty.show_words(text, hint, "records")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._row.fit(self.width())
