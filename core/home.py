"""Where a desk keeps its things when nobody says otherwise; light, because every start asks it."""

from __future__ import annotations

from pathlib import Path


def default_home() -> Path:
    """The platform's user-data folder of the desk."""
    import platformdirs  # loaded late: a start with --home needs none of it

    return Path(platformdirs.user_data_dir("gsdesk", appauthor=False))
