"""The test HIS: a hospital's system in a process of its own, over tables as hospitals have them.

It invents patients, orders, prescriptions and bills in its own database (PostgreSQL or SQLite),
and its bills say whether they are paid. It is driven by JSON lines on its standard input, one
answer a line; ``python -m tests.helpers.testhis URL``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from core.domain import FeeLine, Registration
from core.domain.stay import HospitalStay
from core.his import inpatients, invented
from core.money import to_fen, yuan
from tests.helpers.hiscalls import ROAD, UNDO, Caller, fen_of

TABLES = """
CREATE TABLE pat_visit (
    visit_id VARCHAR(40) PRIMARY KEY, kind CHAR(1) NOT NULL, pat_name VARCHAR(40) NOT NULL,
    id_card VARCHAR(20), sex_code CHAR(1), age INTEGER, tel VARCHAR(20), dept_id VARCHAR(20),
    dept VARCHAR(60), doctor_id VARCHAR(20), icd VARCHAR(20), icd_name VARCHAR(100),
    visit_type VARCHAR(4), come_time TIMESTAMP NOT NULL, zyh VARCHAR(20), ward VARCHAR(60),
    bed VARCHAR(10), prepaid NUMERIC(14,2), out_time TIMESTAMP, out_state VARCHAR(4),
    centre_state VARCHAR(20) NOT NULL DEFAULT 'new'
);
CREATE INDEX pat_visit_time ON pat_visit (kind, come_time);
CREATE TABLE doctor (doctor_id VARCHAR(20) PRIMARY KEY, doctor_name VARCHAR(40));
CREATE TABLE item_dict (
    item_id VARCHAR(40) PRIMARY KEY, item_name VARCHAR(100) NOT NULL, spec VARCHAR(100),
    unit VARCHAR(20), price NUMERIC(14,4) NOT NULL, list_no CHAR(1), centre_no VARCHAR(40),
    category VARCHAR(10)
);
CREATE TABLE orders (
    order_no VARCHAR(60) PRIMARY KEY, visit_id VARCHAR(40) NOT NULL, doctor_id VARCHAR(20),
    dept_id VARCHAR(20)
);
CREATE INDEX orders_visit ON orders (visit_id);
CREATE TABLE rx_detail (
    detail_id VARCHAR(60) PRIMARY KEY, order_no VARCHAR(60) NOT NULL, item_id VARCHAR(40) NOT NULL,
    price NUMERIC(14,4) NOT NULL, qty NUMERIC(14,4) NOT NULL, money NUMERIC(14,2) NOT NULL,
    made_time TIMESTAMP NOT NULL, back_of VARCHAR(60), deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX rx_detail_order ON rx_detail (order_no);
CREATE TABLE bill (
    visit_id VARCHAR(40) PRIMARY KEY, money NUMERIC(14,2) NOT NULL,
    flag_insu INTEGER NOT NULL DEFAULT 0, fund NUMERIC(14,2), personal NUMERIC(14,2),
    bill_no VARCHAR(60), wi_msgid VARCHAR(64), paid_time TIMESTAMP
);
CREATE TABLE payment_log (
    log_no {counter}, visit_id VARCHAR(40) NOT NULL, what VARCHAR(40) NOT NULL,
    money NUMERIC(14,2) NOT NULL, msgid VARCHAR(64) NOT NULL
)
"""
COUNTER = {"postgresql": "SERIAL PRIMARY KEY", "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT"}


class TestHis:
    """The hospital's system; every public method is an order it takes."""

    __test__ = False

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(url, poolclass=NullPool)
        self._locked: Connection | None = None
        self._made: set[tuple[str, Any]] = set()

    # -- its own work

    def make_tables(self) -> int:
        """The empty tables."""
        script = TABLES.format(counter=COUNTER[self.engine.dialect.name])
        statements = [part for part in script.split(";") if part.strip()]
        with self.engine.begin() as db:
            for statement in statements:
                db.execute(text(statement))
        return len(statements)

    def invent(self, now: str, batch: int = 0) -> list[str]:
        """The outpatients of a morning with their orders; gives their visit numbers."""
        moment = datetime.fromisoformat(now)
        made = invented.visits(batch, moment)
        with self.engine.begin() as db:
            for one in made:
                self._visit(db, one.registration, "O")
                self._lines(db, one.lines)
        return [one.registration.visit_no for one in made]

    def admit(self, now: str) -> list[str]:
        """The wards' patients; gives their visit numbers."""
        moment = datetime.fromisoformat(now)
        numbers = []
        with self.engine.begin() as db:
            for place, row in enumerate(inpatients.plan(), 1):
                found = inpatients.stay(row, f"ZY{moment:%Y%m%d}{place:04}", moment)
                self._visit(
                    db, found.registration, "I", inpatients.at_hospital(found, moment)
                )  # fmt: skip
                self._lines(db, inpatients.lines(found, moment))
                numbers.append(found.registration.visit_no)
        return numbers

    def _visit(
        self, db: Connection, who: Registration, kind: str, stay: HospitalStay | None = None
    ) -> None:
        left = stay.discharge if stay else None
        _insert(db, "pat_visit", {
            "visit_id": who.visit_no, "kind": kind, "pat_name": who.person_name,
            "id_card": who.id_no, "sex_code": "1" if who.sex == "男" else "2",
            "age": int(who.age or 0), "tel": who.phone, "dept_id": who.dept_code,
            "dept": who.dept_name, "doctor_id": who.doctor_code, "icd": who.diagnosis_code,
            "icd_name": who.diagnosis_name, "visit_type": who.med_type,
            "come_time": _moment(who.admitted_at), "zyh": who.inpatient_no,
            "ward": who.ward_name, "bed": who.bed,
            "prepaid": _money(stay.deposit) if stay else None,
            "out_time": _moment(left.discharged_at) if left else None,
            "out_state": left.outcome_code if left else None,
        })  # fmt: skip
        self._new(db, "doctor", {"doctor_id": who.doctor_code, "doctor_name": who.doctor_name})

    def _lines(self, db: Connection, lines: tuple[FeeLine, ...]) -> None:
        details = []
        for line in lines:
            item = f"{line.hosp_code}/{line.centre_code}/{line.price}"[:40]
            self._new(db, "item_dict", {
                "item_id": item, "item_name": line.name, "spec": line.spec, "unit": line.unit,
                "price": str(line.price), "list_no": line.list_type,
                "centre_no": line.centre_code, "category": line.category,
            })  # fmt: skip
            self._new(db, "orders", {
                "order_no": line.rx_no, "visit_id": line.visit_no, "doctor_id": line.doctor_code,
                "dept_id": line.dept_code,
            })  # fmt: skip
            details.append({
                "detail_id": line.line_id, "order_no": line.rx_no, "item_id": item,
                "price": str(line.price), "qty": str(line.quantity), "money": _money(line.amount),
                "made_time": _moment(line.occurred_at), "back_of": line.ref_line_id or None,
            })  # fmt: skip
        if lines:
            _insert(db, "rx_detail", *details)
            total = sum(line.amount for line in lines)
            _insert(db, "bill", {"visit_id": lines[0].visit_no, "money": _money(total)})

    def _new(self, db: Connection, table: str, values: Mapping[str, Any]) -> None:
        """A row of a list, unless this process, or one before it, has made it already."""
        name, value = next(iter(values.items()))
        if (table, value) in self._made:
            return
        self._made.add((table, value))
        there = text(f"SELECT 1 FROM {table} WHERE {name} = :value")
        if db.execute(there, {"value": value}).first() is None:
            _insert(db, table, values)

    # -- what it is told where it is not told by statements

    def told(self, step: str, visit_no: str, msgid: str, **money: int) -> bool:
        """A result that came by a file or a call, entered once; gives whether it was new."""
        with self.engine.begin() as db:
            known = db.execute(
                text("SELECT 1 FROM payment_log WHERE msgid = :m"), {"m": msgid}
            ).first()
            if known or step not in ("settle", "cancel_settlement"):
                return False
            sign = 1 if step == "settle" else -1
            _insert(db, "payment_log", {
                "visit_id": visit_no, "what": step, "money": _money(sign * money["total"]),
                "msgid": msgid,
            })  # fmt: skip
            db.execute(text(
                "UPDATE bill SET flag_insu = :paid, fund = :fund, personal = :personal,"
                " wi_msgid = :m WHERE visit_id = :visit"
            ), {
                "paid": int(sign > 0), "visit": visit_no, "m": msgid,
                "fund": _money(money["fund"]) if sign > 0 else None,
                "personal": _money(money["personal"]) if sign > 0 else None,
            })  # fmt: skip
            return True

    def charge(self, address: str, token: str, visit_no: str, enter: bool = True) -> str:
        """Drive the desk over its API to the settlement, and enter what it answers."""
        caller = Caller(address, token)
        try:
            caller.give(self.visit(visit_no))
            answer: dict[str, Any] = {}
            for word in ROAD:
                shown = answer["amounts"] if word == "settle" else None
                answer = caller.step(visit_no, word, shown)
        finally:
            caller.close()
        if enter:
            self.told("settle", visit_no, answer["msgid"], **fen_of(answer))
        return str(answer["msgid"])

    def take_back(self, address: str, token: str, visit_no: str) -> bool:
        """Cancel the settlement over the API, and enter that."""
        money = {name: self.paid(visit_no)[name] for name in ("total", "fund", "personal")}
        caller = Caller(address, token)
        try:
            answer = caller.step(visit_no, "cancel-settlement", UNDO)
        finally:
            caller.close()
        return self.told("cancel_settlement", visit_no, answer["msgid"], **money)

    # -- what its tables say

    def paid(self, visit_no: str) -> dict[str, Any]:
        """The bill of a visit and how often money was booked for it; amounts in fen."""
        with self.engine.begin() as db:
            bill = db.execute(
                text("SELECT money, flag_insu, fund, personal, wi_msgid FROM bill"
                     " WHERE visit_id = :visit"), {"visit": visit_no},
            ).first()  # fmt: skip
            log = db.execute(
                text("SELECT what, money FROM payment_log WHERE visit_id = :visit ORDER BY log_no"),
                {"visit": visit_no},
            ).all()
            state = db.execute(
                text("SELECT centre_state FROM pat_visit WHERE visit_id = :visit"),
                {"visit": visit_no},
            ).scalar()
        if bill is None:
            return {}
        return {
            "total": _fen(bill[0]), "paid": bool(bill[1]), "fund": _fen(bill[2]),
            "personal": _fen(bill[3]), "msgid": bill[4], "state": state,
            "log": [[what, _fen(money)] for what, money in log],
        }  # fmt: skip

    def visit(self, visit_no: str) -> dict[str, Any]:
        """A visit and its lines in neutral words, for a file or a call."""
        with self.engine.begin() as db:
            row = db.execute(
                text("SELECT * FROM pat_visit WHERE visit_id = :visit"), {"visit": visit_no}
            ).mappings().one()  # fmt: skip
            lines = db.execute(text(
                "SELECT d.*, i.item_name, i.spec, i.unit, i.list_no, i.centre_no, i.category,"
                " o.doctor_id, o.dept_id FROM rx_detail d JOIN orders o ON o.order_no = d.order_no"
                " JOIN item_dict i ON i.item_id = d.item_id WHERE o.visit_id = :visit"
                " ORDER BY d.detail_id"
            ), {"visit": visit_no}).mappings().all()  # fmt: skip
        return {"visit": _plain(row), "lines": [_plain(line) for line in lines]}

    # -- misbehaving

    def run(self, statement: str) -> int:
        """Anything else that happens in a hospital's database."""
        with self.engine.begin() as db:
            return db.execute(text(statement)).rowcount

    def lock(self, statement: str) -> bool:
        """Do something and do not finish it: the rows stay locked until ``unlock``."""
        self._locked = self.engine.connect()
        if self.engine.dialect.name == "sqlite":
            self._locked.exec_driver_sql("BEGIN IMMEDIATE")
        self._locked.execute(text(statement))
        return True

    def unlock(self) -> bool:
        """Let go of what was locked, as if nothing had been done."""
        if self._locked is not None:
            self._locked.rollback()
            self._locked.close()
            self._locked = None
        return True


def _insert(db: Connection, table: str, *rows: Mapping[str, Any]) -> None:
    holes = ", ".join(f":{name}" for name in rows[0])
    sql = f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({holes})"
    db.execute(text(sql), [dict(row) for row in rows])


def _moment(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None


def _money(fen: int) -> str:
    return str(yuan(fen))


def _fen(value: Any) -> int | None:
    if value is None:
        return None
    return to_fen(round(Decimal(str(value)), 2))


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if cell is None else str(cell) for name, cell in row.items()}


def main(url: str) -> None:
    """Take orders to the input's end: ``{"do": name, …}`` gives ``{"ok"}`` or ``{"error"}``."""
    his = TestHis(url)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = {"ok": getattr(his, order.pop("do"))(**order)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
        sys.stdout.flush()
    his.engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
