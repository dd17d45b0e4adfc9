"""What the window remembers per user (column widths, last screen): a small file, never business.

A lost or damaged file costs nothing but the widths, so it is replaced without a word.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from core.files import whole

log = logging.getLogger(__name__)
MOST_ENTRIES = 500


class Memory:
    """Values by (user, name); without a path it forgets at the end."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._values: dict[str, Any] = _read(path) if path else {}

    def get(self, user: str, name: str, default: Any = None) -> Any:
        """What was kept, or ``default``."""
        return self._values.get(f"{user}/{name}", default)

    def keep(self, user: str, name: str, value: Any) -> None:
        """Keep a JSON value; written at ``save``."""
        self._values.pop(f"{user}/{name}", None)
        self._values[f"{user}/{name}"] = value
        while len(self._values) > MOST_ENTRIES:
            self._values.pop(next(iter(self._values)))

    def save(self) -> None:
        """Write the file in one move; a full disk loses the widths, not the desk."""
        if self._path is None or not self._values:
            return
        try:
            with whole(self._path) as fresh:
                fresh.write_text(json.dumps(self._values, ensure_ascii=False), "utf-8")
        except OSError:
            log.info("the window's memory could not be written to %s", self._path)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
