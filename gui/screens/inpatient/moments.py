"""Moments and days as the forms of a stay write them, in China's time."""

from __future__ import annotations

from datetime import datetime

from core.clock import CHINA

MOMENT, DAY = "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"


def moment_of(text: str) -> datetime | None:
    """A moment or a day of a form, in China's time; nothing when empty."""
    if not text:
        return None
    form = MOMENT if len(text) > len("2026-01-01") else DAY
    return datetime.strptime(text, form).replace(tzinfo=CHINA)
