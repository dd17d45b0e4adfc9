"""What the hospital has still to be told, kept beside the transactions it tells of."""

from __future__ import annotations

TABLES = ""
