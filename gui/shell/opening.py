"""Opens the desk behind the log-in page, so that the window stands at once (anchors.md §4.3).

Only the look is read before (a wrong palette would flash); all else waits for the desk.
"""

from __future__ import annotations

import logging
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from core.errors import DeskError
from gui.bridge import Bridge

if TYPE_CHECKING:
    from core.app import Desk

log = logging.getLogger(__name__)
PALETTES = ("light", "dark", "contrast")
LEAST, MOST = 80, 250


class Opening:
    """``ready`` gets the desk, ``failed`` the sentence; both in the window's thread."""

    def __init__(
        self,
        open_desk: Callable[[], Desk],
        bridge: Bridge,
        receiver: QObject,
        ready: Callable[[Desk], None],
        failed: Callable[[str], None],
    ) -> None:
        self._open, self._bridge, self._receiver = open_desk, bridge, receiver
        self._ready, self._failed = ready, failed
        self._thread = threading.Thread(target=self._work, name="opening")
        self.desk: Desk | None = None

    def start(self) -> None:
        """Begin; once."""
        if self._thread.ident is None:
            self._thread.start()

    def wait(self) -> Desk | None:
        """The desk that was opened, however the window ended meanwhile; the caller closes it."""
        if self._thread.ident is not None:
            self._thread.join()
        return self.desk

    def _work(self) -> None:
        try:
            self.desk = self._open()
        except DeskError as error:
            self._tell_failed(str(error))
        except Exception as error:
            log.exception("the desk could not be opened")
            self._tell_failed(f"{type(error).__name__}: {error}")
        else:
            desk = self.desk
            self._bridge.post(self._receiver, lambda: self._ready(desk))

    def _tell_failed(self, sentence: str) -> None:
        self._bridge.post(self._receiver, lambda: self._failed(sentence))


def look_of(file: Path) -> tuple[str, int]:
    """Palette and scale of a settings file; the usual ones for whatever cannot be read."""
    try:
        look = tomllib.loads(file.read_text("utf-8-sig")).get("look", {})
    except (OSError, ValueError):
        look = {}
    return _palette(look.get("palette")), _scale(look.get("scale"))


def _palette(value: Any) -> str:
    return value if value in PALETTES else "light"


def _scale(value: Any) -> int:
    return value if isinstance(value, int) and LEAST <= value <= MOST else 100
