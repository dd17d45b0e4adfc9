"""The one way to ``sqlite_utils.Database``: without numpy, which it would load where it finds it.

It does so only to name column types of numpy's; the desk stores none, and loading numpy takes a
third of the start.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING or "numpy" in sys.modules:
    from sqlite_utils import Database as Database
else:
    sys.modules["numpy"] = None  # an import of it now is an ImportError, which is expected there
    try:
        from sqlite_utils import Database as Database
    finally:
        del sys.modules["numpy"]
