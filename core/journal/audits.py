"""Audit deductions as the centre last showed them, and our appeals against them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from core.domain.deduction import (
    Appeal,
    AppealState,
    Attachment,
    Deduction,
    DeductionEvent,
    ReasonSum,
)
from core.journal.records import moment
from core.journal.tables import Tables

TABLES = """
CREATE TABLE deduction (
    ded_id TEXT PRIMARY KEY,
    visit_no TEXT NOT NULL DEFAULT '',
    bill_no TEXT NOT NULL DEFAULT '',
    person_no TEXT NOT NULL DEFAULT '',
    person_name TEXT NOT NULL DEFAULT '',
    line_id TEXT NOT NULL DEFAULT '',
    centre_code TEXT NOT NULL DEFAULT '',
    amount INTEGER,
    deducted INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    audited_at TEXT,
    appeal_until TEXT,
    code TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    seen_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX deduction_by_audit ON deduction (audited_at);
CREATE INDEX deduction_by_bill ON deduction (visit_no, bill_no);
CREATE TABLE appeal (
    ded_id TEXT PRIMARY KEY REFERENCES deduction,
    amount INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    saved_at TEXT NOT NULL,
    msgid TEXT NOT NULL DEFAULT '',
    appeal_no TEXT NOT NULL DEFAULT '',
    sent_at TEXT
) WITHOUT ROWID;
CREATE TABLE attachment (
    number INTEGER PRIMARY KEY,
    ded_id TEXT NOT NULL REFERENCES deduction,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    UNIQUE (ded_id, digest)
);
CREATE TABLE deduction_event (
    number INTEGER PRIMARY KEY,
    ded_id TEXT NOT NULL REFERENCES deduction,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT ''
);
CREATE INDEX deduction_event_of ON deduction_event (ded_id, number);
CREATE INDEX txn_doubted ON txn (business_day) WHERE unknown_since IS NOT NULL;
"""

SHOWN = (
    "ded_id", "visit_no", "bill_no", "person_no", "person_name", "line_id", "centre_code",
    "amount", "deducted", "reason", "audited_at", "appeal_until", "code", "state", "seen_at",
)  # fmt: skip
MOMENTS = ("audited_at", "appeal_until", "seen_at", "sent_at")
READ = (
    f"SELECT {', '.join(f'd.{name}' for name in SHOWN)}, coalesce(a.appeal_no, ''),"
    " coalesce(a.msgid, ''), a.sent_at, a.ded_id IS NOT NULL"
    " FROM deduction d LEFT JOIN appeal a ON a.ded_id = d.ded_id"
)
NAMES = (*SHOWN, "appeal_no", "msgid", "sent_at", "drafted")
SUMS = (
    "SELECT d.reason, count(*), sum(d.deducted),"
    " coalesce(sum(CASE WHEN a.msgid <> '' THEN a.amount END), 0),"
    " coalesce(sum(CASE WHEN a.msgid <> '' AND d.state = 'upheld' THEN a.amount END), 0)"
    " FROM deduction d LEFT JOIN appeal a ON a.ded_id = d.ded_id"
)
MAY = "may"  # the filter for everything that may be appealed
OPEN = "d.state IN ('open', 'returned')"
TEXT = " OR ".join(
    f"d.{name} LIKE ?4" for name in ("ded_id", "visit_no", "bill_no", "person_name", "reason")
)
AUDITED = "coalesce(d.audited_at, d.seen_at)"
WHERE = (
    f" WHERE (?1 = '' OR {AUDITED} >= ?1) AND (?2 = '' OR {AUDITED} < ?2)"
    f" AND (?3 = '' OR d.state = ?3 OR (?3 = '{MAY}' AND {OPEN}))"
    f" AND (?4 = '%%' OR {TEXT})"
)
# By deadline while something can be done about it, then by the newest audit.
ORDER = (
    f" ORDER BY NOT {OPEN}, CASE WHEN {OPEN} THEN coalesce(d.appeal_until, '9') END,"
    f" {AUDITED} DESC, d.ded_id LIMIT ?5"
)


class Wanted(NamedTuple):
    """What a list asks for: ISO moments (``end`` exclusive), a state or ``may``, part of a text."""

    begin: str
    end: str
    state: str
    pattern: str


def wanted(
    begin: datetime | None = None, end: datetime | None = None, state: str = "", text: str = ""
) -> Wanted:
    """Deductions audited from ``begin`` until before ``end``; what is left out is not asked."""
    return Wanted(_iso(begin), _iso(end), state, f"%{text}%")


class Audits(Tables):
    """Deductions and appeals; writes belong inside ``Journal.commit``."""

    # -- deductions

    def deduction(self, ded_id: str) -> Deduction | None:
        """The deduction of that number."""
        row = self._one(f"{READ} WHERE d.ded_id = ?", (ded_id,))
        return _deduction(row) if row else None

    def deductions(self, asked: Wanted, limit: int) -> tuple[Deduction, ...]:
        """Those wanted: what may still be appealed by its deadline, then the newest."""
        return tuple(map(_deduction, self._all(READ + WHERE + ORDER, (*asked, limit))))

    def sums(self, asked: Wanted) -> tuple[ReasonSum, ...]:
        """The same by reason, the dearest first."""
        sql = f"{SUMS}{WHERE} GROUP BY d.reason ORDER BY sum(d.deducted) DESC, d.reason"
        names = tuple(ReasonSum.model_fields)
        return tuple(
            ReasonSum(**dict(zip(names, row, strict=True))) for row in self._all(sql, asked)
        )

    def listed_between(self, begin: datetime, end: datetime) -> tuple[Deduction, ...]:
        """All that were audited from ``begin`` until before ``end``, whatever their state."""
        where = " WHERE d.audited_at >= ? AND d.audited_at < ?"
        return tuple(map(_deduction, self._all(READ + where, (_iso(begin), _iso(end)))))

    def keep_deductions(self, rows: Iterable[Deduction]) -> None:
        """What the centre says of these deductions now; what is ours stays."""
        marks = ", ".join("?" * len(SHOWN))
        fresh = ", ".join(f"{name} = excluded.{name}" for name in SHOWN[1:])
        sql = (
            f"INSERT INTO deduction ({', '.join(SHOWN)}) VALUES ({marks})"
            f" ON CONFLICT (ded_id) DO UPDATE SET {fresh}"
        )
        with self._lock:
            self._db.conn.executemany(sql, [_values(row) for row in rows])

    def mark(self, ded_id: str, state: AppealState) -> None:
        """The deduction stands there now, whatever the centre's word."""
        self._write("UPDATE deduction SET state = ? WHERE ded_id = ?", (state, ded_id))

    # -- history

    def tell(self, events: Sequence[tuple[str, str, str]]) -> None:
        """Append (deduction, kind, text) to the histories."""
        at = self._clock.now().isoformat()
        sql = "INSERT INTO deduction_event (ded_id, at, kind, text) VALUES (?,?,?,?)"
        with self._lock:
            self._db.conn.executemany(sql, [(one, at, kind, text) for one, kind, text in events])

    def events(self, ded_id: str) -> tuple[DeductionEvent, ...]:
        """The history of a deduction, oldest first."""
        sql = "SELECT at, kind, text FROM deduction_event WHERE ded_id = ? ORDER BY number"
        return tuple(
            DeductionEvent(at=datetime.fromisoformat(at), kind=kind, text=text)
            for at, kind, text in self._all(sql, (ded_id,))
        )

    # -- appeals

    def appeal(self, ded_id: str) -> Appeal | None:
        """What is written for a deduction, or nothing."""
        sql = "SELECT amount, reason, phone, saved_at FROM appeal WHERE ded_id = ?"
        row = self._one(sql, (ded_id,))
        if row is None:
            return None
        amount, reason, phone, saved = row
        return Appeal(
            ded_id=ded_id, amount=amount, reason=reason, phone=phone, saved_at=moment(saved),
            attachments=self.attachments(ded_id),
        )  # fmt: skip

    def keep_appeal(self, appeal: Appeal) -> None:
        """Keep what is written (not its attachments)."""
        sql = (
            "INSERT INTO appeal (ded_id, amount, reason, phone, saved_at) VALUES (?,?,?,?,?)"
            " ON CONFLICT (ded_id) DO UPDATE SET amount = excluded.amount,"
            " reason = excluded.reason, phone = excluded.phone, saved_at = excluded.saved_at"
        )
        values = (appeal.ded_id, appeal.amount, appeal.reason, appeal.phone)
        self._write(sql, (*values, self._clock.now().isoformat()))

    def appealed(self, ded_id: str, msgid: str, appeal_no: str, at: datetime) -> None:
        """The centre took the appeal."""
        sql = "UPDATE appeal SET msgid = ?, appeal_no = ?, sent_at = ? WHERE ded_id = ?"
        self._write(sql, (msgid, appeal_no, _iso(at), ded_id))

    def attachments(self, ded_id: str) -> tuple[Attachment, ...]:
        """The files of an appeal."""
        sql = "SELECT digest, name, kind, size FROM attachment WHERE ded_id = ? ORDER BY number"
        names = tuple(Attachment.model_fields)
        return tuple(
            Attachment(**dict(zip(names, row, strict=True))) for row in self._all(sql, (ded_id,))
        )

    def attach(self, ded_id: str, item: Attachment) -> None:
        """One file more; the same content once only."""
        sql = (
            "INSERT INTO attachment (ded_id, digest, name, kind, size) VALUES (?,?,?,?,?)"
            " ON CONFLICT (ded_id, digest) DO UPDATE SET name = excluded.name"
        )
        self._write(sql, (ded_id, item.digest, item.name, item.kind, item.size))

    def detach(self, ded_id: str, digest: str) -> None:
        """One file less; its bytes stay in the archive."""
        self._write("DELETE FROM attachment WHERE ded_id = ? AND digest = ?", (ded_id, digest))


def _iso(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()


def _values(row: Deduction) -> tuple[Any, ...]:
    known = {name: getattr(row, name) for name in SHOWN}
    return tuple(
        value.isoformat() if isinstance(value, datetime) else value for value in known.values()
    )


def _deduction(row: tuple[Any, ...]) -> Deduction:
    found = dict(zip(NAMES, row, strict=True))
    found.update({name: moment(found[name]) for name in MOMENTS})
    found.update(state=AppealState(found["state"]), drafted=bool(found["drafted"]))
    return Deduction.model_construct(**found)
