"""What some centres give or need beside the transactions: visit numbers of their own, a person's
word on injury or disease of a line, refunds in part, records in parts, and settlement data.

Words and versions are added, never changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from core.domain.centrefacts import PartialRefund, PartVersion
from core.domain.split import SplitMark, SplitPart
from core.journal.tables import Tables
from core.money import Fen

TABLES = """
CREATE TABLE centre_visit (
    number INTEGER PRIMARY KEY,
    visit_no TEXT NOT NULL,
    centre_visit_no TEXT NOT NULL,
    msgid TEXT NOT NULL
);
CREATE INDEX centre_visit_by_visit ON centre_visit (visit_no, number);
CREATE INDEX centre_visit_by_centre ON centre_visit (centre_visit_no);
CREATE TABLE line_mark (
    number INTEGER PRIMARY KEY,
    visit_no TEXT NOT NULL,
    line_id TEXT NOT NULL,
    part TEXT NOT NULL,
    by_id TEXT NOT NULL,
    by_name TEXT NOT NULL,
    at TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX line_mark_by_visit ON line_mark (visit_no, number);
CREATE TRIGGER line_mark_is_append_only_u BEFORE UPDATE ON line_mark
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER line_mark_is_append_only_d BEFORE DELETE ON line_mark
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TABLE disease_sent (
    visit_no TEXT NOT NULL, line_id TEXT NOT NULL, msgid TEXT NOT NULL,
    PRIMARY KEY (visit_no, line_id)
) WITHOUT ROWID;
CREATE TABLE partial_refund (
    number INTEGER PRIMARY KEY,
    visit_no TEXT NOT NULL,
    settlement TEXT NOT NULL,
    kept TEXT NOT NULL,
    gone TEXT NOT NULL,
    kept_total INTEGER NOT NULL,
    reason TEXT NOT NULL,
    operator TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX partial_refund_by_visit ON partial_refund (visit_no, number);
CREATE TRIGGER partial_refund_is_append_only_u BEFORE UPDATE ON partial_refund
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER partial_refund_is_append_only_d BEFORE DELETE ON partial_refund
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TABLE partial_refund_step (
    number INTEGER NOT NULL, step TEXT NOT NULL, msgid TEXT NOT NULL,
    PRIMARY KEY (number, step)
) WITHOUT ROWID;
CREATE TABLE partial_refund_left (
    number INTEGER PRIMARY KEY, operator TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE record_part (
    number INTEGER PRIMARY KEY,
    visit_no TEXT NOT NULL,
    step TEXT NOT NULL,
    content TEXT NOT NULL,
    source TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX record_part_by_visit ON record_part (visit_no, step, number);
CREATE TRIGGER record_part_is_kept_u BEFORE UPDATE ON record_part
    BEGIN SELECT RAISE(ABORT, 'a version of a record is never changed'); END;
CREATE TABLE record_part_sent (
    msgid TEXT PRIMARY KEY, version INTEGER NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX record_part_sent_by_version ON record_part_sent (version);
CREATE TABLE settlement_data (
    number INTEGER PRIMARY KEY,
    settlement TEXT NOT NULL,
    content TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX settlement_data_by_settlement ON settlement_data (settlement, number);
"""
REFUND, CHARGE, ANEW = "cancel_settlement", "settle", "cancel_registration"
PARTIAL = "number, visit_no, settlement, kept, gone, kept_total, reason, operator, at"
PART = "number, visit_no, step, content, source, at"


class CentreFacts(Tables):
    """Read and written through ``Ledger.centrefacts``; writes belong inside ``Journal.commit``."""

    # -- the centre's own visit numbers

    def numbered(self, visit_no: str, centre_visit_no: str, msgid: str) -> None:
        """The centre calls the visit so, since the registration ``msgid``."""
        sql = "INSERT INTO centre_visit (visit_no, centre_visit_no, msgid) VALUES (?,?,?)"
        self._write(sql, (visit_no, centre_visit_no, msgid))

    def centre_visit_no(self, visit_no: str) -> str:
        """What the centre calls the visit since its last registration, or empty."""
        sql = "SELECT centre_visit_no FROM centre_visit WHERE visit_no = ? ORDER BY number DESC"
        return str((self._one(f"{sql} LIMIT 1", (visit_no,)) or ("",))[0])

    def visit_of(self, centre_visit_no: str) -> str:
        """Our number of the centre's visit, or empty."""
        sql = "SELECT visit_no FROM centre_visit WHERE centre_visit_no = ? ORDER BY number DESC"
        return str((self._one(f"{sql} LIMIT 1", (centre_visit_no,)) or ("",))[0])

    # -- injury or disease

    def mark(self, visit_no: str, marks: Iterable[SplitMark]) -> None:
        """A person's word on lines; earlier words stay."""
        for mark in marks:
            self._write(
                "INSERT INTO line_mark (visit_no, line_id, part, by_id, by_name, at,"
                " reason) VALUES (?,?,?,?,?,?,?)",
                (
                    visit_no, mark.line_id, mark.part, mark.by_id, mark.by_name,
                    mark.at.isoformat(), mark.reason,
                ),
            )  # fmt: skip

    def marks(self, visit_no: str) -> dict[str, tuple[SplitMark, ...]]:
        """Everybody's words by line, newest first."""
        found: dict[str, tuple[SplitMark, ...]] = {}
        sql = (
            "SELECT line_id, part, by_id, by_name, at, reason FROM line_mark"
            " WHERE visit_no = ? ORDER BY number"
        )
        for line, part, operator, name, at, reason in self._all(sql, (visit_no,)):
            mark = SplitMark(
                line_id=line, part=part, by_id=operator, by_name=name,
                at=datetime.fromisoformat(at), reason=reason,
            )  # fmt: skip
            found[line] = (mark, *found.get(line, ()))
        return found

    def visits_with(self, part: SplitPart) -> list[str]:
        """Visits in which some line was ever given to ``part``."""
        sql = "SELECT DISTINCT visit_no FROM line_mark WHERE part = ? ORDER BY visit_no"
        return [str(row[0]) for row in self._all(sql, (part,))]

    def diseases_sent(self, visit_no: str, line_ids: Iterable[str], msgid: str) -> None:
        """The centre took the disease lines afterwards."""
        for line_id in line_ids:
            self._write(
                "INSERT OR REPLACE INTO disease_sent VALUES (?,?,?)", (visit_no, line_id, msgid)
            )

    def sent_diseases(self, visit_no: str) -> tuple[str, ...]:
        """Ids of the disease lines that were sent afterwards."""
        sql = "SELECT line_id FROM disease_sent WHERE visit_no = ? ORDER BY line_id"
        return tuple(str(row[0]) for row in self._all(sql, (visit_no,)))

    # -- refunds in part

    def begin_partial(
        self, visit_no: str, settlement: str, kept: Sequence[str], gone: Sequence[str],
        kept_total: Fen, reason: str, operator: str,
    ) -> int:  # fmt: skip
        """A refund in part begins; gives its number."""
        self._write(
            "INSERT INTO partial_refund (visit_no, settlement, kept, gone, kept_total, reason,"
            " operator, at) VALUES (?,?,?,?,?,?,?,?)",
            (
                visit_no, settlement, json.dumps(list(kept)), json.dumps(list(gone)),
                kept_total, reason, operator, self._clock.now().isoformat(),
            ),
        )  # fmt: skip
        return int((self._one("SELECT max(number) FROM partial_refund") or (0,))[0])

    def partials(self, visit_no: str = "") -> tuple[PartialRefund, ...]:
        """Refunds in part of a visit, or all; newest first. Their stage is the service's to say."""
        where, values = ("WHERE visit_no = ?", (visit_no,)) if visit_no else ("", ())
        sql = f"SELECT {PARTIAL} FROM partial_refund {where} ORDER BY number DESC"
        rows = self._all(sql, values)
        return tuple(_partial(row) for row in rows)

    def partial_did(self, number: int, step: str, msgid: str) -> None:
        """The centre has that step of a refund in part."""
        sql = "INSERT OR REPLACE INTO partial_refund_step VALUES (?,?,?)"
        self._write(sql, (number, step, msgid))

    def partial_done(self, number: int) -> dict[str, str]:
        """Which steps the centre has, each with its message id."""
        sql = "SELECT step, msgid FROM partial_refund_step WHERE number = ?"
        return {str(step): str(msgid) for step, msgid in self._all(sql, (number,))}

    def begins_anew(self, visit_no: str, msgid: str) -> None:
        """The registration is gone: what was refunded in part before no longer counts."""
        for one in self.partials(visit_no):
            self.partial_did(one.number, ANEW, msgid)

    def gone_lines(self, visit_no: str) -> frozenset[str]:
        """Lines that refunds in part took out of the visit."""
        gone: set[str] = set()
        for one in self.partials(visit_no):
            done = self.partial_done(one.number)
            if REFUND in done and ANEW not in done:
                gone |= set(one.gone)
        return frozenset(gone)

    def leave_partial(self, number: int, operator: str, reason: str) -> None:
        """A person says that the kept lines are not charged."""
        at = self._clock.now().isoformat()
        sql = "INSERT OR IGNORE INTO partial_refund_left VALUES (?,?,?,?)"
        self._write(sql, (number, operator, reason, at))

    def left_partial(self, number: int) -> str:
        """Why a refund in part was ended by a person, or empty."""
        sql = "SELECT reason FROM partial_refund_left WHERE number = ?"
        return str((self._one(sql, (number,)) or ("",))[0])

    # -- records in parts

    def add_part(
        self, visit_no: str, step: str, values: dict[str, Any], source: str
    ) -> PartVersion:
        """A new version of a part."""
        content = json.dumps(values, ensure_ascii=False, sort_keys=True)
        at = self._clock.now().isoformat()
        sql = "INSERT INTO record_part (visit_no, step, content, source, at) VALUES (?,?,?,?,?)"
        self._write(sql, (visit_no, step, content, source, at))
        found = self.newest_part(visit_no, step)
        assert found is not None
        return found

    def newest_part(self, visit_no: str, step: str) -> PartVersion | None:
        """The newest version of a part, or nothing."""
        sql = f"SELECT {PART} FROM record_part WHERE visit_no = ? AND step = ?"
        row = self._one(f"{sql} ORDER BY number DESC LIMIT 1", (visit_no, step))
        if row is None:
            return None
        number, visit, name, content, source, at = row
        return PartVersion(
            number=number, visit_no=visit, step=name, values=json.loads(content), source=source,
            at=datetime.fromisoformat(at),
        )  # fmt: skip

    def part_sent(self, msgid: str, version: int) -> None:
        """The centre took that version."""
        at = self._clock.now().isoformat()
        self._write("INSERT OR IGNORE INTO record_part_sent VALUES (?,?,?)", (msgid, version, at))

    def part_sending(self, visit_no: str, step: str) -> tuple[str, int, datetime] | None:
        """Message id, version and moment of the newest upload of a part, or nothing."""
        sql = (
            "SELECT sent.msgid, sent.version, sent.at FROM record_part_sent AS sent"
            " JOIN record_part ON record_part.number = sent.version"
            " WHERE visit_no = ? AND step = ? ORDER BY sent.at DESC, sent.version DESC LIMIT 1"
        )
        row = self._one(sql, (visit_no, step))
        return (str(row[0]), int(row[1]), datetime.fromisoformat(row[2])) if row else None

    def visits_with_parts(self, limit: int) -> list[str]:
        """Visits that have any part, newest first."""
        sql = "SELECT visit_no FROM record_part GROUP BY visit_no ORDER BY max(number) DESC LIMIT ?"
        return [str(row[0]) for row in self._all(sql, (limit,))]

    # -- settlement data

    def keep_settlement_data(self, settlement: str, content: dict[str, Any]) -> None:
        """What the centre gives for the slip of a settlement; each fetch is kept."""
        text = json.dumps(content, ensure_ascii=False, default=str)
        sql = "INSERT INTO settlement_data (settlement, content, at) VALUES (?,?,?)"
        self._write(sql, (settlement, text, self._clock.now().isoformat()))

    def settlement_data(self, settlement: str) -> dict[str, Any]:
        """The last fetched, or empty."""
        sql = "SELECT content FROM settlement_data WHERE settlement = ? ORDER BY number DESC"
        row = self._one(f"{sql} LIMIT 1", (settlement,))
        return dict(json.loads(row[0])) if row else {}


def _partial(row: Sequence[Any]) -> PartialRefund:
    number, visit_no, settlement, kept, gone, kept_total, reason, operator, at = row
    return PartialRefund(
        number=number, visit_no=visit_no, settlement=settlement, kept=tuple(json.loads(kept)),
        gone=tuple(json.loads(gone)), kept_total=kept_total, reason=reason,
        operator=operator, at=datetime.fromisoformat(at),
    )  # fmt: skip
