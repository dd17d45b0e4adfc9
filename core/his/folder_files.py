"""The places of a watched folder and how a file moves through them: taken whole, never twice.

``in`` is the hospital's, ``work`` holds what is being read, ``done`` and ``rejected`` what was, and
``out`` our results. A move is a rename within one file system: two desks never take the same file.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.clock import Clock
from core.errors import SetupError, fault

PLACES = ("in", "work", "done", "rejected", "out")
UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".new", ".lock")
HIDDEN = (".", "~")
MOST_LISTED = 2000
OLD_SECONDS = 60.0  # beyond the quiet time: so old a file is whole even at the first look
Sign = tuple[int, int]  # size and moment of the last change


@dataclass(frozen=True, slots=True)
class Seen:
    """When a file was first seen as it is now."""

    sign: Sign
    since: float


class FolderFiles:
    """Files below ``root``; raises ``SetupError`` where the folder itself cannot be used."""

    def __init__(self, root: Path, clock: Clock, quiet: float) -> None:
        self.root = root
        self._clock = clock
        self._quiet = quiet
        self._seen: dict[str, Seen] = {}

    def place(self, name: str) -> Path:
        """One of ``PLACES``."""
        return self.root / name

    def prepare(self) -> None:
        """Make the places that are missing; the folder itself must be there."""
        if not self.root.is_dir():
            raise SetupError(fault("folder.gone", path=self.root))
        try:
            for name in PLACES:
                self.place(name).mkdir(exist_ok=True)
        except OSError as error:
            raise self.broken(error) from error

    def broken(self, error: OSError) -> SetupError:
        """The folder fails."""
        says = error.strerror or type(error).__name__
        return SetupError(fault("folder.broken", path=self.root, error=says))

    # -- taking

    def left(self) -> list[Path]:
        """What was being read when the program ended."""
        return sorted(self._plain("work"))

    def waiting(self) -> list[Path]:
        """What the hospital has dropped so far, finished or not."""
        return sorted(self._plain("in"))

    def ready(self) -> list[Path]:
        """Files that the hospital has finished writing, by name."""
        found: list[Path] = []
        seen: dict[str, Seen] = {}
        for path in self.waiting():
            sign = _sign(path)
            if sign is None or not sign[0]:  # an empty one is only begun
                continue
            before = self._seen.get(path.name)
            now = self._clock.monotonic()
            same = before is not None and before.sign == sign
            since = before.since if same and before is not None else now
            seen[path.name] = Seen(sign, since)
            if (same and now - since >= self._quiet) or self._is_old(sign):
                found.append(path)
        self._seen = seen
        return found

    def _is_old(self, sign: Sign) -> bool:
        age = self._clock.now().timestamp() - sign[1] / 1e9
        return age >= self._quiet + OLD_SECONDS

    def _plain(self, place: str) -> list[Path]:
        """Ordinary files with ordinary names; links and folders are nobody's exports."""
        found: list[Path] = []
        try:
            with os.scandir(self.place(place)) as entries:
                for entry in entries:
                    if _is_ours(entry) and len(found) < MOST_LISTED:
                        found.append(Path(entry.path))
        except OSError as error:
            raise self.broken(error) from error
        return found

    def take(self, path: Path) -> Path | None:
        """Move it out of the hospital's reach; nothing where it is gone, still held open, or one
        of its name is being read."""
        target = self.place("work") / path.name
        try:
            if target.exists():
                return None
            path.rename(target)
        except OSError:
            return None
        self._seen.pop(path.name, None)
        return target

    def finish(self, path: Path, place: str) -> Path:
        """Put it where it belongs now, under a name that nothing there has yet."""
        target = free_name(self.place(place), path.name, self._clock.now())
        try:
            path.replace(target)
        except OSError as error:
            raise self.broken(error) from error
        return target


def _is_ours(entry: os.DirEntry[str]) -> bool:
    name = entry.name.lower()
    if name.startswith(HIDDEN) or name.endswith(UNFINISHED):
        return False
    with suppress(OSError):
        return entry.is_file(follow_symlinks=False)
    return False


def _sign(path: Path) -> Sign | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def free_name(folder: Path, name: str, now: datetime) -> Path:
    """``name`` with the moment before it, and a number where that is taken."""
    stamped = f"{now:%Y%m%d-%H%M%S}-{name}"
    target, number = folder / stamped, 1
    while target.exists():
        number += 1
        target = folder / f"{now:%Y%m%d-%H%M%S}-{number}-{name}"
    return target
