"""待处理: what nobody knows yet; counted on the rail."""

from __future__ import annotations

from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(
    name="pending", order=4, view="gui.screens.pending.view:PendingView", count="pending"
)
