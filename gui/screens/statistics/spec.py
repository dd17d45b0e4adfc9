"""统计: what was settled, by day, month, department, operator and kind."""

from __future__ import annotations

from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(name="statistics", order=10, view="gui.screens.statistics.view:StatisticsView")
