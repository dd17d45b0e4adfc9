"""The day's end: comparisons with the centre, their repairs, closings and hand-overs."""

from __future__ import annotations

from core.journal.tables import Tables

TABLES = ""


class Daybook(Tables):
    """Comparisons and append-only closings; writes belong inside ``Journal.commit``."""
