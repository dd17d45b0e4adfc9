"""The screen outpatient: spec (table row), presenter (plain Python), view (widgets)."""
