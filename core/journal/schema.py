"""The journal's tables and their numbered upgrades; a newer file is refused with a sentence."""

from __future__ import annotations

from core.database import Database
from core.domain.transaction import OPEN_STATES, State
from core.errors import SetupError, fault
from core.journal import (
    audits,
    casenotes,
    centrefacts,
    daybook,
    errands,
    outbox,
    papers,
    search,
    stays,
)


def _listed(states: frozenset[State]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


OPEN = _listed(OPEN_STATES)

VERSION_1 = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE txn (
    msgid TEXT PRIMARY KEY,
    step TEXT NOT NULL,
    code TEXT NOT NULL,
    visit TEXT NOT NULL DEFAULT '',
    corrects TEXT NOT NULL DEFAULT '',
    amount INTEGER,
    state TEXT NOT NULL CHECK (state IN ({_listed(frozenset(State))})),
    attempts INTEGER NOT NULL DEFAULT 0,
    absent INTEGER NOT NULL DEFAULT 0,
    next_try TEXT,
    unknown_since TEXT,
    known TEXT NOT NULL DEFAULT '',
    operator TEXT NOT NULL DEFAULT '',
    business_day TEXT NOT NULL DEFAULT '',
    made TEXT NOT NULL,
    facts TEXT NOT NULL DEFAULT '{{}}',
    blocks INTEGER NOT NULL DEFAULT 0,
    lease TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX one_open_per_visit ON txn (visit)
    WHERE blocks = 1 AND visit <> '' AND state IN ({OPEN});
CREATE INDEX open_rows ON txn (next_try) WHERE state IN ({OPEN});
CREATE INDEX txn_by_day ON txn (business_day, made);
CREATE INDEX txn_by_visit ON txn (visit, made);
CREATE INDEX txn_by_corrects ON txn (corrects) WHERE corrects <> '';
CREATE TABLE entry (
    number INTEGER PRIMARY KEY,
    msgid TEXT NOT NULL,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    text TEXT NOT NULL,
    payload TEXT NOT NULL DEFAULT '',
    hash TEXT NOT NULL
);
CREATE INDEX entry_by_msgid ON entry (msgid, number);
CREATE TRIGGER entry_is_append_only_u BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER entry_is_append_only_d BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER txn_is_kept BEFORE DELETE ON txn
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TABLE visit (
    visit_no TEXT PRIMARY KEY,
    registration TEXT NOT NULL DEFAULT '{{}}',
    person TEXT,
    qualification TEXT,
    registered_by TEXT NOT NULL DEFAULT '',
    cancelled_by TEXT NOT NULL DEFAULT '',
    presettlement TEXT,
    presettled_by TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE imported (visit_no TEXT PRIMARY KEY, lines TEXT NOT NULL);
CREATE TABLE uploaded (
    visit_no TEXT NOT NULL,
    line_id TEXT NOT NULL,
    rx_no TEXT NOT NULL,
    msgid TEXT NOT NULL,
    amount INTEGER,
    result TEXT NOT NULL,
    PRIMARY KEY (visit_no, line_id)
) WITHOUT ROWID;
CREATE TABLE settlement (
    msgid TEXT PRIMARY KEY,
    visit_no TEXT NOT NULL,
    bill_no TEXT NOT NULL,
    total INTEGER NOT NULL,
    fund INTEGER NOT NULL,
    personal INTEGER NOT NULL,
    reply TEXT NOT NULL,
    settled_at TEXT NOT NULL,
    operator_id TEXT NOT NULL DEFAULT '',
    operator_name TEXT NOT NULL DEFAULT '',
    cancelled_by TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE UNIQUE INDEX one_live_settlement ON settlement (visit_no, bill_no) WHERE cancelled_by = '';
CREATE INDEX settlement_by_time ON settlement (settled_at);
CREATE TABLE print (
    number INTEGER PRIMARY KEY,
    msgid TEXT NOT NULL,
    at TEXT NOT NULL,
    place TEXT NOT NULL,
    operator TEXT NOT NULL DEFAULT ''
);
CREATE INDEX print_by_msgid ON print (msgid);
CREATE TABLE signed_in (
    operator TEXT NOT NULL,
    business_day TEXT NOT NULL,
    sign_no TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (operator, business_day)
) WITHOUT ROWID;
CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

VERSION_2 = (
    stays.TABLES + daybook.TABLES + audits.TABLES + papers.TABLES + casenotes.TABLES + search.TABLES
)

VERSION_3 = outbox.TABLES + centrefacts.TABLES + errands.TABLES

UPGRADES: tuple[str, ...] = (VERSION_1, VERSION_2, VERSION_3)
CURRENT = len(UPGRADES)


def version(db: Database) -> int:
    """The number of upgrades the file has seen."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def upgrade(db: Database) -> None:
    """Bring the file to the current version, one numbered step a commit; refuse a newer one."""
    found = version(db)
    if found > CURRENT:
        raise SetupError(fault("journal.newer", found=found, known=CURRENT))
    for number in range(found, CURRENT):
        _step(db, number)


def _step(db: Database, number: int) -> None:
    """One upgrade; a second desk that opens the same new file waits and finds it done."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        if version(db) == number:
            for statement in _statements(UPGRADES[number]):
                db.conn.execute(statement)
            db.conn.execute(f"PRAGMA user_version = {number + 1}")
        db.conn.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    from sqlite3 import complete_statement

    found, part = [], ""
    for piece in script.split(";"):
        part += piece + ";"
        if complete_statement(part):
            found.append(part.strip())
            part = ""
    return [statement for statement in found if statement != ";"]
