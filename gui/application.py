"""Starts the window over a home folder: one desk, one application, one event loop."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from core.errors import SetupError, fault
from core.words import say
from gui.bridge import Bridge
from gui.shell.context import Context
from gui.shell.memory import Memory
from gui.theme import theme

if TYPE_CHECKING:
    from core.app import Desk
    from gui.shell.opening import Opening
    from gui.shell.window import Window
    from gui.watchdog import Watchdog

log = logging.getLogger(__name__)
TURN_SECONDS = 0.0002  # how long another thread may compute on while the window waits for its turn


def application(argv: Sequence[str] = ()) -> QApplication:
    """The one ``QApplication``, made with our rounding of fractional scales.

    Raises ``SetupError`` where there is no screen: Qt itself would abort the process.
    """
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    if not has_screen(sys.platform, os.environ):
        raise SetupError(fault("trouble.no_screen"))
    sys.setswitchinterval(TURN_SECONDS)  # a painting waits for dozens of turns, 5 ms each else
    policy = Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(policy)
    app = QApplication(["gsdesk", *argv])
    app.setApplicationName("gsdesk")
    return app


def has_screen(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether a window can be shown: Linux needs a display, or a platform chosen by name."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not platform.startswith("linux") or any(environment.get(name) for name in named)


def make_window(desk: Desk) -> Window:
    """A dressed window over an open desk; the caller closes the desk after it."""
    theme.apply(desk.settings.look.palette, desk.settings.look.scale)
    window = _window(desk.home)
    window.desk_ready(desk)
    return window


def _window(home: Path, bridge: Bridge | None = None) -> Window:
    from gui.shell.window import Window

    return Window(Context(None, bridge or Bridge(), memory=Memory(home / "window.json")))


def run(home: Path, argv: Sequence[str] = (), visit: str = "") -> int:
    """The one window of ``home``; the exit code of the program.

    A second start hands ``visit`` (a number, or empty) over to the window that is there, and ends.
    """
    from gui.single import SingleInstance

    app, bridge, single = application(argv), Bridge(), SingleInstance(home)
    asked: list[Window] = []

    def shown(number: str) -> None:
        if asked:
            bridge.post(asked[0], lambda: asked[0].called(number))

    if not single.first():
        return _handed_over(single.hand_over_soon(visit))
    try:
        return _run(app, home, bridge, asked, visit, lambda: single.listen(shown))
    finally:
        single.end()


def _handed_over(taken: bool) -> int:
    out = sys.stdout if taken else sys.stderr
    out.write(say("single.handed_over" if taken else "single.no_answer") + "\n")
    return 0 if taken else 1


def _run(
    app: QApplication, home: Path, bridge: Bridge, asked: list[Window], visit: str,
    listen: Callable[[], None],
) -> int:  # fmt: skip
    """The window at once; later starts are heard, and the desk of ``home`` opened, behind it.

    What ends with the window ends in the last moment that the system leaves it, or here.
    """
    from gui.crashes import CrashLog
    from gui.logoff import LogOff
    from gui.shell.opening import Opening, look_of

    theme.apply(*look_of(home / "settings.toml"))
    window = _window(home, bridge)
    window.show_visit(visit)
    asked.append(window)
    opening = Opening(
        lambda: _open(home, listen), bridge, window, window.desk_ready, window.trouble
    )
    window.painted.connect(opening.start)
    with ExitStack() as work:
        window.last_end = work.enter_context(CrashLog(home)).says
        work.callback(_end, window, opening)
        work.callback(asked.clear)
        work.callback(_watched(home).stop)
        LogOff(window, home, work.close)
        window.show()
        code = app.exec()
    return int(code) or int(window.troubled)


def _open(home: Path, listen: Callable[[], None]) -> Desk:
    listen()
    from core.app import open_desk
    from gui.actions import shipped

    shipped()  # parsed here, so that the window need not
    desk = open_desk(home)
    desk.lanes.io(desk.api.start)  # the API, where it is on; the window does not wait for it
    return desk


def _watched(home: Path) -> Watchdog:
    from gui.watchdog import Watchdog

    watchdog = Watchdog(home / "logs" / "stalls.log")
    watchdog.start()
    return watchdog


def _end(window: Window, opening: Opening) -> None:
    window.end()
    desk = opening.wait()
    if desk is not None:
        desk.close()


def main(argv: Sequence[str] | None = None) -> int:
    """``python -m gui [--home DIR]``."""
    from core.home import default_home

    parser = argparse.ArgumentParser(prog="gsdesk")
    parser.add_argument("--home", type=Path, default=None)
    parser.add_argument("--visit", default="")
    known, rest = parser.parse_known_args(sys.argv[1:] if argv is None else argv)
    return run(known.home or default_home(), rest, known.visit)
