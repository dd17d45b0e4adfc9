"""Pairs of measurements taken in turns, and what is said of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median
from typing import Any

from core.domain.base import Model

MS = 1000.0


class Measured(Model):
    """One line of the benchmark: ``value`` and ``floor`` in ``unit``, medians of the run.

    ``aim`` is a limit of ``ratio``, or of ``value`` where ``aims_at`` says so.
    """

    name: str
    value: float
    floor: float
    ratio: float
    aim: float
    unit: str = "ms"
    aims_at: str = "ratio"

    def exact(self) -> dict[str, Any]:
        """Name to value; the numbers as they are shown, for an output that takes no binary ones."""
        found = self.model_dump()
        binary = [name for name, value in found.items() if isinstance(value, float)]
        return found | {name: Decimal(str(found[name])) for name in binary}

    @property
    def reached(self) -> bool:
        """Is the aim reached?"""
        return (self.value if self.aims_at == "value" else self.ratio) <= self.aim


def measured(
    name: str, ours: list[float], floors: list[float], aim: float, unit: str = "ms",
    aims_at: str = "ratio",
) -> Measured:  # fmt: skip
    """The medians of paired runs and the median of their ratios' parts."""
    value, floor = median(ours), median(floors)
    ratio = value / floor if floor else float("inf")
    return Measured(
        name=name, value=round(value, 3), floor=round(floor, 3), ratio=round(ratio, 2), aim=aim,
        unit=unit, aims_at=aims_at,
    )  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    """Milliseconds that ``work`` takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * MS
