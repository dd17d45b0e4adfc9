"""How 医院接口 writes what it shows. Qt-free."""

from __future__ import annotations

from datetime import datetime

from core.clock import CHINA


def moment(value: datetime | None) -> str:
    """A moment as lists write it; empty where there is none."""
    return f"{value.astimezone(CHINA):%m-%d %H:%M:%S}" if value else ""
