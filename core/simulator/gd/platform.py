"""The simulated platform without any socket: bytes of a request in, what goes back out.

``SimulatedPlatform(books, clock)`` is driven by the HTTP server, and in-process by tests with a
clock that stands still. Besides the functions of family GD, plain or relayed, it takes
control messages (JSON; see ``core.simulator.controls``), which no real platform has.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from core.clock import Clock, stamp
from core.simulator.books import Books
from core.simulator.controls import COMMON, control
from core.simulator.faults import FaultOrder, Served
from core.simulator.gd import (
    charging,
    codes,
    fees,
    inpatient,
    outpatient,
    people,
    records,
    relay,
    session,
    settling,
)
from core.simulator.gd.mismatches import MISMATCHES
from core.simulator.gd.office import Counter, Platform
from core.simulator.gd.wire import (
    DONE,
    FAILED,
    SESSION_OVER,
    SessionOver,
    answer,
    checked,
    encode,
    parse,
    refuse,
    rows_of,
)
from core.simulator.machine import Machine, Order
from core.simulator.wire import Call, Refusal, Unreadable, Values

SIGN_IN = "sys0001"
FEES = "feeinfo"
COUNTERS: dict[str, Counter] = {
    SIGN_IN: session.sign_in,
    "bizh110001": people.for_registration,
    "bizh110102": outpatient.for_charging,
    "bizh110103": outpatient.for_refund,
    "bizh110104": outpatient.register,
    "bizh110105": charging.charge,
    "bizh110106": outpatient.cancel,
    "bizh120001": people.for_admission,
    "bizh120103": inpatient.admit,
    "bizh120102": inpatient.find,
    "bizh120104": inpatient.change,
    "bizh120002": fees.upload,
    "bizh120004": fees.remove_all,
    "bizh120003": settling.trial,
    "bizh120105": inpatient.discharge,
    "bizh120106": settling.settle,
    "bizh120107": settling.undo,
    "bizh120108": inpatient.undo_discharge,
    "bizh120109": inpatient.undo_admission,
    "bizh200101": records.keep,
    "bizh200102": records.keep,
    "bizh200103": records.keep,
    "bizh200104": records.keep,
    "bizh200105": records.keep,
    "bizh200106": records.keep,
    "settlement_data": settling.data,
    "fee_list": fees.fee_list,
    "disease_part": fees.disease_part,
    "accumulated": people.accumulated,
    "fund_state": people.state_of_fund,
    "code_tables": codes.code_tables,
}
WITH_FEES = frozenset({"bizh110105", "bizh120002", "disease_part"})


class SimulatedPlatform(Machine):
    """A platform with its books, its clock (which may be off) and its ordered faults."""

    controls: dict[str, Order] = {**COMMON, **MISMATCHES}
    encoding = "utf-8"

    def __init__(self, books: Books, clock: Clock) -> None:
        super().__init__(books, clock)
        self.office = Platform(books)

    @property
    def habits(self) -> Platform:
        """Books and habits."""
        return self.office

    def handle(self, payload: bytes) -> Served:
        """Serve one request body; never raises for what a client may send."""
        self.deliver()
        if payload[:1] == b"{":
            return self._controlled(payload)
        if relay.is_relayed(payload):
            return self._relayed(payload)
        return self._program(payload)

    def _controlled(self, payload: bytes) -> Served:
        try:
            order = json.loads(payload)
        except ValueError as error:
            return Served(payload=self.plain(str(error)))
        return Served(payload=control(self, str(order.get("infno", "")), order.get("input")))

    def _relayed(self, payload: bytes) -> Served:
        try:
            inner, space = relay.unwrapped(payload)
        except Unreadable as error:
            return Served(500, self.plain(str(error)))
        served = self._program(inner)
        if served.ending == "hang" or served.status:
            return served
        try:
            served.payload.decode()
        except UnicodeDecodeError:
            return served
        return Served(0, relay.wrapped(served.payload, space), served.wait, served.ending)

    def _program(self, payload: bytes) -> Served:
        try:
            request = parse(payload)
        except Unreadable as error:
            return Served(payload=self.pack(answer({}, FAILED, str(error))))
        return self.serve(str(request.get("function_id", "")), request)

    def book(self, request: Values) -> Values:
        """Do what the request asks, or refuse it: all or nothing. Gives the answer."""
        with self.books.atomic():
            output, code, text = self._attempt(request)
            return self._note(request, output, code, text)

    def _attempt(self, request: Values) -> tuple[Values, int, str]:
        try:
            with self.books.atomic():
                return self._do(request), DONE, ""
        except SessionOver as over:
            return {}, SESSION_OVER, over.text
        except Refusal as refusal:
            return {}, FAILED, refusal.text

    def _do(self, request: Values) -> Values:
        name = self._function(str(request.get("function_id", "")))
        header = checked("envelope", {k: v for k, v in request.items() if isinstance(v, str)})
        call = _call(name, header, stamp(self.now()), request)
        if name != SIGN_IN:
            session.demand(self.office, call)
        body = checked(_demands(name), request)
        rows = rows_of(request, FEES, FEES) if name in WITH_FEES else ()
        return COUNTERS[name](self.office, _call(name, header, call.at, request, body, rows))

    def _function(self, code: str) -> str:
        """The counter's name of a function id: the id itself, or what the habits call it."""
        names = {one: name for name, one in self.office.rules["ids"].items()}
        name = names.get(code, code)
        if name not in COUNTERS or (name == code and code in self.office.rules["ids"]):
            refuse("no_function", code=code)
        return str(name)

    def _note(self, request: Values, output: Values, code: int, text: str) -> Values:
        names = {
            "msgid": "trans_id",
            "code": "function_id",
            "hospital": "akb020",
            "operator": "bka014",
        }
        who = {column: str(request.get(name, "")) for column, name in names.items()}
        self.books.add("call", **who, at=stamp(self.now()), infcode=code, text=text)
        return answer(output, code, text)

    def refused(self, request: Values, text: str) -> Values:
        """The answer that refuses ``request`` with ``text``, nothing done."""
        return self._note(request, {}, FAILED, text)

    def pack(self, reply: Values) -> bytes:
        """An answer as XML."""
        return encode(reply)

    def expire(self, request: Values) -> None:
        """End the session under which the request came."""
        session.expire(self.office, str(request.get("session_id", "")), stamp(self.now()))

    def spoil(self, request: Values, reply: Values, order: FaultOrder) -> None:
        """Shift amounts of the answer, and of the books where the order says so."""
        if order.where == "books" and reply["return_code"] == str(DONE):
            self.shift(order.fen, centre_visit_no=str(request.get("aaz218", "")))
        rows = reply.get("payinfo")
        distort(rows[0] if isinstance(rows, list) and rows else reply, order)


PERSONAL, CASH, FUND, POOL = "bka831", "akb067", "bka832", "ake039"


def distort(values: Values, order: FaultOrder) -> None:
    """Shift ``order.fen`` from the fund's part to the personal part; ``broken``: the parts do not
    add up any more."""
    _add(values, PERSONAL, order.fen)
    if order.where != "broken":
        _add(values, CASH, order.fen)
        _add(values, FUND, -order.fen)
        _add(values, POOL, -order.fen)


def _add(values: Values, name: str, fen: int) -> None:
    if name in values:
        values[name] = f"{Decimal(values[name]) + Decimal(fen).scaleb(-2)}"


def _demands(name: str) -> str:
    return "record_head" if COUNTERS[name] is records.keep else name


def _call(
    name: str, header: Values, at: str, request: Values, body: Values | None = None,
    rows: tuple[Any, ...] = (),
) -> Call:  # fmt: skip
    return Call(
        code=name, msgid=header["trans_id"], hospital=header["akb020"],
        operator=str(request.get("bka014", "")), sign_no=header["session_id"], at=at,
        header=request, body=body or {}, rows=rows,
    )  # fmt: skip
