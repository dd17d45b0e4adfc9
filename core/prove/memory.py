"""A journal in memory that outlives the desk that wrote it, and who of the desks is alive.

Same tables, triggers and pragmas as on a disk; what was not committed when a process dies is gone.
Durability itself is not proven here (``tests/crash`` kills real processes over real files).
"""

from __future__ import annotations

from pathlib import Path

from core.clock import Clock
from core.database import Database
from core.journal import Journal, Lease
from core.journal.safekeeping import Safekeeping
from core.prove import layers
from core.prove.text import Tables
from core.service.operators import OperatorBook

ASIDE = frozenset({"entry", "txn", "meta", "print", "operator", "outbox", "sqlite_sequence"})
READ = {"memory": "key <> 'operator'"}  # who logged in last is asked where nobody is; here one is


class Pulse(Lease):
    """A lease without a file: alive until its desk dies or closes."""

    def __init__(self, token: str, living: set[str]) -> None:
        self.token = token
        self._living = living
        living.add(token)

    def alive(self, token: str) -> bool:
        """Is the desk that held ``token`` still there?"""
        return token in self._living

    def others(self) -> bool:
        """Does any other desk work in this journal?"""
        return bool(self._living - {self.token})

    def release(self) -> None:
        """The desk is gone; safe to call twice."""
        self._living.discard(self.token)


class LastingJournal(Journal):
    """A journal over memory that several desks share; closing it closes nothing."""

    def close(self) -> None:
        """The memory stays."""


class Kept(Safekeeping):
    """Safekeeping without a file: nothing can be damaged, so nothing is blocked."""

    def __init__(self, folder: Path, clock: Clock, journal: Journal) -> None:
        super().__init__(folder, clock)
        self._journal = journal


class Memory:
    """The database of one home; ``keep`` and ``back`` take and put back all of it."""

    def __init__(self, clock: Clock) -> None:
        self._conn = layers.opened()
        self.db = Database(self._conn)
        self.living: set[str] = set()
        self._clock = clock
        OperatorBook(self.journal(Pulse("", set())), clock)
        names = [name for name in self.db.table_names() if name not in ASIDE]
        self.tables = Tables(self.db, names, READ)
        self._conn.start()

    def journal(self, lease: Lease) -> LastingJournal:
        """A journal for one more desk."""
        return LastingJournal(Path(":memory:"), self._clock, lease, self.db)

    def lose(self) -> object:
        """What is left when the process dies now: everything committed, nothing else."""
        if self._conn.in_transaction:
            self._conn.execute("ROLLBACK")
        return self.keep()

    def keep(self) -> object:
        """This moment; ``back`` takes it."""
        return self._conn.keep()

    def back(self, mark: object) -> None:
        """Put everything back to that moment."""
        self._conn.back(mark)
