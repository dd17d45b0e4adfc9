"""The simulated platform for tests: in-process with a still clock, or behind a real HTTP server."""

from __future__ import annotations

import json
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.clock import ManualClock
from core.money import line_amount, yuan
from core.simulator.books import Books
from core.simulator.faults import Served
from core.simulator.gd.books import PLAN
from core.simulator.gd.lines import by_hospital_code
from core.simulator.gd.platform import SimulatedPlatform
from core.simulator.gd.server import PlatformServer
from core.simulator.gd.wire import encode, parse

HERE, THERE = "990001", "990007"
SHEN, LUO, TANG, WEI, QIN, ZHOU = (
    "990010001", "990010002", "990010005", "990010006", "990010007", "990010013",
)  # fmt: skip
LUO_ARM, LUO_WRIST = "GS9926000201", "GS9926000202"
DRUG, CAPPED, SHARED, SELF = "YP0001", "YP0011", "YP0003", "YP0021"
Answer = dict[str, Any]


class Client:
    """A user of one institution who speaks the wire without a desk."""

    def __init__(self, send: Any, institution: str = HERE) -> None:
        self.send = send
        self.institution = institution
        self.session = ""

    def payload(self, code: str, rows: Any = None, /, **fields: Any) -> bytes:
        """The bytes of a request."""
        head = {"session_id": self.session, "function_id": code, "akb020": self.institution}
        return encode(head | fields | ({} if rows is None else {"feeinfo": list(rows)}))

    def served(self, code: str, rows: Any = None, /, **fields: Any) -> Served:
        """What the platform serves."""
        found: Served = self.send(self.payload(code, rows, **fields))
        return found

    def call(self, code: str, rows: Any = None, /, **fields: Any) -> Answer:
        """The answer as plain values."""
        return parse(self.served(code, rows, **fields).payload)

    def done(self, code: str, rows: Any = None, /, **fields: Any) -> Answer:
        """An accepted call's answer."""
        found = self.call(code, rows, **fields)
        assert found["return_code"] == "1", found["return_code_message"]
        return found

    def refused(self, code: str, rows: Any = None, /, **fields: Any) -> str:
        """A refused call's text."""
        found = self.call(code, rows, **fields)
        assert found["return_code"] == "-1", found
        assert set(found) == {"return_code", "return_code_message"}
        return str(found["return_code_message"])

    def sign_in(self) -> str:
        """sys0001; the session goes into every later call."""
        user = {"userid": f"gd{self.institution}", "password": "peixun"}
        self.session = self.done("sys0001", **user)["session_id"]
        return self.session


class Ground:
    """An in-process platform with a signed-in client and a clock that only tests move."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.books = Books(None, PLAN)
        weakref.finalize(self, self.books.close)
        self.platform = SimulatedPlatform(self.books, self.clock)
        self.desk = self.another(HERE)

    def another(self, institution: str) -> Client:
        """One more institution, signed in."""
        client = Client(self.platform.handle, institution)
        client.sign_in()
        return client

    def order(self, what: str, **body: Any) -> Any:
        """A control message."""
        message = json.dumps({"infno": f"SIM:{what}", "input": body}).encode()
        reply = json.loads(self.platform.handle(message).payload)
        assert not reply["infcode"], reply
        return reply["output"]

    def fault(self, kind: str, code: str = "", **options: Any) -> None:
        """Order a fault for the next call of ``code``."""
        self.order("FAULT", kind=kind, code=code, **options)

    def registered(self, visit: str = "MZ1", **changes: Any) -> str:
        """An outpatient visit; gives its aaz218."""
        return str(self.desk.done("bizh110104", **registration(visit, **changes))["aaz218"])

    def charged(self, visit: str = "MZ1", *lines: Answer) -> tuple[str, Answer]:
        """A charged visit: its aaz218 and the payment."""
        number = self.registered(visit)
        return number, self.charge(number, lines or (line("L1"), line("L2", CAPPED, 2)))

    def charge(self, number: str, lines: Sequence[Answer], book: str = "1") -> Answer:
        """110105; gives the payment."""
        said = {"aaz218": number, "bka014": "0101", "bka015": "某", "bka893": book}
        rows: list[Answer] = self.desk.done("bizh110105", lines, **said)["payinfo"]
        assert len(rows) == 1
        return rows[0]

    def refund_rows(self, number: str, batch: str = "1") -> list[Answer]:
        """110103; gives the lines."""
        found = self.desk.done("bizh110103", bka895="aaz218", bka896=number, bka001=batch)
        return list(found["feeinfo"])

    def admitted(self, stay: str = "ZY1", **changes: Any) -> str:
        """A stay of Luo; gives its aaz218."""
        return str(self.desk.done("bizh120103", **admission(stay, **changes))["aaz218"])

    def discharged(self, stay: str = "ZY1", *lines: Answer) -> str:
        """A discharged stay with lines; gives its aaz218."""
        number = self.admitted(stay)
        self.desk.done("bizh120002", lines or (line("", aaz213="1"),), aaz218=number)
        self.desk.done("bizh120105", **leaving(number))
        return number

    def settled(self, stay: str = "ZY1", *lines: Answer) -> str:
        """A settled stay; gives its aaz218."""
        number = self.discharged(stay, *lines)
        self.desk.done("bizh120106", aaz218=number, bka046="0101", bka047="某")
        return number


def registration(visit: str = "MZ1", **changes: Any) -> Answer:
    """The fields of a 110104 for Shen."""
    return {
        "aac001": SHEN, "aka130": "41", "bka006": "410", "bka017": "20260302", "bka014": "0101",
        "bka015": "某", "bka026": "S62.601", "bka025": visit, "bka893": "0",
    } | changes  # fmt: skip


def admission(stay: str = "ZY1", **changes: Any) -> Answer:
    """The fields of a 120103 for Luo."""
    return {
        "aac001": LUO, "aka130": "42", "bka006": "420", "bka017": "20260302", "bka014": "0101",
        "bka015": "某", "bka021": "B01", "bka022": "骨科病区", "bka019": "K010",
        "bka020": "骨科", "bka026": "S57.801", "bka025": stay, "bka023": "12",
        "bka042": LUO_ARM,
    } | changes  # fmt: skip


def leaving(number: str, **changes: Any) -> Answer:
    """The fields of a 120105."""
    return {
        "aaz218": number, "bka032": "20260302", "bka033": "0101", "bka034": "某", "bkf002": "1",
        "bkf003": "3", "bkf004": "02", "bka031": "S57.801",
    } | changes  # fmt: skip


def line(number: str, code: str = DRUG, count: Any = 1, **changes: Any) -> Answer:
    """A row of ``feeinfo`` for an item of the price list, at its price."""
    item = by_hospital_code().get(code) or by_hospital_code()[DRUG]
    quantity = Decimal(count)
    return {
        "ake005": code, "ake006": item.name, "bka051": "20260302", "bka056": str(item.price),
        "bka057": str(quantity), "bka058": str(yuan(line_amount(item.price, quantity))),
        "bka071": number,
    } | changes  # fmt: skip


@contextmanager
def serving(tls: Path | None = None) -> Iterator[tuple[PlatformServer, Ground]]:
    """A real server on a thread of this process."""
    ground = Ground()
    server = PlatformServer(ground.platform, tls=tls)
    ready = threading.Event()
    thread = threading.Thread(target=server.run, args=(lambda _: ready.set(),))
    thread.start()
    ready.wait()
    try:
        yield server, ground
    finally:
        server.end()
        thread.join()
