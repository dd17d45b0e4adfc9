"""A plain client of the simulated centre that speaks its wire: for invented history and for tests.

It builds the envelope of protocol-zjs.md §2.1 and reads the answer; no journal, no profile.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.clock import stamp
from core.simulator.faults import Served

Reply = dict[str, Any]
UPLOAD, SIGN_IN = "2204", "9001"


class TellerError(Exception):
    """No answer with status 0 came; carries what came."""

    def __init__(self, served: Served) -> None:
        super().__init__(f"status {served.status}, ending {served.ending}: {served.payload!r}")
        self.served = served


class Teller:
    """One operator at one hospital. ``send`` takes bytes and gives what the centre served."""

    def __init__(
        self,
        send: Callable[[bytes], Served],
        now: Callable[[], datetime],
        operator: str = "0001",
        hospital: str = "H99000000001",
        encoding: str = "gbk",
    ) -> None:
        self.send, self.now, self.encoding = send, now, encoding
        self.operator, self.hospital = operator, hospital
        self.sign_no = ""
        self.msgid = ""
        self._counter = itertools.count(1)

    def new_msgid(self) -> str:
        """A fresh message id: institution, moment, counter."""
        return f"{self.hospital}{stamp(self.now())}{next(self._counter) % 10_000:04d}"

    def message(self, code: str, body: Any, **header: Any) -> bytes:
        """The message of a transaction as bytes; ``header`` overlays the envelope."""
        self.msgid = str(header.get("msgid") or self.new_msgid())
        node = "feedetail" if code == UPLOAD else "input"
        envelope = self._envelope(code) | {"msgid": self.msgid, node: body} | header
        text = json.dumps(envelope, ensure_ascii=False, default=_number)
        return text.encode(self.encoding)

    def _envelope(self, code: str) -> dict[str, Any]:
        return {
            "infno": code, "recer_sys_code": "ZJS", "infver": "V1.0", "opter_type": "1",
            "opter": self.operator, "opter_name": "training", "inf_time": stamp(self.now()),
            "fixmedins_code": self.hospital, "sign_no": self.sign_no, "idfi_mode": "1",
        }  # fmt: skip

    def call(self, code: str, body: Any = None, **header: Any) -> Reply:
        """Send and read one answer (amounts ``Decimal``); raises ``TellerError`` without one."""
        served = self.send(self.message(code, {} if body is None else body, **header))
        if served.ending != "reply" or served.status:
            raise TellerError(served)
        reply: Reply = json.loads(served.payload.decode(self.encoding), parse_float=Decimal)
        return reply

    def done(self, code: str, body: Any = None, **header: Any) -> Any:
        """As ``call``, but it must be accepted: gives the output (or ``None``)."""
        reply = self.call(code, body, **header)
        if reply["infcode"]:
            raise ValueError(f"{code}: {reply['err_msg']}")
        return reply.get("output")

    def sign_in(self) -> str:
        """9001, and the number goes into every later envelope."""
        self.sign_no = str(self.done(SIGN_IN)["sign_no"])
        return self.sign_no


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no JSON for {value!r}")
