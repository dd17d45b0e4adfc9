"""Processes that serve a whole session of tests: who counts leaked processes leaves them out."""

from __future__ import annotations

SERVERS: set[int] = set()
