"""Audit deductions as the centre last showed them, and our appeals against them."""

from __future__ import annotations

from core.journal.tables import Tables

TABLES = ""


class Audits(Tables):
    """Deductions and appeals; writes belong inside ``Journal.commit``."""
