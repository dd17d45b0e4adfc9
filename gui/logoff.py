"""The computer's session ends (log-off, shutdown) by the road that closing the window takes.

Its session manager asks: may the session end (``commitDataRequest``), and, in X sessions, how does
the window come back (``saveStateRequest``)? After a yes Windows kills the process before its event
loop has ended: ``aboutToQuit`` is then the last it hears, as at every other end.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QSessionManager
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from gui.shell.window import Window


class LogOff(QObject):
    """Answers for the one window of ``home`` as long as it lives.

    ``end`` ends the window's work, and may be called again after that.
    """

    def __init__(self, window: Window, home: Path, end: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._home, self._end = window, home, end
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        at_once = Qt.ConnectionType.DirectConnection  # an answer after the signal is none
        app.commitDataRequest.connect(self.session_ends, at_once)
        app.saveStateRequest.connect(self.comes_back, at_once)
        app.aboutToQuit.connect(self.ends, at_once)

    def session_ends(self, manager: QSessionManager) -> None:
        """Ask the window whether it would close, but leave it open: another program may say no.

        While a call is on its way the answer is no, where the platform lets us say so; where it
        does not, the journal has it.
        """
        asked = QCloseEvent()
        QApplication.sendEvent(self._window, asked)
        if not asked.isAccepted() and manager.allowsInteraction():
            self._window.come_forward()
            manager.cancel()

    def comes_back(self, manager: QSessionManager) -> None:
        """At the next log-on, if it is open now, over the same home; it begins with the log-in."""
        from core.handler import start  # the platform's own guess would name no home

        manager.setRestartHint(QSessionManager.RestartHint.RestartIfRunning)
        manager.setRestartCommand(start(self._home.absolute()))

    def ends(self) -> None:
        """The last moment that is sure to come."""
        self._end()
