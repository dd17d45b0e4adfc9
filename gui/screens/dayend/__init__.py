"""The screen dayend: spec (table row), presenters by business part (plain Python), views."""
