"""The hand on a running simulated centre: faults, card, clock, and the books' truth."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Iterable
from typing import Any

from core.simulator.frames import Broken, read_reply, request_frame

TIMEOUT = 30.0
Exchange = Callable[[str, bytes], tuple[int, bytes]]
DRIFTS = frozenset({"lose", "shift", "move", "book"})


class ControlError(Exception):
    """The simulator is not there, or does not take the order; the text says why."""


def exchange(address: str, payload: bytes, timeout: float = TIMEOUT) -> tuple[int, bytes]:
    """One request over its own connection: (status, bytes). Raises ``ControlError``."""
    host, port = address.rsplit(":", 1)
    try:
        with socket.create_connection((host, int(port)), timeout) as line:
            line.sendall(request_frame(payload))
            return read_reply(line)
    except (OSError, Broken) as error:
        raise ControlError(f"{address}: {error!r}") from error


def post(address: str, payload: bytes, timeout: float = TIMEOUT) -> tuple[int, bytes]:
    """As ``exchange``, to a platform that speaks HTTP (or HTTPS, with any certificate: it is our
    own machine)."""
    import ssl  # loaded late, with HTTP: every desk knows the training, few train
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    scheme, _, place = address.rpartition("://")
    line = HTTPConnection(place, timeout=timeout)
    if scheme == "https":
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        line = HTTPSConnection(place, timeout=timeout, context=context)
    with contextlib.closing(line):
        try:
            line.request("POST", "/", payload)
            reply = line.getresponse()
            return reply.status, reply.read()
        except (OSError, HTTPException) as error:
            raise ControlError(f"{address}: {error!r}") from error


class Control:
    """Orders to the simulated centre at ``address`` (``127.0.0.1:PORT``); ``send`` is how."""

    def __init__(self, address: str, send: Exchange = exchange) -> None:
        self.address = address
        self._send = send

    def order(self, what: str, /, **body: Any) -> Any:
        """Send one control message and give its output; raises ``ControlError``."""
        message = json.dumps({"infno": f"SIM:{what}", "input": body}).encode("ascii")
        _, payload = self._send(self.address, message)
        reply = json.loads(payload)
        if reply["infcode"]:
            raise ControlError(reply["err_msg"])
        return reply["output"]

    def fault(self, kind: str, code: str = "", times: int = 1, **options: Any) -> None:
        """Order a fault; options are those of ``faults.FaultOrder`` (``as`` is ``ending``).

        A kind of ``mismatches`` happens at once.
        """
        if kind in DRIFTS:
            self.mismatch(kind, **options)
            return
        if "as" in options:
            options["ending"] = options.pop("as")
        self.order("FAULT", kind=kind, code=code, times=times, **options)

    def script(self, orders: Iterable[dict[str, Any]]) -> None:
        """Order several faults at once."""
        self.order("FAULT", script=list(orders))

    def card(self, person: str | None) -> None:
        """Lay the card of a person (key, number or name) into the reader; ``None`` takes it out."""
        self.order("CARD", person=person or "")

    def books(self, *tables: str) -> dict[str, list[dict[str, Any]]]:
        """The books as plain values; ``tables`` (singular names) to get only some."""
        found: dict[str, list[dict[str, Any]]] = self.order("BOOKS", tables=list(tables))
        return found

    def clock(self, offset: int) -> str:
        """Put the centre's clock ``offset`` seconds ahead; gives its time as 14 digits."""
        return str(self.order("CLOCK", offset=offset))

    def clear(self) -> None:
        """No more faults, nothing on its way, clock right."""
        self.order("CLEAR")

    def deliver(self) -> int:
        """Let every delayed request arrive now; gives how many."""
        return int(self.order("DELIVER"))

    def rule(self, name: str, value: Any) -> None:
        """Change a habit of the centre (``simulator_rules.toml``) for good."""
        self.order("RULE", name=name, value=value)

    def forget_reversals(self) -> None:
        """A centre that does not remember reversals: a late original is booked."""
        self.rule("remember_reversals", False)

    def deduct(self, visit: str, bill: str, line: str, amount: int, reason: str) -> str:
        """An audit deduction of ``amount`` fen on a settled line; gives its number."""
        body = {"visit": visit, "bill": bill, "line": line, "amount": amount, "reason": reason}
        return str(self.order("DEDUCT", **body))

    def mismatch(self, kind: str, **options: Any) -> str:
        """Let the centre's books drift: ``lose`` · ``shift`` · ``move`` · ``book`` (see
        ``mismatches``); gives the message id it happened to."""
        return str(self.order(kind.upper(), **options))

    def state(self) -> dict[str, Any]:
        """Card, clock, ordered faults, requests on their way, habits."""
        found: dict[str, Any] = self.order("STATE")
        return found
