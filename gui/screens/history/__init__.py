"""The screen history: spec (table row), presenter (plain Python), view (widgets)."""
