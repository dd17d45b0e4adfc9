"""The test HIS as tests meet it: its process, and how a desk is set up to ask its database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

from core.app import Desk, open_desk
from core.his.sql.settings import SqlSettings
from core.his.sql.writing import receipt_table
from core.secrets import GivenSecrets
from core.settings import save_settings
from tests.helpers import flows
from tests.helpers.inprocess import CASHIER, World
from tests.helpers.postgres import Cluster
from tests.helpers.servers import SERVERS

NUMBERS = count(1)
ROOT = Path(__file__).parents[2]
VISIT = """SELECT v.visit_id AS visit_no, v.pat_name, v.id_card, v.sex_code AS sex, v.age,
    v.tel, v.dept_id AS dept_code, v.dept AS dept_name, v.doctor_id AS doctor_code, d.doctor_name,
    v.icd, v.icd_name AS diagnosis_name, v.visit_type AS med_type, v.come_time AS visit_time
    FROM pat_visit v LEFT JOIN doctor d ON d.doctor_id = v.doctor_id"""
STAY = """SELECT v.visit_id AS visit_no, v.pat_name, v.id_card, v.sex_code AS sex, v.age,
    v.dept_id AS dept_code, v.dept AS dept_name, v.doctor_id AS doctor_code, d.doctor_name, v.icd,
    v.icd_name AS diagnosis_name, v.visit_type AS med_type, v.come_time AS admit_time, v.zyh,
    v.ward, v.bed, v.prepaid, v.out_time AS discharge_time, v.out_state AS outcome,
    (SELECT count(*) FROM rx_detail r JOIN orders o ON o.order_no = r.order_no
        WHERE o.visit_id = v.visit_id) AS line_count,
    (SELECT sum(r.money) FROM rx_detail r JOIN orders o ON o.order_no = r.order_no
        WHERE o.visit_id = v.visit_id) AS total
    FROM pat_visit v LEFT JOIN doctor d ON d.doctor_id = v.doctor_id"""
QUERIES = {
    "waiting": f"""{VISIT} JOIN bill b ON b.visit_id = v.visit_id
        WHERE v.kind = 'O' AND b.flag_insu = 0 AND v.come_time >= :since
        ORDER BY v.visit_id""",
    "visit": f"{VISIT} WHERE v.visit_id = :visit_no AND v.kind = 'O'",
    "search": f"{VISIT} WHERE v.pat_name LIKE :part OR v.id_card = :text ORDER BY v.visit_id",
    "stays": f"{STAY} WHERE v.kind = 'I' AND v.come_time >= :since ORDER BY v.come_time",
    "stay": f"{STAY} WHERE v.kind = 'I' AND v.visit_id = :visit_no",
    "record": """SELECT v.icd_name AS chief_complaint, v.come_time AS visited_at
        FROM pat_visit v WHERE v.visit_id = :visit_no""",
    "fee_lines": """SELECT r.detail_id AS line_id, o.visit_id AS visit_no, o.order_no AS rx_no,
        i.list_no, r.item_id AS hosp_code, i.item_name, i.centre_no, i.spec, i.unit, r.price,
        r.qty, r.money, r.made_time, o.doctor_id AS doctor_code, d.doctor_name,
        o.dept_id AS dept_code, i.category, r.back_of
        FROM rx_detail r JOIN orders o ON o.order_no = r.order_no
        JOIN item_dict i ON i.item_id = r.item_id
        LEFT JOIN doctor d ON d.doctor_id = o.doctor_id
        WHERE o.visit_id = :visit_no AND r.deleted = 0 AND r.made_time >= :since
        ORDER BY r.detail_id""",
}
COLUMNS = {
    "fee_lines": {
        "list_type": "list_no", "name": "item_name", "centre_code": "centre_no",
        "amount": "money", "occurred_at": "made_time", "ref_line_id": "back_of",
    },
}  # fmt: skip
PAID = """UPDATE bill SET flag_insu = 1, fund = :fund, personal = :personal, bill_no = :bill_no,
    wi_msgid = :msgid, paid_time = :at WHERE visit_id = :visit_no AND flag_insu = 0"""
UNPAID = """UPDATE bill SET flag_insu = 0, fund = NULL, personal = NULL, wi_msgid = :msgid
    WHERE visit_id = :visit_no AND flag_insu = 1"""
LOGGED = """INSERT INTO payment_log (visit_id, what, money, msgid)
    SELECT visit_id, '{what}', {sign}money, :msgid FROM bill WHERE visit_id = :visit_no"""
STATE = "UPDATE pat_visit SET centre_state = '{state}' WHERE visit_id = :visit_no"
STATEMENTS = {
    "register": (STATE.format(state="registered"),),
    "cancel_registration": (STATE.format(state="cancelled"),),
    "settle": (PAID, LOGGED.format(what="settle", sign="")),
    "cancel_settlement": (UNPAID, LOGGED.format(what="cancel_settlement", sign="-")),
}


def sql_settings(at: str, **changes: Any) -> SqlSettings:
    """``[his.sql]`` as the test HIS's IT would write it."""
    values: dict[str, Any] = {
        "url": at, "queries": QUERIES, "columns": COLUMNS, "seconds": 10, "lock_seconds": 1,
        "write": {"on": True, "statements": STATEMENTS}, **changes,
    }  # fmt: skip
    return SqlSettings.model_validate(values)


class HisProcess:
    """The test HIS running; ``order`` as its methods; killed and begun again at will."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._begin()

    def _begin(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.testhis", self.url], cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        SERVERS.add(self.process.pid)

    def order(self, do: str, **what: Any) -> Any:
        """Have something done; ``AssertionError`` with its words where it could not be."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"do": do, **what}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "ok" in answer, answer
        return answer["ok"]

    def open_house(self, now: str) -> None:
        """Tables, receipts, and the patients of a morning."""
        self.order("make_tables")
        dialect = self.url.split(":")[0].split("+")[0]
        self.order("run", statement=receipt_table(dialect, "gsdesk_receipt"))
        self.order("invent", now=now)

    def kill(self) -> None:
        """It dies in the middle of whatever it does; what it had locked is free."""
        self.process.kill()
        self.close()

    def again(self) -> None:
        """It is started again over the same tables."""
        self.close()
        self._begin()

    def close(self) -> None:
        """End it."""
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        self.process.wait(30)


class House:
    """A hospital's process over its database, a simulated centre, and desks that are opened."""

    def __init__(self, folder: Path, cluster: Cluster | None) -> None:
        self.world, self.batch = World(folder / "desk"), 0
        self.cluster, self.desks, self.file = cluster, list[Desk](), folder / "his.db"
        if cluster is not None:
            self.database = f"his{next(NUMBERS)}"
            cluster.create(self.database)
            self.url = cluster.url(self.database)
        else:
            self.url = f"sqlite:///{self.file}"
        self.his = HisProcess(self.url.replace("postgresql:", "postgresql+psycopg:"))
        self.his.open_house(self.world.clock.now().isoformat())

    @property
    def kind(self) -> str:
        """postgresql or sqlite."""
        return "postgresql" if self.cluster else "sqlite"

    @property
    def desk(self) -> Desk:
        """The house's own desk, whose hospital is asked by SQL."""
        return self.desks[0] if self.desks else self.open()

    def plain(self, **which: Any) -> str:
        """A waiting visit without traps (``flows.straight_visit``); another morning's patients
        come where there is none left."""
        try:
            return flows.straight_visit(self.desk, **which).visit_no
        except AssertionError:
            self.batch += 1
            now = self.world.clock.now().isoformat()
            self.his.order("invent", now=now, batch=self.batch)
            return flows.straight_visit(self.desk, **which).visit_no

    def open(self, **changes: Any) -> Desk:
        """Another desk; closed with the house."""
        told = sql_settings(self.url, **changes).model_dump(mode="json", exclude_unset=True)
        save_settings(
            self.world.home, {"his": {"use": ["sql"], "in_training": True, "sql": told}}
        )  # fmt: skip
        desk = open_desk(
            self.world.home, clock=self.world.clock, operator=CASHIER,
            gateway=self.world.gateway, secrets=GivenSecrets(),
        )  # fmt: skip
        self.desks.append(desk)
        return desk

    def paid(self, visit_no: str) -> dict[str, Any]:
        """What the hospital's own tables say."""
        return dict(self.his.order("paid", visit_no=visit_no))

    def close(self) -> None:
        """Everything ends."""
        for desk in self.desks:
            desk.close()
        self.his.close()
