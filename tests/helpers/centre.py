"""The simulated centre for tests: in-process with a still clock, or as a real process."""

from __future__ import annotations

import subprocess
import weakref
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.clock import Clock, ManualClock, SystemClock, stamp
from core.money import line_amount, yuan
from core.simulator.books import Books
from core.simulator.centre import SimulatedCentre
from core.simulator.control import Control, exchange
from core.simulator.faults import Served
from core.simulator.process import command, environment
from core.simulator.teller import Teller
from core.simulator.world import items

SHEN, LUO, MA, GAO = "990010001", "990010002", "990010004", "990010009"
SHEN_HAND = "GS9926000101"
DRUG, CAPPED, SHARED, SELF, SERVICE, MATERIAL, FACILITY = (
    "D9900001", "D9900011", "D9900003", "D9900021", "F9900002", "C9900001", "F9900037",
)  # fmt: skip


class Counter:
    """An in-process centre with a signed-in teller and a clock that only tests move."""

    def __init__(self, path: Path | None = None, start: datetime | None = None) -> None:
        self.clock = ManualClock(start)
        self.books = Books(path)
        weakref.finalize(self, self.books.close)
        self.centre = SimulatedCentre(self.books, self.clock)
        self.teller = self.another("0001")

    def another(self, operator: str, hospital: str = "H99000000001") -> Teller:
        """One more operator, signed in."""
        teller = Teller(self.centre.handle, self.centre.now, operator, hospital)
        teller.sign_in()
        return teller

    @property
    def now(self) -> str:
        """The centre's clock as 14 digits."""
        return stamp(self.centre.now())

    def done(self, code: str, body: Any = None, **header: Any) -> Any:
        """An accepted call's output."""
        return self.teller.done(code, body, **header)

    def refused(self, code: str, body: Any = None, **header: Any) -> str:
        """A refused call's text."""
        reply = self.teller.call(code, body, **header)
        assert reply["infcode"] == -1, reply
        assert "output" not in reply
        return str(reply["err_msg"])

    def register(self, visit: str = "MZ1", **changes: Any) -> str:
        """A live visit of Shen; gives the message id."""
        self.done("2201", registration(self.now, visit, **changes))
        return self.teller.msgid

    def upload(self, *lines: dict[str, Any]) -> list[dict[str, Any]]:
        """Upload lines; gives the answers."""
        rows: list[dict[str, Any]] = self.done("2204", list(lines))
        return rows

    def settle(self, visit: str = "MZ1", bill: str = "B1", **changes: Any) -> str:
        """Settle; gives the message id."""
        self.done("2207", settlement(self.now, visit, bill, **changes))
        return self.teller.msgid

    def settled(self, visit: str = "MZ1", bill: str = "B1") -> str:
        """A registered visit with two lines, settled; gives the message id of the 2207."""
        self.register(visit)
        self.upload(line(self.now, visit, "L1"), line(self.now, visit, "L2", CAPPED, 2))
        return self.settle(visit, bill)

    def cancel(self, visit: str = "MZ1", bill: str = "B1", keep: str = "0") -> str:
        """Cancel a settlement; gives the message id of the 2208."""
        self.done("2208", cancellation(self.now, visit, bill, keep))
        return self.teller.msgid

    def day(self, page: int = 1) -> list[dict[str, Any]]:
        """9103 of the centre's day."""
        day = self.now[:8]
        period = {"begindate": f"{day}000000", "enddate": f"{day}235959"}
        rows: list[dict[str, Any]] = self.done("9103", period | {"pageNumber": page})
        return rows

    def totals(self, **changes: Any) -> dict[str, Any]:
        """1320 of the centre's day."""
        found: dict[str, Any] = self.done("1320", statement(self.now, **changes))
        return found


def registration(now: str, visit: str = "MZ1", **changes: Any) -> dict[str, Any]:
    """A 2201 body for Shen."""
    return {
        "ipt_otp_no": visit, "med_type": "11", "adm_time": now, "adm_diag_dscr": "S62.601",
        "wardarea_name": "", "adm_dept_codg": "K010", "adm_bed": "", "atddr_no": "D0101",
        "tel": "", "psn_no": SHEN, "ipt_no": "", "qualification_id": SHEN_HAND,
    } | changes  # fmt: skip


def line(
    now: str,
    visit: str = "MZ1",
    number: str = "L1",
    code: str = DRUG,
    count: Any = 1,
    **changes: Any,
) -> dict[str, Any]:
    """A 2204 row for an item of the price list, at its price."""
    item = items().get(code) or items()[DRUG]
    quantity = Decimal(count)
    return {
        "ipt_otp_no": visit, "list_type": item.list_type, "rxno": "R1", "feedetl_sn": number,
        "fee_ocur_time": now, "med_list_codg": code, "pric": str(item.price),
        "cnt": str(quantity), "umamt": str(yuan(line_amount(item.price, quantity))),
        "bilg_dr_codg": "D0101", "bilg_dept_codg": "K010", "min_unit": "", "allSelfFlag": "",
    } | changes  # fmt: skip


def settlement(now: str, visit: str = "MZ1", bill: str = "B1", **changes: Any) -> dict[str, Any]:
    """A 2206 / 2207 body."""
    return {
        "ipt_otp_no": visit, "mdtrt_id": bill, "med_type": "11", "setl_time": now,
        "dscg_time": now, "dscg_trt_rslt": "04", "diag_code": "S62.601", "psn_no": SHEN,
        "adm_dept_codg": "K010", "atddr_no": "D0101", "diag_dscr": "S62.601",
        "occupationalType": "",
    } | changes  # fmt: skip


def cancellation(now: str, visit: str = "MZ1", bill: str = "B1", keep: str = "0") -> dict[str, Any]:
    """A 2208 body."""
    return {"ipt_otp_no": visit, "mdtrt_id": bill, "setl_time": now, "keep_tp_type": keep}


def reversal(msgid: str, code: str = "2207") -> dict[str, Any]:
    """A 2209 body."""
    return {"omsgid": msgid, "oinfno": code, "psn_no": "", "ipt_otp_no": "", "memo": ""}


def statement(now: str, **changes: Any) -> dict[str, Any]:
    """A 1320 body for the day of ``now``."""
    day = now[:8]
    return {
        "stmt_begindate": f"{day}000000", "stmt_enddate": f"{day}235959", "sign_no": "",
        "refd_setl_flag": "0", "opter": "",
    } | changes  # fmt: skip


class RunningCentre:
    """A real simulator process on a free port; ends with the ``with`` block."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            command("--port", "0", *arguments), env=environment(), encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        ready = self.process.stdout.readline()
        assert ready.startswith("ready 127.0.0.1:"), ready
        self.address = ready.split()[1]
        self.control = Control(self.address)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address.rpartition(":")[2])

    def send(self, payload: bytes, timeout: float = 30) -> Served:
        """One message over its own connection."""
        return Served(*exchange(self.address, payload, timeout))

    def teller(self, operator: str = "0001", clock: Clock | None = None) -> Teller:
        """A signed-in operator over the socket."""
        teller = Teller(self.send, (clock or SystemClock()).now, operator)
        teller.sign_in()
        return teller

    def end(self) -> int:
        """Terminate and wait; gives the exit code."""
        self.process.terminate()
        self.process.communicate(timeout=30)
        return self.process.returncode

    def __enter__(self) -> RunningCentre:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate(timeout=30)
