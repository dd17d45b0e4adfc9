"""How the simulated centre prices a fee line and adds up a settlement. Pure; integer fen.

A line splits into three parts: what lies over the price limit (personal), the person's share of the
rest (personal), and what the fund pays. The same function serves 2204, 2206 and 2207, so that a
settlement equals its pre-settlement to the fen. A refund line is the exact mirror of its original.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import Fen, line_amount, yuan
from core.simulator.world import CatalogueItem
from core.words import say


@dataclass(frozen=True, slots=True)
class Priced:
    """One priced line in fen; ``limit`` is the cap a unit (0: none)."""

    amount: Fen
    self_paid: Fen
    over_limit: Fen
    limit: Fen
    level: str
    memo: str

    @property
    def fund(self) -> Fen:
        """What the fund pays of the line."""
        return self.amount - self.self_paid - self.over_limit


@dataclass(frozen=True, slots=True)
class Sums:
    """Amounts of a (pre-)settlement in fen: total = fund + personal = drug + service + material."""

    total: Fen = 0
    fund: Fen = 0
    personal: Fen = 0
    drug: Fen = 0
    service: Fen = 0
    material: Fen = 0


def price_line(item: CatalogueItem, price: Decimal, quantity: Decimal, all_self: bool) -> Priced:
    """Price one line; ``price`` yuan a unit, ``quantity`` may be negative (a refund)."""
    amount = line_amount(price, quantity)
    limit = 0 if item.cap is None else line_amount(item.cap, Decimal(1))
    if all_self or item.share == 0:
        memo = say("simulator.memo_asked" if all_self else "simulator.memo_self")
        return Priced(amount, amount, 0, limit, item.level, memo)
    over = _over_limit(item, price, quantity)
    own = line_amount(yuan(amount - over), Decimal(100 - item.share) / 100)
    return Priced(amount, own, over, limit, item.level, _memo(item, over))


def _over_limit(item: CatalogueItem, price: Decimal, quantity: Decimal) -> Fen:
    if item.cap is None or price <= item.cap:
        return 0
    return line_amount(price - item.cap, quantity)


def _memo(item: CatalogueItem, over: Fen) -> str:
    parts = []
    if over:
        parts.append(say("simulator.memo_over", cap=item.cap))
    if item.share < 100:
        parts.append(say("simulator.memo_share", percent=100 - item.share))
    return say("simulator.and").join(parts)


def add_up(lines: Iterable[dict[str, Any]]) -> Sums:
    """Add priced lines (rows of the books: ``amount``, ``self_paid``, ``over_limit``, ``kind``)."""
    kinds = {"drug": 0, "service": 0, "material": 0}
    personal = 0
    for line in lines:
        kinds[line["kind"]] += line["amount"]
        personal += line["self_paid"] + line["over_limit"]
    total = sum(kinds.values())
    return Sums(total, total - personal, personal, **kinds)
