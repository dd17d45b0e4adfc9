"""The journal's backups: online copies with dated names, the newest thirty kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from core.clock import CHINA, Clock, parse_stamp
from core.errors import SetupError, fault
from core.files import whole

GENERATIONS = 30
PAGES_A_STEP = 1024
MOST_NAMES = 1000


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy; ``made`` a moment of the desk's clock, ``kind`` start · end · upgrade · demand."""

    path: Path
    made: datetime
    kind: str


class Backups:
    """The copies of one folder, told apart by ``journal-yyyymmdd-hhmmss-nnn-kind.db``."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self._clock = clock

    def all(self) -> tuple[Backup, ...]:
        """Oldest first; other files of the folder are left alone."""
        found = [_parsed(path) for path in sorted(self.folder.glob("journal-*.db"))]
        return tuple(item for item in found if item)

    def newest(self) -> Backup | None:
        """The newest copy, or nothing."""
        return next(reversed(self.all()), None)

    def of_day(self, day: date) -> bool:
        """Is there a copy of that day?"""
        return any(item.made.date() == day for item in self.all())

    def take(self, source: Path, kind: str) -> Path:
        """Copy ``source`` while others may work in it; raises ``SetupError`` with a sentence.

        The copy appears under its name only when it is whole and checked.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            target = self._name(kind)
            part = target.with_suffix(".part")
            part.unlink(missing_ok=True)
            with whole(target, part):
                _copy(source, part)
        except (OSError, sqlite3.DatabaseError) as error:
            raise SetupError(
                fault("safekeeping.backup_failed", path=self.folder, error=error)
            ) from error
        self._prune()
        return target

    def _name(self, kind: str) -> Path:
        stem = f"journal-{self._clock.now().astimezone(CHINA):%Y%m%d-%H%M%S}"
        for number in range(MOST_NAMES):
            target = self.folder / f"{stem}-{number:03d}-{kind}.db"
            if not any(self.folder.glob(f"{stem}-{number:03d}-*.db")):
                return target
        raise FileExistsError(stem)

    def _prune(self) -> None:
        for item in self.all()[:-GENERATIONS]:
            item.path.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as ours, closing(sqlite3.connect(target)) as copy:
        ours.backup(copy, pages=PAGES_A_STEP)
        copy.execute("PRAGMA journal_mode = DELETE")
        said = str(copy.execute("PRAGMA quick_check(1)").fetchone()[0])
    if said != "ok":
        raise sqlite3.DatabaseError(said)


def _parsed(path: Path) -> Backup | None:
    parts = path.stem.split("-", 4)
    try:
        return Backup(path, parse_stamp("".join(parts[1:3])), parts[4])
    except (ValueError, IndexError):
        return None
