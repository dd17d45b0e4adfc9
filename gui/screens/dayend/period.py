"""Which period is looked at: today, yesterday, the month so far, or from and to as typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.clock import CHINA
from core.domain.dayend import Period
from core.errors import InvalidInput, fault

CHOICES = ("today", "yesterday", "month", "own")
LONGEST = 31  # days
DAY, MOMENT = 10, 19  # letters of 2026-03-02 and of 2026-03-02 18:00:00
FIRST, LAST = time(0, 0, 0), time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands in the row of choices; ``begin`` and ``end`` only count for ``own``.

    ``operator`` a number, ``sign_no`` a sign-in number; empty: all.
    """

    name: str = "today"
    begin: str = ""
    end: str = ""
    operator: str = ""
    sign_no: str = ""


def period_of(choice: Choice, today: date, whole: Callable[[date], Period]) -> Period:
    """The period of a choice; ``whole`` gives a day's. Raises ``InvalidInput`` at its field."""
    if choice.name == "yesterday":
        return whole(today - timedelta(days=1))
    if choice.name == "month":
        return Period(begin=whole(today.replace(day=1)).begin, end=whole(today).end)
    if choice.name == "own":
        return own_period(choice.begin, choice.end)
    return whole(today)


def own_period(begin: str, end: str) -> Period:
    """From and to as typed: days or moments; the end of a day is its last second."""
    found = (_moment(begin, "begin", FIRST), _moment(end or begin, "end", LAST))
    if found[1] < found[0]:
        raise InvalidInput(fault("dayend.view.fault.order", "end", begin=begin, end=end))
    if found[1] - found[0] > timedelta(days=LONGEST):
        raise InvalidInput(fault("dayend.view.fault.long", "end", days=LONGEST))
    return Period(begin=found[0], end=found[1])


def _moment(text: str, field: str, rest: time) -> datetime:
    """A day or a moment of China Standard Time, exactly as it is asked for."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or len(text) not in (DAY, MOMENT) or found.tzinfo is not None:
        raise InvalidInput(fault(f"dayend.view.fault.{field}", field, text=text))
    whole = datetime.combine(found.date(), rest) if len(text) == DAY else found
    return whole.replace(tzinfo=CHINA)


def moment_of(text: str, field: str, latest: datetime) -> datetime | None:
    """A cut as typed, or nothing; ``InvalidInput`` when it is none or lies after ``latest``."""
    if not text:
        return None
    found = _moment(text, field, LAST)
    if found > latest:
        raise InvalidInput(fault("dayend.view.fault.future", field, text=text))
    return found


def shown(period: Period) -> str:
    """A period for people: one day by its name, else both ends."""
    begin, end = period.begin.astimezone(CHINA), period.end.astimezone(CHINA)
    whole = begin.time() == FIRST and end.time().replace(microsecond=0) == LAST
    if whole and begin.date() == end.date():
        return f"{begin:%Y-%m-%d}"
    form = "%Y-%m-%d" if whole else "%Y-%m-%d %H:%M:%S"
    return f"{begin.strftime(form)} — {end.strftime(form)}"
