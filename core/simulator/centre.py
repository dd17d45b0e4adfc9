"""The simulated centre without any socket: bytes of a request in, what goes back out.

``SimulatedCentre(books, clock)`` is driven by the server process, and in-process by tests with a
clock that stands still. One call at a time: the caller locks. Besides the 26 transactions of family
ZJS it takes control messages (``SIM:…``, see ``controls``), which no real centre has.
"""

from __future__ import annotations

from core.clock import Clock, stamp
from core.simulator import (
    audits,
    charges,
    people,
    records,
    registry,
    reversing,
    settling,
    signing,
    slips,
    statements,
)
from core.simulator.books import Books
from core.simulator.controls import CONTROL, CONTROLS, control
from core.simulator.faults import FaultOrder, Served, distort
from core.simulator.machine import Delayed as Delayed
from core.simulator.machine import Machine
from core.simulator.office import Counter, Office
from core.simulator.wire import (
    Body,
    Call,
    Refusal,
    Unreadable,
    Values,
    answer,
    checked,
    encode,
    parse,
    refuse,
)
from core.words import say

SIGN_IN, UPLOAD = "9001", "2204"
BAD_MESSAGE = -1
COUNTERS: dict[str, Counter] = {
    "9001": signing.sign_in,
    "9002": signing.sign_out,
    "1101": people.read_card,
    "1102": people.special_filing,
    "2201": registry.register,
    "2202": registry.cancel,
    "2203": registry.change,
    "2204": charges.upload,
    "2205": charges.remove,
    "2206": settling.presettle,
    "2207": settling.settle,
    "2208": settling.cancel,
    "2209": reversing.reverse,
    "3101": audits.appeal,
    "6101": slips.download,
    "1800": signing.clock,
    "9103": statements.list_settlements,
    "9104": charges.list_lines,
    "9105": people.recent_visits,
    "9106": audits.list_deductions,
    "1106": records.keep_record,
    "1107": records.keep_record,
    "1320": statements.totals,
    "1321": statements.details,
    "1322": statements.confirm,
    "1323": statements.undo_confirmation,
}


class SimulatedCentre(Machine):
    """A centre with its books, its clock (which may be off) and its ordered faults."""

    controls = CONTROLS

    def __init__(self, books: Books, clock: Clock, encoding: str = "gbk") -> None:
        super().__init__(books, clock)
        self.office = Office(books)
        self.encoding = encoding

    @property
    def habits(self) -> Office:
        """Books and habits."""
        return self.office

    def handle(self, payload: bytes) -> Served:
        """Serve one request in the wire encoding; never raises for what a client may send."""
        self.deliver()
        try:
            request = parse(payload, self.encoding)
        except Unreadable as error:
            return Served(BAD_MESSAGE, self.plain(str(error)))
        code = str(request.get("infno", ""))
        if code.startswith(CONTROL):
            return Served(payload=control(self, code, request.get("input")))
        return self.serve(code, request)

    def book(self, request: Values) -> Values:
        """Do what the request asks, or refuse it: all or nothing. Gives the answer's envelope."""
        with self.books.atomic():
            output, error = self._attempt(request)
            return self._note(request, output, error)

    def _attempt(self, request: Values) -> tuple[Body, str]:
        try:
            with self.books.atomic():
                return self._do(request)
        except Refusal as refusal:
            return None, refusal.text

    def _do(self, request: Values) -> tuple[Body, str]:
        call = self._call(request)
        try:
            return COUNTERS[call.code](self.office, call), ""
        except Refusal as refusal:
            if refusal.keep:
                return None, refusal.text
            raise

    def _call(self, request: Values) -> Call:
        header = checked("envelope", request, self.encoding)
        if header["infno"] not in COUNTERS:
            refuse("no_function", code=header["infno"])
        call = _plain_call(header, stamp(self.now()))
        if call.code != SIGN_IN:
            signing.demand(self.office, call)
        reversing.must_not_be_reversed(self.office, call)
        body, rows = self._body(call.code, request)
        return _plain_call(header, call.at, body, rows)

    def _body(self, code: str, request: Values) -> tuple[Values, tuple[Values, ...]]:
        if code == UPLOAD:
            return {}, self._rows(request.get("feedetail"))
        given = request.get("input")
        if not isinstance(given, dict):
            refuse("no_body", code=code, node="input")
        return checked(code, given, self.encoding), ()

    def _rows(self, given: object) -> tuple[Values, ...]:
        if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
            refuse("no_body", code=UPLOAD, node="feedetail")
        return tuple(
            checked(UPLOAD, row, self.encoding, say("simulator.row", n=n))
            for n, row in enumerate(given, 1)
        )

    def _note(self, request: Values, output: Body, error: str) -> Values:
        now = self.now()
        names = {
            "msgid": "msgid",
            "code": "infno",
            "hospital": "fixmedins_code",
            "operator": "opter",
        }
        who = {column: str(request.get(name, "")) for column, name in names.items()}
        infcode = -1 if error else 0
        serial = self.books.add("call", **who, at=stamp(now), infcode=infcode, text=error)
        return answer(serial, str(self.office.rules["region"]), now, output, error)

    def refused(self, request: Values, text: str) -> Values:
        """The answer that refuses ``request`` with ``text``, nothing done."""
        return self._note(request, None, text)

    def pack(self, reply: Values) -> bytes:
        """An answer in the wire encoding."""
        return encode(reply, self.encoding)

    def expire(self, request: Values) -> None:
        """End the sign-in of the request's operator."""
        hospital, operator = (str(request.get(name, "")) for name in ("fixmedins_code", "opter"))
        at = stamp(self.now())
        signing.expire(self.office, Call("", "", hospital, operator, sign_no="", at=at))

    def spoil(self, request: Values, reply: Values, order: FaultOrder) -> None:
        """Shift amounts of the answer, and of the books where the order says so."""
        if order.where == "books" and reply["infcode"] == 0:
            self.shift(order.fen, msgid=str(request.get("msgid", "")))
        distort(reply.get("output"), order)


def _plain_call(
    header: Values, at: str, body: Values | None = None, rows: tuple[Values, ...] = ()
) -> Call:
    return Call(
        code=header["infno"],
        msgid=header["msgid"],
        hospital=header["fixmedins_code"],
        operator=header["opter"],
        sign_no=header["sign_no"],
        at=at,
        header=header,
        body=body or {},
        rows=rows,
    )
