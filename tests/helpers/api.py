"""A desk with its API over the simulated centre, and a program of the hospital that calls it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from core.api.server import Server
from tests.helpers.inprocess import CASHIER, World

OPEN = "[api]\nenabled = true\nneeds_cashier = {needs}\nper_minute = {often}\nbody_kib = 16\n"
LINE = {
    "line_id": "L1", "rx_no": "RX1", "name": "伤口换药", "price": "12.50", "quantity": "2",
    "amount": "25.00", "occurred_at": "2026-03-02T08:30:00", "list_type": "2",
}  # fmt: skip


def enabled(home: Path, *, needs: bool = False, often: int = 6000, more: str = "") -> None:
    """A home whose API is on."""
    home.mkdir(parents=True, exist_ok=True)
    text = OPEN.format(needs=str(needs).lower(), often=often) + more
    (home / "settings.toml").write_text(text, "utf-8")


class Program:
    """A caller with a token; every request is answered as (status, body)."""

    def __init__(self, address: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self.line = httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False)
        self.token = token

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        """What there is."""
        found = self.line.get(path, params=query)
        return found.status_code, found.json()

    def post(self, path: str, body: Any, key: str = "", **query: Any) -> tuple[int, Any]:
        """Hand over, or ask for a step under a key."""
        headers = {"Idempotency-Key": key} if key else {}
        found = self.line.post(path, json=body, headers=headers, params=query)
        return found.status_code, found.json()

    def step(self, number: str, word: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        """A step of a visit under a key of its own."""
        return self.post(f"/v1/visits/{number}/{word}", body or {}, key or f"{number}-{word}")


@contextmanager
def serving(world: World, caller: str = "his", **desk: Any) -> Iterator[tuple[Any, Program]]:
    """The world's desk with its API open; ends with the desk closed."""
    with world.desk(CASHIER, **desk) as opened:
        server = Server(opened, 0)
        program = Program(server.address, opened.outside.callers.admit(caller))
        try:
            yield opened, program
        finally:
            program.line.close()
            server.close()


def visit_of(world: World, desk: Any, number: str = "HIS001") -> dict[str, str]:
    """A visit of the person whose card lies in the reader, as a program would hand it over."""
    known = next(one for one in desk.hospital.ways[-1].waiting() if one.person_name == "沈建国")
    names = ("person_name", "sex", "age", "id_no", "dept_code", "dept_name", "doctor_code",
             "doctor_name", "diagnosis_code", "diagnosis_name", "phone", "med_type")  # fmt: skip
    return {"visit_no": number, **{name: getattr(known, name) for name in names}}
