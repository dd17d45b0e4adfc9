"""The screen refund: spec (table row), presenter (plain Python), view (widgets)."""
