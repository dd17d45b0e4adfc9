"""What a centre calls our visits and settlements, where it gives numbers of its own."""

from __future__ import annotations

TABLES = ""
