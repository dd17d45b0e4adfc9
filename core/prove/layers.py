"""A database in memory whose commits are layers of one transaction that never ends.

So all of it can be put back to any earlier moment by undoing what came after, at the price of what
was changed and not of the whole. Between ``BEGIN`` and ``COMMIT`` it behaves as ever.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from core.database import Database
from core.simulator.books import PLAN, Books, Plan

OWN = "own"  # the layer that stands for the program's transaction
STATEMENTS = 512
BEGIN = frozenset({"BEGIN", "BEGIN IMMEDIATE"})
ENDS = {"COMMIT": (f"RELEASE {OWN}",), "ROLLBACK": (f"ROLLBACK TO {OWN}", f"RELEASE {OWN}")}


class Layers(sqlite3.Connection):
    """``start`` once, then ``keep`` moments and go ``back`` to them, later ones first."""

    _begun = False
    _kept: tuple[object, ...] = ()

    @property
    def in_transaction(self) -> bool:
        """Is a transaction of the program open?"""
        return self._begun

    def start(self) -> None:
        """From here on nothing is committed for good."""
        super().execute("BEGIN")

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        """As ever; the program's transactions become layers."""
        if sql in BEGIN:
            return self._begin()
        if sql in ENDS:
            self._begun = False
            *before, last = ENDS[sql]
            for statement in before:
                super().execute(statement)
            return super().execute(last)
        return super().execute(sql, values)

    def _begin(self) -> sqlite3.Cursor:
        if self._begun:
            raise sqlite3.OperationalError("a transaction within a transaction")
        self._begun = True
        return super().execute(f"SAVEPOINT {OWN}")

    def keep(self) -> object:
        """What ``back`` takes to come back to this moment."""
        mark = object()
        super().execute(f"SAVEPOINT kept_{len(self._kept)}")
        self._kept = (*self._kept, mark)
        return mark

    def back(self, mark: object) -> None:
        """Undo what came after ``mark``, later marks too; ``ValueError`` where it is undone."""
        depth = self._kept.index(mark)
        if self._begun:
            self.execute("ROLLBACK")
        for statement in ("ROLLBACK TO", "RELEASE", "SAVEPOINT"):
            super().execute(f"{statement} kept_{depth}")
        self._kept = self._kept[: depth + 1]


def opened() -> Layers:
    """A new database in memory, not yet started, with the pragmas that count there."""
    conn = sqlite3.connect(
        ":memory:", factory=Layers, check_same_thread=False, isolation_level=None,
        cached_statements=STATEMENTS,
    )  # fmt: skip
    conn.execute("PRAGMA foreign_keys = ON")
    return conn


class UndoneBooks(Books):
    """A centre's books in memory that can be put back to any earlier moment."""

    def __init__(self, plan: Plan = PLAN) -> None:
        self.plan = plan
        conn = opened()
        self.db = Database(conn)
        self._create()
        conn.start()
