"""Slips of the centre, print jobs, and medical records with the state of their upload."""

from __future__ import annotations

from core.journal.tables import Tables

TABLES = ""


class Papers(Tables):
    """Downloaded slips and records; writes belong inside ``Journal.commit``."""
