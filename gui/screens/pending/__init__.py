"""The screen pending: spec (table row), presenter (plain Python), view (widgets)."""
