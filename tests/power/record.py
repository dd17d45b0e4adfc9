"""What a process did to its files, and what a disk may hold of it when the power fails.

A write that has not been synced may be on the disk, may not, or may be there in part (whole
sectors); synced ones are there. Files and their lengths: a truncation is held for a write. This is
the model of a disk that tells the truth about ``fsync``; one that lies is beyond any program.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Operation:
    """``kind`` W write · T truncate · S sync · U unlink."""

    kind: str
    name: str
    offset: int = 0
    data: bytes = b""


def read_record(path: Path) -> list[Operation]:
    """All operations in order."""
    raw, at, found = path.read_bytes(), 0, []
    while at < len(raw):
        kind = chr(raw[at])
        (length,) = struct.unpack_from("<I", raw, at + 1)
        name = raw[at + 5 : at + 5 + length].decode()
        offset, size = struct.unpack_from("<QQ", raw, at + 5 + length)
        at += 21 + length
        found.append(Operation(kind, name, offset, raw[at : at + size]))
        at += size
    return found


@dataclass(slots=True)
class File:
    """A file of the failing disk: what is safe, and what waits for a sync."""

    safe: bytearray = field(default_factory=bytearray)
    waiting: list[Operation] = field(default_factory=list)


class Disk:
    """Takes operations; ``crashed`` gives what may be left."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}

    def take(self, what: Operation) -> None:
        """One more operation reached the system."""
        if what.kind == "U":
            self.files.pop(what.name, None)
            return
        file = self.files.setdefault(what.name, File())
        if what.kind != "S":
            file.waiting.append(what)
            return
        for waiting in file.waiting:
            _apply(file.safe, waiting)
        file.waiting.clear()

    def crashed(self, chance: random.Random) -> Iterator[dict[str, bytes]]:
        """Nothing unsynced is there · all of it · any part of it, torn at sectors."""
        yield {name: bytes(file.safe) for name, file in self.files.items()}
        if any(file.waiting for file in self.files.values()):
            yield {name: _with(file, file.waiting) for name, file in self.files.items()}
            yield {name: _with(file, _some(file, chance)) for name, file in self.files.items()}


def _with(file: File, writes: list[Operation]) -> bytes:
    content = bytearray(file.safe)
    for what in writes:
        _apply(content, what)
    return bytes(content)


def _some(file: File, chance: random.Random) -> list[Operation]:
    return [_torn(what, chance) for what in file.waiting if chance.random() < 0.7]


def _torn(what: Operation, chance: random.Random) -> Operation:
    sectors = len(what.data) // SECTOR
    if what.kind != "W" or not sectors or chance.random() < 0.5:
        return what
    return Operation("W", what.name, what.offset, what.data[: chance.randrange(sectors) * SECTOR])


def _apply(content: bytearray, what: Operation) -> None:
    if what.kind == "T":
        del content[what.offset :]
        content.extend(bytes(what.offset - len(content)))
        return
    content.extend(bytes(max(0, what.offset - len(content))))
    content[what.offset : what.offset + len(what.data)] = what.data
