"""The screen appeals: spec (table row), presenter (plain Python), view (widgets)."""
