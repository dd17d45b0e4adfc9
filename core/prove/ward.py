"""The hospital of the proof: a few visits in memory, and every result it was told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from core.domain import FeeLine, Registration
from core.domain.writeback import WriteBack
from core.errors import SetupError, fault
from core.his import invented
from core.his.adapter import Adapter


class Ward(Adapter):
    """A hospital in memory; ``fails`` is asked before it takes a result."""

    prompt = True

    def __init__(self, fails: Callable[[], bool]) -> None:
        self.told: dict[str, WriteBack] = {}
        self._visits: dict[str, tuple[Registration, tuple[FeeLine, ...]]] = {}
        self._fails = fails

    def admit(self, now: datetime, lines: int, kind: str = "plain", batch: int = 0) -> str:
        """Let an invented visit of ``kind`` wait, with its first ``lines`` lines; its number."""
        found = next(one for one in invented.visits(batch, now) if one.kind == kind)
        number = found.registration.visit_no
        self._visits[number] = (found.registration, found.lines[:lines])
        return number

    def change(self, registration: Registration) -> None:
        """Other data of a visit that waits."""
        lines = self._visits.get(registration.visit_no, (registration, ()))[1]
        self._visits[registration.visit_no] = (registration, lines)

    def visit(self, visit_no: str) -> Registration | None:
        """The visit of that number, or nothing."""
        found = self._visits.get(visit_no)
        return found[0] if found else None

    def waiting(self, limit: int = 200) -> Sequence[Registration]:
        """Everybody, always."""
        return tuple(registration for registration, _ in self._visits.values())[:limit]

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """The lines of a visit."""
        found = self._visits.get(visit_no)
        return found[1] if found else ()

    def post(self, told: WriteBack) -> None:
        """Take a result once; raises ``SetupError`` while it is down."""
        if self._fails():
            raise SetupError(fault("hospital.unreadable", path="-", error="down"))
        self.told.setdefault(told.msgid, told)
