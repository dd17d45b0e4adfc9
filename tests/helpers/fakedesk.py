"""A small desk for tests of the frame: real lanes, events and settings, invented services."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from core.centre.port import Capabilities
from core.clock import ManualClock
from core.domain import Operator, Role
from core.errors import Refused, fault
from core.events import Events
from core.lanes import Lanes
from core.settings import Settings

TRAINER = Operator(id="trainer", name="培训收费员", role=Role.CASHIER)


class Gate:
    """A call that waits until the test lets it go; no sleeping."""

    def __init__(self, value: Any = None) -> None:
        self.started, self._go = threading.Event(), threading.Event()
        self.calls, self.value = 0, value

    def __call__(self) -> Any:
        self.calls += 1
        self.started.set()
        assert self._go.wait(30), "the test never opened the gate"
        if isinstance(self.value, Exception):
            raise self.value
        return self.value

    def open(self) -> None:
        """Let the call return."""
        self._go.set()


class FakeOperators:
    """A book with plain passwords."""

    def __init__(self) -> None:
        self.passwords = {"trainer": "peixun"}
        self.known = {"trainer": TRAINER}

    @property
    def first_start(self) -> bool:
        return not self.known

    def list(self) -> tuple[Operator, ...]:
        return tuple(self.known.values())

    def create(self, number: str, name: str, role: Role, password: str) -> Operator:
        self.known[number] = Operator(id=number, name=name, role=role)
        self.passwords[number] = password
        return self.known[number]

    def accounts(self) -> tuple[Any, ...]:
        return tuple(
            SimpleNamespace(operator=one, disabled=False, locked_until=None, seen_at=None)
            for one in self.known.values()
        )

    def verify(self, number: str, password: str) -> Operator:
        if self.passwords.get(number) != password:
            raise Refused(fault("operators.wrong", "password"))
        return self.known[number]


class FakeSession:
    """Who works here; the centre's clock is ours."""

    def __init__(self) -> None:
        self.operator: Operator | None = None
        self.centre_offset: float | None = 0.0

    def take_over(self, operator: Operator) -> None:
        self.operator = operator

    def leave(self) -> None:
        self.operator = None


class FakeDesk:
    """The facade's names that the frame uses."""

    def __init__(self, home: Path, settings: Settings | None = None) -> None:
        self.home, self.settings = home, settings or Settings()
        self.clock, self.events, self.lanes = ManualClock(), Events(), Lanes()
        self.operators, self.session = FakeOperators(), FakeSession()
        self.open_rows: tuple[Any, ...] = ()
        self.resolve = SimpleNamespace(
            pending=lambda: self.open_rows,
            recover=lambda: (),
            round=lambda: (),
            look=lambda _: None,
        )
        self.centre = SimpleNamespace(
            rule=lambda step: SimpleNamespace(code=f"<{step}>"),
            has=lambda step, stay=False: True, capabilities=Capabilities(),
        )  # fmt: skip
        self.letters: tuple[Any, ...] = ()
        self.outbox = SimpleNamespace(
            due=lambda: self.letters, round=lambda: None, counts=lambda: (len(self.letters), 0)
        )
        self.documents = SimpleNamespace(jobs=SimpleNamespace(waiting=lambda: ()))
        self.orders: list[Any] = []
        control = SimpleNamespace(
            fault=lambda *a, **o: self.orders.append((a, o)),
            mismatch=lambda *a, **o: self.orders.append((a, o)),
            clear=lambda: self.orders.append("clear"),
        )
        self.training = SimpleNamespace(control=control)
        self.checks: Callable[[], Any] = lambda: ()
        self.health = SimpleNamespace(each=lambda: iter(self.checks()))

    def close(self) -> None:
        self.lanes.close()
