"""Lines that travel together for the first time: what the hospital took back before is netted out.

A centre that takes a charge or a refund in one message, never both, is sent what is left of each
line (protocol-gd.md §4.1: a negative line refunds one that was charged).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.domain import FeeLine
from core.errors import Refused, fault
from core.money import line_amount


def netted(lines: Sequence[FeeLine]) -> tuple[FeeLine, ...]:
    """What is left of each line, in the same order; lines of which nothing is left are gone.

    The amount of what is left is price × quantity anew: the centre accepts no other, so a fen may
    lie between it and the hospital's two amounts.

    A refund belongs to the line it names, else to one of the same item and price that has enough
    left. Raises ``Refused`` for a refund that belongs to none.
    """
    left = {line.line_id: line for line in lines if line.quantity >= 0}
    for back in lines:
        if back.quantity < 0:
            line = _original(back, left.values())
            rest = line.quantity + back.quantity
            amount = line_amount(line.price, rest)
            left[line.line_id] = line.model_copy(update={"quantity": rest, "amount": amount})
    return tuple(line for line in left.values() if line.quantity)


def _original(back: FeeLine, left: Iterable[FeeLine]) -> FeeLine:
    for line in left:
        named = back.ref_line_id == line.line_id
        same = (line.hosp_code, line.price) == (back.hosp_code, back.price)
        if (named or (not back.ref_line_id and same)) and line.quantity >= -back.quantity:
            return line
    raise Refused(fault("charge.refund_of_nothing", name=back.name, line=back.line_id))
