"""A session manager as Qt makes one for itself, and Qt's own signals with it.

Its constructor is private, its symbols are not; PySide cannot emit these signals, only hear them.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QLibraryInfo
from PySide6.QtGui import QGuiApplication, QSessionManager

MADE, ENDED = "_ZN15QSessionManagerC1EP15QGuiApplicationR7QStringS3_", "_ZN15QSessionManagerD1Ev"
COMMIT_DATA = "_ZN15QGuiApplication17commitDataRequestER15QSessionManager"
SAVE_STATE = "_ZN15QGuiApplication16saveStateRequestER15QSessionManager"
ROOM, TEXT = 64, 24  # bytes: more than the object takes; an empty QString, which is all noughts


def why_not() -> str:
    """Why there is none here, or empty."""
    return "" if sys.platform.startswith("linux") else "symbols are named otherwise here"


@contextmanager
def session_manager() -> Iterator[QSessionManager]:
    """One without a session behind it: nobody may be asked, hints and commands are kept."""
    gui = _library()
    room, name, key = (ctypes.create_string_buffer(size) for size in (ROOM, TEXT, TEXT))
    gui[MADE](room, _address(QGuiApplication.instance()), name, key)
    try:
        yield shiboken6.wrapInstance(ctypes.addressof(room), QSessionManager)
    finally:
        gui[ENDED](room)


def emit(signal: str, manager: QSessionManager) -> None:
    """As the platform does it: ``COMMIT_DATA`` or ``SAVE_STATE`` of the application."""
    _library()[signal](_address(QGuiApplication.instance()), _address(manager))


def _address(of: Any) -> ctypes.c_void_p:
    return ctypes.c_void_p(shiboken6.getCppPointer(of)[0])


def _library() -> ctypes.PyDLL:
    """Called with the lock of Python held: the slots are Python."""
    place = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.LibrariesPath))
    return ctypes.PyDLL(str(place / "libQt6Gui.so.6"))
