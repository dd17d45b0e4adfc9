"""The watched folder's page: where the hospital drops its files, and what a file may not exceed."""

from __future__ import annotations

from gui.screens.connect.form import AdapterForm
from gui.screens.connect.pages import Page

PAGE = Page("folder", 20, form="gui.screens.connect.pages.folder:FolderForm")


class FolderForm(AdapterForm):
    """``[his.folder]``."""

    name = "folder"
    FIELDS = (
        ("path", "text", {"required": True, "length": 500}),
        ("quiet_seconds", "number", {"low": 0, "high": 600}),
        ("most_mib", "number", {"low": 1, "high": 64}),
        ("most_rows", "number", {"low": 1, "high": 200_000}),
    )
