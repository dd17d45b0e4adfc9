"""Why a line is not paid: list level, price cap, own part, restricted use, the centre's memo.

Pure; the amounts are the centre's own (2204, 9104), nothing is priced here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from core.domain.enquiry import ComparedLine, Reason, Unpaid
from core.domain.fees import FeeLine, LineResult
from core.money import Fen, line_amount, show, yuan
from core.words import say

Word = Callable[[str], str]
TENTH = Decimal("0.1")


class Line:
    """What is known of one line: ours, and what the centre said of it (either may be missing)."""

    def __init__(self, line_id: str, name: str, ours: FeeLine | None = None) -> None:
        self.line_id, self.name, self.ours = line_id, name, ours
        self.sent = False
        self.amount: Fen = ours.amount if ours else 0
        self.price: Decimal | None = ours.price if ours else None
        self.quantity: Decimal | None = ours.quantity if ours else None
        self.self_paid: Fen | None = None
        self.over_limit: Fen | None = None
        self.price_limit: Fen | None = None
        self.level = self.memo = ""

    @property
    def personal(self) -> Fen | None:
        """The person's part, where the centre said anything of it."""
        if self.self_paid is None and self.over_limit is None:
            return None
        return (self.self_paid or 0) + (self.over_limit or 0)


def of_result(ours: FeeLine | None, said: LineResult) -> Line:
    """A line with the centre's answer to its upload."""
    line = Line(said.line_id, ours.name if ours else said.line_id, ours)
    return _said(line, said)


def of_comparison(row: ComparedLine) -> Line:
    """A line of the comparison with 9104."""
    line = Line(row.line_id, row.name, row.ours)
    line.sent = row.mark == "missing_there"
    if row.theirs is not None:
        line.price, line.quantity = row.theirs.price, row.theirs.quantity
        _said(line, row.theirs)
    elif row.our_amount is not None:
        line.amount = row.our_amount
    return line


def _said(line: Line, said: object) -> Line:
    """The centre's words (an answer or a row of the list: they have the same names)."""
    line.sent = True
    for name in ("self_paid", "over_limit", "price_limit", "level", "memo"):
        setattr(line, name, getattr(said, name))
    amount = getattr(said, "amount", None)
    line.amount = line.amount if amount is None else amount
    return line


def why_not_paid(line: Line, level_word: Word = str) -> Unpaid:
    """Every reason in plain words; ``level_word`` gives the list level's word of a code."""
    personal = line.personal
    fund = None if personal is None or not line.sent else line.amount - personal
    return Unpaid(
        line_id=line.line_id, name=line.name, amount=line.amount, fund=fund,
        personal=personal if line.sent else None, reasons=tuple(_reasons(line, level_word)),
    )  # fmt: skip


def _reasons(line: Line, word: Word) -> Iterator[Reason]:
    if line.amount < 0:
        yield _reason("refund", None)
    if not line.sent:
        yield _reason("not_sent", line.amount)
    elif line.personal is None:
        yield _reason("nothing_said", None)
    else:
        yield from _own(line, word)
        yield from _over(line)
        if not line.personal:
            yield _reason("paid", None)
    if line.ours is not None and line.ours.is_disease:
        yield _reason("disease", None)
    if line.memo:
        yield _reason("memo", None, memo=line.memo)


def _own(line: Line, word: Word) -> Iterator[Reason]:
    own, level = line.self_paid or 0, word(line.level) if line.level else say("unpaid.no_level")
    base = line.amount - (line.over_limit or 0)
    if not own:
        return
    if own != base:
        percent = _percent(own, base)
        yield _reason("share", own, level=level, percent=percent, own=show(own))
    elif line.ours is not None and line.ours.full_self_pay:
        yield _reason("restricted", own, own=show(own))
    else:
        yield _reason("whole", own, level=level, own=show(own))


def _percent(part: Fen, whole: Fen) -> str:
    if not whole:
        return "?"
    share = (Decimal(part) * 100 / Decimal(whole)).quantize(TENTH, ROUND_HALF_UP)
    return f"{share.normalize():f}"


def _over(line: Line) -> Iterator[Reason]:
    over = line.over_limit or 0
    if not over:
        return
    if line.price is None or line.quantity is None or not line.price_limit:
        yield _reason("over", over, over=show(over))
        return
    limit = yuan(line.price_limit)
    right = line_amount(line.price - limit, line.quantity) == over
    key = "over_cap" if right else "over_cap_otherwise"
    holes = {"price": _plain(line.price), "limit": _plain(limit), "over": show(over)}
    yield _reason(key, over, **holes, quantity=_plain(line.quantity))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _reason(key: str, amount: Fen | None, **holes: object) -> Reason:
    return Reason(key=key, text=say(f"unpaid.{key}", **holes), amount=amount)
