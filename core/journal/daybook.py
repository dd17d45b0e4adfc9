"""The day's end: what moved money, confirmations by the centre, closings and hand-overs.

``movement`` is the read model behind every sum: one row for each settlement and each cancellation,
at the moment the centre booked it, clustered by that moment. ``closing`` and ``hand_over`` are
append-only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from core.clock import CHINA
from core.domain.dayend import Closing, Confirmation, HandOver, Part, Period, Side, Sum, Totals
from core.journal.tables import Tables

MANY = 400  # names in one question; SQLite takes more, short ones are as fast
TABLES = """
CREATE TABLE movement (
    at TEXT NOT NULL,
    msgid TEXT NOT NULL,
    settlement TEXT NOT NULL,
    refund INTEGER NOT NULL,
    visit_no TEXT NOT NULL,
    bill_no TEXT NOT NULL,
    person_no TEXT NOT NULL DEFAULT '',
    person_name TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT '',
    total INTEGER NOT NULL,
    fund INTEGER NOT NULL,
    personal INTEGER NOT NULL,
    operator TEXT NOT NULL DEFAULT '',
    operator_name TEXT NOT NULL DEFAULT '',
    sign_no TEXT NOT NULL DEFAULT '',
    struck_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (at, msgid)
) WITHOUT ROWID;
CREATE UNIQUE INDEX movement_by_msgid ON movement (msgid);
CREATE INDEX movement_by_bill ON movement (visit_no, bill_no);
INSERT INTO movement
    SELECT substr(s.settled_at, 1, 19) || '+08:00', s.msgid, s.msgid, 0, s.visit_no, s.bill_no,
        coalesce(json_extract(v.person, '$.number'), ''),
        coalesce(json_extract(v.person, '$.name'), ''),
        coalesce(json_extract(v.registration, '$.med_type'), ''),
        s.total, s.fund, s.personal, s.operator_id, s.operator_name, '', ''
    FROM settlement s LEFT JOIN visit v ON v.visit_no = s.visit_no;
INSERT INTO movement
    SELECT substr(t.made, 1, 19) || '+08:00', t.msgid, s.msgid, 1, s.visit_no, s.bill_no,
        coalesce(json_extract(v.person, '$.number'), ''),
        coalesce(json_extract(v.person, '$.name'), ''),
        coalesce(json_extract(v.registration, '$.med_type'), ''),
        -s.total, -s.fund, -s.personal, t.operator,
        coalesce(json_extract(t.facts, '$.operator_name'), ''), '', ''
    FROM settlement s JOIN txn t ON t.msgid = s.cancelled_by
    LEFT JOIN visit v ON v.visit_no = s.visit_no;
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
SIDE = (
    "visit_no, bill_no, msgid, total, fund, personal, refund, at, person_no, person_name,"
    " operator, kind"
)
COUNTED = (
    "struck_by = '' AND at BETWEEN ? AND ? AND (? = '' OR operator = ?) AND (? = '' OR sign_no = ?)"
)
SUMS = "refund, count(*), sum(total), sum(fund), sum(personal)"


def moment_text(moment: datetime) -> str:
    """Whole seconds of China Standard Time, so that texts sort as moments do."""
    return moment.astimezone(CHINA).replace(microsecond=0).isoformat()


class Daybook(Tables):
    """Movements, confirmations, append-only closings; writes belong inside ``Journal.commit``."""

    # -- movements

    def moved(
        self, side: Side, settlement: str, operator_name: str = "", sign_no: str = ""
    ) -> None:
        """A settlement (``settlement`` is its own id) or its cancellation counts from now on."""
        row = (
            moment_text(side.at), side.msgid, settlement, int(side.refund), side.visit_no,
            side.bill_no, side.person_no, side.person_name, side.kind, side.total, side.fund,
            side.personal, side.operator, operator_name, sign_no, "",
        )  # fmt: skip
        self._write(f"INSERT OR IGNORE INTO movement VALUES ({','.join('?' * len(row))})", row)

    def strike(self, msgid: str, by: str) -> None:
        """A movement that the centre never had counts no more; ``by`` says what decided it."""
        sql = "UPDATE movement SET struck_by = ? WHERE msgid = ? AND struck_by = ''"
        self._write(sql, (by, msgid))

    def take_moment(self, msgid: str, at: datetime) -> None:
        """Count a movement at the centre's moment of booking."""
        self._write("UPDATE movement SET at = ? WHERE msgid = ?", (moment_text(at), msgid))

    def totals(self, period: Period, operator: str = "", sign_no: str = "") -> Totals:
        """The sums of a period, both ends included; by operator, by kind, refunds apart."""
        values = _counted(period, operator, sign_no)
        sql = f"SELECT operator, max(operator_name), {SUMS} FROM movement WHERE {COUNTED}"
        by_operator = _parts(self._all(f"{sql} GROUP BY operator, refund ORDER BY 1", values))
        sql = f"SELECT kind, kind, {SUMS} FROM movement WHERE {COUNTED}"
        by_kind = _parts(self._all(f"{sql} GROUP BY kind, refund ORDER BY 1", values))
        return Totals(
            settled=_sum_of([part.settled for part in by_operator]),
            refunded=_sum_of([part.refunded for part in by_operator]),
            by_operator=by_operator, by_kind=by_kind,
        )  # fmt: skip

    def movements(self, period: Period, operator: str = "") -> list[Side]:
        """Every movement of a period, by moment."""
        sql = f"SELECT {SIDE} FROM movement WHERE {COUNTED}"
        return _sides(self._all(sql, _counted(period, operator, "")))

    def movements_of(self, bills: Iterable[tuple[str, str]]) -> list[Side]:
        """The movements of these (visit, bill), whenever they were."""
        found: list[Side] = []
        for part in _in_parts(sorted({visit for visit, _ in bills})):
            holes = ",".join("?" * len(part))
            sql = f"SELECT {SIDE} FROM movement WHERE struck_by = '' AND visit_no IN ({holes})"
            found += _sides(self._all(sql, part))
        return found

    def movement(self, msgid: str) -> Side | None:
        """The movement of a message id, unless it was struck."""
        sql = f"SELECT {SIDE} FROM movement WHERE msgid = ? AND struck_by = ''"
        return next(iter(_sides(self._all(sql, (msgid,)))), None)

    def refunds_of(self, settlement: str) -> list[Side]:
        """The cancellations of a settlement that count."""
        sql = f"SELECT {SIDE} FROM movement WHERE settlement = ? AND refund = 1 AND struck_by = ''"
        bill = self.movement(settlement)
        where = " AND visit_no = ? AND bill_no = ?" if bill else ""
        more = (bill.visit_no, bill.bill_no) if bill else ()
        return _sides(self._all(sql + where, (settlement, *more)))

    def first_movement(self, operator: str) -> datetime | None:
        """When an operator's oldest movement was, or ``None``."""
        sql = "SELECT at FROM movement WHERE operator = ? ORDER BY at LIMIT 1"
        row = self._one(sql, (operator,))
        return datetime.fromisoformat(row[0]) if row else None

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


def _counted(period: Period, operator: str, sign_no: str) -> tuple[str, ...]:
    begin, end = moment_text(period.begin), moment_text(period.end)
    return (begin, end, operator, operator, sign_no, sign_no)


def _in_parts(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + MANY] for start in range(0, len(names), MANY)]


def _sides(rows: Iterable[Sequence[Any]]) -> list[Side]:
    read = datetime.fromisoformat
    return [
        Side(*row[:6], bool(row[6]), read(row[7]), *row[8:], "settled")  # type: ignore[call-arg]
        for row in rows
    ]


def _sum_of(sums: Iterable[Sum]) -> Sum:
    found = Sum()
    for item in sums:
        found = found.plus(item)
    return found


def _parts(rows: Iterable[Sequence[Any]]) -> tuple[Part, ...]:
    """Rows (key, name, refund, count, total, fund, personal) to one part for each key."""
    found: dict[str, Part] = {}
    for key, name, refund, count, total, fund, personal in rows:
        part = found.get(key) or Part(key=key, name=name)
        which = "refunded" if refund else "settled"
        sums = Sum(count=count, total=total, fund=fund, personal=personal)
        found[key] = part.model_copy(update={which: sums, "name": part.name or name})
    return tuple(found.values())
