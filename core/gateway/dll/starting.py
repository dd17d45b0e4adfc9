"""From settings to a worker whose library is initialised; every failure has its own sentence.

Until this has succeeded no request exists, so each failure here is provably *unsent*.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.centre_settings import LibrarySettings
from core.gateway.dll.binary import load_failure
from core.gateway.dll.frames import (
    LOAD,
    READY,
    Frame,
    FrameError,
    FrameReader,
    encode,
)
from core.gateway.dll.process import Worker
from core.gateway.dll.watchdog import Watchdog
from core.words import say

EXTRA = 64 * 1024 + 64
REFUSALS = frozenset(
    {
        "library_missing",
        "dependency_missing",
        "wrong_bitness",
        "not_a_library",
        "function_missing",
        "init_failed",
    }
)


class CannotStart(Exception):
    """``cause`` is a key of ``resources/labels/gateway.toml``, ``text`` its filled sentence."""

    def __init__(self, cause: str, words: str = "gateway", **holes: object) -> None:
        self.cause = cause
        self.text = say(f"{words}.{cause}", **holes)
        super().__init__(self.text)


@dataclass(frozen=True, slots=True)
class Running:
    """A worker that is ready for requests, and what is known of its library."""

    worker: Worker
    reader: FrameReader
    path: Path
    sha256: str
    bits: int
    function: str


class Starter:
    """Knows which library and which interpreter; ``environment`` is laid over our own."""

    def __init__(
        self,
        settings: LibrarySettings,
        home: Path,
        environment: Mapping[str, str] | None,
        library: Path | None,
    ) -> None:
        self._settings = settings
        self._home = home
        self._environment = environment or {}
        self._library = library

    @property
    def path(self) -> Path | None:
        """The library's absolute path; ``None`` when the settings name none."""
        if self._library is not None:
            return self._library.absolute()
        named = self._settings.library
        return (self._home / named).absolute() if named else None

    def start(self, watchdog: Watchdog, log: int) -> Running:
        """A fresh worker with the library initialised; raises ``CannotStart``."""
        path, digest = self._examined()
        worker = self._worker(log)
        try:
            return self._initialised(worker, watchdog, path, digest)
        except BaseException:
            worker.bury()
            raise

    def _examined(self) -> tuple[Path, str]:
        path = self.path
        if path is None:
            raise self._cannot("library_unnamed")
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise self._cannot("library_missing", path=path, detail=error) from error
        pinned = self._settings.library_sha256.lower()
        if pinned and pinned != digest:
            raise self._cannot("hash_mismatch", path=path, wanted=pinned, found=digest)
        return path, digest

    def _worker(self, log: int) -> Worker:
        python = self._interpreter()
        try:
            return Worker(python, {**os.environ, **self._environment}, log)
        except (OSError, ValueError) as error:
            raise self._cannot("interpreter_missing", python=python, detail=error) from error

    def _interpreter(self) -> str:
        named = self._settings.python32
        inside = self._home / named
        return str(inside) if named and inside.exists() else named

    def _initialised(self, worker: Worker, watchdog: Watchdog, path: Path, digest: str) -> Running:
        reader = FrameReader(worker.take, self._settings.output_size + EXTRA)
        frame = self._greeted(worker, reader, watchdog, path)
        try:
            facts = dict(json.loads(frame.body))
            if frame.kind != READY:
                raise self._refusal(facts, path)
            return Running(worker, reader, path, digest, int(facts["bits"]), facts["function"])
        except (KeyError, TypeError, ValueError) as error:
            raise self._cannot("worker_failed", path=path, exit="-") from error

    def _greeted(
        self, worker: Worker, reader: FrameReader, watchdog: Watchdog, path: Path
    ) -> Frame:
        seconds = self._settings.init_timeout
        watchdog.arm(seconds, worker.cut)
        try:
            worker.send(encode(LOAD, 0, self._order(path)))
            return reader.read(0)
        except FrameError as error:
            if watchdog.disarm():
                raise self._cannot("init_deadline", path=path, seconds=seconds) from error
            raise self._cannot("worker_failed", path=path, exit=worker.farewell()) from error
        finally:
            watchdog.disarm()

    def _order(self, path: Path) -> bytes:
        settings = self._settings
        order = {
            **settings.entries,
            "library": str(path),
            "convention": settings.convention,
            "output_size": settings.output_size,
            "desk": os.getpid(),
        }
        return json.dumps(order).encode()

    def _refusal(self, facts: dict[str, Any], path: Path) -> CannotStart:
        code = str(facts.pop("code", ""))
        if code == "load_failed":
            code, facts["library_bits"] = load_failure(path, int(facts["worker_bits"]))
        if code not in REFUSALS:
            raise ValueError(code)
        if "text" in facts:
            facts["text"] = self._decode(facts["text"])
        return self._cannot(code, path=path, **facts)

    def _cannot(self, cause: str, **holes: object) -> CannotStart:
        return CannotStart(cause, self._settings.words, **holes)

    def _decode(self, text: str) -> str:
        return bytes.fromhex(text).decode(self._settings.encoding, "replace").strip("\0\r\n ")
