"""The screen records: spec (table row), presenter (plain Python), view (widgets)."""
