"""Files kept byte for byte beside the journal, named by their own hash (slips, attachments)."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from core.errors import Refused, SetupError, fault
from core.files import write_whole

LARGEST = 32 * 1024 * 1024


class Archive:
    """One folder; a file is written once, synced, and never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Keep ``content`` (at most 32 MiB) and give its SHA-256 in hex; the same bytes once only.

        Raises ``Refused`` when it is too large and ``SetupError`` when the disk fails.
        """
        if len(content) > LARGEST:
            raise Refused(fault("archive.too_large", size=len(content), most=LARGEST))
        digest = hashlib.sha256(content).hexdigest()
        try:
            if not self._path(digest).exists():
                self._write(digest, content)
        except OSError as error:
            raise SetupError(fault("archive.disk", path=self._folder, error=error)) from error
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes of that hash; ``SetupError`` when they are gone or are no longer the same."""
        try:
            content = self._path(digest).read_bytes()
        except OSError as error:
            raise SetupError(fault("archive.gone", path=self._path(digest), error=error)) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise SetupError(fault("archive.changed", path=self._path(digest)))
        return content

    def holds(self, digest: str) -> bool:
        """Is there a file of that hash?"""
        return self._path(digest).exists()

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _write(self, digest: str, content: bytes) -> None:
        path = self._path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content, path.with_suffix(f".{os.getpid()}"))
