"""Do the amounts of a reply add up, as far as every family gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Fault, fault
from core.journal.records import amounts
from core.money import show

AMOUNTS = frozenset({"total", "fund", "personal"})


def amounts_warnings(values: Mapping[str, Any]) -> tuple[Fault, ...]:
    """fund + personal = total and the parts of the total, where the reply has them."""
    if not values.keys() >= AMOUNTS:
        return (fault("settle.no_amounts"),)
    found = amounts(dict(values))
    broken: list[Fault] = []
    if not found.adds_up:
        broken.append(fault("settle.identity", **_yuan(found.fund, found.personal, found.total)))
    parts = [part for part in (found.drug, found.service, found.material) if part is not None]
    if len(parts) == 3 and sum(parts) != found.total:
        broken.append(fault("settle.parts", **_yuan(sum(parts), 0, found.total)))
    return tuple(broken)


def without_amounts(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a reply that nobody may rely on for money."""
    return {name: value for name, value in values.items() if name not in AMOUNTS}


def _yuan(first: int, second: int, total: int) -> dict[str, str]:
    return {"first": show(first), "second": show(second), "total": show(total)}
