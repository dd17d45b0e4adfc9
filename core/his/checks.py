"""What is wrong with the lines of a visit before anything is uploaded (domain.md §1.5, §6).

Every fault of every line is collected; a line with a fault is blocked. Lengths and code lists are
the profile's business and are checked when the message is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from core.domain import FeeLine
from core.errors import Fault, fault
from core.money import line_amount, show

PLACES = 4  # decimals of a price and of a quantity


@dataclass(frozen=True, slots=True)
class LineRule:
    """What is asked of lines. ``now`` an aware moment, or ``None`` to leave times alone.

    ``visit_no``: all lines must be of this visit (empty: any); ``ahead``: how far our clock may be
    behind the hospital's; ``oldest``: how far back a line may lie; ``stopped``: items that must
    not be uploaded, by the hospital's code, with the day since when.
    """

    now: datetime | None = None
    visit_no: str = ""
    need_centre_code: bool = True
    ahead: timedelta = timedelta(minutes=5)
    oldest: timedelta = timedelta(days=3650)
    stopped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineFault:
    """One fault of one line; ``line_id`` is empty where it is about all of them."""

    line_id: str
    fault: Fault


def check_lines(
    lines: Sequence[FeeLine], rule: LineRule | datetime | None = None
) -> tuple[LineFault, ...]:
    """All faults in the order of the lines, then those of the whole; a moment alone means "now"."""
    rule = rule if isinstance(rule, LineRule) else LineRule(rule)
    found = [LineFault(line.line_id, each) for line in lines for each in _one(line, rule)]
    found += _repeated(lines)
    found += _refunds(lines)
    total = sum(line.amount for line in lines)
    if total < 0:
        found.append(LineFault("", fault("lines.total_negative", "amount", total=show(total))))
    return tuple(found)


def _one(line: FeeLine, rule: LineRule) -> Iterator[Fault]:
    yield from _numbers(line)
    if not line.line_id or not line.rx_no:
        yield fault("lines.no_id", "line_id", name=line.name)
    if rule.need_centre_code and not line.centre_code:
        yield _no_centre_code(line, rule)
    if rule.visit_no and line.visit_no != rule.visit_no:
        yield fault("lines.other_visit", "visit_no", name=line.name, other=line.visit_no)
    if rule.now is not None:
        yield from _time(line, rule.now, rule)


def _no_centre_code(line: FeeLine, rule: LineRule) -> Fault:
    """Which item it is, and what is to be done about it."""
    holes = {"name": line.name, "code": line.hosp_code}
    if not line.hosp_code:
        return fault("lines.no_code_at_all", "centre_code", **holes)
    since = rule.stopped.get(line.hosp_code)
    if since:
        return fault("lines.stopped", "centre_code", since=since, **holes)
    return fault("lines.no_centre_code", "centre_code", **holes)


def _numbers(line: FeeLine) -> Iterator[Fault]:
    ours = line_amount(line.price, line.quantity)
    if ours == line.amount and line.quantity and line.price >= 0 and _has_four_places(line):
        return
    holes = {"name": line.name, "price": line.price, "quantity": line.quantity}
    if line.quantity == 0:
        yield fault("lines.no_quantity", "quantity", **holes)
    elif line.price < 0:
        yield fault("lines.negative_price", "price", **holes)
    elif not _has_four_places(line):
        yield fault("lines.places", "price", **holes)
    elif line.amount and (line.amount < 0) != (line.quantity < 0):
        yield fault("lines.sign", "amount", amount=show(line.amount), **holes)
    else:
        yield fault("lines.amount", "amount", stated=show(line.amount), ours=show(ours), **holes)


def _has_four_places(line: FeeLine) -> bool:
    return line.price == round(line.price, PLACES) and line.quantity == round(line.quantity, PLACES)


def _time(line: FeeLine, now: datetime, rule: LineRule) -> Iterator[Fault]:
    age = now - line.occurred_at
    if not -rule.ahead <= age <= rule.oldest:
        key = "future" if age < rule.oldest else "too_old"
        at = f"{line.occurred_at:%Y-%m-%d %H:%M}"
        yield fault(f"lines.{key}", "occurred_at", name=line.name, at=at)


def _repeated(lines: Iterable[FeeLine]) -> list[LineFault]:
    """Every line whose id an earlier line of the visit has."""
    seen: set[tuple[str, str]] = set()
    found = []
    for line in lines:
        key = (line.visit_no, line.line_id)
        if key in seen:
            twice = fault("lines.twice", "line_id", line_id=line.line_id)
            found.append(LineFault(line.line_id, twice))
        seen.add(key)
    return found


def _refunds(lines: Sequence[FeeLine]) -> list[LineFault]:
    """Every refund without an original, or that gives back more than the originals have."""
    backs = [line for line in lines if line.quantity < 0]
    if not backs:
        return []
    charged, money = _charged(lines)
    groups: defaultdict[str, list[FeeLine]] = defaultdict(list)
    for line in backs:
        if not line.ref_line_id or _by_item(line) in charged:
            groups[_by_item(line)].append(line)
        if line.ref_line_id:
            groups[_by_id(line.ref_line_id)].append(line)
    found: dict[str, LineFault] = {}
    for key, group in groups.items():
        for each in _group(group, charged.get(key), money.get(key)):
            found.setdefault(each.line_id, each)
    return list(found.values())


def _charged(lines: Sequence[FeeLine]) -> tuple[Mapping[str, Decimal], Mapping[str, int]]:
    """What there is to take back: quantities by line and by item, fen by line."""
    charged: defaultdict[str, Decimal] = defaultdict(Decimal)
    money: dict[str, int] = {}
    for line in lines:
        if line.quantity > 0:
            charged[_by_id(line.line_id)] += line.quantity
            charged[_by_item(line)] += line.quantity
            money[_by_id(line.line_id)] = line.amount
    return charged, money


def _by_id(line_id: str) -> str:
    return f"id {line_id}"


def _by_item(line: FeeLine) -> str:
    """What must be equal between a refund that names no original, and its original."""
    code = line.centre_code or line.hosp_code or line.name
    return f"item {code} {line.price.normalize()}"


def _group(
    group: Sequence[FeeLine], charged: Decimal | None, amount: int | None
) -> Iterator[LineFault]:
    """The refunds of one original together; ``amount`` the original's where it is named."""
    money = -sum(line.amount for line in group)
    back = -sum((line.quantity for line in group), Decimal())
    for line in group:
        if charged is None:
            missing = fault("lines.no_original", "ref_line_id", name=line.name)
            yield LineFault(line.line_id, missing)
        elif back > charged:
            large = {"name": line.name, "back": back, "original": charged}
            yield LineFault(line.line_id, fault("lines.refund_too_large", "quantity", **large))
        elif amount is not None and money > amount:
            much = {"name": line.name, "back": show(money), "original": show(amount)}
            yield LineFault(line.line_id, fault("lines.refund_too_dear", "amount", **much))
