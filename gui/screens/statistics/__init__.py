"""The screen statistics: spec (table row), presenter (plain Python), view (widgets)."""
