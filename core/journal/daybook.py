"""The day's end: confirmations by the centre, closings and hand-overs, the last two append-only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.domain.dayend import Closing, Confirmation, HandOver, Period
from core.journal import movements
from core.journal.movements import Movements, moment_text

TABLES = f"""{movements.TABLES}
CREATE TABLE confirmation (
    msgid TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    begins TEXT NOT NULL,
    ends TEXT NOT NULL,
    operator TEXT NOT NULL,
    content TEXT NOT NULL,
    undone_by TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE closing (
    number INTEGER PRIMARY KEY,
    operator TEXT NOT NULL,
    ends TEXT NOT NULL,
    voids INTEGER NOT NULL DEFAULT 0,
    content TEXT NOT NULL
);
CREATE INDEX closing_by_operator ON closing (operator, number);
CREATE UNIQUE INDEX closing_voided_once ON closing (voids) WHERE voids <> 0;
CREATE TRIGGER closing_is_append_only_u BEFORE UPDATE ON closing
    BEGIN SELECT RAISE(ABORT, 'closings are append-only'); END;
CREATE TRIGGER closing_is_append_only_d BEFORE DELETE ON closing
    BEGIN SELECT RAISE(ABORT, 'closings are append-only'); END;
CREATE TABLE hand_over (
    number INTEGER PRIMARY KEY,
    taken_by TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE TABLE hand_over_case (
    msgid TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES hand_over,
    PRIMARY KEY (msgid, number)
) WITHOUT ROWID;
CREATE TRIGGER hand_over_is_append_only_u BEFORE UPDATE ON hand_over
    BEGIN SELECT RAISE(ABORT, 'hand-overs are append-only'); END;
CREATE TRIGGER hand_over_is_append_only_d BEFORE DELETE ON hand_over
    BEGIN SELECT RAISE(ABORT, 'hand-overs are append-only'); END;
"""


class Daybook(Movements):
    """Movements, confirmations, append-only closings; writes belong inside ``Journal.commit``."""

    # -- confirmations

    def confirmed(self, row: Confirmation) -> None:
        """The centre has confirmed a period."""
        period = row.period
        self._write(
            "INSERT OR IGNORE INTO confirmation VALUES (?,?,?,?,?,?,'')",
            (
                row.msgid, row.number, moment_text(period.begin), moment_text(period.end),
                row.operator, row.model_dump_json(),
            ),
        )  # fmt: skip

    def undone(self, msgid: str, by: str) -> None:
        """The confirmation that ``msgid`` made no longer stands."""
        self._write("UPDATE confirmation SET undone_by = ? WHERE msgid = ?", (by, msgid))

    def confirmations(self, limit: int = 100) -> tuple[Confirmation, ...]:
        """Newest first, undone ones too."""
        return self._confirmations("ORDER BY msgid DESC LIMIT ?", (limit,))

    def confirmation(self, msgid: str) -> Confirmation | None:
        """The confirmation that a message id made."""
        return next(iter(self._confirmations("WHERE msgid = ?", (msgid,))), None)

    def standing(self, moment: datetime, operator: str = "") -> Confirmation | None:
        """The confirmation that holds a movement of ``operator`` at that moment, or nothing."""
        where = "WHERE undone_by = '' AND ? BETWEEN begins AND ends AND operator IN ('', ?)"
        return next(iter(self._confirmations(where, (moment_text(moment), operator))), None)

    def is_confirmed(self, moment: datetime, operator: str = "") -> bool:
        """Is a movement of ``operator`` at that moment held by a confirmation?"""
        return self.standing(moment, operator) is not None

    def confirmation_of(self, period: Period, operator: str) -> Confirmation | None:
        """The standing confirmation of exactly this period and operator."""
        where = "WHERE undone_by = '' AND begins = ? AND ends = ? AND operator = ?"
        values = (moment_text(period.begin), moment_text(period.end), operator)
        return next(iter(self._confirmations(where, values)), None)

    def _confirmations(self, where: str, values: Sequence[Any]) -> tuple[Confirmation, ...]:
        rows = self._all(f"SELECT content, undone_by FROM confirmation {where}", values)
        return tuple(
            Confirmation.model_validate_json(content).model_copy(update={"undone_by": undone})
            for content, undone in rows
        )

    # -- closings

    def add_closing(self, row: Closing) -> Closing:
        """Append a closing or a void; gives it with its number."""
        number = int((self._one("SELECT coalesce(max(number), 0) + 1 FROM closing") or (1,))[0])
        numbered = row.model_copy(update={"number": number})
        ends, content = moment_text(row.period.end), numbered.model_dump_json()
        sql = "INSERT INTO closing VALUES (?,?,?,?,?)"
        self._write(sql, (number, row.operator_id, ends, row.voids, content))
        return numbered

    def closings(self, limit: int = 200) -> tuple[Closing, ...]:
        """Newest first, voids too."""
        return self._closings("ORDER BY c.number DESC LIMIT ?", (limit,))

    def closing(self, number: int) -> Closing | None:
        """The closing (or void) of that number."""
        return next(iter(self._closings("WHERE c.number = ?", (number,))), None)

    def last_closing(self, operator: str) -> Closing | None:
        """An operator's newest closing that is neither a void nor voided."""
        where = "WHERE c.operator = ? AND c.voids = 0 AND v.number IS NULL"
        return next(
            iter(self._closings(f"{where} ORDER BY c.number DESC LIMIT 1", (operator,))), None
        )

    def _closings(self, where: str, values: Sequence[Any]) -> tuple[Closing, ...]:
        rows = self._all(
            "SELECT c.content, coalesce(v.number, 0) FROM closing c LEFT JOIN closing v"
            f" ON v.voids = c.number {where}",
            values,
        )
        return tuple(
            Closing.model_validate_json(content).model_copy(update={"voided_by": voided})
            for content, voided in rows
        )

    def anchor(self) -> str:
        """The hash of the journal's last entry: what ties a sheet of paper to the chain."""
        row = self._one("SELECT hash FROM entry ORDER BY number DESC LIMIT 1")
        return str(row[0]) if row else ""

    # -- hand-overs

    def add_hand_over(self, row: HandOver) -> HandOver:
        """Append a hand-over; gives it with its number."""
        number = int((self._one("SELECT coalesce(max(number), 0) + 1 FROM hand_over") or (1,))[0])
        numbered = row.model_copy(update={"number": number})
        sql = "INSERT INTO hand_over VALUES (?,?,?)"
        self._write(sql, (number, row.taken_by, numbered.model_dump_json()))
        for msgid in row.msgids:
            self._write("INSERT INTO hand_over_case VALUES (?,?)", (msgid, number))
        return numbered

    def hand_overs(self, limit: int = 100) -> tuple[HandOver, ...]:
        """Newest first."""
        rows = self._all("SELECT content FROM hand_over ORDER BY number DESC LIMIT ?", (limit,))
        return tuple(HandOver.model_validate_json(row[0]) for row in rows)

    def holders(self) -> dict[str, HandOver]:
        """Message id to the hand-over that gave it last."""
        rows = self._all(
            "SELECT c.msgid, h.content FROM hand_over_case c JOIN hand_over h USING (number)"
            " WHERE h.number = (SELECT max(number) FROM hand_over_case WHERE msgid = c.msgid)"
        )
        return {msgid: HandOver.model_validate_json(content) for msgid, content in rows}
