"""A stand-in library that answers at once with replies made before; standard library only.

``GSDESK_BENCH`` names a JSON file: ``marker`` (the text before the transaction code in a request),
``encoding``, and ``replies`` by code, given out in turn for ever. The centre's own work thus counts
on neither side of a comparison.
"""

from __future__ import annotations

import json
import os
import time
from itertools import cycle
from typing import Any

STATE: dict[str, Any] = {}
CODE_LENGTH = 4


def Si_INIT() -> tuple[int, bytes]:
    """Read the replies."""
    with open(os.environ["GSDESK_BENCH"], encoding="utf-8") as file:
        found = json.load(file)
    encoding = found["encoding"]
    STATE["marker"] = found["marker"].encode(encoding)
    STATE["hang"] = found.get("hang", {})
    STATE["replies"] = {
        code: cycle([text.encode(encoding) for text in texts])
        for code, texts in found["replies"].items()
    }
    return 0, b""


def Si_Busi(request: bytes) -> tuple[int, bytes]:
    """The next reply for the code of ``request``; after its seconds where the code shall hang."""
    start = request.index(STATE["marker"]) + len(STATE["marker"])
    code = request[start : start + CODE_LENGTH].decode("ascii")
    if code in STATE["hang"]:
        time.sleep(STATE["hang"][code])
    return 0, next(STATE["replies"][code])
