"""查询补打: what happened, and its slips again."""

from __future__ import annotations

from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(name="history", order=7, view="gui.screens.history.view:HistoryView")
