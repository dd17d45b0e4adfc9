"""待回写's page: what the hospital has still to be told, and what a person does about it."""

from __future__ import annotations

from gui.screens.connect.pages import Page

PAGE = Page("outbox", 10, view="gui.screens.connect.outbox_page:OutboxPage")
