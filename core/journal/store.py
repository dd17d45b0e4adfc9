"""Transactions and their append-only entries: the intent before the call, the outcome after it.

Every change is one commit with fsync (WAL, ``synchronous=FULL``). One ``Journal`` serves all
threads of a process through a lock; several processes may share the file.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.centre.port import Message
from core.clock import Clock
from core.database import Database
from core.domain import Entry, State, Transaction
from core.domain.transaction import NEXT_STATES
from core.errors import Refused, SetupError, fault
from core.journal import chain, records, schema, search
from core.journal.archive import Archive
from core.journal.commits import Commits
from core.journal.lease import Lease
from core.journal.ledger import Ledger
from core.journal.tables import Values
from core.money import Fen
from core.words import say

COUNTERS = 1000  # the message id has three digits for the counter beside the desk's digit
BUSY_MS = 30_000
ONE_OPEN = f"WHERE visit = ? AND visit <> '' AND blocks = 1 AND state IN ({schema.OPEN})"
Note = tuple[str, str, str]  # kind, text, payload


class OpenTransaction(Refused):
    """The visit has an open transaction: the index refused a second one."""

    def __init__(self, visit: str, msgid: str) -> None:
        self.msgid = msgid
        super().__init__(fault("journal.visit_is_open", visit=visit, msgid=msgid))


@dataclass(frozen=True, slots=True)
class Draft:
    """About to be sent; ``blocks``: no second one for the visit while open; ``why``: a reason."""

    step: str
    visit: str = ""
    corrects: str = ""
    amount: Fen | None = None
    operator: str = ""
    blocks: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One commit on a transaction: where it goes, what is remembered, what is noted.

    ``states``: the road taken in this commit (each move is checked); ``effect`` writes projections.
    """

    states: Sequence[State] = ()
    notes: Sequence[Note] = ()
    amount: Fen | None = None
    known: str | None = None
    attempts: int | None = None
    absent: int | None = None
    next_try: datetime | None = None
    unknown_since: datetime | None = None
    effect: Callable[[Ledger], None] | None = None


class Journal:
    """The journal of one home (``db``: one opened before); ``SetupError`` when the disk fails."""

    def __init__(
        self, path: Path, clock: Clock, lease: Lease | None = None, db: Database | None = None
    ) -> None:
        self.path = path
        self.clock = clock
        self._lock = threading.RLock()
        self._lease = lease
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = _open(path) if db is None else db
        schema.upgrade(self.db)
        self._commits = Commits(self.db.conn, self._lock, path)
        self.ledger = Ledger(self.db, self._lock, clock)
        self.archive = Archive(path.parent / "archive")

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._lock:
            self.db.close()

    def commit(self) -> AbstractContextManager[None]:
        """One immediate transaction with fsync at its end; nothing stays half-done."""
        return self._commits.commit()

    def together(self) -> AbstractContextManager[None]:
        """Outcomes of this thread reach the disk with the intent that follows them."""
        return self._commits.together()

    # -- before the call

    def intend(self, draft: Draft, build: Callable[[int], Message]) -> tuple[Transaction, Message]:
        """Allocate an id, build the message with it, and commit both before anything leaves.

        ``build`` gets a counter of 0…999 and returns the message; it is called again with the next
        counter while the id is taken. Raises ``OpenTransaction``, or what ``build`` raises.
        """
        with self.commit():
            self._refuse_second(draft)
            message = self._unused(build)
            row = _begun(draft, message, self.clock.now())
            self.insert(row)
            title = say("journal.intent", code=message.code, msgid=message.msgid)
            self.append(message.msgid, "intent", title, message.text)
            if draft.why:
                self.append(message.msgid, "note", draft.why)
        return row, message

    def _refuse_second(self, draft: Draft) -> None:
        if not (draft.blocks and draft.visit):
            return
        sql = f"SELECT msgid FROM txn {ONE_OPEN}"
        row = self.db.conn.execute(sql, (draft.visit,)).fetchone()
        if row:
            raise OpenTransaction(draft.visit, row[0])

    def _unused(self, build: Callable[[int], Message]) -> Message:
        counter = self._counter()
        for _ in range(COUNTERS):
            message = build(counter)
            taken = "SELECT 1 FROM txn WHERE msgid = ?"
            if not self.db.conn.execute(taken, (message.msgid,)).fetchone():
                self._remember_counter(counter + 1)
                return message
            counter = (counter + 1) % COUNTERS
        raise Refused(fault("journal.ids_used_up"))

    def _counter(self) -> int:
        row = self.db.conn.execute("SELECT value FROM meta WHERE key = 'counter'").fetchone()
        return int(row[0]) % COUNTERS if row else 0

    def _remember_counter(self, value: int) -> None:
        sql = "INSERT INTO meta VALUES ('counter', ?) ON CONFLICT (key) DO UPDATE SET value = ?"
        self.db.conn.execute(sql, (str(value % COUNTERS),) * 2)

    def insert(self, row: Transaction) -> None:
        facts = json.dumps(row.facts, ensure_ascii=False, separators=(",", ":"))
        self.db.conn.execute(
            "INSERT INTO txn (msgid, step, code, visit, corrects, amount, state, operator,"
            " business_day, made, facts, blocks, lease) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                row.msgid, row.step, row.code, row.visit, row.corrects, row.amount, row.state,
                row.operator, row.business_day, row.made.isoformat(), facts, int(row.blocks),
                self._lease.token if self._lease else "",
            ),
        )  # fmt: skip

    def append(self, msgid: str, kind: str, text: str, payload: str = "") -> None:
        last = self.db.conn.execute(
            "SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1"
        ).fetchone() or (0, chain.FIRST)
        at, number = self.clock.now().isoformat(), last[0] + 1
        digest = chain.link(last[1], number, msgid, kind, at, text, payload)
        self.db.conn.execute(
            "INSERT INTO entry VALUES (?,?,?,?,?,?,?)",
            (number, msgid, kind, at, text, payload, digest),
        )

    # -- after the call

    def change(self, msgid: str, change: Change, seen: State | None = None) -> Transaction:
        """Commit one ``Change``, or nothing where another desk has moved the row on: not ``seen``.

        A move the state table does not have is a programming error.
        """
        with self._commits.commit(outcome_of=msgid):
            before = self.transaction(msgid)
            if seen not in (None, before.state):
                return before
            known = _changes(_walk(before, change.states), change)
            self._update(msgid, known)
            for kind, text, payload in change.notes:
                self.append(msgid, kind, text, payload)
            if change.effect:
                change.effect(self.ledger)
        return before.model_copy(update=known)

    def _update(self, msgid: str, known: dict[str, Any]) -> None:
        sql = f"UPDATE txn SET {', '.join(f'{name} = ?' for name in known)} WHERE msgid = ?"
        self.db.conn.execute(sql, (*map(_plain, known.values()), msgid))

    def note(self, msgid: str, kind: str, text: str, payload: str = "") -> None:
        """Append one entry and nothing else."""
        with self.commit():
            self.append(msgid, kind, text, payload)

    def transaction(self, msgid: str) -> Transaction:
        """The row of ``msgid``; ``KeyError`` when there is none."""
        found = self._rows("WHERE msgid = ?", (msgid,))
        if not found:
            raise KeyError(msgid)
        return found[0]

    def _rows(self, where: str, values: Values = ()) -> list[Transaction]:
        sql = f"SELECT {records.TXN_COLUMNS} FROM txn {where}"
        with self._lock:
            return [records.transaction(row) for row in self.db.conn.execute(sql, values)]

    def open_rows(self) -> list[Transaction]:
        """Every open transaction that stands for itself (a fence or a look is part of another)."""
        return self._rows(
            f"WHERE state IN ({schema.OPEN}) AND (blocks = 1 OR corrects = '') ORDER BY made, msgid"
        )

    def open_for(self, visit: str) -> Transaction | None:
        """The open transaction that blocks ``visit``, or nothing."""
        return next(iter(self._rows(ONE_OPEN, (visit,))), None)

    def left_behind(self) -> list[Transaction]:
        """Intents whose process is gone or whose outcome was lost: nobody will read their reply."""
        sql = f"SELECT msgid, lease FROM txn WHERE state IN ({schema.OPEN}) AND state = 'intent'"
        with self._lock:
            rows = self.db.conn.execute(sql).fetchall()
        return [self.transaction(msgid) for msgid, token in rows if not self._lives(msgid, token)]

    def _lives(self, msgid: str, token: str) -> bool:
        lost = msgid in self._commits.lost
        return not lost and bool(self._lease and self._lease.alive(token))

    def of_visit(self, visit: str) -> list[Transaction]:
        """All transactions of a visit, oldest first."""
        return self._rows("WHERE visit = ? ORDER BY made, msgid", (visit,))

    def correcting(self, msgid: str) -> list[Transaction]:
        """The transactions that cancel, reverse or ask about ``msgid``."""
        return self._rows("WHERE corrects = ? AND corrects <> '' ORDER BY made, msgid", (msgid,))

    def find(self, text: str = "", day: str = "", limit: int = 500) -> list[Transaction]:
        """Newest first; ``text``: the beginning of a visit or message id.

        Among the newest 20 000 (of the day, where one is given) also a part of one, or a code.
        """
        where = search.TRANSACTIONS if text else search.NEWEST_TRANSACTIONS
        return self._rows(where, search.asked(text, day, limit))

    def all(self, limit: int = 1_000_000) -> list[Transaction]:
        """Oldest first."""
        return self._rows("ORDER BY rowid LIMIT ?", (limit,))

    def entries(self, msgid: str, with_related: bool = True) -> list[Entry]:
        """The timeline of a transaction, with the looks and fences that belong to it."""
        sql = (
            "SELECT number, msgid, kind, at, text, payload, hash FROM entry WHERE msgid IN (SELECT"
            " ? UNION SELECT msgid FROM txn WHERE ? AND corrects = ? AND corrects <> ''"
            " AND blocks = 0) ORDER BY +number"
        )
        with self._lock:
            rows = self.db.conn.execute(sql, (msgid, with_related, msgid)).fetchall()
        return [records.entry(row) for row in rows]

    def holds(self, number: int, digest: str) -> bool:
        """Is the entry of that number and hash part of this journal? Number 0 always is."""
        sql = "SELECT 1 FROM entry WHERE number = ? AND hash = ?"
        with self._lock:
            return number == 0 or self.db.conn.execute(sql, (number, digest)).fetchone() is not None

    def entry_count(self) -> int:
        """How many entries there are; they are numbered without a gap."""
        with self._lock:
            row = self.db.conn.execute("SELECT max(number) FROM entry").fetchone()
        return int(row[0] or 0)

    def quick_check(self) -> str:
        """What the database says of its own pages: ``ok`` or what is wrong."""
        with self._lock:
            try:
                return str(self.db.conn.execute("PRAGMA quick_check(1)").fetchone()[0])
            except sqlite3.DatabaseError as error:
                return str(error)

    def verify(self) -> int | None:
        """Number of the first entry that breaks the hash chain, or ``None``."""
        sql = "SELECT number, msgid, kind, at, text, payload, hash FROM entry ORDER BY number"
        with self._lock:
            return chain.first_break(self.db.conn.execute(sql))


def _begun(draft: Draft, message: Message, made: datetime) -> Transaction:
    return Transaction.model_construct(
        msgid=message.msgid, step=draft.step, code=message.code, visit=draft.visit,
        corrects=draft.corrects, amount=draft.amount, state=State.INTENT, operator=draft.operator,
        business_day=made.date().isoformat(), made=made, facts=dict(draft.facts),
        blocks=draft.blocks,
    )  # fmt: skip


def _changes(state: State, change: Change) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "state": state, "amount": change.amount, "known": change.known, "absent": change.absent,
        "attempts": change.attempts, "next_try": change.next_try,
        "unknown_since": change.unknown_since,
    }  # fmt: skip
    return {name: value for name, value in wanted.items() if value is not None}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _walk(before: Transaction, road: Sequence[State]) -> State:
    state = before.state
    for target in road:
        if target not in NEXT_STATES[state]:
            raise ValueError(f"{before.msgid}: no way from {state} to {target}")
        state = target
    return state


def _open(path: Path) -> Database:
    try:
        conn = sqlite3.connect(
            path, timeout=BUSY_MS / 1000, check_same_thread=False, isolation_level=None
        )
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            conn.execute(f"PRAGMA {pragma}")
        if conn.execute("PRAGMA synchronous").fetchone()[0] != 2:
            raise SetupError(fault("journal.not_durable", path=path))
        return Database(conn)
    except sqlite3.DatabaseError as error:
        raise SetupError(fault("journal.unreadable", path=path, error=error)) from error


def due(row: Transaction, now: datetime) -> bool:
    """Is it time to look at ``row`` again?"""
    return row.next_try is None or row.next_try <= now


def after(now: datetime, waits: Sequence[float], attempts: int) -> datetime:
    """The next look: the ``attempts``-th wait, the last one for ever after."""
    return now + timedelta(seconds=waits[min(attempts, len(waits)) - 1] if attempts else 0)
