"""Which process wrote an intent, and whether it lives: a held file lock, not a process number."""

from __future__ import annotations

import uuid
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import SetupError, fault


class Lease:
    """Held while a journal is open; the operating system drops it when the process dies.

    Raises ``SetupError`` for a folder that cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.token = uuid.uuid4().hex
        self._lock = FileLock(self._path(self.token))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=5)
        except OSError as error:  # also a lock that is not given in time
            raise SetupError(fault("journal.folder", path=folder.parent, error=error)) from error

    def _path(self, token: str) -> Path:
        return self._folder / f"{token}.lock"

    def alive(self, token: str) -> bool:
        """Is the process that held ``token`` still there?"""
        path = self._path(token)
        if token == self.token:
            return True
        if not token or not path.exists():
            return False
        if _held(path):
            return True
        path.unlink(missing_ok=True)
        return False

    def others(self) -> bool:
        """Does any other process hold a lease of this folder?

        Removes no file: one that is just being made is not held yet, and must stay.
        """
        mine = self._path(self.token)
        return any(_held(path) for path in self._folder.glob("*.lock") if path != mine)

    def release(self) -> None:
        """Give the lease back; safe to call twice."""
        self._lock.release()
        self._path(self.token).unlink(missing_ok=True)


def _held(path: Path) -> bool:
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True
