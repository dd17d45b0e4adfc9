"""A pair's three books beside each other: which amount differs, and what is known of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.domain.dayend import Pair, Proposal, Side
from core.money import Fen, show
from core.words import say

SIDES = ("journal", "hospital", "centre")
PARTS = ("total", "fund", "personal")
FACTS = ("bill_no", "operator", "state", "msgid")


@dataclass(frozen=True, slots=True)
class SideLine:
    """One line of the three books beside each other; ``differs``: not the same in all of them."""

    label: str
    texts: tuple[str, str, str]
    differs: bool = False


def side_lines(pair: Pair, hospital: bool) -> tuple[SideLine, ...]:
    """Amounts and moment of the three books; ``hospital``: did it give its list at all."""
    sides = tuple(getattr(pair, name) for name in SIDES)
    return (*(_amounts(name, sides, hospital) for name in PARTS), _moments(sides))


def facts(pair: Pair) -> str:
    """What else is known, each said once: bill, operator, state, id."""
    sides = [getattr(pair, name) for name in SIDES]
    found = ((name, _distinct(name, sides)) for name in FACTS)
    return "　".join(
        say("work.labelled", label=say(f"dayend.view.side.{name}"), text=text)
        for name, text in found if text
    )  # fmt: skip


def proposal_word(pair: Pair) -> str:
    """The proposed repair in a few words, or nothing."""
    if pair.proposal is Proposal.NONE:
        return ""
    return say(f"dayend.proposal.{pair.proposal}")


def side_amount(pair: Pair, name: str) -> str:
    """The total of one book, marked where it is not that of the others."""
    side: Side | None = getattr(pair, name)
    if side is None:
        return say("dayend.view.absent")
    text = show(side.total)
    return say("dayend.view.differs", text=text) if differs(pair, name) else text


def differs(pair: Pair, name: str) -> bool:
    """Is this book's record unlike what most books say?"""
    sides = (getattr(pair, one) for one in SIDES)
    amounts = Counter(_of(side) for side in sides if side)
    side: Side | None = getattr(pair, name)
    if side is None or len(amounts) < 2:
        return False
    (usual, times), *_ = amounts.most_common(1)
    return times == 1 or _of(side) != usual


def _of(side: Side) -> tuple[Fen, Fen, Fen]:
    return side.total, side.fund, side.personal


def _amounts(name: str, sides: tuple[Side | None, ...], hospital: bool) -> SideLine:
    values = [getattr(side, name) if side else None for side in sides]
    there = {value for value in values if value is not None}
    absent = say("dayend.view.absent")
    texts = [absent if value is None else show(value) for value in values]
    if not hospital and sides[1] is None:
        texts[1] = say("dayend.view.no_list")
    return SideLine(say(f"dayend.view.amount.{name}"), tuple(texts), len(there) > 1)


def _moments(sides: tuple[Side | None, ...]) -> SideLine:
    texts = tuple(f"{side.at:%m-%d %H:%M}" if side else "" for side in sides)
    return SideLine(say("dayend.view.side.at"), texts)


def _distinct(name: str, sides: Iterable[Side | None]) -> str:
    """The different words of the books, in their order."""
    texts = (_text(name, side) for side in sides if side)
    return " · ".join(dict.fromkeys(text for text in texts if text))


def _text(name: str, side: Side) -> str:
    if name == "state" and side.state:
        return say(f"history.state.{side.state}")
    return str(getattr(side, name))
