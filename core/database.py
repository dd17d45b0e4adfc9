"""The one way to ``sqlite_utils.Database``: without numpy, which it would load where it finds it.

It does so only to name column types of numpy's; the desk stores none, and loading numpy takes a
third of the start.
"""

from __future__ import annotations

import sys
from typing import Any

modules: dict[str, Any] = sys.modules
modules.setdefault("numpy", None)  # an import of it is an ImportError now, which is expected there

from sqlite_utils import Database as Database  # noqa: E402

if modules["numpy"] is None:
    del modules["numpy"]
