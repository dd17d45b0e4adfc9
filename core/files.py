"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole(path: Path, beside: Path | None = None) -> Iterator[Path]:
    """A place in the same folder to write into (``beside``, else with the suffix ``.new``): what
    was written there takes the place of ``path`` at the end.

    Whatever is raised meanwhile leaves ``path`` as it was and nothing half-written beside it.
    """
    fresh = beside or path.with_suffix(".new")
    try:
        yield fresh
        fresh.replace(path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: bytes, beside: Path | None = None) -> None:
    """As ``whole``, and on the disk before it takes the place of ``path``; raises ``OSError``."""
    with whole(path, beside) as fresh, fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
