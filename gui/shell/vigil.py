"""What happens to the machine around the window: sleep, and screens that come and go.

Money is safe whatever happens here (the journal is written before anything is sent); this keeps
the window orderly: where it can be seen, and locked after a sleep.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from gui.operation import Operation
from gui.theme import theme

if TYPE_CHECKING:
    from gui.shell.frame import Frame

log = logging.getLogger(__name__)
TICK_MS = 5_000
SLEPT_SECONDS = 60.0  # a wall clock that jumps further was asleep, or was set
GRIP = 60  # pixels of the title bar that a mouse can take hold of


class Vigil(QObject):
    """Watches for one frame; ``stop`` when it goes away."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._frame, self._desk = frame, frame.context.desk
        self._seen: datetime = self._desk.clock.now()
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        for signal in (app.screenAdded, app.screenRemoved, app.primaryScreenChanged):
            signal.connect(self._screens_changed)
        frame.installEventFilter(self)

    def stop(self) -> None:
        """Watch no more; safe to call twice."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        for signal in (app.screenAdded, app.screenRemoved, app.primaryScreenChanged):
            signal.disconnect(self._screens_changed)

    # sleep

    def look(self) -> None:
        """Has the wall clock jumped since the last look?"""
        now = self._desk.clock.now()
        gone = (now - self._seen).total_seconds()
        self._seen = now
        if gone < 0 or gone > SLEPT_SECONDS:
            self._woke(gone)

    def _woke(self, gone: float) -> None:
        log.info("the clock has jumped %.0f seconds", gone)
        if gone >= self._desk.settings.desk.lock_minutes * 60:
            self._frame.lock()
        if self._desk.session.signed_in:  # a new day signs in, and compares, before money moves
            compare = self._desk.session.compare_clocks
            Operation(self._frame, compare, name="clocks").silent().run()
        self._frame.sweeper.sweep()

    # screens

    def _screens_changed(self, *_: object) -> None:
        """After Qt has moved what it moves by itself."""
        QTimer.singleShot(0, self, self.bring_back)

    def bring_back(self) -> None:
        """A window that no screen shows comes back to the first one."""
        window, primary = self._frame.window(), QGuiApplication.primaryScreen()
        if primary is None or window.isFullScreen() or window.isMaximized():
            return
        rooms = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        if not reachable(window.frameGeometry(), rooms):
            place(window, primary.availableGeometry())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and watched is self._frame:
            self._frame.window().installEventFilter(self)  # known only now
        elif event.type() == QEvent.Type.DevicePixelRatioChange and watched is not self._frame:
            theme.changed.emit()
        return False


def reachable(frame: QRect, rooms: list[QRect]) -> bool:
    """Whether enough of the title bar lies on a screen to take hold of it."""
    bar = QRect(frame.topLeft(), QPoint(frame.right(), frame.top() + GRIP // 2))
    shown = (bar.intersected(room) for room in rooms)
    return any(part.width() >= GRIP and part.height() >= GRIP // 4 for part in shown)


def place(window: QWidget, room: QRect) -> None:
    """Put the window into the middle of ``room``, no larger than it."""
    window.resize(window.size().boundedTo(room.size()))
    middle = room.center() - QPoint(window.width() // 2, window.height() // 2)
    window.move(max(room.left(), middle.x()), max(room.top(), middle.y()))
