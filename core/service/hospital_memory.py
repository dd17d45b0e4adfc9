"""What the hospital said last of a visit: enough to show how a step ended while it is silent."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import TypeVar

from core.domain import FeeLine, Registration
from core.his.port import Hospital

MOST = 64  # visits that are remembered
T = TypeVar("T")


class Asked:
    """Asks the hospital each time, and keeps what it says."""

    def __init__(self, hospital: Hospital, known: Known) -> None:
        self._hospital, self._known = hospital, known

    def visit(self, visit_no: str) -> Registration | None:
        """As ``Hospital.visit``."""
        return self._known.keep("visit", visit_no, self._hospital.visit(visit_no))

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """As ``Hospital.fee_lines``."""
        return self._known.keep("lines", visit_no, self._hospital.fee_lines(visit_no))


class Remembered:
    """Asks only for what the hospital has not said before."""

    def __init__(self, asked: Asked, known: Known) -> None:
        self._asked, self._known = asked, known

    def visit(self, visit_no: str) -> Registration | None:
        """As ``Hospital.visit``."""
        return self._known.find("visit", visit_no, self._asked.visit)

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """As ``Hospital.fee_lines``."""
        return self._known.find("lines", visit_no, self._asked.fee_lines)


class Known:
    """Answers by kind and visit number; the ones longest unused are forgotten."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[str, str], object] = OrderedDict()
        self._lock = Lock()

    def keep(self, kind: str, visit_no: str, answer: T) -> T:
        """Keep and give back."""
        with self._lock:
            self._answers[kind, visit_no] = answer
            self._answers.move_to_end((kind, visit_no))
            while len(self._answers) > 2 * MOST:
                self._answers.popitem(last=False)
        return answer

    def find(self, kind: str, visit_no: str, ask: Callable[[str], T]) -> T:
        """What is kept, or else what ``ask`` says."""
        with self._lock:
            if (kind, visit_no) in self._answers:
                self._answers.move_to_end((kind, visit_no))
                found: T = self._answers[kind, visit_no]  # type: ignore[assignment]
                return found
        return ask(visit_no)
