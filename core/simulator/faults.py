"""Faults on request: what goes wrong with the next call of a kind.

A fault waits in a list until a call with its code comes (an empty code fits every call), lets
``skip`` such calls pass, then acts ``times`` times. What a call without an answer becomes is its
``ending``: ``hang`` (nothing, ever), ``close`` (the line is cut) or ``status`` (the library gives
a status and a text).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.simulator.wire import MARK, Values
from core.words import say

if TYPE_CHECKING:
    from core.simulator.machine import Machine

LOST = -101  # the library's status for "no answer within its own time"
SERVER_ERROR = 500
CRASH = -999_001  # told to the stand-in only: end your own process at once
GARBAGE = bytes(range(1, 256))
Kind = Literal[
    "reply_lost", "request_lost", "delayed", "duplicate", "slow", "hang", "garbage", "truncated",
    "wrong_amounts", "sign_in_expired", "refuse", "crash", "error_page", "http_error",
    "cut",
]  # fmt: skip


class FaultOrder(BaseModel):
    """One ordered fault.

    ``seconds``: how slow, or when a delayed request arrives; ``calls``: right after how many
    further calls it arrives (neither: after one); ``booked``: whether a hung, crashed or garbled
    call is booked; ``fen`` and ``where`` of wrong amounts: fund and personal part shifted in the
    ``reply``, shifted in the ``books`` too, or ``broken``: a reply whose parts do not add up;
    ``answer``: which reply of a duplicate.
    """

    model_config = ConfigDict(extra="forbid")
    kind: Kind
    code: str = ""
    times: int = Field(default=1, ge=1, le=100_000)
    skip: int = Field(default=0, ge=0, le=100_000)
    ending: Literal["hang", "status", "close"] = "hang"
    seconds: float = Field(default=0, ge=0, le=3600)
    calls: int = Field(default=0, ge=0, le=100_000)
    booked: bool = True
    text: str = ""
    fen: int = 100
    where: Literal["reply", "books", "broken"] = "reply"
    answer: Literal["first", "second"] = "first"


@dataclass(frozen=True, slots=True)
class Served:
    """What goes back: ``status`` and ``payload`` after ``wait`` seconds, or silence.

    ``cut``: the line breaks in the middle of ``payload``.
    """

    status: int = 0
    payload: bytes = b""
    wait: float = 0
    ending: Literal["reply", "hang", "close", "cut"] = "reply"


class FaultList:
    """The ordered faults, first come first served."""

    def __init__(self) -> None:
        self.orders: list[FaultOrder] = []

    def add(self, order: FaultOrder) -> None:
        """Order one more."""
        self.orders.append(order)

    def clear(self) -> None:
        """Forget all."""
        self.orders.clear()

    def take(self, code: str) -> FaultOrder | None:
        """The fault of this call, if any; counts it down."""
        for order in self.orders:
            if order.code in ("", code):
                return self._count(order)
        return None

    def _count(self, order: FaultOrder) -> FaultOrder | None:
        if order.skip:
            order.skip -= 1
            return None
        order.times -= 1
        if not order.times:
            self.orders.remove(order)
        return order


def silence(centre: Machine, order: FaultOrder) -> Served:
    """No answer, in the ordered manner."""
    if order.ending == "status":
        return Served(LOST, centre.plain(order.text or say("simulator.fault_status")))
    return Served(ending=order.ending)


def _reply_lost(centre: Machine, order: FaultOrder, request: Values) -> Served:
    centre.book(request)
    return silence(centre, order)


def _request_lost(centre: Machine, order: FaultOrder, request: Values) -> Served:
    return silence(centre, order)


def _delayed(centre: Machine, order: FaultOrder, request: Values) -> Served:
    centre.later(request, order)
    return silence(centre, order)


def _duplicate(centre: Machine, order: FaultOrder, request: Values) -> Served:
    first, second = centre.book(request), centre.book(request)
    return Served(payload=centre.pack(first if order.answer == "first" else second))


def _slow(centre: Machine, order: FaultOrder, request: Values) -> Served:
    return Served(payload=centre.pack(centre.book(request)), wait=order.seconds)


def _hang(centre: Machine, order: FaultOrder, request: Values) -> Served:
    if order.booked:
        centre.book(request)
    return Served(ending="hang")


def _garbage(centre: Machine, order: FaultOrder, request: Values) -> Served:
    if order.booked:
        centre.book(request)
    return Served(payload=GARBAGE)


def _truncated(centre: Machine, order: FaultOrder, request: Values) -> Served:
    payload = centre.pack(centre.book(request))
    return Served(payload=payload[: len(payload) // 2])


def _wrong_amounts(centre: Machine, order: FaultOrder, request: Values) -> Served:
    reply = centre.book(request)
    centre.spoil(request, reply, order)
    return Served(payload=centre.pack(reply))


def _sign_in_expired(centre: Machine, order: FaultOrder, request: Values) -> Served:
    centre.expire(request)
    return Served(payload=centre.pack(centre.book(request)))


def _refuse(centre: Machine, order: FaultOrder, request: Values) -> Served:
    reply = centre.refused(request, order.text or say("simulator.fault_refuse"))
    return Served(payload=centre.pack(reply))


def _crash(centre: Machine, order: FaultOrder, request: Values) -> Served:
    if order.booked:
        centre.book(request)
    return Served(status=CRASH)


def _error_page(centre: Machine, order: FaultOrder, request: Values) -> Served:
    if order.booked:
        centre.book(request)
    return Served(payload=centre.plain(order.text or say("simulator.fault_page")))


def _http_error(centre: Machine, order: FaultOrder, request: Values) -> Served:
    if order.booked:
        centre.book(request)
    return Served(SERVER_ERROR, centre.plain(order.text or say("simulator.fault_page")))


def _cut(centre: Machine, order: FaultOrder, request: Values) -> Served:
    return Served(payload=centre.pack(centre.book(request)), ending="cut")


BEHAVIOUR: dict[str, Callable[[Machine, FaultOrder, Values], Served]] = {
    "reply_lost": _reply_lost,
    "request_lost": _request_lost,
    "delayed": _delayed,
    "duplicate": _duplicate,
    "slow": _slow,
    "hang": _hang,
    "garbage": _garbage,
    "truncated": _truncated,
    "wrong_amounts": _wrong_amounts,
    "sign_in_expired": _sign_in_expired,
    "refuse": _refuse,
    "crash": _crash,
    "error_page": _error_page,
    "http_error": _http_error,
    "cut": _cut,
}


def distort(output: Any, order: FaultOrder) -> None:
    """Shift ``order.fen`` from fund to personal part; ``broken``: the fund part stays as it was.

    In an array the first row's amount is off.
    """
    if isinstance(output, list) and output:
        _add(output[0], "umamt", order.fen)
    elif isinstance(output, dict):
        _add(output, "psn_cash_pay", order.fen)
        if order.where != "broken":
            _add(output, "hifp_pay", -order.fen)


def _add(values: Values, name: str, fen: int) -> None:
    if name in values:
        amount = Decimal(str(values[name]).removeprefix(MARK))
        values[name] = f"{MARK}{amount + Decimal(fen).scaleb(-2)}"
