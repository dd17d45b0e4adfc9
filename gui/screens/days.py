"""Periods as a person types them: 2026-03-02, 2026/3/2 or 20260302. Plain Python."""

from __future__ import annotations

import re
from datetime import date

from core.errors import Fault, InvalidInput, fault

PARTED = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
WHOLE = re.compile(r"(\d{4})(\d{2})(\d{2})")


def read_day(text: str) -> date | None:
    """The day of ``text``, or nothing when it is none."""
    found = PARTED.fullmatch(text.strip()) or WHOLE.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def read_period(begin: str, end: str) -> tuple[date, date]:
    """First and last day; raises ``InvalidInput`` with a sentence for each that cannot be read."""
    first, last = read_day(begin), read_day(end)
    wrong: list[Fault] = []
    for day, text, field in ((first, begin, "begin"), (last, end, "end")):
        if day is None:
            wrong.append(fault(f"days.{field}", field, text=text.strip()))
    if not wrong and first is not None and last is not None and first > last:
        wrong.append(fault("days.order", "begin", begin=first, end=last))
    if wrong or first is None or last is None:
        raise InvalidInput(wrong)
    return first, last
