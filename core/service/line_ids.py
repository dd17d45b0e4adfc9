"""A line's id on the wire: the hospital's own, or a short one made of it where that is too long.

The same id always becomes the same short one, so that a line sent twice is known again.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.centre.port import Centre
from core.centre.views import FieldView

DIGEST = 10  # bytes; sixteen signs
NAME = "line_id"


def longest(centre: Centre) -> int:
    """How many bytes of a line's id the centre takes; 0: any number."""
    keys = (centre.variant("upload_fees", stay=True), centre.variant("settle", stay=False))
    found = [length for key in keys for length in _lengths(centre.fields(key))]
    return min(found, default=0)


def _lengths(views: Sequence[FieldView]) -> list[int]:
    inner = [length for view in views for length in _lengths(view.fields)]
    return [view.length for view in views if view.name == NAME and view.length] + inner


def fitting(line_id: str, most: int) -> str:
    """The id as it travels."""
    if not most or len(line_id.encode()) <= most:
        return line_id
    digest = hashlib.blake2b(line_id.encode(), digest_size=DIGEST).digest()
    return base64.b32encode(digest).decode()[:most]


def sent_as(line: Mapping[str, Any]) -> str:
    """The id on the wire of a line that the journal keeps of a message."""
    return str(line.get("sent_as") or line.get(NAME, ""))


def own_ids(line_ids: Iterable[str], most: int) -> dict[str, str]:
    """From the ids on the wire back to the hospital's."""
    return {fitting(line_id, most): line_id for line_id in line_ids}
