"""What the desk knows of stays beside the visit: filings, discharge, deposits, uploads."""

from __future__ import annotations

from core.journal.tables import Tables

TABLES = ""


class Stays(Tables):
    """Read models of stays; writes belong inside ``Journal.commit``."""
