"""Starts the window over a home folder: one desk, one application, one event loop."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gui.bridge import Bridge
from gui.shell.context import Context
from gui.shell.memory import Memory
from gui.theme import theme

if TYPE_CHECKING:
    from core.app import Desk
    from gui.shell.window import Window

log = logging.getLogger(__name__)


def application(argv: Sequence[str] = ()) -> QApplication:
    """The one ``QApplication``, made with our rounding of fractional scales."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    policy = Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(policy)
    app = QApplication(["gsdesk", *argv])
    app.setApplicationName("gsdesk")
    return app


def make_window(desk: Desk) -> Window:
    """A dressed window over an open desk; the caller closes the desk after it."""
    from gui.actions import ActionTable
    from gui.shell.window import Window

    theme.apply(desk.settings.look.palette, desk.settings.look.scale)
    bridge = Bridge()
    bridge.attach(desk.events)
    memory = Memory(desk.home / "window.json")
    context = Context(desk, bridge, actions=ActionTable(desk.settings.keys), memory=memory)
    return Window(context)


def run(home: Path, argv: Sequence[str] = ()) -> int:
    """Open the desk of ``home`` and its window; the exit code of the program."""
    from core.errors import DeskError

    app = application(argv)
    try:
        from core.app import open_desk

        desk = open_desk(home)
    except DeskError as error:
        return _explain(app, str(error))
    with desk:
        return _work(app, desk)


def _work(app: QApplication, desk: Desk) -> int:
    from gui.sweeper import Sweeper
    from gui.watchdog import Watchdog

    window = make_window(desk)
    sweeper = Sweeper(desk, window)
    sweeper.start()
    watchdog = Watchdog(desk.home / "logs" / "stalls.log")
    watchdog.start()
    window.show()
    code = app.exec()
    sweeper.stop()
    watchdog.stop()
    window.context.bridge.detach()
    window.context.memory.save()
    return int(code)


def _explain(app: QApplication, sentence: str) -> int:
    """The desk cannot be opened: a window that says why, and nothing else."""
    from gui.shell.trouble import TroubleWindow

    theme.apply()
    window = TroubleWindow(sentence)
    window.show()
    app.exec()
    return 1


def main(argv: Sequence[str] | None = None) -> int:
    """``python -m gui [--home DIR]``."""
    from core.settings import default_home

    parser = argparse.ArgumentParser(prog="gsdesk")
    parser.add_argument("--home", type=Path, default=None)
    known, rest = parser.parse_known_args(sys.argv[1:] if argv is None else argv)
    return run(known.home or default_home(), rest)
