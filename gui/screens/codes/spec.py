"""目录对照 at the foot of the rail: everybody may look, supervisors and IT change."""

from __future__ import annotations

from gui.screens.registry import ScreenSpec

SPEC = ScreenSpec(name="codes", order=70, view="gui.screens.codes.view:CodesView", foot=True)
