"""What the desk is measured against: plain SQLite with fsync, and bytes over a bare pipe."""

from __future__ import annotations

import os
import sqlite3
import struct
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from core.bench import barechild, library

LENGTH = struct.Struct(">I")


class BareStore:
    """One table, WAL, ``synchronous=FULL``; every ``keep`` is one commit with fsync."""

    def __init__(self, path: Path) -> None:
        self._conn = sqlite3.connect(path, isolation_level=None)
        self._conn.execute("PRAGMA journal_mode = WAL")
        self._conn.execute("PRAGMA synchronous = FULL")
        self._conn.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, asked TEXT, said TEXT)")

    def keep(self, *texts: str) -> None:
        """One row, one commit."""
        self._conn.execute("BEGIN IMMEDIATE")
        self._conn.execute("INSERT INTO kept (asked, said) VALUES (?, ?)", (*texts, "")[:2])
        self._conn.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._conn.close()


class BarePipe:
    """The same library in a child that only reads and writes; ``replies`` as for the desk."""

    def __init__(self, replies: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(barechild.__file__), str(library.__file__)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
            env={**os.environ, "GSDESK_BENCH": str(replies)},
        )  # fmt: skip

    def call(self, payload: bytes) -> bytes:
        """Send and wait; raises ``EOFError`` when the child is gone."""
        assert self._process.stdin is not None
        self._process.stdin.write(LENGTH.pack(len(payload)) + payload)
        return self._exactly(LENGTH.unpack(self._exactly(LENGTH.size))[0])

    def _exactly(self, size: int) -> bytes:
        assert self._process.stdout is not None
        found = b""
        while len(found) < size:
            part = self._process.stdout.read(size - len(found))
            if not part:
                raise EOFError("the bare pipe is closed")
            found += part
        return found

    def close(self) -> None:
        """End the child."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(10)


class Floor:
    """A bare store and a bare pipe, closed together."""

    def __init__(self, folder: Path, replies: Path) -> None:
        self.store = BareStore(folder / "floor.db")
        self.pipe = BarePipe(replies)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.pipe.close()
        self.store.close()
