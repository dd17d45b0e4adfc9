"""A cashier made of key events: drives the real window by its keys, waits for conditions, looks.

For the tour and the tests; it presses what the action table says and touches no presenter.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gui.operation import Operation

if TYPE_CHECKING:
    from gui.shell.window import Window

POLL_MS = 5
LIMIT = 60.0


class NotSeen(Exception):
    """What was waited for did not come in time; the text says what."""


class Cashier:
    """Ten fingers and two eyes at ``window``."""

    def __init__(self, window: Window, limit: float = LIMIT) -> None:
        self.window, self._limit = window, limit

    # fingers

    def focus(self) -> QWidget:
        """The widget that hears the keys."""
        return QApplication.focusWidget() or self.window

    def press(self, keys: str) -> None:
        """One key sequence in portable text: ``F2``, ``Ctrl+N``, ``Return``."""
        combination = QKeySequence(keys)[0]
        QTest.keyClick(self.focus(), combination.key(), combination.keyboardModifiers())

    def act(self, action: str) -> None:
        """The key of an action of the table."""
        self.press(self.window.context.actions[action].key)

    def type(self, text: str) -> None:
        """Type ``text`` into whatever has the focus, any script, letter by letter."""
        for letter in text:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
                QApplication.sendEvent(self.focus(), event)

    def tab_to(self, widget: QWidget, most: int = 80) -> None:
        """Press Tab until ``widget`` has the focus."""
        for _ in range(most):
            if widget.hasFocus():
                return
            self.press("Tab")
        raise NotSeen(f"Tab never reaches {widget.accessibleName() or widget.objectName()}")

    # eyes

    def wait(self, condition: Callable[[], Any], what: str = "", limit: float = 0) -> None:
        """Let the window live until ``condition``; raises ``NotSeen`` after the limit."""
        end = time.monotonic() + (limit or self._limit)
        while not condition():
            if time.monotonic() > end:
                raise NotSeen(f"not seen in time: {what or 'the condition'}")
            QTest.qWait(POLL_MS)

    def idle(self) -> None:
        """Until nothing is under way on any page, read aside or asked aloud."""
        self.wait(Operation.none_left, "nothing under way")
        QApplication.processEvents()
        if not Operation.none_left():
            self.idle()

    def do(self, action: str) -> None:
        """Press an action's key and wait until it has ended."""
        self.act(action)
        self.idle()

    @property
    def page(self) -> Any:
        """The page that is shown."""
        frame = self.window.frame
        return frame.pages.current() if frame is not None else self.window.login

    def banners(self) -> tuple[Any, ...]:
        """The banners of the page, newest first."""
        shown: tuple[Any, ...] = self.window.context.messages.of(self.page.name)
        return shown

    def kinds(self) -> list[str]:
        """The kinds of the page's banners."""
        return [message.kind for message in self.banners()]

    def picture(self, path: Path) -> Path:
        """What the window looks like now, as PNG."""
        QApplication.processEvents()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self.window.grab().save(str(path), "PNG"):
            raise OSError(f"the picture could not be written: {path}")
        return path
