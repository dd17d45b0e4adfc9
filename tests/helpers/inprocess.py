"""A whole desk in this process: real services, real journal file, simulated centre,
a moved clock."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.app import Desk, open_desk
from core.clock import Clock, ManualClock
from core.domain import Operator, Role
from core.gateway.port import Answer, Health, NoReply, Reply, Unsent
from core.his.embedded import EmbeddedHospital
from core.simulator.books import Books
from core.simulator.centre import SimulatedCentre
from core.simulator.gd.books import PLAN
from core.simulator.gd.platform import SimulatedPlatform
from core.simulator.reader import InventedReader

CASHIER = Operator(id="0101", name="试用收费员", role=Role.CASHIER)
SUPERVISOR = Operator(id="0201", name="试用主管", role=Role.SUPERVISOR)


class BooksGateway:
    """A gateway straight into a simulated centre: silence becomes ``NoReply``."""

    def __init__(self, centre: SimulatedCentre | SimulatedPlatform) -> None:
        self.centre = centre
        self.sent: list[str] = []
        self.unsent = False

    def call(self, code: str, payload: bytes, deadline: float) -> Answer:
        """Handle at once; nothing waits."""
        if self.unsent:
            return Unsent("worker_failed", "接口进程没有启动")
        self.sent.append(code)
        served = self.centre.handle(payload)
        if served.ending == "reply":
            return Reply(served.status, served.payload, 1)
        return NoReply("deadline", f"{deadline} 秒未答复")

    def health(self) -> Health:
        """Always well."""
        return Health("ok", "")

    def close(self) -> None:
        """Nothing to end."""


def simulated(family: str, clock: Clock) -> SimulatedCentre | SimulatedPlatform:
    """The simulated centre of a family, with empty books in memory."""
    if family == "zjs":
        return SimulatedCentre(Books(None), clock)
    return SimulatedPlatform(Books(None, plan=PLAN), clock)


class World:
    """Centre, books, clock and home; desks may be opened and closed over them."""

    def __init__(self, home: Path, family: str = "zjs", profile: str = "") -> None:
        """``profile``: the text of a local profile."""
        self.home = home
        self.family = family
        self.clock = ManualClock()
        self.centre = simulated(family, self.clock)
        self.gateway = BooksGateway(self.centre)
        if family != "zjs" or profile:
            home.mkdir(parents=True, exist_ok=True)
            own = 'profile = "local.toml"\n' if profile else ""
            (home / "settings.toml").write_text(f'[centre]\nfamily = "{family}"\n{own}', "utf-8")
            (home / "local.toml").write_text(profile, "utf-8")

    def desk(self, operator: Operator = CASHIER) -> Desk:
        """Open the desk (again)."""
        hospital = EmbeddedHospital(self.home / "hospital.db", self.clock)
        card = InventedReader(self.centre.habits.card) if self.family != "zjs" else None
        return open_desk(
            self.home, clock=self.clock, operator=operator, gateway=self.gateway,
            hospital=hospital, card=card,
        )  # fmt: skip

    def order(self, what: str, **body: Any) -> Any:
        """A control message of the simulator."""
        message = json.dumps({"infno": f"SIM:{what}", "input": body}).encode()
        reply = json.loads(self.centre.handle(message).payload)
        assert not reply.get("infcode"), reply
        return reply["output"]

    def fault(self, kind: str, code: str, **options: Any) -> None:
        """Order a fault for the next call of ``code``."""
        self.order("FAULT", kind=kind, code=code, **options)

    def books(self) -> dict[str, list[dict[str, Any]]]:
        """The centre's truth."""
        return dict(self.order("BOOKS", tables=[]))

    def pass_quiet(self, desk: Desk) -> None:
        """Let the quiet time and every wait pass."""
        self.clock.advance(desk.centre.patience.quiet + max(desk.centre.patience.backoff))

    def resolve(self, desk: Desk, rounds: int = 30) -> None:
        """Look and wait until nothing is open."""
        for _ in range(rounds):
            desk.outbox.round()
            if not desk.resolve.round():
                return
            self.pass_quiet(desk)
        raise AssertionError(f"still open: {desk.resolve.pending()}")
