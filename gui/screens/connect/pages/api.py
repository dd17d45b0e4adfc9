"""The local HTTP API's page: on or off, callers and their tokens, an example to copy."""

from __future__ import annotations

from gui.screens.connect.pages import Page

PAGE = Page("api", 60, view="gui.screens.connect.api_page:ApiPage")
