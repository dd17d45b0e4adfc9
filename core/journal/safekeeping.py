"""Keeps the journal file: checked at start, copied every day, moved aside when damaged.

A journal that was damaged, lost or set back may lack settlements that the centre has. Settling is
then blocked, in the new journal's own memory, until the day was compared with the centre and a
supervisor lifted the block with name and reason.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from core.clock import Clock
from core.domain import Operator, Role
from core.errors import Fault, Refused, SetupError, fault
from core.journal import inspection, operators, schema
from core.journal.backups import Backup, Backups
from core.journal.lease import Lease
from core.journal.store import Journal
from core.journal.watermark import NOTHING, read_mark
from core.words import say

log = logging.getLogger(__name__)
NAME = "journal.db"
SIDE_FILES = ("", "-wal", "-shm")
BLOCKED, COMPARED, ACCEPTED = "blocked", "compared", "accepted_backup"
NOT_CARRIED = frozenset({BLOCKED, COMPARED, ACCEPTED})
OPENING_SECONDS = 120.0
MOST_NAMED = 50


def why_blocked(journal: Journal) -> Fault | None:
    """What forbids money steps now, or ``None``; one small read, to be asked each time."""
    reason = journal.ledger.recall(BLOCKED)
    return fault("safekeeping.blocked", reason=reason) if reason else None


class Safekeeping:
    """The journal file ``journal.db`` of one folder and its ``backups``."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self.path = folder / NAME
        self.backups = Backups(folder / "backups", clock)
        self.trouble = ""  # a backup that failed: the desk works on, the self-check says so
        self._clock = clock
        self._journal: Journal | None = None
        self._mark = NOTHING

    # -- opening

    def open(self, lease: Lease, deep: bool = False) -> Journal:
        """The journal, checked (``deep``: the whole hash chain too); raises ``SetupError``.

        One process opens at a time; a damaged file is not moved while another process works in it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / "journal.opening", timeout=OPENING_SECONDS):
                return self._open(lease, deep)
        except Timeout as error:
            raise SetupError(fault("safekeeping.busy")) from error

    def _open(self, lease: Lease, deep: bool) -> Journal:
        reason = self._examine(lease, deep)
        self._mark = read_mark(self.path)
        self._before_upgrade()
        journal = self._journal = Journal(self.path, self._clock, lease)
        if reason := reason or self._set_back(journal):
            self._begin(journal, reason)
        if reason or not self.backups.of_day(self._clock.now().date()):
            self._copy("start")
        return journal

    def _examine(self, lease: Lease, deep: bool) -> str:
        """The reason to block when a fresh journal must begin, or empty."""
        if not self.path.exists():
            return self._lost(lease)
        found = inspection.damage(self.path, deep)
        if not found or (found == say("safekeeping.damage.empty") and not self._had_one()):
            return ""  # whole, or the machine went down while the very first journal was made
        if lease.others():
            raise SetupError(fault("safekeeping.in_use", error=found))
        return say("safekeeping.reason.damaged", error=found, file=self._move_aside())

    def _had_one(self) -> bool:
        there = bool(self.backups.all()) or any(self.folder.glob("journal-damaged-*"))
        return there or read_mark(self.path) != NOTHING

    def _lost(self, lease: Lease) -> str:
        if not self._had_one():
            return ""
        if lease.others():
            raise SetupError(fault("safekeeping.in_use", error=say("safekeeping.damage.gone")))
        self._move_aside()  # what belonged to the lost file must not be read into the new one
        return say("safekeeping.reason.lost", folder=self.backups.folder)

    def _move_aside(self) -> str:
        stamp = f"{self._clock.now():%Y%m%d-%H%M%S}"
        number = next(
            n
            for n in range(1000)
            if not any(self.folder.glob(f"journal-damaged-{stamp}-{n:03d}.*"))
        )
        target = self.folder / f"journal-damaged-{stamp}-{number:03d}.db"
        for suffix in reversed(SIDE_FILES):
            file = Path(f"{self.path}{suffix}")
            if file.exists():
                file.replace(f"{target}{suffix}")
        return target.name

    def _set_back(self, journal: Journal) -> str:
        """The journal has lost commits: its mark, or the newest backup, knows entries it lacks."""
        if journal.ledger.recall(BLOCKED):
            return ""
        newest = self.backups.newest()
        accepted = newest is None or newest.path.name == journal.ledger.recall(ACCEPTED)
        if newest and not accepted and not journal.holds(*inspection.last_mark(newest.path)):
            return say("safekeeping.reason.set_back", file=newest.path.name)
        if not journal.holds(*self._mark):
            return say("safekeeping.reason.behind", number=self._mark[0])
        return ""

    def _before_upgrade(self) -> None:
        if self.path.exists() and 0 < inspection.version(self.path) < schema.CURRENT:
            self.backups.take(self.path, "upgrade")

    def _begin(self, journal: Journal, reason: str) -> None:
        newest = self.backups.newest()
        with journal.commit():
            if newest:
                self._carry_over(journal, newest.path)
            journal.ledger.remember(BLOCKED, reason)
            journal.ledger.remember(COMPARED, "")
        journal.note("", "note", say("safekeeping.began", reason=reason))

    def _carry_over(self, journal: Journal, backup: Path) -> None:
        """Operators and small memories; without them anybody could make himself supervisor."""
        operators.create_tables(journal.db)
        for row in inspection.rows(backup, "operator"):
            names = ", ".join(row)
            holes = ", ".join("?" * len(row))
            sql = f"INSERT OR IGNORE INTO operator ({names}) VALUES ({holes})"
            journal.db.conn.execute(sql, tuple(row.values()))
        for row in inspection.rows(backup, "memory"):
            if row["key"] not in NOT_CARRIED and not journal.ledger.recall(row["key"]):
                journal.ledger.remember(row["key"], row["value"])

    # -- copies

    def _copy(self, kind: str) -> None:
        try:
            self.backup(kind)
        except SetupError as error:
            self.trouble = str(error)
            log.warning("no backup at the start of the day: %s", error)

    def backup(self, kind: str = "demand") -> Path:
        """An online copy now; raises ``SetupError`` with a sentence."""
        path = self.backups.take(self.path, kind)
        self.trouble = ""
        return path

    def last_backup(self) -> Backup | None:
        """The newest copy, or nothing."""
        return self.backups.newest()

    # -- blocked until compared

    @property
    def journal(self) -> Journal:
        """The opened journal."""
        assert self._journal is not None, "open the journal first"
        return self._journal

    @property
    def blocked(self) -> str:
        """Why settling is blocked, or empty."""
        return self.journal.ledger.recall(BLOCKED)

    def compared(self, only_there: Iterable[str]) -> None:
        """The day was compared with the centre: the message ids that only the centre has."""
        ids = list(only_there)
        found = {
            "at": self._clock.now().isoformat(),
            "only_there": ids[:MOST_NAMED],
            "count": len(ids),
        }
        with self.journal.commit():
            self.journal.ledger.remember(COMPARED, json.dumps(found))
        text = say("safekeeping.compared", count=len(ids), ids="、".join(ids[:MOST_NAMED]) or "-")
        self.journal.note("", "look", text)

    def compared_at(self) -> datetime | None:
        """When the day was compared since the block began, or ``None``."""
        text = self.journal.ledger.recall(COMPARED)
        return datetime.fromisoformat(json.loads(text)["at"]) if text else None

    def lift(self, by: Operator, reason: str) -> None:
        """A supervisor allows settling again; raises ``Refused`` before a comparison."""
        if by.role is not Role.SUPERVISOR:
            raise Refused(fault("safekeeping.supervisor_only", name=by.name))
        if not reason.strip():
            raise Refused(fault("safekeeping.reason_needed", "reason"))
        if self.compared_at() is None:
            raise Refused(fault("safekeeping.compare_first"))
        self.journal.note(
            "", "decision", say("safekeeping.lifted", by=by.name, id=by.id, reason=reason.strip())
        )
        with self.journal.commit():
            newest = self.backups.newest()
            self.journal.ledger.remember(ACCEPTED, newest.path.name if newest else "")
            self.journal.ledger.remember(BLOCKED, "")
            self.journal.ledger.remember(COMPARED, "")
