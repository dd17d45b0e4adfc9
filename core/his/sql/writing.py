"""What the hospital's database is told, each message id once however often it is delivered.

The desk keeps a small table of its own there, the receipts. A delivery is one transaction: the
receipt's row, whose key is the message id, and the hospital's statements. Where the row is there
already, everything was done before; where the connection breaks, neither is there or both are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.clock import CHINA, Clock
from core.domain.dayend import Side
from core.domain.writeback import WriteBack
from core.errors import SetupError, fault
from core.his.port import HospitalRefused
from core.his.sql.check import Checked, check_write
from core.his.sql.gate import Answer, Gate
from core.his.sql.settings import EVENTS, TOLD, SqlSettings
from core.money import yuan

if TYPE_CHECKING:
    from sqlalchemy import Connection

COLUMNS = ("msgid", "step", "visit_no", "bill_no", "total_fen", "fund_fen", "personal_fen", "at")
NAMES = ", ".join(name if name != "at" else "told_at" for name in COLUMNS)
NUMBER = {"oracle": "NUMBER(18)"}
TEXT = {"oracle": "VARCHAR2"}
MOST_SIDES = 200_000


def receipt_table(dialect: str, name: str) -> str:
    """The statement with which the hospital makes the table of receipts."""
    text, number = TEXT.get(dialect, "VARCHAR"), NUMBER.get(dialect, "BIGINT")
    return (
        f"CREATE TABLE {name} (msgid {text}(64) NOT NULL PRIMARY KEY, step {text}(32) NOT NULL,"
        f" visit_no {text}(64) NOT NULL, bill_no {text}(64), total_fen {number},"
        f" fund_fen {number}, personal_fen {number}, told_at {text}(32) NOT NULL)"
    )


class Writer:
    """Delivers results; only made where writing back is switched on."""

    def __init__(self, gate: Gate, settings: SqlSettings, clock: Clock) -> None:
        self._gate, self._settings, self._clock = gate, settings, clock
        self._table = settings.write.receipts
        self._ready = False
        self._known: dict[str, tuple[Checked, ...]] = {}

    def statements(self, event: str) -> tuple[Checked, ...]:
        """The checked statements of an event; raises ``InvalidInput``."""
        if event not in self._known:
            self._known[event] = tuple(
                check_write(event, text, self._gate.dialect.grammar, TOLD, self._settings.functions)
                for text in self._settings.write.statements.get(event, ())
            )
        return self._known[event]

    def prepare(self) -> None:
        """Look at everything a delivery needs, once: statements, and the receipts' table with its
        key. Raises ``DeskError`` with what is missing."""
        if self._ready:
            return
        for event in EVENTS:
            self.statements(event)
        with self._gate.writing(self._table) as connection:
            self._look_at_table(connection)
        self._ready = True

    def _look_at_table(self, connection: Connection) -> None:
        from sqlalchemy import inspect
        from sqlalchemy.exc import NoSuchTableError

        schema, _, table = self._table.rpartition(".")
        look = inspect(connection)
        try:
            keys = [look.get_pk_constraint(table, schema or None)["constrained_columns"]]
            keys += [
                one["column_names"] for one in look.get_unique_constraints(table, schema or None)
            ]
        except NoSuchTableError:
            keys = []
        if ["msgid"] not in [[str(name).lower() for name in key] for key in keys]:
            made = receipt_table(self._gate.dialect.name, self._table)
            raise SetupError(fault("sql.write.no_receipts", table=self._table, statement=made))

    # -- delivering

    def post(self, told: WriteBack, knows: Callable[[str], bool]) -> None:
        """Deliver once; ``knows``: is a visit the hospital's, asked where nothing was changed.

        Raises ``HospitalRefused`` where its rows are not as they must be.
        """
        statements = self.statements(told.step)
        if not statements:
            return
        self.prepare()
        values = self._values(told)
        try:
            with self._gate.writing(told.step) as connection:
                if not self._is_new(connection, values):
                    return
                self._deliver(connection, told, statements, values)
        except _Nothing:
            if knows(told.visit_no):
                raise HospitalRefused(
                    fault("sql.write.nothing", event=told.step, visit=told.visit_no)
                ) from None

    def _deliver(
        self, connection: Connection, told: WriteBack, statements: Sequence[Checked],
        values: Mapping[str, object],
    ) -> None:  # fmt: skip
        from sqlalchemy.exc import DataError, IntegrityError

        changed = 0
        try:
            for statement in statements:
                changed += max(0, self._gate.run(connection, statement, values))
        except (IntegrityError, DataError) as error:
            said = " ".join(str(error.orig).split())[:160]
            raise HospitalRefused(fault("sql.write.refused", event=told.step, error=said)) from None
        most = self._settings.write.most_rows
        if changed > most:
            raise HospitalRefused(
                fault("sql.write.too_many", event=told.step, count=changed, most=most)
            )
        if not changed:
            raise _Nothing(fault("sql.write.nothing", event=told.step, visit=told.visit_no))

    def _is_new(self, connection: Connection, values: Mapping[str, object]) -> bool:
        """Write the receipt, unless it is there."""
        there = Checked(f"SELECT 1 FROM {self._table} WHERE msgid = :msgid", ("msgid",))
        if self._first(connection, there, values):
            return False
        holes = ", ".join(f":{name}" for name in COLUMNS)
        written = f"INSERT INTO {self._table} ({NAMES}) VALUES ({holes})"
        text = {**values, "at": values["told_at"]}
        self._gate.run(connection, Checked(written, COLUMNS), text)
        return True

    def _first(self, connection: Connection, query: Checked, values: Mapping[str, object]) -> Any:
        from sqlalchemy import text

        given = {name: values[name] for name in query.names}
        return connection.execute(text(query.text), given).first()

    def _values(self, told: WriteBack) -> dict[str, object]:
        paid = told.amounts
        at = told.at or self._clock.now()
        values: dict[str, object] = {name: getattr(told, name, None) for name in TOLD}
        for name in ("total", "fund", "personal"):
            fen = getattr(paid, name) if paid else None
            values[f"{name}_fen"] = fen
            values[name] = None if fen is None else yuan(fen)
        return values | {"at": at, "told_at": _stamp(at)}

    # -- what was delivered

    def settled(self, begin: datetime, end: datetime) -> list[Side]:
        """Settlements and cancellations (negative) delivered for a period, both ends included."""
        self.prepare()
        text = (
            f"SELECT {NAMES} FROM {self._table} WHERE told_at >= :since AND told_at <= :until"
            " AND step IN ('settle', 'cancel_settlement') AND total_fen IS NOT NULL"
            " ORDER BY told_at, msgid"
        )
        values = {"since": _stamp(begin), "until": _stamp(end)}
        found: Answer = self._gate.read(
            self._table, Checked(text, ("since", "until")), values, MOST_SIDES
        )
        return [_side(row) for row in found.rows]


class _Nothing(HospitalRefused):
    """No row was changed: the visit is not the hospital's, or its rows are not as expected."""


def _stamp(at: datetime) -> str:
    return at.astimezone(CHINA).replace(microsecond=0).isoformat()


def _side(row: Sequence[Any]) -> Side:
    msgid, step, visit_no, bill_no, total, fund, personal, at = row
    refund = step != "settle"
    sign = -1 if refund else 1
    return Side(
        visit_no, bill_no or "", msgid, sign * int(total), sign * int(fund), sign * int(personal),
        refund, datetime.fromisoformat(at),
    )  # fmt: skip
