"""Which process wrote an intent, and whether it still lives: a held file lock, not a process number."""

from __future__ import annotations

import uuid
from pathlib import Path

from filelock import FileLock, Timeout


class Lease:
    """Held from opening to closing a journal; the operating system drops it when the process dies."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.token = uuid.uuid4().hex
        self._lock = FileLock(self._path(self.token))
        self._lock.acquire(timeout=5)

    def _path(self, token: str) -> Path:
        return self._folder / f"{token}.lock"

    def alive(self, token: str) -> bool:
        """Is the process that held ``token`` still there?"""
        path = self._path(token)
        if token == self.token:
            return True
        if not token or not path.exists():
            return False
        try:
            with FileLock(path, timeout=0):
                pass
        except Timeout:
            return True
        path.unlink(missing_ok=True)
        return False

    def others(self) -> bool:
        """Does any other process hold a lease of this folder?"""
        return any(self.alive(path.stem) for path in self._folder.glob("*.lock") if path.stem != self.token)

    def release(self) -> None:
        """Give the lease back; safe to call twice."""
        self._lock.release()
        self._path(self.token).unlink(missing_ok=True)
